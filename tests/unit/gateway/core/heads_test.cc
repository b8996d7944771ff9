// The heads of the chains, stated by a convention of its own motion.
#include "policy/state/heads.h"

#include <gtest/gtest.h>

#include <future>
#include <limits>
#include <vector>

#include "gateway/core/convention.h"
#include "tests/support/gateway_fixture.h"

namespace passerelle::gateway::core {
namespace {

using tests::Progress;
using tests::TestGateway;

constexpr int64_t kDayMs = int64_t{24} * 3600 * 1000;
constexpr int64_t kMinuteMs = 60'000;

bool StatesHeads(const TestGateway& gateway, uint64_t index) {
  const std::vector<statement::v1::Act> acts = gateway.ActsAt(index);
  return acts.size() == 1 && acts[0].has_party_heads();
}

TEST(HeadsTest, AreStatedADayAfterTheFoundingAndDailyWhileSomethingIsNew) {
  TestGateway gateway(Progress::kSent);
  const uint64_t size = gateway.size();
  gateway.clock().Advance(kDayMs - kMinuteMs);
  gateway.Settle();
  EXPECT_EQ(gateway.size(), size);
  gateway.clock().Advance(kMinuteMs);
  gateway.Settle();
  ASSERT_EQ(gateway.size(), size + 1);
  EXPECT_TRUE(StatesHeads(gateway, size));
  // They themselves are nothing new.
  gateway.clock().Advance(2 * kDayMs);
  gateway.Settle();
  EXPECT_EQ(gateway.size(), size + 1);
  gateway.Must(gateway.FreezeExchange("p001"), {"steward-p001"});
  gateway.Settle();
  ASSERT_EQ(gateway.size(), size + 3);
  EXPECT_TRUE(StatesHeads(gateway, size + 2));
  gateway.Must(gateway.Propose(), {"requester-p002"});
  gateway.clock().Advance(kDayMs - kMinuteMs);
  gateway.Settle();
  EXPECT_EQ(gateway.size(), size + 4);
}

TEST(HeadsTest, AreThoseOfTheChainsAsTheEntryFoundThem) {
  TestGateway gateway(Progress::kSent);
  std::vector<record::v1::ChainHead> heads;
  gateway.convention().Read(
      [&](const policy::state::State& state) { heads = policy::state::HeadsOf(state); });
  gateway.clock().Advance(kDayMs);
  gateway.Settle();
  const statement::v1::PartyHeads stated = gateway.ActsAt(gateway.size() - 1)[0].party_heads();
  EXPECT_EQ(stated.root(), base::View(policy::state::HeadsRoot(heads)));
  EXPECT_EQ(stated.chains(), heads.size());
}

// Statements that come at the same moment do not make them stale: they begin their group.
TEST(HeadsTest, AreAcceptedThoughOthersSubmitMeanwhile) {
  TestGateway gateway(Progress::kSent);
  for (int day = 0; day < 5; ++day) {
    gateway.clock().Advance(kDayMs);
    std::vector<std::future<void>> others;
    for (int i = 0; i < 4; ++i)
      others.push_back(std::async(std::launch::async, [&] {
        gateway.Must(gateway.FreezeExchange("p001"), {"steward-p001"});
      }));
    gateway.convention().Tick();
    for (std::future<void>& other : others) other.get();
    gateway.Settle();
  }
  int stated = 0;
  for (uint64_t index = 0; index < gateway.size(); ++index) {
    EXPECT_TRUE(gateway.EntryAt(index).has_recorded()) << index;
    stated += StatesHeads(gateway, index) ? 1 : 0;
  }
  EXPECT_GE(stated, 5);
}

TEST(HeadsTest, AreStatedOnceThoughATickComesBeforeTheyAreCommitted) {
  TestGateway gateway(Progress::kSent);
  const uint64_t size = gateway.size();
  gateway.Close();
  Surroundings surroundings = gateway.surroundings();
  Convention* ticking = nullptr;
  surroundings.measure = [&](const std::string&, const Carried&) {
    gateway.clock().Advance(kMinuteMs);
    ticking->Tick();
  };
  auto convention = Convention::Open(TestGateway::StorageAt(gateway.root()), surroundings);
  ASSERT_TRUE(convention.ok()) << convention.status();
  ticking = convention->get();
  gateway.clock().Advance(kDayMs);
  ticking->Tick();
  gateway.WaitForPool();
  ticking->Drain();
  EXPECT_EQ(ticking->log().head().size, size + 1);
}

TEST(HeadsTest, WaitUntilTheDiskHasRoom) {
  TestGateway gateway(Progress::kSent);
  const uint64_t size = gateway.size();
  gateway.clock().Advance(kDayMs);
  gateway.SetFree(0);
  gateway.Settle();
  EXPECT_EQ(gateway.size(), size);
  gateway.SetFree(std::numeric_limits<uint64_t>::max());
  gateway.Must(gateway.FreezeExchange("p001"), {"steward-p001"});
  gateway.Settle();
  EXPECT_TRUE(StatesHeads(gateway, gateway.size() - 1));
}

}  // namespace
}  // namespace passerelle::gateway::core
