#include "gateway/core/stamps.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "certs/x509/stamp_request.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"

namespace passerelle::gateway::core {
namespace {

using audit::checkpoint::KeptStamp;
using audit::log::SignedHead;
using convention::v1::Settings;
using record::v1::StampedRow;

constexpr int64_t kHourMs = 3600 * 1000;
// No sooner after the last one, whoever waits.
constexpr int64_t kLeastGapMs = 60 * 1000;
// An authority that failed is left alone for a minute, then for twice as long each time.
constexpr int64_t kFirstRetryMs = 60 * 1000;
constexpr int kMostDoublings = 5;

// How often a log is stamped in which something new is recorded.
int64_t CadenceMs(const Settings& settings) {
  const int64_t lag_ms = int64_t{settings.evidence_lag_minutes()} * 60'000;
  return lag_ms == 0 ? kHourMs : std::min(kHourMs, lag_ms / 2);
}

// The first entry of a log of this size that is not stamped; its size when none is. Entries that
// state a stamp need none: the last one is the only one that its own stamp does not cover.
uint64_t FirstUnstamped(const StampedRow* last, uint64_t size) {
  if (last == nullptr) return 0;
  const uint64_t first = last->size();
  return first == last->index() && first < size ? first + 1 : first;
}
bool HasUnstamped(const StampedRow* last, uint64_t size) {
  if (last == nullptr) return size > 0;
  const bool own = last->index() >= last->size() && last->index() < size;
  return size > last->size() + (own ? 1 : 0);
}

const StampedRow* LastOf(const Stamps::Standing& standing) {
  return standing.last.has_value() ? &*standing.last : nullptr;
}

}  // namespace

Stamps::Stamps(const Surroundings& surroundings, const audit::log::Log& log,
               const audit::checkpoint::NoteVerifier& own, const std::string& folder,
               RecordAct record)
    : surroundings_(surroundings),
      log_(log),
      own_(own),
      folder_(folder + "/stamps"),
      record_(std::move(record)) {}

Stamps::~Stamps() {
  base::MutexLock lock(mutex_);
  while (under_way_ > 0) idle_.Wait(mutex_);
}

bool Stamps::IsDue(const Standing& standing, uint64_t size) const {
  const StampedRow* last = LastOf(standing);
  const int64_t now_ms = surroundings_.clock.MonotonicMs();
  if (under_way_ > 0 || now_ms < retry_ms_ || !HasUnstamped(last, size)) return false;
  if (last == nullptr) return true;
  // Once this process stated one, no clock that was set counts any more.
  const int64_t since_ms = stated_ms_.has_value() ? now_ms - *stated_ms_
                                                  : surroundings_.clock.WallMs() - last->time_ms();
  if (since_ms >= CadenceMs(standing.settings)) return true;
  return wanted_.has_value() && size > *wanted_ && since_ms >= kLeastGapMs;
}

void Stamps::Tick(const Standing& standing, const std::optional<SignedHead>& head) {
  if (surroundings_.outside == nullptr) return;
  const uint64_t stated = standing.last.has_value() ? standing.last->size() : 0;
  std::vector<std::function<void()>> reached;
  bool due = false;
  {
    base::MutexLock lock(mutex_);
    if (wanted_.has_value() && stated > *wanted_) wanted_.reset();
    reached = waiters_.TakeReached(stated, surroundings_.clock.MonotonicMs());
    due = head.has_value() && head->head.size > stated &&
          !standing.settings.time_stamp_authorities().empty() && IsDue(standing, head->head.size);
    if (due) under_way_ = 2;
  }
  for (const auto& done : reached) done();
  if (due)
    surroundings_.outside->couriers.Post([this, standing, head = *head] {
      Obtain(standing, head);
      EndPart();
    });
}

void Stamps::Obtain(const Standing& standing, const SignedHead& head) {
  absl::Status last;
  const absl::StatusOr<std::string> note = audit::checkpoint::NoteOfOne(head.checkpoint, own_);
  if (!note.ok()) return Finish(head.head.size, note.status());
  for (const convention::v1::TimeStampAuthority& authority :
       standing.settings.time_stamp_authorities()) {
    absl::StatusOr<certs::x509::ObtainedStamp> obtained = certs::x509::RequestStamp(
        {surroundings_.outside->ask, surroundings_.clock, surroundings_.random}, standing.settings,
        authority, *note);
    if (!obtained.ok()) {
      last = base::InContext(obtained.status(), authority.url());
      continue;
    }
    KeptStamp kept;
    kept.size = head.head.size;
    kept.checkpoint = *note;
    if (*note != head.checkpoint) kept.cosigned = head.checkpoint;
    kept.time_stamp = std::move(obtained->time_stamp);
    kept.chain = std::move(obtained->chain);
    // The log never names a stamp that is not there.
    if (const absl::Status written = audit::checkpoint::WriteStamp(folder_, kept); !written.ok())
      return Finish(head.head.size, written);
    return record_(
        StampCheckpoint(kept.size, kept.checkpoint, kept.time_stamp, obtained->time_ms),
        [this, size = kept.size](const absl::StatusOr<passerelle::gateway::v1::Receipt>& recorded) {
          if (recorded.ok() && recorded->effect() == record::v1::EFFECT_REFUSED)
            return Finish(size, base::Error(absl::StatusCode::kAborted, "OWN_ACT_REFUSED", "",
                                            "the rules refuse a time stamp"));
          Finish(size, recorded.status());
        });
  }
  Finish(head.head.size, last);
}

void Stamps::Finish(uint64_t size, const absl::Status& done) {
  // Whoever closes the convention meanwhile is no fault.
  const bool closed = base::ReasonOf(done) == "DRAINING";
  std::vector<std::function<void()>> reached;
  bool told = done.ok() || closed;
  {
    base::MutexLock lock(mutex_);
    const int64_t now_ms = surroundings_.clock.MonotonicMs();
    if (done.ok()) {
      failures_ = 0;
      stated_ms_ = now_ms;
      stamped_ = std::max(stamped_, size);
      reached = waiters_.TakeReached(stamped_, now_ms);
    } else {
      retry_ms_ = now_ms + (kFirstRetryMs << std::min(failures_, kMostDoublings));
      // Once for all failures in a row.
      told = told || failures_ > 0;
      ++failures_;
    }
  }
  if (!told) surroundings_.report(Fault::kStamp, done);
  for (const auto& one : reached) one();
  EndPart();
}

void Stamps::EndPart() {
  base::MutexLock lock(mutex_);
  --under_way_;
  idle_.NotifyAll();
}

std::optional<int64_t> Stamps::DueInMs(const policy::state::State& state) const {
  const Settings& settings = state.founding()->settings();
  if (surroundings_.outside == nullptr || settings.time_stamp_authorities().empty())
    return std::nullopt;
  const StampedRow* last = state.stamped.Find("");
  base::MutexLock lock(mutex_);
  if (under_way_ > 0) return 0;
  if (!HasUnstamped(last, state.size())) return std::nullopt;
  const int64_t now_ms = surroundings_.clock.MonotonicMs();
  const int64_t retry_in_ms = std::max<int64_t>(0, retry_ms_ - now_ms);
  if (last == nullptr) return retry_in_ms;
  const int64_t since_ms = stated_ms_.has_value() ? now_ms - *stated_ms_
                                                  : surroundings_.clock.WallMs() - last->time_ms();
  return std::max(retry_in_ms, CadenceMs(settings) - since_ms);
}

absl::Status Stamps::CheckLag(const policy::state::State& state, int64_t now_ms) {
  const Settings& settings = state.founding()->settings();
  if (settings.evidence_lag_minutes() == 0 || settings.time_stamp_authorities().empty())
    return absl::OkStatus();
  const StampedRow* last = state.stamped.Find("");
  if (!HasUnstamped(last, state.size())) return absl::OkStatus();
  base::MutexLock lock(mutex_);
  return CheckWaiting(log_, FirstUnstamped(last, state.size()), now_ms, settings, "a time stamp",
                      oldest_);
}

void Stamps::Await(uint64_t index, std::function<void()> done) {
  {
    base::MutexLock lock(mutex_);
    if (stamped_ <= index && surroundings_.outside != nullptr && waiters_.HasRoom()) {
      wanted_ = std::max(wanted_.value_or(index), index);
      waiters_.Add(index, surroundings_.clock.MonotonicMs(), std::move(done));
      return;
    }
  }
  done();
}

void Stamps::Release() {
  std::vector<std::function<void()>> all;
  {
    base::MutexLock lock(mutex_);
    all = waiters_.TakeReached(0, std::numeric_limits<int64_t>::max());
  }
  for (const auto& done : all) done();
}

absl::StatusOr<KeptStamp> Stamps::Read(uint64_t size) const {
  return audit::checkpoint::ReadStamp(folder_, size);
}

absl::StatusOr<std::vector<uint64_t>> Stamps::Sizes() const {
  return audit::checkpoint::ListStamps(folder_);
}

}  // namespace passerelle::gateway::core
