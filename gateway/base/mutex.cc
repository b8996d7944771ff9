#include "gateway/base/mutex.h"

#include <cstdlib>

namespace passerelle::gateway::base {
namespace {

// These calls fail only when the program misuses the lock: there is no going on.
void Demand(int error) {
  if (error != 0) std::abort();
}

}  // namespace

SharedMutex::SharedMutex() {
  pthread_rwlockattr_t attributes;
  Demand(pthread_rwlockattr_init(&attributes));
  Demand(pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP));
  Demand(pthread_rwlock_init(&lock_, &attributes));
  Demand(pthread_rwlockattr_destroy(&attributes));
}

SharedMutex::~SharedMutex() { Demand(pthread_rwlock_destroy(&lock_)); }

void SharedMutex::Lock() { Demand(pthread_rwlock_wrlock(&lock_)); }

void SharedMutex::Unlock() { Demand(pthread_rwlock_unlock(&lock_)); }

void SharedMutex::LockShared() { Demand(pthread_rwlock_rdlock(&lock_)); }

void SharedMutex::UnlockShared() { Demand(pthread_rwlock_unlock(&lock_)); }

bool SharedMutex::TryLockShared() { return pthread_rwlock_tryrdlock(&lock_) == 0; }

}  // namespace passerelle::gateway::base
