// C2SP tlog-checkpoint (c2sp.org/tlog-checkpoint): what a log signs about itself.
#ifndef PASSERELLE_AUDIT_CHECKPOINT_CHECKPOINT_H_
#define PASSERELLE_AUDIT_CHECKPOINT_CHECKPOINT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "audit/checkpoint/note.h"
#include "gateway/base/digest.h"

namespace passerelle::audit::checkpoint {

// Origin, size and root. Ours never have extension lines.
struct Checkpoint {
  std::string origin;
  uint64_t size = 0;
  gateway::base::Digest root{};
  bool operator==(const Checkpoint&) const = default;
};

// `origin\nsize\nbase64(root)\n`.
std::string ToText(const Checkpoint& checkpoint);

// Reads a checkpoint text; extension lines are refused. INVALID_ARGUMENT otherwise.
absl::StatusOr<Checkpoint> FromText(std::string_view text);

// INVALID_ARGUMENT unless an origin may be ours: not empty, at most 255 bytes, no control
// character, not beginning with a C2SP tag (WIRE 24).
absl::Status CheckOrigin(std::string_view origin);

// Signs a checkpoint as a note.
absl::StatusOr<std::string> SignCheckpoint(const NoteSigner& signer, const Checkpoint& checkpoint);

// Opens a signed checkpoint of one origin under one key. INVALID_ARGUMENT when malformed,
// UNAUTHENTICATED when not signed by it, FAILED_PRECONDITION (reason ORIGIN) for another origin.
absl::StatusOr<Checkpoint> OpenCheckpoint(std::string_view note, const NoteVerifier& verifier,
                                          std::string_view origin);

}  // namespace passerelle::audit::checkpoint

#endif  // PASSERELLE_AUDIT_CHECKPOINT_CHECKPOINT_H_
