// The times that others vouch for: stamps of RFC 3161 over a log's checkpoints (AUDIT-LOG, "Cadence
// and witnesses"). Collected off the answer's path, kept as files, their hashes stated in the log.
#ifndef PASSERELLE_GATEWAY_CORE_STAMPS_H_
#define PASSERELLE_GATEWAY_CORE_STAMPS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "audit/checkpoint/note.h"
#include "audit/checkpoint/stamp_files.h"
#include "audit/log/log.h"
#include "gateway/base/mutex.h"
#include "gateway/core/evidence_lag.h"
#include "gateway/core/gateway_acts.h"
#include "gateway/core/level_waiters.h"
#include "gateway/core/request.h"
#include "gateway/core/surroundings.h"
#include "passerelle/convention/v1/settings.pb.h"
#include "passerelle/record/v1/state.pb.h"
#include "policy/state/state.h"

namespace passerelle::gateway::core {

// Has an act of the gateway's own recorded.
using RecordAct = std::function<void(const GatewayAct& act, Reply reply)>;

// The stamps of one log. Thread-safe.
class Stamps {
 public:
  // Keeps them in `stamps` below the convention's folder. All must outlive it.
  Stamps(const Surroundings& surroundings, const audit::log::Log& log,
         const audit::checkpoint::NoteVerifier& own, const std::string& folder, RecordAct record);
  // Waits for a stamp under way.
  ~Stamps();

  // What the state says, copied so that nobody holds it meanwhile.
  struct Standing {
    convention::v1::Settings settings;
    // The last stamp stated.
    std::optional<record::v1::StampedRow> last;
  };

  // Has a checkpoint stamped when one is due: while entries other than CheckpointStamped are
  // unstamped, hourly (or twice within the lag that the settings allow), and sooner for somebody
  // who waits. `head`: the checkpoint that may be stamped, its cosignatures included. Gives up who
  // waited for too long.
  void Tick(const Standing& standing, const std::optional<audit::log::SignedHead>& head)
      EXCLUDES_LOCK(mutex_);

  // In how many milliseconds the next stamp is due; nothing when none is, or nobody is ever asked.
  std::optional<int64_t> DueInMs(const policy::state::State& state) const EXCLUDES_LOCK(mutex_);

  // UNAVAILABLE (EVIDENCE_LAGS) while an entry waits for a stamp for longer than the settings
  // allow. `now_ms`: by the log's clock.
  absl::Status CheckLag(const policy::state::State& state, int64_t now_ms) EXCLUDES_LOCK(mutex_);

  // Calls `done`, from any thread, once a checkpoint of more than `index` entries is stamped and
  // that stands in the log, or after base::kLevelWaitMs, or at once when too many wait or nobody is
  // ever asked.
  void Await(uint64_t index, std::function<void()> done) EXCLUDES_LOCK(mutex_);

  // Lets everybody who waits go.
  void Release() EXCLUDES_LOCK(mutex_);

  // What is kept of the stamp of a size; sizes of which something is kept, ascending.
  absl::StatusOr<audit::checkpoint::KeptStamp> Read(uint64_t size) const;
  absl::StatusOr<std::vector<uint64_t>> Sizes() const;

 private:
  bool IsDue(const Standing& standing, uint64_t size) const REQUIRES_LOCK(mutex_);
  void Obtain(const Standing& standing, const audit::log::SignedHead& head) EXCLUDES_LOCK(mutex_);
  // What came of it. Called once a stamp.
  void Finish(uint64_t size, const absl::Status& done) EXCLUDES_LOCK(mutex_);
  void EndPart() EXCLUDES_LOCK(mutex_);

  const Surroundings surroundings_;
  const audit::log::Log& log_;
  const audit::checkpoint::NoteVerifier& own_;
  const std::string folder_;
  const RecordAct record_;

  mutable base::Mutex mutex_;
  base::CondVar idle_;
  // Parts of the one stamp under way: the courier, whose frames hold what the convention owns until
  // it returns, and the outcome, which may come later from another thread.
  int under_way_ GUARDED_BY(mutex_) = 0;
  // By the monotonic clock: when a stamp was last stated, and before when no authority is asked
  // again after so many failures in a row.
  std::optional<int64_t> stated_ms_ GUARDED_BY(mutex_);
  int64_t retry_ms_ GUARDED_BY(mutex_) = 0;
  int failures_ GUARDED_BY(mutex_) = 0;
  // The size of the last checkpoint that was stamped here, and the first entry somebody waits for.
  uint64_t stamped_ GUARDED_BY(mutex_) = 0;
  std::optional<uint64_t> wanted_ GUARDED_BY(mutex_);
  LevelWaiters waiters_ GUARDED_BY(mutex_);
  Oldest oldest_ GUARDED_BY(mutex_);
};

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_STAMPS_H_
