// The profile: processor time of one transfer of 1 KiB by part, in the order of
// gateway/core/hall.cc. The parts are driven from here, one after the other and on one thread, so
// that nothing in them has to be changed to be measured. Prints one JSON object: microseconds a
// transfer for each part.
//
//   passerelle_tests_bench_parts --group N --groups N
#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "audit/entry/codec.h"
#include "certs/keys/dsse.h"
#include "gateway/base/random.h"
#include "gateway/core/admission.h"
#include "gateway/core/group.h"
#include "gateway/core/observe.h"
#include "gateway/core/receipt.h"
#include "gateway/core/replay.h"
#include "gateway/core/staging.h"
#include "gateway/core/storage.h"
#include "tests/bench/timing.h"
#include "tests/support/gateway_fixture.h"
#include "tests/support/need.h"

namespace passerelle::tests {
namespace {

namespace core = gateway::core;

constexpr size_t kPayloadBytes = 1024;
constexpr int kWarmUp = 4;

// Adds up the processor time between calls of Next, part by part.
class Parts {
 public:
  void Start() { last_ = ThreadSeconds(); }
  void Next(const std::string& part) {
    const double now = ThreadSeconds();
    seconds_[part] += now - last_;
    last_ = ThreadSeconds();
  }
  void Forget() { seconds_.clear(); }

  nlohmann::json PerTransfer(uint64_t transfers) const {
    nlohmann::json figures;
    for (const auto& [part, seconds] : seconds_)
      figures[part] = seconds / static_cast<double>(transfers) * 1e6;
    return figures;
  }

 private:
  std::map<std::string, double> seconds_;
  double last_ = 0;
};

// A convention's parts, opened on what a test convention left.
class Bare {
 public:
  Bare(const std::string& root, FakeClock& clock)
      : replay_(state_),
        storage_(Need(core::Storage::Open(
            TestGateway::StorageAt(root), random_,
            [this](uint64_t index, const std::string& entry, const gateway::base::Digest& leaf) {
              return replay_.Take(index, entry, leaf);
            }))),
        clock_(clock) {
    Need(replay_.Reconcile(*storage_));
  }

  void Carry(const std::vector<core::Request>& requests, Parts& parts) {
    std::vector<core::Admitted> admitted;
    for (const core::Request& request : requests) admitted.push_back(Admit(request, parts));
    parts.Start();
    core::Group group = Need(core::Group::Begin(state_, admitted[0], clock_));
    parts.Next("begin");
    for (const core::Admitted& one : admitted) {
      const bool repeated = Need(group.FindRepeated(one, *storage_->vault));
      parts.Next("find_repeated");
      record::v1::Entry entry = group.Decide(one);
      parts.Next("decide");
      if (repeated || !entry.has_recorded() || !group.Fits(entry, one)) std::abort();
      Need(group.Add(std::move(entry), one, random_));
      parts.Next("leaf_and_apply");
    }
    Need(storage_->vault->Commit(group.contents(), group.refused()));
    parts.Next("vault_commit");
    Need(storage_->log->Append(group.leaves(), group.time_ms()));
    parts.Next("log_commit_and_sign");
    state_.Absorb(group.draft());
    parts.Next("publish");
    for (const core::Outcome& outcome : group.outcomes()) {
      const auto receipt =
          Need(core::MakeReceipt(*storage_->log, outcome, seen_, group.FindLeaf(outcome.index)));
      if (receipt.effect() != record::v1::EFFECT_ACCEPTED) std::abort();
    }
    parts.Next("receipt");
    Need(storage_->store->IndexStatements(group.recorded()));
    Need(storage_->log->WriteGuard());
    parts.Next("behind_the_answer");
    seen_ = storage_->log->head().size;
  }

 private:
  core::Admitted Admit(const core::Request& request, Parts& parts) {
    parts.Start();
    audit::entry::SignedStatement received = Need(audit::entry::DecodeSigned(request.envelope));
    parts.Next("decode");
    Need(core::VerifySigners(state_, keys_, received.statement, received.envelope));
    parts.Next("verify_signature");
    core::Admitted admitted;
    admitted.statement = std::move(received.statement);
    admitted.contents =
        Need(core::SealContents(request, admitted.statement, *storage_->vault, staging_));
    parts.Next("open_and_encrypt");
    admitted.digest = certs::keys::StatementDigest(received.envelope.payload());
    admitted.observed =
        core::Observe(state_, *storage_->log, request, admitted.statement, admitted.digest);
    parts.Next("observe");
    admitted.envelope = request.envelope;
    return admitted;
  }

  gateway::base::SystemRandom random_;
  policy::state::State state_;
  core::Replay replay_;
  const std::unique_ptr<core::Storage> storage_;
  FakeClock& clock_;
  core::Staging staging_;
  core::KeyCache keys_;
  // Size that the callers of the next group have seen.
  uint64_t seen_ = 0;
};

std::string PayloadOf(const TestGateway& gateway) {
  std::string payload = gateway.Payload("2023");
  const std::string row = payload.substr(payload.rfind('\n', payload.size() - 2) + 1);
  while (payload.size() + row.size() <= kPayloadBytes) payload += row;
  return payload;
}

nlohmann::json Measure(int group, int groups) {
  TestGateway gateway(Progress::kRegistered);
  const std::string payload = PayloadOf(gateway);
  std::vector<std::vector<core::Request>> requests(static_cast<size_t>(groups + kWarmUp));
  for (std::vector<core::Request>& some : requests)
    for (int i = 0; i < group; ++i)
      some.push_back(gateway.RequestOf(gateway.Send("2023", payload, 0), {"system-p001"}));
  gateway.Close();
  Bare bare(gateway.root(), gateway.clock());
  Parts parts;
  for (size_t i = 0; i < requests.size(); ++i) {
    if (i == kWarmUp) parts.Forget();
    bare.Carry(requests[i], parts);
  }
  const uint64_t transfers = static_cast<uint64_t>(group) * static_cast<uint64_t>(groups);
  return {{"group", group},
          {"transfers", transfers},
          {"cpu_us_a_transfer", parts.PerTransfer(transfers)}};
}

}  // namespace
}  // namespace passerelle::tests

int main(int argc, char** argv) {
  int group = 1, groups = 1;
  CLI::App app("Processor time of a transfer by part");
  app.add_option("--group", group, "Transfers of one group")->required()->check(CLI::Range(1, 64));
  app.add_option("--groups", groups, "Groups")->required()->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);
  std::printf("%s\n", passerelle::tests::Measure(group, groups).dump().c_str());
  return 0;
}
