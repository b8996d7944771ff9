// The threads that conventions share (threads = cores).
#ifndef PASSERELLE_GATEWAY_CORE_POOL_H_
#define PASSERELLE_GATEWAY_CORE_POOL_H_

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "gateway/base/mutex.h"

namespace passerelle::gateway::core {

// Runs tasks in the order they were posted, on a fixed number of threads. Thread-safe.
class Pool {
 public:
  explicit Pool(int threads);

  // Runs what is queued, then ends the threads.
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Queues a task, which must not throw. REQUIRES: not from a task of a pool that is being
  // destroyed.
  void Post(std::function<void()> task) EXCLUDES_LOCK(mutex_);

 private:
  void Work() EXCLUDES_LOCK(mutex_);

  base::Mutex mutex_;
  base::CondVar changed_;
  std::deque<std::function<void()>> tasks_ GUARDED_BY(mutex_);
  bool ending_ GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;  // constant after construction
};

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_POOL_H_
