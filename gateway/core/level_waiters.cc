#include "gateway/core/level_waiters.h"

#include <algorithm>
#include <utility>

#include "gateway/base/limits.h"

namespace passerelle::gateway::core {

bool LevelWaiters::HasRoom() const { return waiters_.size() < base::kMaxLevelWaiters; }

void LevelWaiters::Add(uint64_t index, int64_t now_ms, std::function<void()> done) {
  waiters_.push_back({index, now_ms + base::kLevelWaitMs, std::move(done)});
}

std::vector<std::function<void()>> LevelWaiters::TakeReached(uint64_t size, int64_t now_ms) {
  std::vector<std::function<void()>> reached;
  std::erase_if(waiters_, [&](Waiter& one) {
    if (one.index >= size && one.until_ms > now_ms) return false;
    reached.push_back(std::move(one.done));
    return true;
  });
  return reached;
}

bool LevelWaiters::IsOneLate(int64_t now_ms) const {
  return std::any_of(waiters_.begin(), waiters_.end(),
                     [&](const Waiter& one) { return one.until_ms <= now_ms; });
}

}  // namespace passerelle::gateway::core
