// What a convention does of its own motion: hand over, record retentions, destroy, keep its guard
// and index up. Everything that changes the state goes through the hall under the gateway's key.
#include <algorithm>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "gateway/base/civil.h"
#include "gateway/base/status.h"
#include "gateway/core/card.h"
#include "gateway/core/convention.h"
#include "gateway/core/gateway_acts.h"
#include "gateway/core/now.h"
#include "policy/calendar/calendar.h"
#include "policy/decide.h"
#include "policy/state/indexes.h"
#include "policy/state/query.h"
#include "policy/state/snapshot.h"

namespace passerelle::gateway::core {
namespace {

// Retentions are counted in days and instants of people: once a second is often enough.
constexpr int64_t kLookEveryMs = 1000;
// Fewer are applied again in milliseconds.
constexpr uint64_t kSnapshotEntries = 128;
// The heads of the chains are stated once a day (WIRE 4).
constexpr int64_t kHeadsEveryMs = int64_t{24} * 3600 * 1000;

}  // namespace

absl::StatusOr<policy::Now> Convention::Now() const {
  int64_t time_ms = clock_.WallMs();
  std::string zone;
  Read([&](const policy::state::State& state) {
    zone = state.founding()->convention().zone();
    time_ms = std::max(time_ms, state.time_ms());
  });
  return NowIn(zone, time_ms);
}

Request Convention::SignOwn(const GatewayAct& act) const {
  return SignGatewayAct(act, *storage_->statement_key, log_name_, storage_->log->head(),
                        storage_->log->origin(), clock_, surroundings_.random);
}

void Convention::SubmitOwn(const GatewayAct& act, Reply reply) {
  Submit(SignOwn(act), std::move(reply));
}

void Convention::HandOver(const HandoverRequest& asked, HandoverReply reply) {
  const absl::StatusOr<policy::Now> now = Now();
  if (!now.ok()) return reply(now.status());
  policy::Handover handover;
  vault::Position position;
  base::Digest commitment{};
  Read([&](const policy::state::State& state) {
    handover = policy::JudgeHandover(state, asked.agent, asked.transfer, *now);
    const record::v1::TransferRow* row = state.transfers.Find(policy::state::KeyOf(asked.transfer));
    if (row == nullptr) return;
    position = {row->index(), asked.transfer.ordinal(), 0};
    commitment = base::DigestFromBytes(row->payload()).value_or(base::Digest{});
  });
  if (!handover.findings.empty()) {
    HandoverAnswer refused;
    refused.findings = std::move(handover.findings);
    return reply(std::move(refused));
  }
  if (absl::Status fits = CheckLength(position, commitment, asked); !fits.ok()) return reply(fits);
  GatewayAct act = HandOverAct(asked.transfer, asked.agent, handover.reader, surroundings_.random);
  Request request = SignOwn(act);
  request.seen_size = asked.seen_size;
  Submit(request, [this, position, commitment, reply = std::move(reply)](
                      absl::StatusOr<passerelle::gateway::v1::Receipt> receipt) {
    if (!receipt.ok()) return reply(receipt.status());
    // The handover is on record: only now may the content be opened.
    PostTask([this, position, commitment, reply, receipt = *std::move(receipt)]() mutable {
      reply(OpenHandedOver(position, commitment, std::move(receipt)));
    });
  });
}

absl::Status Convention::CheckLength(const vault::Position& position,
                                     const base::Digest& commitment,
                                     const HandoverRequest& request) const {
  ASSIGN_OR_RETURN(uint64_t length, storage_->vault->StreamedLength(position, commitment));
  if (length > request.most)
    return base::Error(absl::StatusCode::kOutOfRange, "CONTENT_STREAMED", "transfer",
                       "the payload is too long for one answer; download it");
  if (request.offset == 0) return absl::OkStatus();
  if (length == 0) {
    ASSIGN_OR_RETURN(const auto content, storage_->vault->OpenContent(position, commitment));
    length = content->head().length;
  }
  if (request.offset <= length) return absl::OkStatus();
  return base::Error(absl::StatusCode::kOutOfRange, "OFFSET", "offset",
                     "the content is not as long; begin at 0");
}

absl::Status Convention::CheckHandover(const std::string& agent,
                                       const statement::v1::ActRef& transfer) const {
  ASSIGN_OR_RETURN(const policy::Now now, Now());
  bool stopped = false;
  Read([&](const policy::state::State& state) {
    stopped = !policy::JudgeHandover(state, agent, transfer, now).findings.empty();
  });
  if (!stopped) return absl::OkStatus();
  return base::Error(absl::StatusCode::kAborted, "HANDOVER_STOPPED", "transfer",
                     "the transfer may no longer be handed over; ask again to see why");
}

absl::StatusOr<HandoverAnswer> Convention::OpenHandedOver(
    const vault::Position& position, const base::Digest& commitment,
    passerelle::gateway::v1::Receipt receipt) {
  if (receipt.effect() != record::v1::EFFECT_ACCEPTED)
    return base::Error(absl::StatusCode::kAborted, "HANDOVER_REFUSED", "transfer",
                       "the transfer changed while it was being fetched; fetch again");
  HandoverAnswer answer;
  ASSIGN_OR_RETURN(answer.content, storage_->vault->OpenContent(position, commitment));
  answer.receipt = std::move(receipt);
  return answer;
}

Vitals Convention::vitals() {
  Vitals vitals;
  const absl::StatusOr<policy::Now> now = Now();
  const audit::log::Log& log = *storage_->log;
  vitals.entries = log.head().size;
  vitals.unguarded = vitals.entries - std::min(vitals.entries, log.guarded_size());
  Read([&](const policy::state::State& state) {
    vitals.payloads = policy::state::CountPayloads(state);
    vitals.erasures_due = policy::state::TransfersToErase(state).size();
    if (now.ok()) vitals.erasures_due += policy::RetentionsReached(state, *now).size();
  });
  base::MutexLock lock(queue_mutex_);
  vitals.queued = urgent_.size() + queue_.size();
  const int64_t now_ms = clock_.MonotonicMs();
  for (const std::vector<Pending>* lane : {&urgent_, &queue_})
    if (!lane->empty())
      vitals.oldest_ms = std::max(vitals.oldest_ms, now_ms - lane->front().since_ms);
  return vitals;
}

void Convention::Tick() {
  WriteBehind();
  bool second = false, look = false, destroy = false;
  {
    base::MutexLock lock(queue_mutex_);
    if (closed_) return;
    const int64_t now_ms = clock_.MonotonicMs();
    second = now_ms - last_look_ms_ >= kLookEveryMs;
    if (second) last_look_ms_ = now_ms;
    // The state is looked through when it changed or something in it is due.
    look = second && (changed_ || clock_.WallMs() >= next_due_ms_);
    if (look) changed_ = false;
    destroy = look || erasures_due_;
  }
  if (second) {
    NotifyOfNewDay();
    staging_.Expire(surroundings_.clock.WallMs());
  }
  if (look) {
    RecordRetentions();
    Expire();
    bool heads = false;
    Read([&](const policy::state::State& state) { heads = AreHeadsDue(state); });
    if (heads) WantHeads();
  }
  if (destroy) DestroyDue();
  if (surroundings_.outside != nullptr && (second || evidence_->IsDue())) {
    Stamps::Standing standing;
    Read([&](const policy::state::State& state) {
      standing.settings = state.founding()->settings();
      if (const record::v1::StampedRow* last = state.stamped.Find(""); last != nullptr)
        standing.last = *last;
    });
    evidence_->Tick(standing);
  }
  if (!look) return;
  const int64_t next_due_ms = NextDueMs();
  base::MutexLock lock(queue_mutex_);
  next_due_ms_ = next_due_ms;
}

int64_t Convention::NextDueMs() const {
  const absl::StatusOr<std::optional<int64_t>> expiry = storage_->vault->NextExpiry();
  if (!expiry.ok()) return 0;
  // The instant itself still belongs to the term.
  int64_t due_ms = expiry->has_value() ? **expiry + 1 : std::numeric_limits<int64_t>::max();
  policy::RetentionAhead ahead;
  std::string zone;
  bool erasures = false;
  Read([&](const policy::state::State& state) {
    zone = state.founding()->convention().zone();
    erasures = !policy::state::TransfersToErase(state).empty();
    ahead = policy::NextRetention(state);
    due_ms = std::min(due_ms, HeadsDueMs(state).value_or(due_ms));
    if (const auto due_in_ms = evidence_->DueInMs(state); due_in_ms.has_value())
      due_ms = std::min(due_ms, clock_.WallMs() + *due_in_ms);
  });
  if (erasures) return 0;
  if (ahead.destroy_after_ms.has_value()) due_ms = std::min(due_ms, *ahead.destroy_after_ms + 1);
  if (ahead.retain_until.has_value()) {
    const absl::StatusOr<int64_t> over_ms =
        base::StartOfDayIn(zone, base::AddDays(policy::calendar::DayOf(*ahead.retain_until), 1));
    if (!over_ms.ok()) return 0;
    due_ms = std::min(due_ms, *over_ms);
  }
  return due_ms;
}

std::optional<int64_t> Convention::HeadsDueMs(const policy::state::State& state) const {
  const record::v1::StatedHeadsRow* stated = state.stated_heads.Find("");
  if (stated != nullptr) {
    // A stamp of theirs is nothing new: they and the stamps would else call for one another for
    // ever.
    const record::v1::StampedRow* stamped = state.stamped.Find("");
    const bool stamp_follows = stamped != nullptr && stamped->index() == stated->index() + 1;
    if (state.size() == stated->index() + (stamp_follows ? 2 : 1)) return std::nullopt;
    return stated->time_ms() + kHeadsEveryMs;
  }
  // Never yet: a day after the founding.
  const record::v1::KeyRow* own =
      state.keys.Find(base::View(storage_->statement_key->public_key().fingerprint()));
  if (own == nullptr || state.size() == 1) return std::nullopt;
  return own->enrolled().time_ms() + kHeadsEveryMs;
}

bool Convention::AreHeadsDue(const policy::state::State& state) const {
  const std::optional<int64_t> due_ms = HeadsDueMs(state);
  return due_ms.has_value() && clock_.WallMs() >= *due_ms;
}

void Convention::WantHeads() {
  base::MutexLock lock(queue_mutex_);
  if (closed_) return;
  heads_wanted_ = true;
  if (std::exchange(running_, true)) return;
  awaited_ = 0;
  PostGroup();
}

bool Convention::IsIdle() {
  if (!staging_.empty()) return false;
  base::MutexLock lock(queue_mutex_);
  return !running_ && tasks_ == 0 && queue_.empty() && urgent_.empty() && claimed_.empty() &&
         unindexed_.empty() && !changed_ && !erasures_due_ && clock_.WallMs() < next_due_ms_;
}

record::v1::Card Convention::Rest() {
  Drain();
  KeepSnapshot();
  const int64_t due_ms = NextDueMs();
  // Never for longer, whatever the clock does meanwhile.
  const int64_t latest_ms = surroundings_.clock.WallMs() + kMaxRestMs;
  // The log's clock may be a shifted one, the host's is not.
  const int64_t shift_ms = clock_.WallMs() - surroundings_.clock.WallMs();
  record::v1::Card card;
  Read([&](const policy::state::State& state) {
    card = CardOf(state, due_ms == 0 ? 0 : std::min(due_ms - shift_ms, latest_ms));
  });
  return card;
}

void Convention::KeepSnapshot() {
  {
    base::MutexLock lock(queue_mutex_);
    // What starts from a snapshot indexes no statement before it.
    if (!unindexed_.empty()) return;
  }
  const audit::log::Head head = storage_->log->head();
  if (head.size < storage_->log->start().first + kSnapshotEntries) return;
  // What saves time later may wait.
  if (!CheckRoom(surroundings_.space, folder_).ok()) return;
  std::string bytes;
  Read([&](const policy::state::State& state) { bytes = policy::state::EncodeSnapshot(state); });
  const absl::Status kept = storage_->log->KeepSnapshot(head, std::move(bytes));
  if (!kept.ok()) surroundings_.report(Fault::kSnapshot, kept);
}

// What awaits an agent depends on the day too.
void Convention::NotifyOfNewDay() {
  const absl::StatusOr<policy::Now> now = Now();
  if (!now.ok()) return;
  const int64_t day = policy::state::NumberOf(now->civil_date);
  {
    base::MutexLock lock(queue_mutex_);
    if (day == last_day_) return;
    last_day_ = day;
  }
  watchers_.Notify();
}

void Convention::RecordRetentions() {
  const absl::StatusOr<policy::Now> now = Now();
  if (!now.ok()) return;
  std::vector<std::string> reached;
  Read(
      [&](const policy::state::State& state) { reached = policy::RetentionsReached(state, *now); });
  for (const std::string& key : reached) {
    if (!ClaimIn(record::v1::TRANSFER_PHASE_KEPT, key)) continue;
    SubmitOwn(ReachRetention(policy::state::RefOf(key)),
              [this, key](const auto& receipt) { Release(key, receipt); });
  }
}

void Convention::DestroyDue() {
  // What could not be recorded is not destroyed.
  if (!evidence_->CheckUnbroken().ok()) return;
  std::vector<std::pair<std::string, record::v1::TransferRow>> due;
  Read([&](const policy::state::State& state) {
    for (const std::string& key : policy::state::TransfersToErase(state))
      if (const record::v1::TransferRow* row = state.transfers.Find(key))
        due.emplace_back(key, *row);
  });
  {
    base::MutexLock lock(queue_mutex_);
    erasures_due_ = false;
  }
  for (const auto& [key, row] : due) {
    if (!ClaimIn(record::v1::TRANSFER_PHASE_ERASURE_DUE, key)) continue;
    const statement::v1::ActRef transfer = policy::state::RefOf(key);
    absl::Status shredded;
    {
      base::MutexLock lock(vault_mutex_);
      shredded = storage_->vault->Shred(row.index(), transfer.ordinal());
    }
    if (!shredded.ok()) {
      Release(key, shredded);
      continue;
    }
    SubmitOwn(Erase(transfer, row.ground()),
              [this, key = key](const auto& receipt) { Release(key, receipt); });
  }
}

void Convention::WriteBehind() {
  const absl::Status guarded = storage_->log->WriteGuard();
  if (EndsProcess(guarded)) return End(guarded);
  if (!guarded.ok()) surroundings_.report(Fault::kGuard, guarded);
  std::vector<std::pair<base::Digest, uint64_t>> statements;
  {
    base::MutexLock lock(queue_mutex_);
    statements.swap(unindexed_);
  }
  if (statements.empty()) return;
  const absl::Status indexed = storage_->store->IndexStatements(statements);
  if (indexed.ok()) return;
  surroundings_.report(Fault::kIndex, indexed);
  // They come first the next time: an index that went on without them would never be filled again.
  base::MutexLock lock(queue_mutex_);
  unindexed_.insert(unindexed_.begin(), statements.begin(), statements.end());
}

void Convention::Expire() {
  base::MutexLock lock(vault_mutex_);
  const absl::Status expired = storage_->vault->Expire(clock_.WallMs());
  if (!expired.ok()) surroundings_.report(Fault::kExpiry, expired);
}

bool Convention::ClaimIn(record::v1::TransferPhase phase, const std::string& transfer) {
  {
    base::MutexLock lock(queue_mutex_);
    if (!claimed_.insert(transfer).second) return false;
  }
  // Another thread may have recorded the next one since the caller made its list.
  bool due = false;
  Read([&](const policy::state::State& state) {
    const record::v1::TransferRow* row = state.transfers.Find(transfer);
    due = row != nullptr && row->phase() == phase;
  });
  if (!due) Release(transfer, passerelle::gateway::v1::Receipt());
  return due;
}

void Convention::Release(const std::string& transfer,
                         const absl::StatusOr<passerelle::gateway::v1::Receipt>& done) {
  if (done.ok() && done->effect() == record::v1::EFFECT_REFUSED)
    return surroundings_.report(
        Fault::kErasure, base::Error(absl::StatusCode::kAborted, "OWN_ACT_REFUSED", "",
                                     "the rules refuse an act of the gateway's own; it is tried "
                                     "again after a restart"));
  if (!done.ok() && base::ReasonOf(done.status()) != "DRAINING")
    surroundings_.report(Fault::kErasure, done.status());
  base::MutexLock lock(queue_mutex_);
  claimed_.erase(transfer);
}

}  // namespace passerelle::gateway::core
