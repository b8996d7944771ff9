#include "gateway/core/evidence.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/checkpoint.h"
#include "audit/witness/reach.h"
#include "certs/x509/certificate.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"

namespace passerelle::gateway::core {
namespace {

using audit::checkpoint::CosignatureVerifier;
using audit::log::SignedHead;
using audit::witness::AskAt;
using audit::witness::Cosigned;
using convention::v1::Settings;

// An idle log's checkpoint is cosigned again this often (AUDIT-LOG, "Cadence and witnesses").
constexpr int64_t kAgainMs = 3600 * 1000;
// A witness that failed is left alone for a second, then for twice as long each time.
constexpr int64_t kFirstRetryMs = 1000;
constexpr int kMostDoublings = 6;
// How long a start waits for witnesses.
constexpr int64_t kStartWaitMs = 5000;

std::string FileIn(const std::string& folder) { return folder + "/witnessed"; }

// The vkeys that are keys, in their order. Admission lets no other into the log.
std::vector<std::string> VkeysOf(const Settings& settings) {
  std::vector<std::string> vkeys;
  for (const convention::v1::Witness& witness : settings.witnesses())
    if (CosignatureVerifier::FromVkey(witness.vkey()).ok()) vkeys.push_back(witness.vkey());
  return vkeys;
}

size_t QuorumOf(const Settings& settings) { return std::max<size_t>(1, settings.witness_quorum()); }

}  // namespace

Evidence::Evidence(const Surroundings& surroundings, const audit::log::Log& log,
                   const audit::checkpoint::NoteVerifier& own, std::string folder,
                   std::function<void()> changed, RecordAct record)
    : surroundings_(surroundings),
      log_(log),
      own_(own),
      folder_(std::move(folder)),
      changed_(std::move(changed)),
      stamps_(surroundings_, log_, own_, folder_, std::move(record)) {
  TakeUp();
}

Evidence::~Evidence() {
  base::MutexLock lock(mutex_);
  while (under_way_ > 0) answered_.Wait(mutex_);
}

void Evidence::TakeUp() {
  const absl::StatusOr<std::string> note = base::ReadFile(FileIn(folder_), base::kMaxNoteBytes);
  if (!note.ok()) return;
  const absl::StatusOr<audit::checkpoint::Checkpoint> kept =
      audit::checkpoint::OpenCheckpoint(*note, own_, log_.origin());
  if (!kept.ok() || kept->size > log_.head().size) return;
  const absl::StatusOr<base::Digest> root = log_.RootAt(kept->size);
  if (!root.ok() || *root != kept->root) return;
  SignedHead head{log_.head(), *note};
  head.head.size = kept->size;
  head.head.root = kept->root;
  base::MutexLock lock(mutex_);
  witnessed_ = std::move(head);
}

absl::Status Evidence::CheckAtStart(const Settings& settings) {
  if (surroundings_.outside == nullptr || settings.witnesses().empty()) return absl::OkStatus();
  const std::string anchors =
      certs::x509::ToPem(certs::x509::Readable(settings.tls_trust_anchors()));
  for (const convention::v1::Witness& witness : settings.witnesses()) {
    {
      base::MutexLock lock(mutex_);
      ++under_way_;
    }
    surroundings_.outside->couriers.Post([this, witness, anchors] {
      absl::Status proof;
      const absl::StatusOr<CosignatureVerifier> verifier =
          CosignatureVerifier::FromVkey(witness.vkey());
      if (verifier.ok())
        proof = audit::witness::Compare(
            {log_, own_, *verifier}, [&](std::string_view path, const std::string* body) {
              return AskAt(surroundings_.outside->ask, {witness.url(), anchors}, path, body);
            });
      base::MutexLock lock(mutex_);
      if (absl::IsDataLoss(proof) && broken_.ok()) broken_ = proof;
      --under_way_;
      answered_.NotifyAll();
    });
  }
  const int64_t until_ms = surroundings_.clock.MonotonicMs() + kStartWaitMs;
  base::MutexLock lock(mutex_);
  while (under_way_ > 0 && broken_.ok()) {
    const int64_t left_ms = until_ms - surroundings_.clock.MonotonicMs();
    if (left_ms <= 0) break;
    answered_.WaitFor(mutex_, left_ms);
  }
  return broken_;
}

bool Evidence::IsRoundDue() const {
  const uint64_t size = log_.head().size;
  if (!round_.has_value()) return true;
  const bool over = round_->lines.size() >= quorum_ ||
                    std::none_of(witnesses_.begin(), witnesses_.end(),
                                 [](const auto& one) { return one.second.asked; });
  if (size > round_->head.head.size) return over;
  return surroundings_.clock.MonotonicMs() - round_->began_ms >= kAgainMs;
}

bool Evidence::IsDue() const {
  if (surroundings_.outside == nullptr) return false;
  const int64_t now_ms = surroundings_.clock.MonotonicMs();
  base::MutexLock lock(mutex_);
  if (waiters_.IsOneLate(now_ms)) return true;
  if (in_force_.empty()) return false;
  if (IsRoundDue()) return true;
  return std::any_of(in_force_.begin(), in_force_.end(),
                     [&](const std::string& vkey) REQUIRES_LOCK(mutex_) {
                       const auto known = witnesses_.find(vkey);
                       return known != witnesses_.end() && !known->second.asked &&
                              known->second.retry_ms <= now_ms && round_->lines.count(vkey) == 0;
                     });
}

void Evidence::Tick(const Stamps::Standing& standing) {
  if (surroundings_.outside == nullptr) return;
  SubmitToWitnesses(standing.settings);
  // What a quorum is asked for is stamped once it stood behind it.
  stamps_.Tick(standing, standing.settings.witness_quorum() > 0
                             ? witnessed()
                             : std::optional<SignedHead>(log_.signed_head()));
}

void Evidence::SubmitToWitnesses(const Settings& settings) {
  const int64_t now_ms = surroundings_.clock.MonotonicMs();
  struct Due {
    convention::v1::Witness witness;
    uint64_t known_size = 0;
  };
  std::vector<Due> due;
  std::optional<SignedHead> head;
  std::vector<std::function<void()>> reached;
  {
    base::MutexLock lock(mutex_);
    reached = TakeReached(now_ms);
    in_force_ = VkeysOf(settings);
    quorum_ = QuorumOf(settings);
    if (in_force_.empty()) return;
    if (IsRoundDue()) round_ = {log_.signed_head(), now_ms, {}};
    head = round_->head;
    for (const convention::v1::Witness& witness : settings.witnesses()) {
      Known& known = witnesses_[witness.vkey()];
      const bool able =
          std::find(in_force_.begin(), in_force_.end(), witness.vkey()) != in_force_.end();
      if (!able || known.asked || known.retry_ms > now_ms ||
          round_->lines.count(witness.vkey()) > 0)
        continue;
      known.asked = true;
      ++under_way_;
      due.push_back({witness, known.size});
    }
  }
  for (const auto& done : reached) done();
  if (due.empty()) return;
  const std::string anchors =
      certs::x509::ToPem(certs::x509::Readable(settings.tls_trust_anchors()));
  for (const Due& one : due)
    surroundings_.outside->couriers.Post(
        [this, one, head = *head, anchors] { Submit(one.witness, head, one.known_size, anchors); });
}

void Evidence::Submit(const convention::v1::Witness& witness, const SignedHead& head,
                      uint64_t known_size, const std::string& anchors_pem) {
  const absl::StatusOr<CosignatureVerifier> verifier =
      CosignatureVerifier::FromVkey(witness.vkey());
  const absl::StatusOr<Cosigned> cosigned =
      verifier.ok()
          ? audit::witness::Submit({log_, own_, *verifier}, head, known_size,
                                   [&](std::string_view path, const std::string* body) {
                                     return AskAt(surroundings_.outside->ask,
                                                  {witness.url(), anchors_pem}, path, body);
                                   })
          : absl::StatusOr<Cosigned>(verifier.status());
  Take(witness.vkey(), head, known_size, cosigned);
}

void Evidence::Take(const std::string& vkey, const SignedHead& head, uint64_t known_size,
                    const absl::StatusOr<Cosigned>& cosigned) {
  std::vector<std::function<void()>> reached;
  bool more = false;
  bool told = cosigned.ok();
  const int64_t now_ms = surroundings_.clock.MonotonicMs();
  {
    base::MutexLock lock(mutex_);
    Known& known = witnesses_[vkey];
    known.asked = false;
    known.size = known_size;
    if (!cosigned.ok()) {
      known.retry_ms = now_ms + (kFirstRetryMs << std::min(known.failures, kMostDoublings));
      // Once for all failures in a row, and for a proof whenever it is the first.
      const bool proof = absl::IsDataLoss(cosigned.status()) && broken_.ok();
      told = known.failures > 0 && !proof;
      ++known.failures;
      if (proof) broken_ = cosigned.status();
    } else {
      known.failures = 0;
      if (round_.has_value() && round_->head.head == head.head) {
        round_->lines[vkey] = cosigned->line;
        if (round_->lines.size() >= quorum_) {
          Publish();
          reached = TakeReached(now_ms);
          more = true;
        }
      }
    }
  }
  if (!told) surroundings_.report(Fault::kWitness, cosigned.status());
  for (const auto& done : reached) done();
  if (more) {
    Keep();
    changed_();
  }
  base::MutexLock lock(mutex_);
  --under_way_;
  answered_.NotifyAll();
}

void Evidence::Publish() {
  SignedHead witnessed = round_->head;
  for (const std::string& vkey : in_force_) {
    const auto line = round_->lines.find(vkey);
    if (line != round_->lines.end()) witnessed.checkpoint += line->second;
  }
  witnessed_ = std::move(witnessed);
}

void Evidence::Keep() {
  base::MutexLock keep(keep_mutex_);
  const std::optional<SignedHead> last = witnessed();
  const absl::Status kept =
      base::WriteFile(FileIn(folder_), last->checkpoint, base::FileMode::kPrivate);
  // A cache: it is collected again where it is lost.
  if (!kept.ok()) surroundings_.report(Fault::kWitness, kept);
}

std::vector<std::function<void()>> Evidence::TakeReached(int64_t now_ms) {
  return waiters_.TakeReached(witnessed_.has_value() ? witnessed_->head.size : 0, now_ms);
}

std::optional<int64_t> Evidence::DueInMs(const policy::state::State& state) const {
  const std::optional<int64_t> submission = SubmissionDueInMs(state.founding()->settings());
  const std::optional<int64_t> stamp = stamps_.DueInMs(state);
  if (!submission.has_value()) return stamp;
  return std::min(*submission, stamp.value_or(*submission));
}

std::optional<int64_t> Evidence::SubmissionDueInMs(const Settings& settings) const {
  if (surroundings_.outside == nullptr || settings.witnesses().empty()) return std::nullopt;
  base::MutexLock lock(mutex_);
  // Nothing rests before the head was cosigned.
  if (!round_.has_value() || round_->head.head.size < log_.head().size ||
      round_->lines.size() < quorum_ || under_way_ > 0)
    return 0;
  return std::max<int64_t>(0, kAgainMs - (surroundings_.clock.MonotonicMs() - round_->began_ms));
}

std::optional<SignedHead> Evidence::witnessed() const {
  base::MutexLock lock(mutex_);
  return witnessed_;
}

absl::Status Evidence::CheckUnbroken() const {
  base::MutexLock lock(mutex_);
  return broken_;
}

absl::Status Evidence::CheckLag(const policy::state::State& state, int64_t now_ms) {
  RETURN_IF_ERROR(CheckQuorumLag(state.founding()->settings(), now_ms));
  return stamps_.CheckLag(state, now_ms);
}

absl::Status Evidence::CheckQuorumLag(const Settings& settings, int64_t now_ms) {
  if (settings.evidence_lag_minutes() == 0 || settings.witness_quorum() == 0)
    return absl::OkStatus();
  base::MutexLock lock(mutex_);
  const uint64_t first = witnessed_.has_value() ? witnessed_->head.size : 0;
  if (first == log_.head().size) return absl::OkStatus();
  return CheckWaiting(log_, first, now_ms, settings, "the quorum of witnesses", oldest_);
}

void Evidence::Await(uint64_t index, std::function<void()> done) {
  {
    base::MutexLock lock(mutex_);
    const bool reached = witnessed_.has_value() && witnessed_->head.size > index;
    if (!reached && surroundings_.outside != nullptr && waiters_.HasRoom()) {
      waiters_.Add(index, surroundings_.clock.MonotonicMs(), std::move(done));
      return;
    }
  }
  done();
}

void Evidence::Release() {
  std::vector<std::function<void()>> all;
  {
    base::MutexLock lock(mutex_);
    all = TakeReached(std::numeric_limits<int64_t>::max());
  }
  for (const auto& done : all) done();
  stamps_.Release();
}

}  // namespace passerelle::gateway::core
