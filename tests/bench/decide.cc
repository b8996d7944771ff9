// P8: how long DecideSet takes on a state of 91 parties, many datasets, exchanges and transfers,
// all of which came about by DecideSet and Apply. Prints one JSON object: for each number of
// transfers the time of a decision, and this process's memory.
//
//   passerelle_tests_bench_decide --datasets N --exchanges N --transfers N ...
#include "policy/decide.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/base/digest.h"
#include "policy/state/state.h"
#include "tests/bench/parties.h"
#include "tests/bench/timing.h"
#include "tests/support/need.h"
#include "tests/support/world.h"

namespace passerelle::tests {
namespace {

constexpr uint64_t kTransfersADay = 2880;
constexpr int64_t kDayMs = int64_t{24} * 3600 * 1000;
constexpr uint64_t kTimed = 20000;

struct Approved {
  statement::v1::ActRef dataset, exchange;
  std::string recipient;
};

// A convention with all parties, each of them adhered, and exchanges from the fund to each.
class Grown {
 public:
  Grown(int datasets, int exchanges) : world_(Stage::kEmpty) {
    statement::v1::Act found = world_.Found();
    FillParties(*found.mutable_convention_enacted()->mutable_convention());
    world_.Must({found}, {"gateway", "secretary-1", "secretary-2", "counter-1", "counter-2"});
    for (int number = 1; number <= kParties; ++number) world_.Adhere(PartyOf(number));
    world_.Staff();
    std::vector<statement::v1::ActRef> declared;
    for (int i = 0; i < datasets; ++i) {
      statement::v1::Act act = world_.Declare();
      act.mutable_dataset_declared()->set_slug(absl::StrCat("p001/children-", i));
      declared.push_back(world_.Must({act}, {"steward-p001"}).Ref());
    }
    for (int i = 0; i < exchanges; ++i)
      Approve(declared[static_cast<size_t>(i % datasets)], PartyOf(2 + i % (kParties - 1)));
    for (const Step& step : world_.steps()) Take(step.Applied());
  }

  // Submits transfers, spread over the exchanges and the days, until there are so many.
  void Grow(uint64_t transfers) {
    for (; transfers_ < transfers; ++transfers_) {
      const Step step = Decided(Next());
      if (!step.accepted()) Fail(FindingsOf(step.entry));
      Take(step.Applied());
      if ((transfers_ + 1) % kTransfersADay == 0) {
        world_.Advance(kDayMs);
        now_ = world_.now();
      }
    }
  }

  // Seconds of each of so many decisions, none of which is applied.
  std::vector<double> Time(uint64_t decisions) {
    std::vector<double> seconds;
    for (uint64_t i = 0; i < decisions; ++i) seconds.push_back(Decided(Next()).seconds);
    return seconds;
  }

 private:
  struct Timed : Step {
    double seconds = 0;
  };

  void Approve(const statement::v1::ActRef& dataset, const std::string& recipient) {
    world_.dataset = dataset;
    statement::v1::Act act = world_.Propose();
    act.set_party("p001");
    act.mutable_exchange_proposed()->mutable_recipient()->set_party(recipient);
    world_.exchange = world_.Must({act}, {"steward-p001"}).Ref();
    world_.opinion = world_.Must({world_.Opine()}, {"dpo-p001"}).Ref();
    world_.Must({world_.DecideExchange()}, {"decider-p001"});
    world_.Must({world_.Register()}, {"steward-p001"});
    approved_.push_back({dataset, world_.exchange, recipient});
  }

  // The next transfer's statement: the exchanges in an order of no pattern.
  statement::v1::Statement Next() {
    const Approved& to = approved_[next_++ * 7919 % approved_.size()];
    world_.dataset = to.dataset;
    world_.exchange = to.exchange;
    statement::v1::Act act = world_.Send();
    act.mutable_transfer_submitted()->mutable_recipient()->set_party(to.recipient);
    return world_.Draft({act}, {"sender-p001"});
  }

  Timed Decided(const statement::v1::Statement& statement) {
    Timed step;
    step.statement = statement;
    step.digest = gateway::base::Sha256(statement.SerializeAsString());
    step.index = state_.size();
    step.leaf = step.digest;
    const record::v1::Observed observed = world_.Observe(statement);
    const policy::Submission submission{step.statement, step.digest,
                                        World::EnvelopeBytes(statement), observed};
    const double began = MonotonicSeconds();
    step.entry = policy::DecideSet(state_, submission, now_);
    step.seconds = MonotonicSeconds() - began;
    return step;
  }

  void Take(const policy::AppliedEntry& entry) {
    if (const absl::Status applied = policy::Apply(state_, entry); !applied.ok())
      Fail(applied.ToString());
  }

  World world_;
  policy::state::State state_;
  std::vector<Approved> approved_;
  policy::Now now_ = world_.now();
  uint64_t transfers_ = 0;
  uint64_t next_ = 0;
};

nlohmann::json Measure(int datasets, int exchanges, const std::vector<uint64_t>& transfers) {
  Grown grown(datasets, exchanges);
  nlohmann::json points = nlohmann::json::array();
  for (const uint64_t wanted : transfers) {
    grown.Grow(wanted);
    grown.Time(kTimed / 10);
    std::vector<double> seconds = grown.Time(kTimed);
    points.push_back({{"transfers", wanted},
                      {"p50_us", Quantile(seconds, 0.50) * 1e6},
                      {"p99_us", Quantile(seconds, 0.99) * 1e6},
                      {"resident_mib", MemoryMib("VmRSS")}});
  }
  return {
      {"parties", kParties}, {"datasets", datasets}, {"exchanges", exchanges}, {"points", points}};
}

}  // namespace
}  // namespace passerelle::tests

int main(int argc, char** argv) {
  int datasets = 1, exchanges = 1;
  std::vector<uint64_t> transfers;
  CLI::App app("How long a decision takes");
  app.add_option("--datasets", datasets)->required()->check(CLI::PositiveNumber);
  app.add_option("--exchanges", exchanges)->required()->check(CLI::PositiveNumber);
  app.add_option("--transfers", transfers, "Growing")->required();
  CLI11_PARSE(app, argc, argv);
  std::printf("%s\n", passerelle::tests::Measure(datasets, exchanges, transfers).dump().c_str());
  return 0;
}
