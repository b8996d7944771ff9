#include "gateway/core/host.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "gateway/base/status.h"
#include "gateway/core/card.h"

namespace passerelle::gateway::core {
namespace {

// The guard is written this often (PERFORMANCE), and what is due is looked for.
constexpr int64_t kTickMs = 100;
// Waking those that are due, and laying to rest, each go on at the next tick once they took so
// long: guards and retentions of those that are awake do not wait for hundreds of moves.
constexpr int64_t kMovesMs = kTickMs;
// A convention that could not be opened is tried again after so long.
constexpr int64_t kRetryMs = 60 * 1000;

// A `production` log is served only once every gate of its lane is built (WIRE 29); none may be
// skipped silently.
absl::Status CheckGates(const Convention& convention) {
  bool production = false;
  convention.Read([&](const policy::state::State& state) {
    production = state.founding()->environment() == statement::v1::ENVIRONMENT_PRODUCTION;
  });
  if (!production) return absl::OkStatus();
  return base::Error(absl::StatusCode::kFailedPrecondition, "GATES_MISSING", "",
                     "a production log is not served yet: the disclosure audit of aggregates, the "
                     "witness and the time stamp are not built in this version; use a test log");
}

}  // namespace

std::string DefaultGuards(const std::string& data) {
  std::error_code error;
  std::filesystem::path path = std::filesystem::absolute(data, error).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  return path.string() + ".guards";
}

StoragePaths PathsOf(const HostPaths& paths, std::string_view name) {
  return {absl::StrCat(paths.data, "/conventions/", std::string(name)),
          absl::StrCat(paths.guards, "/", std::string(name), ".guard")};
}

absl::StatusOr<base::FileLock> LockData(const HostPaths& paths) {
  RETURN_IF_ERROR(base::MakeFolder(paths.data, base::FileMode::kPrivate));
  RETURN_IF_ERROR(base::MakeFolder(paths.guards, base::FileMode::kPrivate));
  return base::FileLock::Acquire(paths.data + "/lock");
}

Host::Host(base::FileLock lock, HostPaths paths, const Surroundings& surroundings,
           const HostBounds& bounds)
    : lock_(std::move(lock)),
      paths_(std::move(paths)),
      surroundings_(surroundings),
      bounds_(bounds) {}

absl::StatusOr<std::unique_ptr<Host>> Host::Open(const HostPaths& paths,
                                                 const Surroundings& surroundings,
                                                 const HostBounds& bounds) {
  ASSIGN_OR_RETURN(base::FileLock lock, LockData(paths));
  std::unique_ptr<Host> host(new Host(std::move(lock), paths, surroundings, bounds));
  absl::StatusOr<std::vector<std::string>> names = base::ListFolder(paths.data + "/conventions");
  absl::Status last = names.status();
  bool serves = false;
  if (names.ok())
    for (const std::string& name : *names) {
      const absl::Status registered = host->Register(name, names->size() <= bounds.awake);
      serves = serves || registered.ok();
      if (!registered.ok()) last = base::InContext(registered, name);
    }
  if (!serves)
    return last.ok() || last.code() == absl::StatusCode::kNotFound
               ? base::Error(absl::StatusCode::kFailedPrecondition, "NO_CONVENTION", "",
                             "the data directory holds no convention; begin with `passerelle init`")
               : last;
  host->ticker_ = std::thread([&host = *host] { host.TickUntilStopped(); });
  return host;
}

absl::Status Host::Register(const std::string& name, bool open) {
  absl::StatusOr<record::v1::Card> card = ReadCard(PathsOf(paths_, name).folder);
  if (!card.ok() && !absl::IsNotFound(card.status()))
    surroundings_.report(Fault::kCard, card.status());
  absl::Status opened;
  std::shared_ptr<Convention> convention;
  if (open || !card.ok() || card->wake_ms() == 0) {
    record::v1::Card made;
    absl::StatusOr<std::shared_ptr<Convention>> awake = OpenOne(name, made);
    opened = awake.status();
    if (awake.ok()) {
      convention = *std::move(awake);
      card = std::move(made);
    }
  }
  if (!opened.ok()) surroundings_.report(Fault::kConventionRefused, base::InContext(opened, name));
  // Without a card nobody knows which log it is.
  if (!card.ok()) return opened;
  auto slot = std::make_unique<Slot>();
  slot->name = name;
  const std::string log = card->log();
  const int64_t now_ms = surroundings_.clock.MonotonicMs();
  {
    base::MutexLock lock(slot->mutex);
    slot->card = *std::move(card);
    slot->asked_ms = now_ms;
    if (convention != nullptr) slot->phase = Slot::Phase::kAwake;
    slot->convention = std::move(convention);
    if (!opened.ok()) Refuse(*slot, now_ms);
  }
  if (!slots_.emplace(log, std::move(slot)).second)
    return base::Error(absl::StatusCode::kFailedPrecondition, "LOG_TWICE", "",
                       "this log is in the data directory twice; remove the copy");
  return opened;
}

void Host::Refuse(Slot& slot, int64_t now_ms) {
  slot.retry_ms = now_ms + kRetryMs;
  // Why is the operator's to read.
  slot.refused = base::Error(absl::StatusCode::kUnavailable, "CONVENTION_STOPPED", "log",
                             "this convention cannot be opened; its gateway's operator knows why");
}

absl::StatusOr<std::shared_ptr<Convention>> Host::OpenOne(const std::string& name,
                                                          record::v1::Card& card) const {
  const StoragePaths paths = PathsOf(paths_, name);
  ASSIGN_OR_RETURN(std::shared_ptr<Convention> convention, Convention::Open(paths, surroundings_));
  RETURN_IF_ERROR(CheckGates(*convention));
  convention->Read([&](const policy::state::State& state) { card = CardOf(state, 0); });
  // Before it can change: were the process to end now, the next one would wake it at once.
  RETURN_IF_ERROR(WriteCard(paths.folder, card));
  if (surroundings_.opened) surroundings_.opened(*convention);
  return convention;
}

absl::StatusOr<std::shared_ptr<Convention>> Host::Find(std::string_view log_name) {
  const auto it = slots_.find(log_name);
  if (it == slots_.end())
    return base::Error(absl::StatusCode::kNotFound, "LOG_UNKNOWN", "log",
                       "this gateway serves no log of that name");
  return Wake(*it->second);
}

absl::StatusOr<std::shared_ptr<Convention>> Host::Wake(Slot& slot) {
  const int64_t now_ms = surroundings_.clock.MonotonicMs();
  {
    base::MutexLock lock(slot.mutex);
    while (slot.phase == Slot::Phase::kMoving) slot.moved.Wait(slot.mutex);
    slot.asked_ms = now_ms;
    if (slot.phase == Slot::Phase::kAwake) return slot.convention;
    if (!slot.refused.ok() && now_ms < slot.retry_ms) return slot.refused;
    slot.phase = Slot::Phase::kMoving;
  }
  record::v1::Card card;
  absl::StatusOr<std::shared_ptr<Convention>> opened = OpenOne(slot.name, card);
  if (!opened.ok())
    surroundings_.report(Fault::kConventionRefused, base::InContext(opened.status(), slot.name));
  base::MutexLock lock(slot.mutex);
  slot.moved.NotifyAll();
  if (opened.ok()) {
    slot.phase = Slot::Phase::kAwake;
    slot.card = std::move(card);
    slot.convention = *opened;
    slot.refused = absl::OkStatus();
    return *std::move(opened);
  }
  slot.phase = Slot::Phase::kResting;
  Refuse(slot, now_ms);
  return slot.refused;
}

std::vector<std::string> Host::LogsThatMayKnow(const base::Digest& fingerprint) const {
  std::vector<std::string> logs;
  for (const auto& [log, slot] : slots_)
    if (MayKnow(log, fingerprint)) logs.push_back(log);
  return logs;
}

bool Host::MayKnow(std::string_view log_name, const base::Digest& fingerprint) const {
  const auto it = slots_.find(log_name);
  if (it == slots_.end()) return false;
  base::MutexLock lock(it->second->mutex);
  return it->second->phase != Slot::Phase::kResting || core::MayKnow(it->second->card, fingerprint);
}

bool Host::Rests(std::string_view log_name) const {
  const auto it = slots_.find(log_name);
  if (it == slots_.end()) return false;
  base::MutexLock lock(it->second->mutex);
  return it->second->phase == Slot::Phase::kResting;
}

std::vector<std::shared_ptr<Convention>> Host::Awake() const {
  std::vector<std::shared_ptr<Convention>> awake;
  for (const auto& [log, slot] : slots_) {
    base::MutexLock lock(slot->mutex);
    if (slot->convention != nullptr) awake.push_back(slot->convention);
  }
  return awake;
}

std::set<std::string> Host::TrustAnchors() const {
  std::set<std::string> anchors;
  for (const auto& [log, slot] : slots_) {
    base::MutexLock lock(slot->mutex);
    anchors.insert(slot->card.tls_trust_anchors().begin(), slot->card.tls_trust_anchors().end());
  }
  return anchors;
}

bool Host::IsDue(const Slot& slot) const {
  base::MutexLock lock(slot.mutex);
  return slot.phase == Slot::Phase::kResting &&
         surroundings_.clock.WallMs() >= slot.card.wake_ms() &&
         surroundings_.clock.MonotonicMs() >= slot.retry_ms;
}

bool Host::LayToRest(Slot& slot) {
  std::shared_ptr<Convention> convention;
  {
    base::MutexLock lock(slot.mutex);
    // Only Wake and Awake hand it out, under this lock: whoever does not hold it now cannot later.
    if (slot.phase != Slot::Phase::kAwake || slot.convention.use_count() > 1) return false;
    if (!slot.convention->IsIdle()) return false;
    slot.phase = Slot::Phase::kMoving;
    convention = std::move(slot.convention);
    slot.convention = nullptr;
  }
  record::v1::Card card = Rest(slot.name, *convention);
  convention.reset();
  base::MutexLock lock(slot.mutex);
  slot.card = std::move(card);
  slot.phase = Slot::Phase::kResting;
  slot.moved.NotifyAll();
  return true;
}

record::v1::Card Host::Rest(const std::string& name, Convention& convention) const {
  record::v1::Card card = convention.Rest();
  const absl::Status written = WriteCard(PathsOf(paths_, name).folder, card);
  if (!written.ok()) surroundings_.report(Fault::kCard, written);
  return card;
}

void Host::LayIdleToRest() {
  // Where all may be awake, none need wait to be opened.
  if (slots_.size() <= bounds_.awake) return;
  std::vector<std::pair<int64_t, Slot*>> awake;
  for (const auto& [log, slot] : slots_) {
    base::MutexLock lock(slot->mutex);
    if (slot->phase == Slot::Phase::kAwake) awake.emplace_back(slot->asked_ms, slot.get());
  }
  std::sort(awake.begin(), awake.end());
  size_t left = awake.size();
  const int64_t now_ms = surroundings_.clock.MonotonicMs();
  for (const auto& [asked_ms, slot] : awake) {
    if (surroundings_.clock.MonotonicMs() - now_ms >= kMovesMs) return;
    const bool idle = now_ms - asked_ms >= bounds_.idle_ms;
    if ((idle || left > bounds_.awake) && LayToRest(*slot)) --left;
  }
}

void Host::Tick() {
  const int64_t began_ms = surroundings_.clock.MonotonicMs();
  for (const auto& [log, slot] : slots_) {
    if (surroundings_.clock.MonotonicMs() - began_ms >= kMovesMs) break;
    if (IsDue(*slot)) (void)Wake(*slot);
  }
  for (const std::shared_ptr<Convention>& convention : Awake()) convention->Tick();
  LayIdleToRest();
}

void Host::TickUntilStopped() {
  while (true) {
    Tick();
    base::MutexLock lock(mutex_);
    if (stop_) return;
    stopping_.WaitFor(mutex_, kTickMs);
    if (stop_) return;
  }
}

Host::~Host() {
  {
    base::MutexLock lock(mutex_);
    stop_ = true;
  }
  stopping_.NotifyAll();
  if (ticker_.joinable()) ticker_.join();
  for (const auto& [log, slot] : slots_) {
    std::shared_ptr<Convention> convention;
    {
      base::MutexLock lock(slot->mutex);
      convention = std::move(slot->convention);
    }
    if (convention != nullptr) Rest(slot->name, *convention);
  }
}

void Host::Drain() {
  for (const std::shared_ptr<Convention>& convention : Awake()) convention->Drain();
}

}  // namespace passerelle::gateway::core
