#include "gateway/core/watch.h"

#include <algorithm>
#include <utility>

#include "gateway/base/status.h"

namespace passerelle::gateway::core {
namespace {

// Streams that watch one convention, and those of one agent.
constexpr size_t kMaxWatchers = 256;
constexpr size_t kMaxWatchersAnAgent = 8;

}  // namespace

struct Watchers::Slot {
  explicit Slot(std::string of, std::function<void()> call)
      : agent(std::move(of)), wake(std::move(call)) {}

  const std::string agent;

  // Held while `wake` runs: the end of a watch waits for it.
  base::Mutex running;
  std::function<void()> wake GUARDED_BY(running);

  base::Mutex mutex;
  // A call is on its way in the pool.
  bool posted GUARDED_BY(mutex) = false;
  bool ended GUARDED_BY(mutex) = false;

  bool Ended() {
    base::MutexLock lock(mutex);
    return ended;
  }

  // Whether a call is to be posted.
  bool Claim() {
    base::MutexLock lock(mutex);
    if (posted || ended) return false;
    posted = true;
    return true;
  }

  void Run() {
    base::MutexLock one_at_a_time(running);
    {
      // What changes from here on asks for another call.
      base::MutexLock lock(mutex);
      posted = false;
      if (ended) return;
    }
    wake();
  }
};

Watchers::Watch::~Watch() {
  {
    base::MutexLock lock(slot_->mutex);
    slot_->ended = true;
  }
  base::MutexLock lock(slot_->running);
  slot_->wake = nullptr;
}

absl::StatusOr<std::unique_ptr<Watchers::Watch>> Watchers::Add(const std::string& agent,
                                                               std::function<void()> wake) {
  base::MutexLock lock(mutex_);
  slots_.erase(
      std::remove_if(slots_.begin(), slots_.end(), [](const auto& slot) { return slot->Ended(); }),
      slots_.end());
  const auto of_agent = static_cast<size_t>(std::count_if(
      slots_.begin(), slots_.end(), [&](const auto& slot) { return slot->agent == agent; }));
  if (slots_.size() >= kMaxWatchers || of_agent >= kMaxWatchersAnAgent)
    return base::Error(absl::StatusCode::kResourceExhausted, "WATCHERS_FULL", "",
                       "too many streams watch this convention already; list instead, or end one");
  slots_.push_back(std::make_shared<Slot>(agent, std::move(wake)));
  return std::unique_ptr<Watch>(new Watch(slots_.back()));
}

void Watchers::Notify() {
  base::MutexLock lock(mutex_);
  for (const std::shared_ptr<Slot>& slot : slots_)
    if (slot->Claim()) pool_.Post([slot] { slot->Run(); });
}

}  // namespace passerelle::gateway::core
