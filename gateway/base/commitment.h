// Commitments: what the log holds instead of payloads, documents and persons. Every hash of ours
// has a tag that ends in a newline and is followed by fixed-length fields only (WIRE 24).
#ifndef PASSERELLE_GATEWAY_BASE_COMMITMENT_H_
#define PASSERELLE_GATEWAY_BASE_COMMITMENT_H_

#include <string_view>

#include "gateway/base/digest.h"

namespace passerelle::gateway::base {

// What a commitment is to; each kind has a tag of its own.
enum class CommitmentKind { kPayload, kDocument, kPerson, kReader };

// SHA-256(tag ‖ nonce ‖ SHA-256(bytes)). REQUIRES: `nonce` is 32 bytes long.
Digest Commit(CommitmentKind kind, std::string_view nonce, std::string_view bytes);

// The same over the SHA-256 of bytes that came in pieces. REQUIRES: `nonce` is 32 bytes long.
Digest CommitToDigest(CommitmentKind kind, std::string_view nonce, const Digest& content);

// SHA-256("passerelle/refused/v1\n" ‖ salt ‖ statement digest). REQUIRES: `salt` is 32 bytes long.
Digest RefusedDigest(std::string_view salt, const Digest& statement);

// The message that proves possession of a key when it is enrolled:
// "passerelle/enrol/v1\n" ‖ log ‖ agent ‖ SHA-256(SPKI). REQUIRES: `log` is 32 and `agent` 16 bytes
// long.
std::string EnrolmentMessage(std::string_view log, std::string_view agent, std::string_view spki);

}  // namespace passerelle::gateway::base

#endif  // PASSERELLE_GATEWAY_BASE_COMMITMENT_H_
