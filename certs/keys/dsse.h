// DSSE over the exact bytes received (github.com/secure-systems-lab/dsse, protocol.md; WIRE 10,
// 18).
#ifndef PASSERELLE_CERTS_KEYS_DSSE_H_
#define PASSERELLE_CERTS_KEYS_DSSE_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "certs/keys/key.h"
#include "gateway/base/digest.h"
#include "passerelle/statement/v1/envelope.pb.h"

namespace passerelle::certs::keys {

// The payload type of every statement.
inline constexpr std::string_view kStatementType =
    "application/vnd.passerelle.statement.v1+protobuf";

// DSSE's pre-authentication encoding. REQUIRES: `type` is ASCII.
std::string Pae(std::string_view type, std::string_view body);

// A statement's digest: SHA-256(Pae(kStatementType, payload)). It names the statement's acts.
gateway::base::Digest StatementDigest(std::string_view payload);

// Signs a serialized Statement with every key, in the order given (that of Header.signers).
statement::v1::Envelope SignStatement(std::string_view payload,
                                      absl::Span<const PrivateKey* const> keys);

// Verifies that the envelope has the statement type and exactly one valid signature a key, in
// order. INVALID_ARGUMENT (PAYLOAD_TYPE, SIGNATURE_COUNT) or UNAUTHENTICATED (SIGNATURE_INVALID,
// with the path `signatures[i]`).
absl::Status VerifyEnvelope(const statement::v1::Envelope& envelope,
                            absl::Span<const PublicKey> keys);

// The same under keys as they are certified (SubjectPublicKeyInfo, DER); SPKI_FORM for one of no
// accepted form.
absl::Status VerifyEnvelopeUnder(const statement::v1::Envelope& envelope,
                                 absl::Span<const std::string> spkis);

}  // namespace passerelle::certs::keys

#endif  // PASSERELLE_CERTS_KEYS_DSSE_H_
