// Makes calls of one kind to one peer and prints how long they took: one JSON object, as FiguresOf
// says, with `statement`, the last one that was sent. tests/bench/bench.py calls it for each
// figure.
//
//   passerelle_tests_bench_load --peer gateway --job carry --profile FILE --payload FILE ...
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "certs/x509/tls_policy.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/base/stream_file.h"
#include "tests/bench/peer.h"
#include "tests/bench/timing.h"

namespace passerelle::tests {
namespace {

namespace base = gateway::base;

struct Arguments {
  std::string peer, job;
  PeerOptions options;
  Plan plan;
  std::vector<std::string> payloads;
  // How often each payload comes, in proportion; empty: equally.
  std::vector<uint64_t> shares;
};

absl::StatusOr<Load> LoadOf(const std::string& path) {
  Load load;
  load.path = path;
  ASSIGN_OR_RETURN(const base::StreamReader file, base::StreamReader::Open(path));
  load.length = file.size();
  if (load.length > base::kMaxUnaryPayloadBytes) return load;
  ASSIGN_OR_RETURN(load.content, file.Read(0, load.length));
  return load;
}

// Which load each call carries: as often as its share says, the same order in every run.
std::vector<size_t> OrderOf(const Arguments& arguments) {
  const uint64_t calls = arguments.plan.warm_up + arguments.plan.calls;
  std::vector<uint64_t> shares = arguments.shares;
  shares.resize(arguments.payloads.size(), 1);
  uint64_t all = 0;
  for (const uint64_t share : shares) all += share;
  std::vector<size_t> order;
  for (size_t i = 0; i < shares.size(); ++i) order.insert(order.end(), shares[i] * calls / all, i);
  // What rounding left out goes to the most frequent.
  order.resize(
      calls, static_cast<size_t>(std::max_element(shares.begin(), shares.end()) - shares.begin()));
  std::shuffle(order.begin(), order.end(), std::mt19937(1));
  return order;
}

absl::StatusOr<nlohmann::json> Measure(Arguments arguments) {
  RETURN_IF_ERROR(certs::x509::RequireTls13());
  std::vector<Load> loads;
  for (const std::string& path : arguments.payloads) {
    ASSIGN_OR_RETURN(loads.emplace_back(), LoadOf(path));
  }
  const std::vector<size_t> order = OrderOf(arguments);
  arguments.options.workers = arguments.plan.in_flight;
  if (arguments.job == "opaque")
    arguments.options.documents = arguments.plan.warm_up + arguments.plan.calls;
  ASSIGN_OR_RETURN(const std::unique_ptr<Peer> peer, arguments.peer == "gateway"
                                                         ? MakeGatewayPeer(arguments.options, loads)
                                                         : MakeEchoPeer(arguments.options));
  ASSIGN_OR_RETURN(Run run, Repeat(arguments.plan, [&](int worker, uint64_t number) {
                     const Load& load = loads[order[number]];
                     if (arguments.job == "carry") return peer->Carry(worker, load);
                     if (arguments.job == "opaque") return peer->CarryOpaque(worker, load);
                     return peer->Fetch(worker, load);
                   }));
  nlohmann::json figures = FiguresOf(std::move(run));
  figures["statement"] = peer->last();
  return figures;
}

}  // namespace
}  // namespace passerelle::tests

int main(int argc, char** argv) {
  passerelle::tests::Arguments arguments;
  passerelle::tests::PeerOptions& options = arguments.options;
  CLI::App app("Makes calls and times them");
  app.add_option("--peer", arguments.peer)->required()->check(CLI::IsMember({"gateway", "echo"}));
  app.add_option("--job", arguments.job)
      ->required()
      ->check(CLI::IsMember({"carry", "opaque", "fetch"}));
  app.add_option("--profile", options.profile)->required();
  app.add_option("--target", options.target);
  app.add_option("--channels", options.channels)->check(CLI::PositiveNumber);
  app.add_option("--scratch", options.scratch)->required();
  app.add_option("--exchange", options.exchange);
  app.add_option("--acts", options.acts)->check(CLI::PositiveNumber);
  app.add_option("--transfer", options.transfer);
  app.add_flag("--sign", options.sign);
  app.add_option("--in-flight", arguments.plan.in_flight)->check(CLI::PositiveNumber);
  app.add_option("--calls", arguments.plan.calls)->check(CLI::PositiveNumber);
  app.add_option("--warm-up", arguments.plan.warm_up);
  app.add_option("--server", arguments.plan.server);
  app.add_option("--payload", arguments.payloads)->required();
  app.add_option("--share", arguments.shares);
  CLI11_PARSE(app, argc, argv);
  const absl::StatusOr<nlohmann::json> figures = passerelle::tests::Measure(std::move(arguments));
  if (!figures.ok()) {
    std::fprintf(stderr, "load: %s: %s\n",
                 passerelle::gateway::base::ReasonOf(figures.status()).c_str(),
                 std::string(figures.status().message()).c_str());
    return 1;
  }
  std::printf("%s\n", figures->dump().c_str());
  return 0;
}
