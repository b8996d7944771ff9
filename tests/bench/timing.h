// Times of many calls made at once.
#ifndef PASSERELLE_TESTS_BENCH_TIMING_H_
#define PASSERELLE_TESTS_BENCH_TIMING_H_

#include <sys/types.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace passerelle::tests {

// Seconds of the monotonic clock, and of processor time that this thread, this process and another
// process of this machine have used.
double MonotonicSeconds();
double ThreadSeconds();
double ProcessSeconds();
double ProcessSecondsOf(pid_t process);

// Memory of this process by a field of /proc/self/status (VmRSS: resident now, VmHWM: at most so
// far), MiB.
double MemoryMib(const std::string& field);

// The value below which this part of the values lies; 0 of none. Sorts them.
double Quantile(std::vector<double>& values, double part);

// Which calls to make.
struct Plan {
  int in_flight = 1;
  // Calls that are timed, and calls before them that are not.
  uint64_t calls = 1;
  uint64_t warm_up = 0;
  // The server's process, whose processor time is taken as well; 0: none.
  pid_t server = 0;
};

// How long they took.
struct Run {
  double seconds = 0;
  uint64_t calls = 0;
  // Processor time of this process and of the server meanwhile.
  double client_cpu_seconds = 0;
  double server_cpu_seconds = 0;
  // Of each call.
  std::vector<double> seconds_a_call;
};

// Makes the calls of a plan from `in_flight` threads, each of which calls as soon as its last call
// is answered: `call(worker, number)` with the worker's number and the call's, warm-up and timed
// calls counted together. The first error ends the run.
absl::StatusOr<Run> Repeat(const Plan& plan,
                           absl::FunctionRef<absl::Status(int worker, uint64_t number)> call);

// A run in figures: calls, seconds, calls_per_second, p50_us, p99_us, client_cpu_us and
// server_cpu_us of a call.
nlohmann::json FiguresOf(Run run);

}  // namespace passerelle::tests

#endif  // PASSERELLE_TESTS_BENCH_TIMING_H_
