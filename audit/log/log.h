// The log: commits groups, then signs, proves.
#ifndef PASSERELLE_AUDIT_LOG_LOG_H_
#define PASSERELLE_AUDIT_LOG_LOG_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "audit/checkpoint/checkpoint.h"
#include "audit/checkpoint/note.h"
#include "audit/log/guard.h"
#include "audit/log/store.h"
#include "audit/merkle/merkle.h"
#include "gateway/base/mutex.h"

namespace passerelle::audit::log {

// A head and the note that signs it.
struct SignedHead {
  Head head;
  std::string checkpoint;
};

// One log of one origin. Append comes from one thread at a time; everything else is thread-safe and
// sees committed entries only.
class Log {
 public:
  // Opens a log: recomputes size and root from the stored entries, tells `replay` every entry in
  // order, compares with the stored head and with the guard, and signs the head. DATA_LOSS (reasons
  // LOG_ENTRY_MISSING, LOG_ROOT, LOG_BEHIND_GUARD, LOG_FORKED; the message names the entry),
  // FAILED_PRECONDITION (GUARD_MISSING) when entries exist and no guard does. `store`, `guard` and
  // `signer` must outlive the log; `guard` may be null in tests.
  static absl::StatusOr<std::unique_ptr<Log>> Open(
      std::string origin, LogStore& store, Guard* guard, const checkpoint::NoteSigner& signer,
      absl::FunctionRef<absl::Status(uint64_t index, const std::string& entry, const Digest& leaf)>
          replay);

  // Commits entries as one group, then signs its checkpoint. `time_ms` is the group's record time.
  // UNAVAILABLE with reason LOG_FULL (nothing written), ABORTED (LOG_CONFLICT, LOG_FENCED),
  // INTERNAL (LOG_UNKNOWN: the process must end).
  absl::Status Append(const std::vector<std::string>& entries, int64_t time_ms);

  const std::string& origin() const { return origin_; }

  // The committed head.
  Head head() const EXCLUDES_LOCK(mutex_);

  // The committed head with its signed checkpoint.
  SignedHead signed_head() const EXCLUDES_LOCK(mutex_);

  // Writes the committed head into the guard, if it is newer. Called off the answer's path.
  absl::Status WriteGuard() EXCLUDES_LOCK(mutex_);

  // Root of the first `size` entries. OUT_OF_RANGE past the head.
  absl::StatusOr<Digest> RootAt(uint64_t size) const;

  // Proofs up to a size that is committed. OUT_OF_RANGE past it.
  absl::StatusOr<std::vector<Digest>> InclusionProof(uint64_t index, uint64_t size) const;
  absl::StatusOr<std::vector<Digest>> ConsistencyProof(uint64_t from, uint64_t to) const;

  // The entries [begin, end).
  absl::StatusOr<std::vector<std::string>> ReadEntries(uint64_t begin, uint64_t end) const;

 private:
  Log(std::string origin, LogStore& store, Guard* guard, const checkpoint::NoteSigner& signer);
  absl::Status Sign(const Head& head) EXCLUDES_LOCK(mutex_);

  // Constant after construction.
  const std::string origin_;
  LogStore& store_;
  Guard* const guard_;
  const checkpoint::NoteSigner& signer_;

  // Used by the appending thread only.
  merkle::Frontier frontier_;

  mutable gateway::base::Mutex mutex_;
  Head head_ GUARDED_BY(mutex_);
  std::string checkpoint_ GUARDED_BY(mutex_);
};

}  // namespace passerelle::audit::log

#endif  // PASSERELLE_AUDIT_LOG_LOG_H_
