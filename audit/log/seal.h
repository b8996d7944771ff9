// The seal by which a log knows a snapshot for its own (audit/FORMAT.md).
#ifndef PASSERELLE_AUDIT_LOG_SEAL_H_
#define PASSERELLE_AUDIT_LOG_SEAL_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "audit/checkpoint/note.h"
#include "audit/log/store.h"

namespace passerelle::audit::log {

// Puts a seal before the bytes of a snapshot: a note, never a checkpoint, in which the log's key
// signs the origin, the head and the digest of the bytes. Without it whoever can write the store
// could hand the gateway another state than the log's.
absl::StatusOr<StateSnapshot> Seal(const checkpoint::NoteSigner& signer, std::string_view origin,
                                   StateSnapshot snapshot);

// Takes the seal off again. DATA_LOSS (SNAPSHOT_DAMAGED) when there is none, or it is of other
// bytes, another head, another origin or another key.
absl::StatusOr<StateSnapshot> Unseal(const checkpoint::NoteVerifier& verifier,
                                     std::string_view origin, StateSnapshot sealed);

}  // namespace passerelle::audit::log

#endif  // PASSERELLE_AUDIT_LOG_SEAL_H_
