// P13: many conventions in one process. `make` makes a data directory of them, unless it is there;
// `measure` opens it with the real host, in a process of its own: how long the start takes, the
// first act on conventions that rest, acts in flight on many of them and on one, and how much
// memory all that holds. Each prints one JSON object.
//
//   passerelle_tests_bench_many make --folder DIR --conventions N --full N
//   passerelle_tests_bench_many measure --folder DIR --cold N --spread N --acts N --rounds N
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gateway/base/clock.h"
#include "gateway/base/random.h"
#include "gateway/base/status.h"
#include "gateway/core/host.h"
#include "gateway/core/pool.h"
#include "gateway/core/surroundings.h"
#include "tests/bench/make_towns.h"
#include "tests/bench/timing.h"
#include "tests/bench/town.h"
#include "tests/support/need.h"

namespace passerelle::tests {
namespace {

namespace core = gateway::core;

constexpr int kInFlight = 64;
constexpr int kLookups = 200;
// A run that breaks off leaves a clock that is later than whatever it recorded.
constexpr int64_t kLongestRunMs = 10 * 60 * 1000;

// What the options ask for.
struct Options {
  std::string folder;
  TownsPlan plan;
  size_t cold = 1;
  size_t spread = 1;
  uint64_t acts = 1;
  int rounds = 1;
  core::HostBounds bounds;
};

// As the gateway does for itself.
void RaiseFileLimit() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

// What a process gives to its conventions, and counts of what they did.
class Machine {
 public:
  explicit Machine(int64_t wall_ms) : clock_(system_, wall_ms - system_.WallMs()) {}

  const gateway::base::Clock& clock() const { return clock_; }
  gateway::base::Random& random() { return random_; }
  core::Surroundings surroundings() {
    core::Surroundings given{clock_, random_, pool_,
                             [](const absl::Status& status) { Need(status); },
                             [this](core::Fault, const absl::Status& fault) {
                               std::fprintf(stderr, "many: fault: %s\n", fault.ToString().c_str());
                               ++faults;
                             }};
    given.measure = [this](const std::string&, const core::Carried&) { ++groups; };
    given.opened = [this](const core::Convention&) { ++woken; };
    return given;
  }

  std::atomic<uint64_t> faults{0}, groups{0}, woken{0};

 private:
  const gateway::base::SystemClock system_;
  const gateway::base::ShiftedClock clock_;
  gateway::base::SystemRandom random_;
  core::Pool pool_{static_cast<int>(std::max(2u, std::thread::hardware_concurrency()))};
};

// An act that is signed and waits for its turn.
struct Waiting {
  std::string log;
  core::Request request;
};

class Trial {
 public:
  Trial(const Options& options, const Towns& known)
      : options_(options), known_(known), machine_(known.wall_ms) {
    for (const TownNotes& notes : known.notes) {
      if (towns_.size() > std::max(options.cold, options.spread)) break;
      towns_.push_back(std::make_unique<Town>(notes, machine_.clock(), machine_.random()));
    }
  }

  const gateway::base::Clock& clock() const { return machine_.clock(); }

  nlohmann::json Run() {
    nlohmann::json found = {{"making", known_.making}, {"awake_at_most", options_.bounds.awake}};
    found["start"] = Start();
    found["cold"] = Cold();
    for (int round = 0; round < options_.rounds; ++round) {
      found["spread"].push_back(Fly([this](uint64_t number) -> Town& {
        return *towns_[1 + number * 7919 % options_.spread];
      }));
      found["one"].push_back(Fly([this](uint64_t) -> Town& { return *towns_[0]; }));
    }
    found["end"] = Now();
    found["end"]["peak_mib"] = MemoryMib("VmHWM");
    const double began = MonotonicSeconds();
    host_.reset();
    found["rest_seconds"] = MonotonicSeconds() - began;
    found["faults"] = machine_.faults.load();
    return found;
  }

 private:
  void Open() {
    host_ = Need(
        core::Host::Open(TownsPaths(options_.folder), machine_.surroundings(), options_.bounds));
  }

  nlohmann::json Start() {
    if (!known_.left_well) {
      // A run that broke off left some of them open: they are laid to rest first.
      Open();
      host_.reset();
    }
    const double before = MemoryMib("VmRSS");
    const double began = MonotonicSeconds(), cpu = ProcessSeconds();
    host_ = Need(
        core::Host::Open(TownsPaths(options_.folder), machine_.surroundings(), options_.bounds));
    nlohmann::json found = {{"seconds", MonotonicSeconds() - began},
                            {"cpu_seconds", ProcessSeconds() - cpu},
                            {"resident_before_mib", before}};
    found.update(Now());
    if (host_->registered() != known_.notes.size()) Fail("not every convention is registered");
    const gateway::base::Digest key = towns_[0]->KeyOf("sender-p001").public_key().fingerprint();
    const double looked = MonotonicSeconds();
    for (int i = 0; i < kLookups; ++i)
      if (host_->LogsThatMayKnow(key).empty()) Fail("no log knows the key of a sender");
    found["logs_of_a_key_us"] = (MonotonicSeconds() - looked) / kLookups * 1e6;
    return found;
  }

  nlohmann::json Now() const {
    return {{"resident_mib", MemoryMib("VmRSS")},
            {"awake", host_->Awake().size()},
            {"registered", host_->registered()}};
  }

  // The first act on each of some that rest, one after another.
  nlohmann::json Cold() {
    std::vector<double> all, waking;
    const double cpu = ProcessSeconds();
    for (size_t i = 1; i <= options_.cold; ++i) {
      const Signed act = towns_[i]->Send();
      const std::string& log = towns_[i]->notes().log;
      if (!host_->Rests(log)) Fail("a convention is awake already");
      const double began = MonotonicSeconds();
      const auto convention = Need(host_->Find(log));
      waking.push_back(MonotonicSeconds() - began);
      Need(Carry(*convention, act.request));
      all.push_back(MonotonicSeconds() - began);
    }
    nlohmann::json found = {
        {"acts", all.size()},
        {"p50_ms", Quantile(all, 0.50) * 1e3},
        {"p99_ms", Quantile(all, 0.99) * 1e3},
        {"cpu_ms", (ProcessSeconds() - cpu) / static_cast<double>(all.size()) * 1e3},
        {"waking_p50_ms", Quantile(waking, 0.50) * 1e3},
        {"waking_p99_ms", Quantile(waking, 0.99) * 1e3}};
    found.update(Now());
    return found;
  }

  // Acts in flight; `town(number)` has the act of a number. Each convention is warmed up.
  template <typename TownOf>
  nlohmann::json Fly(TownOf town) {
    const Plan plan{.in_flight = kInFlight,
                    .calls = options_.acts,
                    .warm_up = std::max<uint64_t>(options_.spread, 4 * kInFlight)};
    std::vector<Waiting> acts;
    for (uint64_t number = 0; number < plan.warm_up + plan.calls; ++number) {
      Town& one = town(number);
      acts.push_back({one.notes().log, one.Send().request});
    }
    const uint64_t groups = machine_.groups, woken = machine_.woken;
    nlohmann::json found = FiguresOf(Need(Repeat(plan, [&](int, uint64_t number) -> absl::Status {
      ASSIGN_OR_RETURN(const auto convention, host_->Find(acts[number].log));
      return Carry(*convention, acts[number].request);
    })));
    // Warm-up included.
    found["groups"] = machine_.groups - groups;
    found["woken"] = machine_.woken - woken;
    found["cpu_us"] = found["client_cpu_us"];
    found.erase("client_cpu_us");
    found.erase("server_cpu_us");
    found.update(Now());
    return found;
  }

  const Options& options_;
  const Towns& known_;
  Machine machine_;
  // The full ones: one that has acts of its own, then those of the other measurements.
  std::vector<std::unique_ptr<Town>> towns_;
  std::unique_ptr<core::Host> host_;
};

void Print(const nlohmann::json& found) { std::printf("%s\n", found.dump().c_str()); }

void Make(const Options& options) {
  absl::StatusOr<Towns> towns = ReadTowns(options.folder);
  const bool there = towns.ok() &&
                     towns->making.value("conventions", 0) == options.plan.conventions &&
                     towns->making.value("full", 0) == options.plan.full;
  if (!there) {
    std::filesystem::remove_all(options.folder);
    Machine machine(kTownsBeginMs);
    towns = Need(MakeTowns(options.folder, options.plan, machine.surroundings()));
    if (machine.faults > 0) Fail("faults while making");
    Need(WriteTowns(options.folder, *towns));
  }
  Print(towns->making);
}

void Measure(const Options& options) {
  Towns towns = Need(ReadTowns(options.folder));
  if (towns.making.value("full", size_t{0}) <= std::max(options.cold, options.spread))
    Fail("fewer full conventions than are asked for");
  Trial trial(options, towns);
  Towns running = towns;
  running.wall_ms += kLongestRunMs;
  running.left_well = false;
  Need(WriteTowns(options.folder, running));
  const nlohmann::json found = trial.Run();
  towns.wall_ms = trial.clock().WallMs();
  towns.left_well = true;
  Need(WriteTowns(options.folder, towns));
  Print(found);
}

}  // namespace
}  // namespace passerelle::tests

int main(int argc, char** argv) {
  passerelle::tests::Options options;
  CLI::App app("Many conventions in one process");
  app.require_subcommand(1);
  CLI::App& make = *app.add_subcommand("make", "Makes a data directory, unless it is there");
  CLI::App& measure = *app.add_subcommand("measure", "Measures on it");
  for (CLI::App* command : {&make, &measure})
    command->add_option("--folder", options.folder)->required();
  const auto number = [](CLI::App& command, const char* name, auto& value) {
    command.add_option(name, value)->required()->check(CLI::PositiveNumber);
  };
  number(make, "--conventions", options.plan.conventions);
  number(make, "--full", options.plan.full);
  number(measure, "--cold", options.cold);
  number(measure, "--spread", options.spread);
  number(measure, "--acts", options.acts);
  number(measure, "--rounds", options.rounds);
  measure.add_option("--awake", options.bounds.awake, "Other than the gateway's own bound");
  CLI11_PARSE(app, argc, argv);
  passerelle::tests::RaiseFileLimit();
  if (make.parsed())
    passerelle::tests::Make(options);
  else
    passerelle::tests::Measure(options);
  return 0;
}
