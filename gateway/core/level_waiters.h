// Those who wait until a checkpoint that holds their entry has reached a level of evidence.
#ifndef PASSERELLE_GATEWAY_CORE_LEVEL_WAITERS_H_
#define PASSERELLE_GATEWAY_CORE_LEVEL_WAITERS_H_

#include <cstdint>
#include <functional>
#include <vector>

namespace passerelle::gateway::core {

// Not thread-safe: its owner's lock guards it, and whoever is taken out is called outside of that.
class LevelWaiters {
 public:
  // Whether one more may wait (base::kMaxLevelWaiters).
  bool HasRoom() const;
  // Waits for a checkpoint of more than `index` entries, for base::kLevelWaitMs from `now_ms` on,
  // which is monotonic.
  void Add(uint64_t index, int64_t now_ms, std::function<void()> done);
  // Takes out those whom a checkpoint of `size` entries serves, and those who waited for too long.
  std::vector<std::function<void()>> TakeReached(uint64_t size, int64_t now_ms);
  // Whether one waited for too long.
  bool IsOneLate(int64_t now_ms) const;

 private:
  struct Waiter {
    uint64_t index = 0;
    int64_t until_ms = 0;
    std::function<void()> done;
  };
  std::vector<Waiter> waiters_;
};

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_LEVEL_WAITERS_H_
