// Who waits for a convention to change.
#ifndef PASSERELLE_GATEWAY_CORE_WATCH_H_
#define PASSERELLE_GATEWAY_CORE_WATCH_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/base/mutex.h"
#include "gateway/core/pool.h"

namespace passerelle::gateway::core {

// The watchers of one convention. Thread-safe.
class Watchers {
 private:
  struct Slot;

 public:
  // A watch under way; its end ends the watch. It may outlive the watchers.
  class Watch {
   public:
    // Waits until a call of `wake` under way has returned, so that it must not run inside one.
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

   private:
    friend class Watchers;
    explicit Watch(std::shared_ptr<Slot> slot) : slot_(std::move(slot)) {}
    const std::shared_ptr<Slot> slot_;
  };

  // The pool must outlive the watchers.
  explicit Watchers(Pool& pool) : pool_(pool) {}

  // Calls `wake` from the pool after every Notify, once for all that come before the call: it never
  // runs twice at a time. RESOURCE_EXHAUSTED (reason WATCHERS_FULL) when too many watch already, or
  // this agent does.
  absl::StatusOr<std::unique_ptr<Watch>> Add(const std::string& agent, std::function<void()> wake)
      EXCLUDES_LOCK(mutex_);

  // Something changed. Never waits for a watcher.
  void Notify() EXCLUDES_LOCK(mutex_);

 private:
  Pool& pool_;
  base::Mutex mutex_;
  std::vector<std::shared_ptr<Slot>> slots_ GUARDED_BY(mutex_);
};

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_WATCH_H_
