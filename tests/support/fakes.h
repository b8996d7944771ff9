// Fakes of the seams in gateway/base: a clock that tests set and a generator with a seed.
#ifndef PASSERELLE_TESTS_SUPPORT_FAKES_H_
#define PASSERELLE_TESTS_SUPPORT_FAKES_H_

#include <atomic>
#include <cstdint>
#include <random>
#include <string>

#include "gateway/base/clock.h"
#include "gateway/base/mutex.h"
#include "gateway/base/random.h"

namespace passerelle::tests {

// A clock that stands still until a test moves it. Thread-safe.
class FakeClock final : public gateway::base::Clock {
 public:
  // 2024-06-03T10:00:00Z, a Monday inside the window of every test convention.
  static constexpr int64_t kStartMs = 1717408800000;

  int64_t WallMs() const override { return wall_ms_; }
  int64_t MonotonicUs() const override { return monotonic_ms_ * 1000; }

  // Moves both wall and monotonic time forward.
  void Advance(int64_t ms) {
    wall_ms_ += ms;
    monotonic_ms_ += ms;
  }

  // Sets wall time alone, as an administrator would.
  void SetWall(int64_t ms) { wall_ms_ = ms; }

 private:
  std::atomic<int64_t> wall_ms_{kStartMs};
  std::atomic<int64_t> monotonic_ms_{0};
};

// A reproducible generator. Thread-safe.
class SeededRandom final : public gateway::base::Random {
 public:
  explicit SeededRandom(uint64_t seed) : engine_(seed) {}

  std::string Bytes(size_t size) override {
    gateway::base::MutexLock lock(mutex_);
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(engine_() & 0xff);
    return bytes;
  }

 private:
  gateway::base::Mutex mutex_;
  std::mt19937_64 engine_ GUARDED_BY(mutex_);
};

}  // namespace passerelle::tests

#endif  // PASSERELLE_TESTS_SUPPORT_FAKES_H_
