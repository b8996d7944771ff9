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
#include "gateway/base/clock.h"
#include "gateway/client/profile.h"

namespace passerelle::gateway::client {

// A memory that only moves forward along one history. Thread-compatible; several processes may
// share the file: it is never set back.
//
// A busy client would spend more on its file than on its statements: the first checkpoint is
// written at once, later ones at most once a second and by Keep. Whoever kills the process makes it
// forget what came after the last write, and no more.
//
// Whoever deletes the file makes its owner believe the next checkpoint as if it were the first;
// whoever alters it can at most stop its owner.
class CheckpointMemory {
 public:
  // Reads the file; a missing one remembers nothing. DATA_LOSS (reason FORK) while a note of
  // another history lies beside it (`<file>.fork`), else the errors of OpenCheckpoint. `clock` must
  // outlive the memory.
  static absl::StatusOr<CheckpointMemory> Open(const std::string& file, const Pins& pins,
                                               const base::Clock& clock);

  // The last verified checkpoint; nothing when none was ever seen. Whether another process moved
  // the file, or found a fork, is looked up at most once a second. Errors as of Open.
  absl::StatusOr<std::optional<audit::checkpoint::Checkpoint>> Last();

  // Takes a signed checkpoint whose `consistency` proof (32-byte hashes one after the other) leads
  // from the size that Last told: verifies signature, origin and proof, and remembers it, durably
  // if its time has come. When the proof does not verify, or the log became smaller: DATA_LOSS
  // (reason FORK), whose message shows both notes; the file keeps the last verified one, the new
  // note is written to `<file>.fork`, and nothing more is believed until a person has removed that.
  absl::StatusOr<audit::checkpoint::Checkpoint> Advance(std::string_view note,
                                                        std::string_view consistency);

  // The same with a note whose signature and origin were verified, and what it says.
  absl::Status Advance(std::string_view note, const audit::checkpoint::Checkpoint& next,
                       std::string_view consistency);

  // Takes a checkpoint, verified like that of the second Advance, which may be older than the last
  // one: the proof then leads from it to the size that Last told, and nothing is remembered. The
  // errors of Advance.
  absl::Status Place(std::string_view note, const audit::checkpoint::Checkpoint& other,
                     std::string_view consistency);

  // Writes durably what is not yet in the file.
  absl::Status Keep();

  // The error for a gateway that says its log is smaller than what was verified (it presents no
  // note).
  absl::Status RolledBack() const;

 private:
  CheckpointMemory(std::string file, const Pins& pins, const base::Clock& clock)
      : file_(std::move(file)), pins_(pins), clock_(&clock) {}

  absl::Status Reload();
  absl::Status Fork(std::string_view note);

  std::string file_;
  Pins pins_;
  const base::Clock* clock_;
  // The note verified last and what it says; empty when none.
  std::string note_;
  std::optional<audit::checkpoint::Checkpoint> last_;
  // Whether the file is behind them, and the monotonic times at which it may be written and looked
  // at again.
  bool behind_ = false;
  int64_t next_write_ms_ = 0;
  int64_t next_look_ms_ = 0;
};

}  // namespace passerelle::gateway::client

#endif  // PASSERELLE_GATEWAY_CLIENT_CHECKPOINT_MEMORY_H_
