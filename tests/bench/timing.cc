#include "tests/bench/timing.h"

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gateway/base/mutex.h"
#include "gateway/base/status.h"

namespace passerelle::tests {
namespace {

constexpr double kMicroseconds = 1e6;

double SecondsOf(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// The threads of one run.
class Crew {
 public:
  using Call = absl::FunctionRef<absl::Status(int worker, uint64_t number)>;

  Crew(int workers, Call call) : call_(call), latencies_(static_cast<size_t>(workers)) {}

  // Makes the calls [begin, end); keeps how long each took.
  absl::Status Work(uint64_t begin, uint64_t end) {
    next_ = begin;
    std::vector<std::thread> threads;
    for (size_t worker = 0; worker < latencies_.size(); ++worker) {
      latencies_[worker].clear();
      threads.emplace_back([this, worker, end] { WorkAs(worker, end); });
    }
    for (std::thread& thread : threads) thread.join();
    gateway::base::MutexLock lock(mutex_);
    return failed_;
  }

  std::vector<double> latencies() const {
    std::vector<double> all;
    for (const std::vector<double>& some : latencies_)
      all.insert(all.end(), some.begin(), some.end());
    return all;
  }

 private:
  void WorkAs(size_t worker, uint64_t end) {
    while (!stopped_) {
      const uint64_t number = next_++;
      if (number >= end) return;
      const double began = MonotonicSeconds();
      const absl::Status status = call_(static_cast<int>(worker), number);
      latencies_[worker].push_back(MonotonicSeconds() - began);
      if (status.ok()) continue;
      gateway::base::MutexLock lock(mutex_);
      if (failed_.ok()) failed_ = status;
      stopped_ = true;
    }
  }

  const Call call_;
  // Its own worker alone writes each.
  std::vector<std::vector<double>> latencies_;
  std::atomic<uint64_t> next_{0};
  std::atomic<bool> stopped_{false};
  gateway::base::Mutex mutex_;
  absl::Status failed_ GUARDED_BY(mutex_);
};

}  // namespace

double MonotonicSeconds() { return SecondsOf(CLOCK_MONOTONIC); }

double ThreadSeconds() { return SecondsOf(CLOCK_THREAD_CPUTIME_ID); }

double ProcessSeconds() { return SecondsOf(CLOCK_PROCESS_CPUTIME_ID); }

double ProcessSecondsOf(pid_t process) {
  if (process == 0) return 0;
  std::ifstream file(absl::StrCat("/proc/", process, "/stat"));
  const std::string line{std::istreambuf_iterator<char>(file), {}};
  // The name, in parentheses, may hold anything; the times are fields 14 and 15.
  std::istringstream fields(line.substr(std::min(line.size(), line.rfind(')') + 1)));
  constexpr int kFieldsBefore = 11;
  std::string skipped;
  for (int i = 0; i < kFieldsBefore; ++i) fields >> skipped;
  double user = 0, system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double MemoryMib(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (word == field + ":") {
      double kib = 0;
      status >> kib;
      return kib / 1024;
    }
  return 0;
}

double Quantile(std::vector<double>& values, double part) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<size_t>(part * static_cast<double>(values.size() - 1))];
}

absl::StatusOr<Run> Repeat(const Plan& plan,
                           absl::FunctionRef<absl::Status(int worker, uint64_t number)> call) {
  Crew crew(plan.in_flight, call);
  RETURN_IF_ERROR(crew.Work(0, plan.warm_up));
  const double began = MonotonicSeconds(), client = ProcessSeconds(),
               server = ProcessSecondsOf(plan.server);
  RETURN_IF_ERROR(crew.Work(plan.warm_up, plan.warm_up + plan.calls));
  Run run;
  run.seconds = MonotonicSeconds() - began;
  run.client_cpu_seconds = ProcessSeconds() - client;
  run.server_cpu_seconds = ProcessSecondsOf(plan.server) - server;
  run.calls = plan.calls;
  run.seconds_a_call = crew.latencies();
  return run;
}

nlohmann::json FiguresOf(Run run) {
  const auto calls = static_cast<double>(run.calls);
  return {{"calls", run.calls},
          {"seconds", run.seconds},
          {"calls_per_second", calls / run.seconds},
          {"p50_us", Quantile(run.seconds_a_call, 0.50) * kMicroseconds},
          {"p99_us", Quantile(run.seconds_a_call, 0.99) * kMicroseconds},
          {"client_cpu_us", run.client_cpu_seconds / calls * kMicroseconds},
          {"server_cpu_us", run.server_cpu_seconds / calls * kMicroseconds}};
}

}  // namespace passerelle::tests
