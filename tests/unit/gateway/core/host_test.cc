// The conventions of a process, and the lock that keeps a second process out.
#include "gateway/core/host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include "gateway/base/status.h"
#include "gateway/core/card.h"
#include "tests/support/gateway_fixture.h"

namespace passerelle::gateway::core {
namespace {

using base::ReasonOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using tests::Progress;
using tests::TempFolder;
using tests::TestGateway;

class HostTest : public ::testing::Test {
 protected:
  HostTest() : log_name_(gateway_.convention().log_name()) { gateway_.Close(); }

  TestGateway gateway_{Progress::kFounded};
  const std::string log_name_;
};

TEST_F(HostTest, ServesTheConventionsOfItsDataDirectoryByTheirLogs) {
  const auto host = Host::Open(gateway_.paths(), gateway_.surroundings());
  ASSERT_TRUE(host.ok()) << host.status();
  const auto found = (*host)->Find(log_name_);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ((*found)->name(), "ctg-testville-2024-2029");
  EXPECT_EQ(ReasonOf((*host)->Find(std::string(32, 'x')).status()), "LOG_UNKNOWN");
  EXPECT_THAT((*host)->Awake(), ElementsAre(*found));
  EXPECT_EQ((*host)->registered(), 1u);
}

TEST_F(HostTest, KeepsASecondGatewayOutOfItsDataDirectory) {
  {
    const auto host = Host::Open(gateway_.paths(), gateway_.surroundings());
    ASSERT_TRUE(host.ok()) << host.status();
    const auto second = Host::Open(gateway_.paths(), gateway_.surroundings());
    EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(ReasonOf(second.status()), "LOCKED");
    EXPECT_EQ(ReasonOf(LockData(gateway_.paths()).status()), "LOCKED");
  }
  EXPECT_TRUE(Host::Open(gateway_.paths(), gateway_.surroundings()).ok());
}

TEST_F(HostTest, ServesTheNeighboursOfAConventionThatDoesNotOpen) {
  std::filesystem::create_directories(PathsOf(gateway_.paths(), "broken").folder);
  const auto host = Host::Open(gateway_.paths(), gateway_.surroundings());
  ASSERT_TRUE(host.ok()) << host.status();
  EXPECT_TRUE((*host)->Find(log_name_).ok());
  EXPECT_THAT(gateway_.faults(), ElementsAre(Fault::kConventionRefused));
}

TEST_F(HostTest, RefusesToStartWithoutAConvention) {
  const TempFolder folder;
  const auto host = Host::Open(TestGateway::PathsAt(folder.path()), gateway_.surroundings());
  EXPECT_EQ(ReasonOf(host.status()), "NO_CONVENTION");
}

TEST_F(HostTest, RefusesNewStatementsOnceItDrains) {
  tests::TestDraft draft;
  gateway_.AddMandate(draft, "p003", "mandatee", statement::v1::ROLE_REQUESTER);
  const Request request = gateway_.RequestOf(draft, {"secretary-1"});
  const auto host = Host::Open(gateway_.paths(), gateway_.surroundings());
  ASSERT_TRUE(host.ok()) << host.status();
  (*host)->Drain();
  std::string reason;
  (*(*host)->Find(log_name_))->Submit(request, [&](const auto& receipt) {
    reason = ReasonOf(receipt.status());
  });
  EXPECT_EQ(reason, "DRAINING");
  EXPECT_THAT(gateway_.faults(), IsEmpty());
  EXPECT_FALSE(gateway_.ended());
}

// A host that holds no state in memory unless somebody asks for it.
class RestingTest : public ::testing::Test {
 protected:
  explicit RestingTest(Progress progress = Progress::kSent, TestGateway::Options options = Soon())
      : gateway_(progress, std::move(options)), log_name_(gateway_.convention().log_name()) {
    dump_ = gateway_.Dump();
    size_ = gateway_.size();
    gateway_.Close();
  }

  static TestGateway::Options Soon() {
    TestGateway::Options options;
    options.destroy_after_ms = kDestroyMs;
    return options;
  }

  std::unique_ptr<Host> OpenHost(HostBounds bounds = {.awake = 0}) {
    auto host = Host::Open(gateway_.paths(), gateway_.surroundings(), bounds);
    EXPECT_TRUE(host.ok()) << host.status();
    return *std::move(host);
  }
  // Lays it to rest once and opens the host again: nothing is awake then.
  std::unique_ptr<Host> OpenResting() {
    { const std::unique_ptr<Host> once = OpenHost({.awake = 1}); }
    std::unique_ptr<Host> host = OpenHost();
    EXPECT_THAT(host->Awake(), IsEmpty());
    return host;
  }
  static std::string DumpOf(const Convention& convention) {
    std::string dump;
    convention.Read([&](const policy::state::State& state) { dump = state.Dump(); });
    return dump;
  }
  // Ticks until nothing is awake.
  void WaitForRest(Host& host) {
    while (!host.Awake().empty()) {
      host.Tick();
      gateway_.clock().Advance(1000);
      gateway_.WaitForPool();
    }
  }

  static constexpr int64_t kDestroyMs = tests::FakeClock::kStartMs + int64_t{30} * 24 * 3600 * 1000;
  TestGateway gateway_;
  const std::string log_name_;
  std::string dump_;
  uint64_t size_ = 0;
};

TEST_F(RestingTest, WakesAtFirstUseAndIsTheSame) {
  const std::unique_ptr<Host> host = OpenResting();
  EXPECT_TRUE(host->Rests(log_name_));
  const auto found = host->Find(log_name_);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_FALSE(host->Rests(log_name_));
  EXPECT_EQ(DumpOf(**found), dump_);
  EXPECT_EQ((*found)->log().head().size, size_);
}

TEST_F(RestingTest, StaysAwakeForWhoeverHoldsItAndRestsAfterwards) {
  const std::unique_ptr<Host> host = OpenResting();
  std::shared_ptr<Convention> held = *host->Find(log_name_);
  for (int i = 0; i < 5; ++i) {
    host->Tick();
    gateway_.clock().Advance(1000);
    gateway_.WaitForPool();
  }
  EXPECT_THAT(host->Awake(), ElementsAre(held));
  held = nullptr;
  WaitForRest(*host);
  EXPECT_TRUE(host->Rests(log_name_));
}

TEST_F(RestingTest, GoesOnWhereItWasBeforeItsRest) {
  const std::unique_ptr<Host> host = OpenResting();
  tests::TestDraft draft;
  gateway_.AddMandate(draft, "p003", "mandatee", statement::v1::ROLE_REQUESTER);
  const Request request = gateway_.RequestOf(draft, {"representative-p003"});
  std::string dump;
  {
    const std::shared_ptr<Convention> convention = *host->Find(log_name_);
    bool recorded = false;
    convention->Submit(request, [&](const auto& receipt) { recorded = receipt.ok(); });
    ASSERT_TRUE(recorded);
    dump = DumpOf(*convention);
  }
  WaitForRest(*host);
  EXPECT_EQ(DumpOf(**host->Find(log_name_)), dump);
}

TEST_F(RestingTest, WakesByItselfWhenARetentionIsOver) {
  const std::unique_ptr<Host> host = OpenResting();
  host->Tick();
  EXPECT_TRUE(host->Rests(log_name_)) << "nothing is due yet";
  gateway_.clock().Advance(kDestroyMs - tests::FakeClock::kStartMs + 1000);
  uint64_t size = size_;
  const std::string folder = PathsOf(gateway_.paths(), "ctg-testville-2024-2029").folder;
  // Retention reached, payload erased, heads of the chains: three entries of the gateway's own.
  while (size < size_ + 3) {
    host->Tick();
    gateway_.clock().Advance(1000);
    gateway_.WaitForPool();
    // It may have woken, done all and rest again within one tick: its card says so.
    const auto card = ReadCard(folder);
    ASSERT_TRUE(card.ok()) << card.status();
    if (card->wake_ms() <= gateway_.clock().WallMs()) continue;
    size = (*host->Find(log_name_))->log().head().size;
  }
  WaitForRest(*host);
  const auto convention = *host->Find(log_name_);
  EXPECT_EQ(convention->log().head().size, size_ + 3);
}

TEST_F(RestingTest, KnowsItsKeysInItsSleep) {
  const std::unique_ptr<Host> host = OpenResting();
  EXPECT_THAT(host->LogsThatMayKnow(gateway_.KeyOf("dpo-p001").public_key().fingerprint()),
              ElementsAre(log_name_));
  EXPECT_THAT(host->LogsThatMayKnow(gateway_.KeyOf("stranger").public_key().fingerprint()),
              IsEmpty());
  EXPECT_EQ(host->TrustAnchors().size(), 1u);
  EXPECT_THAT(host->Awake(), IsEmpty());
}

TEST_F(RestingTest, IsOpenedAtTheStartAfterAnEndWithoutWarning) {
  { const std::unique_ptr<Host> host = OpenResting(); }
  // What a crash of an awake convention leaves.
  const std::string folder = PathsOf(gateway_.paths(), "ctg-testville-2024-2029").folder;
  auto card = ReadCard(folder);
  ASSERT_TRUE(card.ok());
  EXPECT_GT(card->wake_ms(), 0);
  card->set_wake_ms(0);
  ASSERT_TRUE(WriteCard(folder, *card).ok());
  const std::unique_ptr<Host> host = OpenHost();
  EXPECT_FALSE(host->Rests(log_name_));
}

TEST_F(RestingTest, IsMarkedAsOpenOnDiskBeforeItCanChange) {
  const std::unique_ptr<Host> host = OpenResting();
  const auto held = host->Find(log_name_);
  ASSERT_TRUE(held.ok());
  const auto card = ReadCard(PathsOf(gateway_.paths(), "ctg-testville-2024-2029").folder);
  ASSERT_TRUE(card.ok());
  EXPECT_EQ(card->wake_ms(), 0);
}

TEST_F(RestingTest, IsNotServedWhenItCannotBeOpenedAndTriedAgainLater) {
  const std::unique_ptr<Host> host = OpenResting();
  const StoragePaths paths = PathsOf(gateway_.paths(), "ctg-testville-2024-2029");
  std::filesystem::rename(paths.guard, paths.guard + ".away");
  EXPECT_EQ(ReasonOf(host->Find(log_name_).status()), "CONVENTION_STOPPED");
  EXPECT_THAT(gateway_.faults(), ElementsAre(Fault::kConventionRefused));
  std::filesystem::rename(paths.guard + ".away", paths.guard);
  EXPECT_EQ(ReasonOf(host->Find(log_name_).status()), "CONVENTION_STOPPED") << "not at once";
  gateway_.clock().Advance(60'000);
  EXPECT_TRUE(host->Find(log_name_).ok());
}

TEST_F(RestingTest, IsWokenOnceHoweverManyAskAtATime) {
  const std::unique_ptr<Host> host = OpenResting();
  std::vector<std::thread> threads;
  std::vector<std::shared_ptr<Convention>> found(8);
  for (auto& one : found) threads.emplace_back([&] { one = *host->Find(log_name_); });
  for (std::thread& thread : threads) thread.join();
  for (const auto& one : found) EXPECT_EQ(one, found[0]);
}

TEST_F(RestingTest, RestsAndWakesUnderThoseWhoUseIt) {
  const std::unique_ptr<Host> host = OpenResting();
  std::atomic<bool> done{false};
  std::thread ticking([&] {
    while (!done) {
      host->Tick();
      gateway_.clock().Advance(1000);
    }
  });
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&] {
      for (int call = 0; call < 20; ++call) {
        const auto found = host->Find(log_name_);
        ASSERT_TRUE(found.ok()) << found.status();
        EXPECT_EQ((*found)->log().head().size, size_);
      }
    });
  for (std::thread& thread : threads) thread.join();
  done = true;
  ticking.join();
}

}  // namespace
}  // namespace passerelle::gateway::core
