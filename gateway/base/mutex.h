// Annotated wrappers of the standard mutexes. absl::Mutex is refused by lint: Debian's raises a
// false race under ThreadSanitizer.
#ifndef PASSERELLE_GATEWAY_BASE_MUTEX_H_
#define PASSERELLE_GATEWAY_BASE_MUTEX_H_

#include <pthread.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "gateway/base/thread_annotations.h"

namespace passerelle::gateway::base {

// A mutex.
class CAPABILITY("mutex") Mutex {
 public:
  void Lock() ACQUIRES() { mutex_.lock(); }
  void Unlock() RELEASES() { mutex_.unlock(); }

 private:
  friend class CondVar;
  std::mutex mutex_;
};

// Holds a Mutex for a scope.
class SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ACQUIRES(mutex) : mutex_(mutex) { mutex_.Lock(); }
  ~MutexLock() RELEASES() { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// A condition variable of Mutex. Waits may wake spuriously: loop on the condition.
class CondVar {
 public:
  void Wait(Mutex& mutex) REQUIRES_LOCK(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    condition_.wait(lock);
    lock.release();
  }

  // Waits at most `timeout_ms` of monotonic time.
  void WaitFor(Mutex& mutex, int64_t timeout_ms) REQUIRES_LOCK(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    condition_.wait_for(lock, std::chrono::milliseconds(timeout_ms));
    lock.release();
  }

  void NotifyOne() { condition_.notify_one(); }
  void NotifyAll() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

// A mutex that many readers or one writer hold. A writer that waits keeps new readers out, so that
// a flood of readers cannot starve it; whoever holds it as a reader must therefore not take it
// again. std::shared_mutex prefers readers here.
class CAPABILITY("shared_mutex") SharedMutex {
 public:
  SharedMutex();
  ~SharedMutex();
  SharedMutex(const SharedMutex&) = delete;
  SharedMutex& operator=(const SharedMutex&) = delete;

  void Lock() ACQUIRES();
  void Unlock() RELEASES();
  void LockShared() ACQUIRES_SHARED();
  void UnlockShared() RELEASES_SHARED();

  // Whether it was taken as a reader at once: not while a writer holds it or waits for it.
  bool TryLockShared() TRY_ACQUIRES_SHARED(true);

 private:
  pthread_rwlock_t lock_;
};

// Holds a SharedMutex as its one writer for a scope.
class SCOPED_CAPABILITY WriterLock {
 public:
  explicit WriterLock(SharedMutex& mutex) ACQUIRES(mutex) : mutex_(mutex) { mutex_.Lock(); }
  ~WriterLock() RELEASES() { mutex_.Unlock(); }
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;

 private:
  SharedMutex& mutex_;
};

// Holds a SharedMutex as one of its readers for a scope.
class SCOPED_CAPABILITY ReaderLock {
 public:
  explicit ReaderLock(SharedMutex& mutex) ACQUIRES_SHARED(mutex) : mutex_(mutex) {
    mutex_.LockShared();
  }
  ~ReaderLock() RELEASES() { mutex_.UnlockShared(); }
  ReaderLock(const ReaderLock&) = delete;
  ReaderLock& operator=(const ReaderLock&) = delete;

 private:
  SharedMutex& mutex_;
};

}  // namespace passerelle::gateway::base

#endif  // PASSERELLE_GATEWAY_BASE_MUTEX_H_
