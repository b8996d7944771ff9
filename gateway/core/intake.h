// Content on its way in, piece by piece: hashed and encrypted in one lane, checked in another
// beside it, with at most kMaxChunksInFlight pieces in memory.
#ifndef PASSERELLE_GATEWAY_CORE_INTAKE_H_
#define PASSERELLE_GATEWAY_CORE_INTAKE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/base/commitment.h"
#include "gateway/base/mutex.h"
#include "gateway/core/pool.h"
#include "gateway/core/strand.h"
#include "gateway/vault/vault.h"
#include "passerelle/record/v1/observed.pb.h"

namespace passerelle::policy::content {
class PayloadChecker;
}

namespace passerelle::gateway::core {

// Content that came whole.
struct Taken {
  vault::Sealed sealed;
  // What the check found; empty without a check.
  record::v1::PayloadObserved observed;
};

// One content. Add and Finish come from one caller at a time, each after the one before is ready.
class Intake : public std::enable_shared_from_this<Intake> {
 public:
  // Hears that the next piece may come, or why none may. Called once, from any thread; must not
  // block.
  using Ready = std::function<void(absl::Status)>;
  using Done = std::function<void(absl::StatusOr<Taken>)>;

  // The pool must outlive the intake. `check` may be null; `held` is given back when the intake
  // goes.
  static std::shared_ptr<Intake> Make(Pool& pool, std::unique_ptr<vault::ContentWriter> writer,
                                      std::unique_ptr<policy::content::PayloadChecker> check,
                                      base::CommitmentKind kind, vault::ContentHead head,
                                      std::shared_ptr<void> held);
  ~Intake();

  // Takes the next bytes. INVALID_ARGUMENT when there are too many at once (CHUNK_TOO_LARGE) or in
  // all (ATTACHMENT_LENGTH); the errors of ContentWriter::Append.
  void Add(std::string chunk, Ready ready) EXCLUDES_LOCK(mutex_);

  // All bytes came: waits until they are durable. The errors of ContentWriter::Finish.
  void Finish(Done done) EXCLUDES_LOCK(mutex_);

 private:
  Intake(Pool& pool, std::unique_ptr<vault::ContentWriter> writer,
         std::unique_ptr<policy::content::PayloadChecker> check, base::CommitmentKind kind,
         vault::ContentHead head, std::shared_ptr<void> held);
  absl::Status Claim(size_t bytes) REQUIRES_LOCK(mutex_);
  void Write(const std::string& chunk) EXCLUDES_LOCK(mutex_);
  // One lane is through with a piece, or both are.
  void Release() EXCLUDES_LOCK(mutex_);

  // First, so that it goes last.
  const std::shared_ptr<void> held_;
  // Constant after construction.
  const std::shared_ptr<Strand> writing_;
  const std::shared_ptr<Strand> checking_;
  const base::CommitmentKind kind_;
  const vault::ContentHead head_;
  // Each is used by its own lane alone.
  const std::unique_ptr<vault::ContentWriter> writer_;
  const std::unique_ptr<policy::content::PayloadChecker> check_;

  base::Mutex mutex_;
  absl::Status failed_ GUARDED_BY(mutex_);
  uint64_t received_ GUARDED_BY(mutex_) = 0;
  size_t in_flight_ GUARDED_BY(mutex_) = 0;
  // Whoever waits for a place.
  Ready waiting_ GUARDED_BY(mutex_);
};

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_INTAKE_H_
