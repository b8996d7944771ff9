#include "gateway/core/convention.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/core/founding.h"
#include "gateway/core/receipt.h"
#include "gateway/core/replay.h"
#include "policy/decide.h"
#include "policy/rules/areas.h"

namespace passerelle::gateway::core {
namespace {

// What waits before the sequencer holds no more memory than 64 of the largest requests.
constexpr size_t kMaxQueueBytes = 64 * (base::kMaxAttachmentsBytes + base::kMaxEnvelopeBytes);

// What a waiting statement holds of memory, but for small change.
size_t BytesOf(const Pending& pending) {
  size_t bytes = pending.admitted.envelope.size();
  for (const SealedContent& content : pending.admitted.contents)
    bytes += content.sealed.ciphertext.size();
  return bytes;
}

// Receipts under a key that nobody pinned, or acts under one that is not enrolled, help nobody.
absl::Status CheckKeys(const policy::state::State& state, const Storage& storage) {
  const FoundingKeys held = PublicKeysOf(storage);
  if (held.checkpoint_vkey != state.founding()->checkpoint_vkey())
    return base::Error(absl::StatusCode::kFailedPrecondition, "CHECKPOINT_KEY", "",
                       "keys/checkpoint.key is not the key that entry 0 names; put that one back");
  const base::Digest& fingerprint = storage.statement_key->public_key().fingerprint();
  const record::v1::KeyRow* key = state.keys.Find(base::View(fingerprint));
  const record::v1::AgentRow* agent = key == nullptr ? nullptr : state.agents.Find(key->agent());
  if (agent == nullptr || agent->kind() != statement::v1::AGENT_KIND_GATEWAY)
    return base::Error(absl::StatusCode::kFailedPrecondition, "STATEMENT_KEY", "",
                       "keys/statement.key is not enrolled as this gateway's; put the right one "
                       "back");
  return absl::OkStatus();
}

// Freezes and key stops have a lane of their own.
bool IsUrgent(const Pending& pending) {
  return policy::rules::IsReportOnly(pending.admitted.statement);
}

}  // namespace

Convention::Convention(Surroundings surroundings, std::string folder, policy::state::State state,
                       std::unique_ptr<Storage> storage)
    : surroundings_(std::move(surroundings)),
      storage_(std::move(storage)),
      name_(state.founding()->convention().slug()),
      log_name_(state.founding()->log()),
      clock_(surroundings_.clock, state.founding()->settings().clock_shift_ms()),
      hall_(*storage_->log, *storage_->vault, staging_, clock_, surroundings_.random),
      folder_(std::move(folder)),
      state_(std::move(state)),
      watchers_(surroundings_.pool),
      evidence_(std::make_unique<Evidence>(
          surroundings_, *storage_->log, storage_->signer->verifier(), folder_,
          [this] { watchers_.Notify(); },
          [this](const GatewayAct& act, Reply reply) { SubmitOwn(act, std::move(reply)); })) {}

absl::StatusOr<std::unique_ptr<Convention>> Convention::Open(const StoragePaths& paths,
                                                             const Surroundings& surroundings) {
  policy::state::State state;
  Replay replay(state);
  const auto take_over = [&](const audit::log::StateSnapshot& snapshot) {
    return replay.TakeOver(snapshot);
  };
  const audit::log::Log::Restore restore = take_over;
  ASSIGN_OR_RETURN(std::unique_ptr<Storage> storage,
                   Storage::Open(
                       paths, surroundings.random,
                       [&](uint64_t index, const std::string& entry, const base::Digest& leaf) {
                         return replay.Take(index, entry, leaf);
                       },
                       &restore));
  if (const absl::Status& damage = storage->log->start().passed_over; !damage.ok())
    surroundings.report(Fault::kSnapshot, damage);
  if (state.founding() == nullptr)
    return base::Error(
        absl::StatusCode::kFailedPrecondition, "NOT_ENACTED", "",
        "entry 0 is missing: have the founders sign it, then `passerelle init --enact`");
  RETURN_IF_ERROR(CheckKeys(state, *storage));
  RETURN_IF_ERROR(replay.Reconcile(*storage));
  const convention::v1::Settings settings = state.founding()->settings();
  std::unique_ptr<Convention> convention(
      new Convention(surroundings, paths.folder, std::move(state), std::move(storage)));
  RETURN_IF_ERROR(convention->evidence_->CheckAtStart(settings));
  return convention;
}

Convention::~Convention() { Drain(); }

void Convention::Submit(const Request& request, Reply reply) {
  Gathering::Call call = gathering_.Begin();
  absl::StatusOr<Admitted> admitted = [&]() -> absl::StatusOr<Admitted> {
    // Once it is recorded a statement is answered with its receipt: what would keep the receipt
    // from being made is turned away before.
    RETURN_IF_ERROR(CheckSeenSize(request.seen_size, storage_->log->head().size));
    RETURN_IF_ERROR(evidence_->CheckUnbroken());
    base::ReaderLock lock(state_mutex_);
    if (request.door == Door::kTransfers)
      RETURN_IF_ERROR(evidence_->CheckLag(state_, clock_.WallMs()));
    return hall_.Admit(state_, request);
  }();
  if (!admitted.ok()) {
    // Whoever is answered may let go of this convention, whose gathering the call is in.
    call.reset();
    return reply(admitted.status());
  }
  Enqueue({*std::move(admitted), std::move(reply), request.cancelled, clock_.MonotonicMs(),
           std::move(call)});
}

void Convention::Enqueue(Pending pending) {
  const size_t bytes = BytesOf(pending);
  absl::Status refused;
  Reply turned_away;
  bool lead = false, enough = false;
  {
    base::MutexLock lock(queue_mutex_);
    if (closed_) {
      refused = Draining();
    } else if (IsFull(pending, bytes)) {
      refused = base::Error(absl::StatusCode::kResourceExhausted, "QUEUE_FULL", "",
                            "too many statements are waiting; try again in a second");
    }
    if (!refused.ok()) {
      turned_away = std::move(pending.reply);
      pending.call.reset();
    } else {
      if (IsUrgent(pending)) {
        urgent_.push_back(std::move(pending));
      } else {
        queue_.push_back(std::move(pending));
        queue_bytes_ += bytes;
      }
      lead = !running_;
      running_ = true;
      if (lead) awaited_ = gathering_.Target();
      enough = HasGathered();
      if (enough) gathered_.NotifyOne();
    }
  }
  if (!refused.ok()) return turned_away(refused);
  if (!lead) return;
  // Whoever finds the sequencer idle runs one group on its own thread, unless others are worth
  // waiting for; a longer queue goes on in the pool, so that no caller works for others for long.
  if (enough)
    RunGroup();
  else
    PostGroup();
}

void Convention::PostGroup() {
  surroundings_.pool.Post([this] { RunGroup(); });
}

bool Convention::HasGathered() const { return !urgent_.empty() || queue_.size() >= awaited_; }

bool Convention::IsFull(const Pending& pending, size_t bytes) const {
  if (IsUrgent(pending)) return urgent_.size() >= base::kMaxUrgentQueue;
  return queue_.size() >= base::kMaxQueue ||
         (!queue_.empty() && queue_bytes_ + bytes > kMaxQueueBytes);
}

void Convention::RunGroup() {
  std::vector<Pending> group;
  bool heads = false;
  {
    base::MutexLock lock(queue_mutex_);
    if (!HasGathered()) gathered_.WaitFor(queue_mutex_, base::kGatherMs);
    group = TakeGroup();
    heads = std::exchange(heads_wanted_, false);
  }
  DropCancelled(group);
  DropUnfit(group);
  if (heads) BeginWithHeads(group);
  if (!group.empty()) CarryGroup(std::move(group));
  base::MutexLock lock(queue_mutex_);
  running_ = !queue_.empty() || !urgent_.empty() || heads_wanted_;
  if (!running_) return idle_.NotifyAll();
  awaited_ = gathering_.Target();
  PostGroup();
}

std::vector<Pending> Convention::TakeGroup() {
  static_assert(base::kMaxUrgentQueue < base::kMaxGroupEntries);
  std::vector<Pending> group = std::exchange(urgent_, {});
  const size_t room = base::kMaxGroupEntries - group.size() - (heads_wanted_ ? 1 : 0);
  const auto end = queue_.begin() + static_cast<long>(std::min(queue_.size(), room));
  for (auto it = queue_.begin(); it != end; ++it) queue_bytes_ -= BytesOf(*it);
  group.insert(group.end(), std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
  queue_.erase(queue_.begin(), end);
  return group;
}

void Convention::PutBack(std::vector<Pending>& group, size_t carried) {
  const auto rest = group.begin() + static_cast<long>(carried);
  // Those that are urgent come first in a group.
  const auto ordinary = std::find_if_not(rest, group.end(), IsUrgent);
  base::MutexLock lock(queue_mutex_);
  for (auto it = ordinary; it != group.end(); ++it) queue_bytes_ += BytesOf(*it);
  urgent_.insert(urgent_.begin(), std::make_move_iterator(rest), std::make_move_iterator(ordinary));
  queue_.insert(queue_.begin(), std::make_move_iterator(ordinary),
                std::make_move_iterator(group.end()));
  group.erase(rest, group.end());
}

void Convention::DropCancelled(std::vector<Pending>& group) {
  const auto gone = std::stable_partition(group.begin(), group.end(), [](const Pending& one) {
    return !one.cancelled || !one.cancelled();
  });
  for (auto it = gone; it != group.end(); ++it)
    it->reply(base::Error(absl::StatusCode::kCancelled, "CANCELLED", "",
                          "withdrawn before it was recorded"));
  group.erase(gone, group.end());
}

void Convention::DropUnfit(std::vector<Pending>& group) const {
  const absl::Status room = CheckRoom(surroundings_.space, folder_);
  if (room.ok()) return;
  const auto unfit = std::stable_partition(group.begin(), group.end(), [](const Pending& one) {
    return MayUseFloor(one.admitted.statement);
  });
  for (auto it = unfit; it != group.end(); ++it) it->reply(room);
  group.erase(unfit, group.end());
}

void Convention::BeginWithHeads(std::vector<Pending>& group) {
  if (!CheckRoom(surroundings_.space, folder_).ok() || !evidence_->CheckUnbroken().ok()) return;
  absl::StatusOr<Admitted> admitted = [&]() -> absl::StatusOr<Admitted> {
    base::ReaderLock lock(state_mutex_);
    // A tick may have wanted them while the last ones were on their way.
    if (!AreHeadsDue(state_)) return absl::CancelledError();
    return hall_.Admit(state_, SignOwn(StateHeads(state_)));
  }();
  if (absl::IsCancelled(admitted.status())) return;
  if (!admitted.ok()) return surroundings_.report(Fault::kHeads, admitted.status());
  Pending heads{*std::move(admitted), [](const auto&) {}, nullptr, clock_.MonotonicMs()};
  group.insert(group.begin(), std::move(heads));
}

void Convention::CarryGroup(std::vector<Pending> pending) {
  const int64_t began_us = clock_.MonotonicUs();
  absl::StatusOr<Group> group = [&]() -> absl::StatusOr<Group> {
    base::ReaderLock state_lock(state_mutex_);
    base::MutexLock vault_lock(vault_mutex_);
    return hall_.Carry(state_, pending);
  }();
  if (!group.ok()) {
    if (EndsProcess(group.status())) End(group.status());
    for (Pending& one : pending) one.reply(group.status());
    return;
  }
  if (surroundings_.measure) {
    Carried carried = group->carried();
    carried.micros = clock_.MonotonicUs() - began_us;
    surroundings_.measure(name_, carried);
  }
  PutBack(pending, group->outcomes().size());
  {
    base::WriterLock lock(state_mutex_);
    state_.Absorb(group->draft());
  }
  watchers_.Notify();
  {
    base::MutexLock lock(queue_mutex_);
    unindexed_.insert(unindexed_.end(), group->recorded().begin(), group->recorded().end());
    erasures_due_ = erasures_due_ || group->orders_erasure();
    changed_ = true;
  }
  for (size_t i = 0; i < pending.size(); ++i)
    pending[i].reply(MakeReceipt(*storage_->log, group->outcomes()[i],
                                 pending[i].admitted.seen_size,
                                 group->FindLeaf(group->outcomes()[i].index)));
  // What a ruling or a retention orders to be destroyed does not wait for the next tick.
  if (group->orders_erasure()) PostTask([this] { DestroyDue(); });
}

bool Convention::EndsProcess(const absl::Status& status) {
  const std::string reason = base::ReasonOf(status);
  for (const char* fatal :
       {"LOG_UNKNOWN", "LOG_FORKED", "LOG_CONFLICT", "LOG_FENCED", "VAULT_UNKNOWN", "GUARD_SYNC"})
    if (reason == fatal) return true;
  return false;
}

void Convention::End(const absl::Status& status) {
  {
    base::MutexLock lock(queue_mutex_);
    closed_ = true;
  }
  surroundings_.end_process(status);
}

void Convention::PostTask(std::function<void()> task) {
  {
    base::MutexLock lock(queue_mutex_);
    ++tasks_;
  }
  surroundings_.pool.Post([this, task = std::move(task)] {
    task();
    EndTask();
  });
}

void Convention::EndTask() {
  base::MutexLock lock(queue_mutex_);
  --tasks_;
  idle_.NotifyAll();
}

absl::Status Convention::Draining() {
  return base::Error(absl::StatusCode::kUnavailable, "DRAINING", "",
                     "the gateway is shutting down; try again later");
}

void Convention::Drain() {
  {
    base::MutexLock lock(queue_mutex_);
    closed_ = true;
    while (running_ || tasks_ > 0) idle_.Wait(queue_mutex_);
  }
  evidence_->Release();
  WriteBehind();
}

absl::StatusOr<uint64_t> Convention::IndexOf(const base::Digest& statement) const {
  std::optional<uint64_t> index;
  Read([&](const policy::state::State& state) {
    const record::v1::StatementRow* row = state.statements.Find(base::View(statement));
    if (row != nullptr) index = row->index();
  });
  if (!index.has_value()) {
    ASSIGN_OR_RETURN(index, storage_->store->FindStatement(statement));
  }
  if (!index.has_value())
    return base::Error(absl::StatusCode::kNotFound, "STATEMENT_UNKNOWN", "statement",
                       "no such statement is recorded in this log");
  return *index;
}

absl::StatusOr<passerelle::gateway::v1::Receipt> Convention::GetReceipt(
    const base::Digest& statement, uint64_t seen_size) const {
  ASSIGN_OR_RETURN(const uint64_t index, IndexOf(statement));
  return MakeReceipt(*storage_->log, {index, record::v1::EFFECT_UNSPECIFIED, ""}, seen_size);
}

void Convention::Read(absl::FunctionRef<void(const policy::state::State&)> read) const {
  base::ReaderLock lock(state_mutex_);
  read(state_);
}

absl::StatusOr<std::unique_ptr<Watchers::Watch>> Convention::Watch(const std::string& agent,
                                                                   std::function<void()> wake) {
  return watchers_.Add(agent, std::move(wake));
}

absl::StatusOr<vault::Position> Convention::FindDocument(const base::Digest& commitment) const {
  return storage_->vault->FindDocument(commitment);
}

absl::StatusOr<record::v1::Attachment> Convention::ReadContent(
    const vault::Position& position, const base::Digest& commitment) const {
  return storage_->vault->Read(position, commitment);
}

absl::StatusOr<std::unique_ptr<vault::ContentReader>> Convention::OpenContent(
    const vault::Position& position, const base::Digest& commitment) const {
  return storage_->vault->OpenContent(position, commitment);
}

}  // namespace passerelle::gateway::core
