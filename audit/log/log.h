// The log: commits groups, then signs, proves.
#ifndef PASSERELLE_AUDIT_LOG_LOG_H_
#define PASSERELLE_AUDIT_LOG_LOG_H_

#include <cstdint>
#include <memory>
#include <optional>
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

// Where the replay of an opened log began, and why.
struct Start {
  // The first entry that was read; 0 when all were.
  uint64_t first = 0;
  // The damage of a snapshot that was therefore passed over (DATA_LOSS), for somebody to be told.
  absl::Status passed_over;
};

// One log of one origin. Append comes from one thread at a time; everything else is thread-safe and
// sees committed entries only. A head that does not extend the last one signed is never signed.
class Log {
 public:
  // Hears an entry at start.
  using Replay =
      absl::FunctionRef<absl::Status(uint64_t index, const std::string& entry, const Digest& leaf)>;

  // Takes a snapshot over as what all entries before it come to; false when this program cannot, so
  // that every entry has to be heard.
  using Restore = absl::FunctionRef<absl::StatusOr<bool>(const StateSnapshot& snapshot)>;

  // Opens a log: recomputes size and root from the stored entries, tells `replay` every entry in
  // order, compares with the stored tree and head and with the guard, signs the head and writes the
  // guard. DATA_LOSS (reasons LOG_ENTRY_MISSING, LOG_ROOT, LOG_BEHIND_GUARD, LOG_FORKED; the
  // message names the entry), FAILED_PRECONDITION (GUARD_MISSING) when entries exist and no head
  // was ever written to the guard. `store`, `guard` and `signer` must outlive the log; `guard` may
  // be null: when a head is adopted, and in tests.
  static absl::StatusOr<std::unique_ptr<Log>> Open(std::string origin, LogStore& store,
                                                   Guard* guard,
                                                   const checkpoint::NoteSigner& signer,
                                                   Replay replay);

  // Opens a log as Open does, but from its snapshot: reads no entry before it, hands it to
  // `restore`, and tells `replay` the entries after it alone. Every entry is heard when there is no
  // snapshot, its seal is broken (see start) or `restore` answers false. DATA_LOSS (LOG_SNAPSHOT)
  // when a sealed snapshot lies past the head or is of another root than the stored tree's at its
  // size: the log was rolled back, forked or damaged since. Guard and head are held to the tree as
  // in Open; entries before the snapshot are checked when they are read.
  static absl::StatusOr<std::unique_ptr<Log>> OpenFromSnapshot(std::string origin, LogStore& store,
                                                               Guard* guard,
                                                               const checkpoint::NoteSigner& signer,
                                                               Restore restore, Replay replay);

  // Commits entries as one group, then signs its checkpoint. `time_ms` is the group's record time,
  // never before the last one's. INVALID_ARGUMENT (LOG_GROUP: no entry, or past the bounds of
  // limits.h; LOG_TIME), UNAVAILABLE with reason LOG_FULL (nothing written), ABORTED (LOG_CONFLICT,
  // LOG_FENCED), INTERNAL (LOG_UNKNOWN, LOG_FORKED: the process must end).
  absl::Status Append(const std::vector<std::string>& entries, int64_t time_ms)
      EXCLUDES_LOCK(mutex_);

  // Writes the committed head to the guard, unless it stands there already. Off the answer's path:
  // the core calls it about every 100 ms and when it drains. INTERNAL (GUARD_SYNC: the process must
  // end).
  absl::Status WriteGuard() EXCLUDES_LOCK(guard_mutex_);

  // Size of the head that the guard has; 0 without a guard.
  uint64_t guarded_size() const EXCLUDES_LOCK(guard_mutex_);

  // Seals and keeps a projection of the log at one of its heads, instead of the one kept before.
  // Off the answer's path. OUT_OF_RANGE past the head, INVALID_ARGUMENT (LOG_SNAPSHOT) when it is
  // none of this log's, else as LogStore::PutSnapshot: whatever it answers, the log goes on.
  absl::Status KeepSnapshot(const Head& at, std::string bytes) EXCLUDES_LOCK(mutex_);

  const std::string& origin() const { return origin_; }

  // How it was opened.
  const Start& start() const { return start_; }

  // The committed head.
  Head head() const EXCLUDES_LOCK(mutex_);

  // The committed head with its signed checkpoint, read together.
  SignedHead signed_head() const EXCLUDES_LOCK(mutex_);

  // Root of the first `size` entries. OUT_OF_RANGE past the head.
  absl::StatusOr<Digest> RootAt(uint64_t size) const EXCLUDES_LOCK(mutex_);

  // Proofs up to a size that is committed. OUT_OF_RANGE past it, INVALID_ARGUMENT as in merkle.h.
  absl::StatusOr<std::vector<Digest>> InclusionProof(uint64_t index, uint64_t size) const
      EXCLUDES_LOCK(mutex_);
  absl::StatusOr<std::vector<Digest>> ConsistencyProof(uint64_t from, uint64_t to) const
      EXCLUDES_LOCK(mutex_);

  // The hash of a complete subtree. OUT_OF_RANGE past the head.
  absl::StatusOr<Digest> NodeAt(merkle::NodeId node) const EXCLUDES_LOCK(mutex_);

  // The entries [begin, end). OUT_OF_RANGE past the head; DATA_LOSS (LOG_ENTRY_MISSING,
  // LOG_ENTRY_DAMAGED: not the one whose hash the log holds) names the entry.
  absl::StatusOr<std::vector<std::string>> ReadEntries(uint64_t begin, uint64_t end) const
      EXCLUDES_LOCK(mutex_);

 private:
  Log(std::string origin, LogStore& store, Guard* guard, const checkpoint::NoteSigner& signer);

  // Both ways to open; `restore` may be null.
  static absl::StatusOr<std::unique_ptr<Log>> OpenWith(std::string origin, LogStore& store,
                                                       Guard* guard,
                                                       const checkpoint::NoteSigner& signer,
                                                       const Restore* restore, Replay replay);

  // Steps of it.
  absl::Status BeginFromSnapshot(const Head& head, Restore restore);
  absl::StatusOr<std::optional<StateSnapshot>> FindSealedSnapshot();
  absl::StatusOr<merkle::Frontier> FrontierOf(const StateSnapshot& snapshot, const Head& head);
  absl::Status ReplayEntries(const Head& head, Replay replay);
  absl::Status ReplayEntry(uint64_t index, const std::string& entry, Replay replay);
  absl::Status CheckGuardSize(const Head& head) EXCLUDES_LOCK(guard_mutex_);
  absl::Status CheckGuardRoot() EXCLUDES_LOCK(guard_mutex_);

  // Signs a committed head and makes it visible.
  absl::Status Sign(const Head& head) EXCLUDES_LOCK(mutex_);

  // Constant after construction.
  const std::string origin_;
  LogStore& store_;
  const checkpoint::NoteSigner& signer_;
  // Constant after Open.
  Start start_;

  // Used by the appending thread only.
  merkle::Frontier frontier_;
  // The last head that was signed; nothing before the first.
  std::optional<Head> signed_;

  mutable gateway::base::Mutex guard_mutex_;
  Guard* guard_ GUARDED_BY(guard_mutex_);

  mutable gateway::base::Mutex mutex_;
  Head head_ GUARDED_BY(mutex_);
  std::string checkpoint_ GUARDED_BY(mutex_);
};

}  // namespace passerelle::audit::log

#endif  // PASSERELLE_AUDIT_LOG_LOG_H_
