// Time as a parameter. Wall time is for people and the log, monotonic time for intervals.
#ifndef PASSERELLE_GATEWAY_BASE_CLOCK_H_
#define PASSERELLE_GATEWAY_BASE_CLOCK_H_

#include <cstdint>

namespace passerelle::gateway::base {

// Tells time. Implementations are thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;

  // Milliseconds since 1970-01-01T00:00:00 UTC; may go backward when the host's clock is set.
  virtual int64_t WallMs() const = 0;

  // Microseconds since an arbitrary instant; never goes backward.
  virtual int64_t MonotonicUs() const = 0;

  // The same in milliseconds.
  int64_t MonotonicMs() const { return MonotonicUs() / 1000; }
};

// The host's clock.
class SystemClock final : public Clock {
 public:
  int64_t WallMs() const override;
  int64_t MonotonicUs() const override;
};

// Another clock whose wall time is shifted, as a `test` log's settings allow (WIRE 1). `clock` must
// outlive it.
class ShiftedClock final : public Clock {
 public:
  ShiftedClock(const Clock& clock, int64_t shift_ms) : clock_(clock), shift_ms_(shift_ms) {}
  int64_t WallMs() const override { return clock_.WallMs() + shift_ms_; }
  int64_t MonotonicUs() const override { return clock_.MonotonicUs(); }

 private:
  const Clock& clock_;
  const int64_t shift_ms_;
};

}  // namespace passerelle::gateway::base

#endif  // PASSERELLE_GATEWAY_BASE_CLOCK_H_
