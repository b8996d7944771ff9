// Watchers are told, never waited for.
#include "gateway/core/watch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/base/status.h"
#include "tests/support/gateway_fixture.h"

namespace passerelle::gateway::core {
namespace {

using base::ReasonOf;
using tests::Progress;
using tests::TestDraft;
using tests::TestGateway;

// A gate that a thread waits at until the test opens it, and that says that somebody waits.
class Gate {
 public:
  void Pass() {
    base::MutexLock lock(mutex_);
    waiting_ = true;
    changed_.NotifyAll();
    while (!open_) changed_.Wait(mutex_);
  }
  void AwaitWaiting() {
    base::MutexLock lock(mutex_);
    while (!waiting_) changed_.Wait(mutex_);
  }
  void Open() {
    base::MutexLock lock(mutex_);
    open_ = true;
    changed_.NotifyAll();
  }

 private:
  base::Mutex mutex_;
  base::CondVar changed_;
  bool waiting_ GUARDED_BY(mutex_) = false;
  bool open_ GUARDED_BY(mutex_) = false;
};

TEST(WatchersTest, TellManyChangesTogetherToOneWhoIsSlow) {
  Gate gate, last;
  std::atomic<int> calls = 0;
  Pool pool(1);
  Watchers watchers(pool);
  const auto watch = watchers.Add("a", [&] {
    ++calls;
    gate.Pass();
  });
  ASSERT_TRUE(watch.ok());
  watchers.Notify();
  gate.AwaitWaiting();
  // It is being told: these return at once, and make one more call.
  for (int i = 0; i < 100; ++i) watchers.Notify();
  gate.Open();
  // Runs after what is posted so far.
  pool.Post([&] { last.Pass(); });
  last.AwaitWaiting();
  last.Open();
  EXPECT_EQ(calls, 2);
}

TEST(WatchersTest, TellNobodyWhoseWatchEnded) {
  Gate gate, last;
  std::atomic<int> calls = 0;
  Pool pool(1);
  Watchers watchers(pool);
  auto watch = watchers.Add("a", [&] { ++calls; });
  ASSERT_TRUE(watch.ok());
  pool.Post([&] { gate.Pass(); });
  gate.AwaitWaiting();
  watchers.Notify();
  watch->reset();
  gate.Open();
  pool.Post([&] { last.Pass(); });
  last.AwaitWaiting();
  last.Open();
  EXPECT_EQ(calls, 0);
}

TEST(WatchersTest, AreBoundedForOneAgentAndForAll) {
  Pool pool(1);
  Watchers watchers(pool);
  std::vector<std::unique_ptr<Watchers::Watch>> watches;
  absl::Status refused;
  const auto add = [&](const std::string& agent) {
    auto watch = watchers.Add(agent, [] {});
    refused = watch.status();
    if (watch.ok()) watches.push_back(*std::move(watch));
  };
  while (refused.ok() && watches.size() < 1000) add("a");
  EXPECT_EQ(ReasonOf(refused), "WATCHERS_FULL");
  EXPECT_EQ(watches.size(), 8u);
  for (int i = 0; i < 1000; ++i) add(absl::StrCat("agent ", i));
  EXPECT_EQ(ReasonOf(refused), "WATCHERS_FULL");
  EXPECT_EQ(watches.size(), 256u);
  // The end of one makes room for another.
  watches.clear();
  add("a");
  EXPECT_TRUE(refused.ok());
}

TEST(WatchersTest, OfAConventionDoNotHoldItsSequencerUp) {
  Gate gate;
  TestGateway gateway(Progress::kAdhered);
  const auto watch = gateway.convention().Watch("a", [&] { gate.Pass(); });
  ASSERT_TRUE(watch.ok());
  const uint64_t before = gateway.size();
  for (int i = 0; i < 3; ++i) {
    TestDraft draft;
    gateway.AddMandate(draft, "p003", absl::StrCat("clerk-", i), statement::v1::ROLE_REQUESTER);
    gateway.Must(draft, {"representative-p003"});
  }
  gate.AwaitWaiting();
  EXPECT_EQ(gateway.size(), before + 3);
  gate.Open();
}

TEST(WatchersTest, OfAConventionAreToldOfANewDay) {
  Gate gate;
  TestGateway gateway(Progress::kAdhered);
  gateway.convention().Tick();
  gate.Open();
  const auto watch = gateway.convention().Watch("a", [&] { gate.Pass(); });
  ASSERT_TRUE(watch.ok());
  gateway.clock().Advance(int64_t{24} * 3600 * 1000);
  gateway.convention().Tick();
  gate.AwaitWaiting();
}

}  // namespace
}  // namespace passerelle::gateway::core
