// What others vouch for: the cosignatures that witnesses give for a log's checkpoints, and the
// times that authorities stamp them with. Collected off the answer's path; a statement waits for
// them only if its submitter asks to.
#ifndef PASSERELLE_GATEWAY_CORE_EVIDENCE_H_
#define PASSERELLE_GATEWAY_CORE_EVIDENCE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "audit/checkpoint/cosignature.h"
#include "audit/checkpoint/note.h"
#include "audit/log/log.h"
#include "audit/witness/submit.h"
#include "gateway/base/mutex.h"
#include "gateway/core/evidence_lag.h"
#include "gateway/core/level_waiters.h"
#include "gateway/core/stamps.h"
#include "gateway/core/surroundings.h"
#include "passerelle/convention/v1/settings.pb.h"
#include "policy/state/state.h"

namespace passerelle::gateway::core {

// The evidence of one log. Thread-safe.
class Evidence {
 public:
  // Takes up the file `witnessed` of the convention's folder, a cache of the last checkpoint that
  // its witnesses cosigned, where it is still one of this log. All must outlive it. `changed`
  // hears, from any thread, that there is more evidence; `record` has the stamps stated in the log.
  Evidence(const Surroundings& surroundings, const audit::log::Log& log,
           const audit::checkpoint::NoteVerifier& own, std::string folder,
           std::function<void()> changed, RecordAct record);
  // Waits for questions under way.
  ~Evidence();

  // Asks every witness of the settings what it cosigned last, some seconds at most. DATA_LOSS
  // (LOG_BEHIND_WITNESS, LOG_FORKED) when one proves that this log was rolled back or forked; OK
  // when none does, those that do not answer among them.
  absl::Status CheckAtStart(const convention::v1::Settings& settings);

  // Whether Tick has something to do.
  bool IsDue() const EXCLUDES_LOCK(mutex_);

  // Submits the log's head to the witnesses that have not cosigned it, or an hour ago; has a
  // checkpoint stamped when one is due; gives up who waited for too long.
  void Tick(const Stamps::Standing& standing) EXCLUDES_LOCK(mutex_);

  // In how many milliseconds the next submission or stamp is due; nothing without either.
  std::optional<int64_t> DueInMs(const policy::state::State& state) const EXCLUDES_LOCK(mutex_);

  // The last checkpoint that the quorum cosigned, with their lines; nothing when there is none.
  std::optional<audit::log::SignedHead> witnessed() const EXCLUDES_LOCK(mutex_);

  // DATA_LOSS once a witness proved that this log was rolled back or forked: no act is taken then.
  absl::Status CheckUnbroken() const EXCLUDES_LOCK(mutex_);

  // UNAVAILABLE (EVIDENCE_LAGS) while an entry waits for the quorum, or for a stamp, for longer
  // than the settings allow. `now_ms`: by the log's clock.
  absl::Status CheckLag(const policy::state::State& state, int64_t now_ms) EXCLUDES_LOCK(mutex_);

  // Calls `done`, from any thread, once the quorum cosigned a checkpoint of more than `index`
  // entries, or after base::kLevelWaitMs, or at once when too many wait or nobody is ever asked.
  void Await(uint64_t index, std::function<void()> done) EXCLUDES_LOCK(mutex_);

  // Lets everybody who waits go, for a stamp too.
  void Release() EXCLUDES_LOCK(mutex_);

  // The stamps of the log.
  Stamps& stamps() { return stamps_; }
  const Stamps& stamps() const { return stamps_; }

 private:
  // What is known of a witness, by its vkey.
  struct Known {
    // The size that it cosigned last.
    uint64_t size = 0;
    bool asked = false;
    // By the monotonic clock: not before, after so many failures in a row.
    int64_t retry_ms = 0;
    int failures = 0;
  };
  // The checkpoint that is being cosigned, and what came for it, by vkey.
  struct Round {
    audit::log::SignedHead head;
    int64_t began_ms = 0;
    std::map<std::string, std::string> lines;
  };

  void TakeUp();
  bool IsRoundDue() const REQUIRES_LOCK(mutex_);
  void SubmitToWitnesses(const convention::v1::Settings& settings) EXCLUDES_LOCK(mutex_);
  absl::Status CheckQuorumLag(const convention::v1::Settings& settings, int64_t now_ms)
      EXCLUDES_LOCK(mutex_);
  void Submit(const convention::v1::Witness& witness, const audit::log::SignedHead& head,
              uint64_t known_size, const std::string& anchors_pem);
  void Take(const std::string& vkey, const audit::log::SignedHead& head, uint64_t known_size,
            const absl::StatusOr<audit::witness::Cosigned>& cosigned) EXCLUDES_LOCK(mutex_);
  void Publish() REQUIRES_LOCK(mutex_);
  // Writes the file, outside of the lock that answers take.
  void Keep() EXCLUDES_LOCK(mutex_, keep_mutex_);
  std::vector<std::function<void()>> TakeReached(int64_t now_ms) REQUIRES_LOCK(mutex_);
  std::optional<int64_t> SubmissionDueInMs(const convention::v1::Settings& settings) const
      EXCLUDES_LOCK(mutex_);

  const Surroundings surroundings_;
  const audit::log::Log& log_;
  const audit::checkpoint::NoteVerifier& own_;
  const std::string folder_;
  const std::function<void()> changed_;

  base::Mutex keep_mutex_;
  mutable base::Mutex mutex_;
  base::CondVar answered_;
  int under_way_ GUARDED_BY(mutex_) = 0;
  std::map<std::string, Known> witnesses_ GUARDED_BY(mutex_);
  // The vkeys in force, in the order of the settings, and how many of them it takes.
  std::vector<std::string> in_force_ GUARDED_BY(mutex_);
  size_t quorum_ GUARDED_BY(mutex_) = 1;
  std::optional<Round> round_ GUARDED_BY(mutex_);
  std::optional<audit::log::SignedHead> witnessed_ GUARDED_BY(mutex_);
  LevelWaiters waiters_ GUARDED_BY(mutex_);
  Oldest oldest_ GUARDED_BY(mutex_);
  absl::Status broken_ GUARDED_BY(mutex_);

  Stamps stamps_;
};

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_EVIDENCE_H_
