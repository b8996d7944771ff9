// The last checkpoint of a log that this client verified, kept in a file: what makes a fork or a
// rollback visible to a partner (WIRE 25).
#ifndef PASSERELLE_GATEWAY_CLIENT_CHECKPOINT_MEMORY_H_
#define PASSERELLE_GATEWAY_CLIENT_CHECKPOINT_MEMORY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "audit/checkpoint/checkpoint.h"
#include "gateway/client/profile.h"

namespace passerelle::gateway::client {

// A memory that only moves forward along one history. Thread-compatible; several processes may
// share the file: it is never set back.
//
// Whoever deletes the file makes its owner believe the next checkpoint as if it were the first;
// whoever alters it can at most stop its owner.
class CheckpointMemory {
 public:
  // Reads the file; a missing one remembers nothing. DATA_LOSS (reason FORK) while a note of
  // another history lies beside it (`<file>.fork`), else the errors of OpenCheckpoint.
  static absl::StatusOr<CheckpointMemory> Open(const std::string& file, const Pins& pins);

  // The last verified checkpoint, read anew when another process moved the file; nothing when none
  // was ever seen. Errors as of Open.
  absl::StatusOr<std::optional<audit::checkpoint::Checkpoint>> Last();

  // Takes a signed checkpoint whose `consistency` proof (32-byte hashes one after the other) leads
  // from the size that Last told: verifies signature, origin and proof, then replaces the file
  // durably. When the proof does not verify, or the log became smaller: DATA_LOSS (reason FORK),
  // whose message shows both notes; the file is left as it is, the new note is written to
  // `<file>.fork`, and nothing more is believed until a person has removed that.
  absl::StatusOr<audit::checkpoint::Checkpoint> Advance(std::string_view note,
                                                        std::string_view consistency);

  // The same with a note whose signature and origin were verified, and what it says.
  absl::Status Advance(std::string_view note, const audit::checkpoint::Checkpoint& next,
                       std::string_view consistency);

  // The error for a gateway that says its log is smaller than what was verified (it presents no
  // note).
  absl::Status RolledBack() const;

 private:
  CheckpointMemory(std::string file, const Pins& pins) : file_(std::move(file)), pins_(pins) {}

  absl::Status Reload();
  absl::Status Fork(std::string_view note);
  absl::Status Store(std::string_view note, uint64_t size);

  std::string file_;
  Pins pins_;
  // The note verified last and what it says; empty when none.
  std::string note_;
  std::optional<audit::checkpoint::Checkpoint> last_;
};

}  // namespace passerelle::gateway::client

#endif  // PASSERELLE_GATEWAY_CLIENT_CHECKPOINT_MEMORY_H_
