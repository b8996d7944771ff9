#include "gateway/core/strand.h"

#include <utility>

namespace passerelle::gateway::core {

void Strand::Post(std::function<void()> task) {
  base::MutexLock lock(mutex_);
  tasks_.push_back(std::move(task));
  if (running_) return;
  running_ = true;
  pool_.Post([self = shared_from_this()] { self->Run(); });
}

void Strand::Run() {
  std::function<void()> task;
  {
    base::MutexLock lock(mutex_);
    task = std::move(tasks_.front());
    tasks_.pop_front();
  }
  task();
  // What it captured goes before the next one runs.
  task = nullptr;
  base::MutexLock lock(mutex_);
  running_ = !tasks_.empty();
  if (running_) pool_.Post([self = shared_from_this()] { self->Run(); });
}

}  // namespace passerelle::gateway::core
