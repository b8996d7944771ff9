// The first step of the hall: doors, signatures, attachments (DESIGN section 2, steps 1 and 2).
#ifndef PASSERELLE_GATEWAY_CORE_ADMISSION_H_
#define PASSERELLE_GATEWAY_CORE_ADMISSION_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "certs/keys/key.h"
#include "gateway/base/commitment.h"
#include "gateway/base/mutex.h"
#include "gateway/core/request.h"
#include "gateway/core/staging.h"
#include "gateway/vault/vault.h"
#include "passerelle/statement/v1/envelope.pb.h"
#include "policy/state/state.h"

namespace passerelle::gateway::core {

// One commitment inside an act, in field order.
struct ActCommitment {
  base::CommitmentKind kind = base::CommitmentKind::kDocument;
  std::string digest;
  // Field path from the act, such as `dpo_opinion_given.reasons`.
  std::string path;
};

// Every commitment of an act, in field order; the index is its slot in the vault.
std::vector<ActCommitment> CommitmentsOf(const statement::v1::Act& act);

// OK iff nonce and bytes open the commitment, are no more than one request may carry, and are not
// an empty document.
// INVALID_ARGUMENT otherwise, with the path inside the attachment.
absl::Status CheckOpening(const ActCommitment& commitment,
                          const record::v1::Attachment& attachment);

// The vault class of a commitment's content.
vault::RecordClass ClassOf(base::CommitmentKind kind);

// OK iff every act of the statement may come through this door. INVALID_ARGUMENT (reason
// WRONG_DOOR).
absl::Status CheckDoor(Door door, const statement::v1::Statement& statement);

// INVALID_ARGUMENT (WITNESS_KEY) unless the key of every witness that settings name is one, its id
// included: policy sees the form alone.
absl::Status CheckWitnessKeys(const statement::v1::Statement& statement);

// Parsed keys by fingerprint, so that the hot path parses none. Thread-safe; grows with the
// enrolled keys of one convention only.
class KeyCache {
 public:
  // The key of an enrolled fingerprint. UNAUTHENTICATED (reason KEY_NOT_ENROLLED).
  absl::StatusOr<certs::keys::PublicKey> Find(const policy::state::State& state,
                                              const std::string& fingerprint) EXCLUDES_LOCK(mutex_);

 private:
  base::Mutex mutex_;
  absl::flat_hash_map<std::string, certs::keys::PublicKey> keys_ GUARDED_BY(mutex_);
};

// Verifies every signature of the header's signers over the exact bytes: against the enrolled keys,
// or in entry 0 against the founding keys, all of which must sign. UNAUTHENTICATED otherwise.
absl::Status VerifySigners(const policy::state::State& state, KeyCache& cache,
                           const statement::v1::Statement& statement,
                           const statement::v1::Envelope& envelope);

// OK iff a statement may bring its payload of `length` bytes as a stream: it is one act, and the
// length is within its size band and the bounds. INVALID_ARGUMENT, with the field's path.
absl::Status CheckManifest(const statement::v1::Statement& statement, uint64_t length);

// Opens every commitment of the statement with its attachment and encrypts it; what came as a
// stream is encrypted already. INVALID_ARGUMENT with the field's path when one is missing, does not
// open, is too large, or belongs to no commitment.
absl::StatusOr<std::vector<SealedContent>> SealContents(const Request& request,
                                                        const statement::v1::Statement& statement,
                                                        vault::Vault& vault, Staging& staging);

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_ADMISSION_H_
