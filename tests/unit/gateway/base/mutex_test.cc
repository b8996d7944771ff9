#include "gateway/base/mutex.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace passerelle::gateway::base {
namespace {

// So many attempts take seconds, and a waiting thread comes to wait in a fraction of one.
constexpr int kAttempts = 20'000'000;

TEST(SharedMutexTest, LetsReadersInTogether) {
  SharedMutex mutex;
  const ReaderLock first(mutex);
  std::thread second([&] { const ReaderLock lock(mutex); });
  second.join();
}

TEST(SharedMutexTest, KeepsReadersOutWhileAWriterHoldsIt) {
  SharedMutex mutex;
  const WriterLock writer(mutex);
  bool taken = true;
  std::thread reader([&] {
    if (mutex.TryLockShared())
      mutex.UnlockShared();
    else
      taken = false;
  });
  reader.join();
  EXPECT_FALSE(taken);
}

TEST(SharedMutexTest, KeepsNewReadersOutWhileAWriterWaits) {
  SharedMutex mutex;
  std::atomic<bool> written = false;
  std::thread writer;
  bool kept_out = false;
  {
    const ReaderLock reader(mutex);
    writer = std::thread([&] {
      const WriterLock lock(mutex);
      written = true;
    });
    // Other readers come and go, as a flood would, until the writer waits: from then on none gets
    // in, though only a reader holds the lock.
    std::thread others([&] {
      for (int i = 0; i < kAttempts && !kept_out; ++i) {
        if (mutex.TryLockShared())
          mutex.UnlockShared();
        else
          kept_out = true;
      }
    });
    others.join();
    EXPECT_FALSE(written);
  }
  writer.join();
  EXPECT_TRUE(kept_out);
  EXPECT_TRUE(written);
}

}  // namespace
}  // namespace passerelle::gateway::base
