// A convention as an actor of its host process: one log, one vault, one state, one writer.
#ifndef PASSERELLE_GATEWAY_CORE_CONVENTION_H_
#define PASSERELLE_GATEWAY_CORE_CONVENTION_H_

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/base/clock.h"
#include "gateway/base/mutex.h"
#include "gateway/core/evidence.h"
#include "gateway/core/gateway_acts.h"
#include "gateway/core/gathering.h"
#include "gateway/core/hall.h"
#include "gateway/core/handover.h"
#include "gateway/core/intake.h"
#include "gateway/core/measure.h"
#include "gateway/core/request.h"
#include "gateway/core/staging.h"
#include "gateway/core/storage.h"
#include "gateway/core/surroundings.h"
#include "gateway/core/upload.h"
#include "gateway/core/watch.h"
#include "gateway/vault/vault.h"
#include "passerelle/record/v1/card.pb.h"
#include "passerelle/record/v1/decision.pb.h"
#include "policy/decide.h"
#include "policy/state/state.h"

namespace passerelle::gateway::core {

// Thread-safe.
class Convention {
 public:
  // Opens the convention in a folder: recomputes the log, rebuilds the state from it alone, sweeps
  // what a crash left in the vault, and makes sure that nothing is missing from it without a
  // ground. DATA_LOSS, FAILED_PRECONDITION (NOT_ENACTED, GUARD_MISSING) otherwise.
  static absl::StatusOr<std::unique_ptr<Convention>> Open(const StoragePaths& paths,
                                                          const Surroundings& surroundings);

  // Waits for what is in flight.
  ~Convention();

  // Sends a statement through the hall. RESOURCE_EXHAUSTED (QUEUE_FULL), UNAVAILABLE (DRAINING) and
  // the errors of Hall::Admit are answered at once; a lone call commits on the caller's thread.
  // Freezes and key stops wait in a lane of their own and come first; they alone, and erasures, are
  // recorded when the disk has no more than its floor left. RESOURCE_EXHAUSTED (DISK_FULL) else.
  void Submit(const Request& request, Reply reply) EXCLUDES_LOCK(state_mutex_, queue_mutex_);

  // Hands a payload over to an agent: judges, records the handover, then opens the payload.
  // OUT_OF_RANGE, and nothing recorded, when it is longer than `most` bytes (CONTENT_STREAMED) or
  // shorter than the offset (OFFSET).
  void HandOver(const HandoverRequest& request, HandoverReply reply);

  // Whether the payload of a transfer may still go to an agent whose handover is recorded: OK, or
  // ABORTED (HANDOVER_STOPPED) since a freeze was placed, a key stopped, a mandate ended.
  absl::Status CheckHandover(const std::string& agent, const statement::v1::ActRef& transfer) const;

  // Begins the upload of a payload: judges its manifest. The errors of Hall::Admit,
  // RESOURCE_EXHAUSTED (DISK_FULL), UNAVAILABLE (DRAINING). Must go before the convention.
  absl::StatusOr<std::unique_ptr<Upload>> BeginUpload(const UploadManifest& manifest)
      EXCLUDES_LOCK(state_mutex_, queue_mutex_);

  // Begins the upload of a document. INVALID_ARGUMENT, RESOURCE_EXHAUSTED (DISK_FULL). Must go
  // before the convention.
  absl::StatusOr<std::shared_ptr<Intake>> BeginDocument(vault::ContentHead head);

  // Keeps an uploaded document for the statement that commits to it; returns until when.
  // RESOURCE_EXHAUSTED (STAGING_FULL).
  absl::StatusOr<int64_t> KeepDocument(const std::string& agent, vault::Sealed document);

  // The receipt of a recorded statement. NOT_FOUND otherwise.
  absl::StatusOr<passerelle::gateway::v1::Receipt> GetReceipt(const base::Digest& statement,
                                                              uint64_t seen_size) const;

  // Where a recorded statement stands in the log. NOT_FOUND otherwise.
  absl::StatusOr<uint64_t> IndexOf(const base::Digest& statement) const;

  // Reads the committed state; `read` must not keep references.
  void Read(absl::FunctionRef<void(const policy::state::State&)> read) const
      EXCLUDES_LOCK(state_mutex_);

  // Where the first document of a commitment stands. NOT_FOUND when there is none or it is erased.
  absl::StatusOr<vault::Position> FindDocument(const base::Digest& commitment) const;

  // Content at a position. NOT_FOUND when it is erased.
  absl::StatusOr<record::v1::Attachment> ReadContent(const vault::Position& position,
                                                     const base::Digest& commitment) const;

  // Calls `wake` after the committed state or the civil day changed (core/watch.h).
  absl::StatusOr<std::unique_ptr<Watchers::Watch>> Watch(const std::string& agent,
                                                         std::function<void()> wake);

  // The same in pieces.
  absl::StatusOr<std::unique_ptr<vault::ContentReader>> OpenContent(
      const vault::Position& position, const base::Digest& commitment) const;

  // The instant and civil day by which this convention judges now.
  absl::StatusOr<policy::Now> Now() const;

  // How far behind it is now.
  Vitals vitals() EXCLUDES_LOCK(queue_mutex_);

  const audit::log::Log& log() const { return *storage_->log; }
  // What others vouch for.
  Evidence& evidence() { return *evidence_; }
  // Slug of the convention, and the 32-byte name of its log.
  const std::string& name() const { return name_; }
  const std::string& log_name() const { return log_name_; }

  // Does what is due: records retentions reached, destroys and records erasures, writes the guard,
  // fills the statement index, expires what expires by time. Called about every 100 ms, and by
  // tests.
  void Tick() EXCLUDES_LOCK(state_mutex_, queue_mutex_);

  // Whether nothing is under way, waits or is due now: it may rest.
  bool IsIdle() EXCLUDES_LOCK(queue_mutex_);

  // Refuses new statements, finishes those admitted, writes the guard.
  void Drain() EXCLUDES_LOCK(queue_mutex_);

  // Drains, and keeps a snapshot of the state so that the next Open need not read the whole log.
  // Returns the card of the state, which says when it has something to do again.
  record::v1::Card Rest() EXCLUDES_LOCK(queue_mutex_);

 private:
  Convention(Surroundings surroundings, std::string folder, policy::state::State state,
             std::unique_ptr<Storage> storage);

  // convention.cc: the sequencer.
  void Enqueue(Pending pending) EXCLUDES_LOCK(queue_mutex_);
  void RunGroup() EXCLUDES_LOCK(state_mutex_, queue_mutex_, vault_mutex_);
  void PostGroup();
  // Whether a group need not wait for more: freezes and key stops wait for nobody.
  bool HasGathered() const REQUIRES_LOCK(queue_mutex_);
  std::vector<Pending> TakeGroup() REQUIRES_LOCK(queue_mutex_);
  // Puts the gateway's statement of the chains' heads before a group: nobody else changes the state
  // until that is carried.
  void BeginWithHeads(std::vector<Pending>& group) EXCLUDES_LOCK(state_mutex_);
  // Gives what a full group did not carry back to the head of the queue.
  void PutBack(std::vector<Pending>& group, size_t carried) EXCLUDES_LOCK(queue_mutex_);
  static void DropCancelled(std::vector<Pending>& group);
  // Answers those for whom the disk has no room.
  void DropUnfit(std::vector<Pending>& group) const;
  bool IsFull(const Pending& pending, size_t bytes) const REQUIRES_LOCK(queue_mutex_);
  void CarryGroup(std::vector<Pending> pending)
      EXCLUDES_LOCK(state_mutex_, queue_mutex_, vault_mutex_);
  static bool EndsProcess(const absl::Status& status);
  void End(const absl::Status& status) EXCLUDES_LOCK(queue_mutex_);
  void PostTask(std::function<void()> task) EXCLUDES_LOCK(queue_mutex_);
  void EndTask() EXCLUDES_LOCK(queue_mutex_);
  static absl::Status Draining();

  // upload.cc. Makes Drain wait until what is returned has gone. UNAVAILABLE (DRAINING).
  absl::StatusOr<std::shared_ptr<void>> Hold() EXCLUDES_LOCK(queue_mutex_);

  // upkeep.cc: what it does of its own motion.
  Request SignOwn(const GatewayAct& act) const;
  void SubmitOwn(const GatewayAct& act, Reply reply);
  absl::Status CheckLength(const vault::Position& position, const base::Digest& commitment,
                           const HandoverRequest& request) const;
  absl::StatusOr<HandoverAnswer> OpenHandedOver(const vault::Position& position,
                                                const base::Digest& commitment,
                                                passerelle::gateway::v1::Receipt receipt);
  void RecordRetentions();
  // When the heads of the chains are to be stated, by the log's clock, milliseconds; nothing while
  // no entry awaits it.
  std::optional<int64_t> HeadsDueMs(const policy::state::State& state) const;
  bool AreHeadsDue(const policy::state::State& state) const;
  // Has the next group begin with them.
  void WantHeads() EXCLUDES_LOCK(queue_mutex_);
  void DestroyDue() EXCLUDES_LOCK(vault_mutex_, queue_mutex_);
  void WriteBehind() EXCLUDES_LOCK(queue_mutex_);
  void Expire() EXCLUDES_LOCK(vault_mutex_);
  void NotifyOfNewDay() EXCLUDES_LOCK(queue_mutex_);
  // When something is due of its own motion, by the log's clock, milliseconds; 0: now.
  int64_t NextDueMs() const EXCLUDES_LOCK(state_mutex_);
  void KeepSnapshot() EXCLUDES_LOCK(state_mutex_, queue_mutex_);
  // Claims a transfer's next act for the caller; not when it is claimed or no longer in that phase.
  bool ClaimIn(record::v1::TransferPhase phase, const std::string& transfer)
      EXCLUDES_LOCK(queue_mutex_, state_mutex_);
  // Lets go of a claim whose work is done or failed; keeps one whose act the rules refused, for it
  // would be refused, and logged, for ever.
  void Release(const std::string& transfer,
               const absl::StatusOr<passerelle::gateway::v1::Receipt>& done)
      EXCLUDES_LOCK(queue_mutex_);

  // Constant after construction.
  const Surroundings surroundings_;
  const std::unique_ptr<Storage> storage_;
  const std::string name_;
  const std::string log_name_;
  // The process's clock, shifted as a `test` log's settings say.
  const base::ShiftedClock clock_;
  Staging staging_;
  Hall hall_;

  const std::string folder_;

  // The committed state. The sequencer alone writes it.
  mutable base::SharedMutex state_mutex_;
  policy::state::State state_ GUARDED_BY(state_mutex_);

  Gathering gathering_;

  base::Mutex queue_mutex_;
  base::CondVar idle_;
  std::vector<Pending> urgent_ GUARDED_BY(queue_mutex_);
  std::vector<Pending> queue_ GUARDED_BY(queue_mutex_);
  base::CondVar gathered_;
  // How many statements the next group waits for.
  size_t awaited_ GUARDED_BY(queue_mutex_) = 0;
  // Of the statements that are not urgent.
  size_t queue_bytes_ GUARDED_BY(queue_mutex_) = 0;
  bool running_ GUARDED_BY(queue_mutex_) = false;
  bool heads_wanted_ GUARDED_BY(queue_mutex_) = false;
  bool closed_ GUARDED_BY(queue_mutex_) = false;
  // Tasks of ours in the pool, and what is held.
  int tasks_ GUARDED_BY(queue_mutex_) = 0;
  // Transfers whose retention or erasure is being recorded.
  std::set<std::string> claimed_ GUARDED_BY(queue_mutex_);
  bool erasures_due_ GUARDED_BY(queue_mutex_) = true;
  int64_t last_look_ms_ GUARDED_BY(queue_mutex_) = std::numeric_limits<int64_t>::min() / 2;
  // When to look for what is due, unless the state changed since the last look.
  int64_t next_due_ms_ GUARDED_BY(queue_mutex_) = 0;
  bool changed_ GUARDED_BY(queue_mutex_) = true;
  std::vector<std::pair<base::Digest, uint64_t>> unindexed_ GUARDED_BY(queue_mutex_);

  // Number YYYYMMDD of the civil day at the last tick.
  int64_t last_day_ GUARDED_BY(queue_mutex_) = 0;

  Watchers watchers_;
  // Goes before what it calls.
  std::unique_ptr<Evidence> evidence_;

  // Commit, Shred, Sweep and Expire of the vault come from one thread at a time.
  base::Mutex vault_mutex_;
};

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_CONVENTION_H_
