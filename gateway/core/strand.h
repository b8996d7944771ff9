// Tasks of one thing that run one after the other, on whatever threads are free.
#ifndef PASSERELLE_GATEWAY_CORE_STRAND_H_
#define PASSERELLE_GATEWAY_CORE_STRAND_H_

#include <deque>
#include <functional>
#include <memory>

#include "gateway/base/mutex.h"
#include "gateway/core/pool.h"

namespace passerelle::gateway::core {

// Runs tasks in the order they were posted, never two at a time. Thread-safe.
class Strand : public std::enable_shared_from_this<Strand> {
 public:
  // The pool must outlive the strand.
  static std::shared_ptr<Strand> Make(Pool& pool) {
    return std::shared_ptr<Strand>(new Strand(pool));
  }

  // Queues a task, which must not throw. Tasks keep their strand alive until they have run.
  void Post(std::function<void()> task) EXCLUDES_LOCK(mutex_);

 private:
  explicit Strand(Pool& pool) : pool_(pool) {}
  // Runs one task; the next goes to the end of the pool's queue, so that no strand keeps a thread.
  void Run() EXCLUDES_LOCK(mutex_);

  Pool& pool_;
  base::Mutex mutex_;
  std::deque<std::function<void()>> tasks_ GUARDED_BY(mutex_);
  bool running_ GUARDED_BY(mutex_) = false;
};

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_STRAND_H_
