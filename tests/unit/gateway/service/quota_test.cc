// How much each key and each party may ask.
#include "gateway/service/quota.h"

#include <gtest/gtest.h>

#include <random>

#include "gateway/base/status.h"
#include "tests/support/fakes.h"
#include "tests/support/gateway_fixture.h"

namespace passerelle::gateway::service {
namespace {

using base::ReasonOf;
using tests::FakeClock;
using tests::Progress;
using tests::TestGateway;

constexpr QuotaRates kRates{.key = 2, .party = 3};
constexpr int64_t kKeyBurst = kRates.key * base::kCallsBurstSeconds;
constexpr int64_t kPartyBurst = kRates.party * base::kCallsBurstSeconds;

Payer PayerOf(char key, std::string party) {
  Payer payer{{}, "log", std::move(party)};
  payer.key.fill(static_cast<uint8_t>(key));
  return payer;
}

class QuotaTest : public ::testing::Test {
 protected:
  // How many of so many calls are taken.
  int64_t Calls(const Payer& payer, int64_t calls, Lane lane = Lane::kOrdinary) {
    int64_t taken = 0;
    for (int64_t i = 0; i < calls; ++i) taken += quotas_.Take(payer, lane).ok() ? 1 : 0;
    return taken;
  }

  FakeClock clock_;
  Quotas quotas_{kRates, clock_};
};

TEST_F(QuotaTest, TakesABurstAndThenAsMuchAsItsRate) {
  const Payer payer = PayerOf('a', "p001");
  EXPECT_EQ(Calls(payer, 1000), kKeyBurst);
  clock_.Advance(499);
  EXPECT_EQ(Calls(payer, 1000), 0);
  clock_.Advance(1);
  EXPECT_EQ(Calls(payer, 1000), 1);
  clock_.Advance(3000);
  EXPECT_EQ(Calls(payer, 1000), 3 * kRates.key);
}

TEST_F(QuotaTest, SaysWhoseQuotaIsExceeded) {
  const Payer payer = PayerOf('a', "p001");
  Calls(payer, 1000);
  const absl::Status refused = quotas_.Take(payer, Lane::kOrdinary);
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(refused), "QUOTA_EXCEEDED");
}

TEST_F(QuotaTest, CountsTheKeysOfAPartyTogether) {
  EXPECT_EQ(Calls(PayerOf('a', "p001"), 1000), kKeyBurst);
  EXPECT_EQ(Calls(PayerOf('b', "p001"), 1000), kPartyBurst - kKeyBurst);
  EXPECT_EQ(Calls(PayerOf('c', "p002"), 1000), kKeyBurst) << "nobody else's";
}

TEST_F(QuotaTest, LeavesEachKeyItsFirstCallsHoweverManyOthersFlood) {
  for (const char key : {'a', 'b', 'c'}) Calls(PayerOf(key, "p001"), 1000);
  EXPECT_EQ(Calls(PayerOf('d', "p001"), 1000), kRates.key);
}

TEST_F(QuotaTest, CountsAPartyOfAnotherLogApart) {
  Calls(PayerOf('a', "p001"), 1000);
  Calls(PayerOf('b', "p001"), 1000);
  Payer elsewhere = PayerOf('c', "p001");
  elsewhere.log = "another log";
  EXPECT_EQ(Calls(elsewhere, 1000), kKeyBurst);
}

TEST_F(QuotaTest, TakesNothingOfTheKeyWhenThePartyHasNothing) {
  Calls(PayerOf('a', "p001"), 1000);
  const Payer late = PayerOf('b', "p001");
  const int64_t taken = Calls(late, 1000);
  clock_.Advance(base::kCallsBurstSeconds * 1000);
  EXPECT_EQ(taken, kPartyBurst - kKeyBurst);
  EXPECT_EQ(Calls(late, 1000), kKeyBurst) << "what was refused was not taken";
}

TEST_F(QuotaTest, KeepsALaneForFreezesAndKeyStops) {
  const Payer payer = PayerOf('a', "p001");
  Calls(payer, 1000);
  Calls(PayerOf('b', "p001"), 1000);
  const int64_t urgent = base::kUrgentCallsPerSecond * base::kCallsBurstSeconds;
  EXPECT_EQ(Calls(payer, 1000, Lane::kUrgent), urgent);
  EXPECT_EQ(ReasonOf(quotas_.Take(payer, Lane::kUrgent)), "QUOTA_EXCEEDED");
  clock_.Advance(1000);
  EXPECT_EQ(Calls(payer, 1000, Lane::kUrgent), base::kUrgentCallsPerSecond);
}

TEST_F(QuotaTest, ChargesForRefusalsAndForgivesAfterTwoBursts) {
  const Payer payer = PayerOf('a', "p001");
  ASSERT_TRUE(quotas_.Take(payer, Lane::kOrdinary).ok());
  quotas_.ChargeRefusal(payer);
  EXPECT_EQ(Calls(payer, 1000), kKeyBurst - base::kRefusedCalls);
  for (int i = 0; i < 1000; ++i) quotas_.ChargeRefusal(payer);
  clock_.Advance(base::kCallsBurstSeconds * 1000);
  EXPECT_EQ(Calls(payer, 1000), 0) << "a burst of debt";
  clock_.Advance(base::kCallsBurstSeconds * 1000);
  EXPECT_EQ(Calls(payer, 1000), kKeyBurst);
}

// Never more than a burst and the rate since, whatever the order of calls, refusals and waits.
TEST_F(QuotaTest, NeverTakesMoreThanTheRateAllows) {
  std::mt19937 random(7);
  const Payer payer = PayerOf('a', "p001");
  int64_t taken = 0, elapsed_ms = 0;
  for (int i = 0; i < 5000; ++i) {
    switch (random() % 4) {
      case 0: {
        const int64_t wait = static_cast<int64_t>(random() % 2000);
        clock_.Advance(wait);
        elapsed_ms += wait;
        break;
      }
      case 1:
        if (random() % 8 == 0) quotas_.ChargeRefusal(payer);
        break;
      default:
        taken += Calls(payer, static_cast<int64_t>(random() % 5));
    }
    ASSERT_LE(taken * 1000, kKeyBurst * 1000 + elapsed_ms * kRates.key);
  }
  EXPECT_GT(taken, kKeyBurst);
}

TEST_F(QuotaTest, DoesNotOverflowAfterALongSilence) {
  const Payer payer = PayerOf('a', "p001");
  Calls(payer, 1000);
  clock_.Advance(int64_t{20} * 365 * 24 * 3600 * 1000);
  EXPECT_EQ(Calls(payer, 1000), kKeyBurst);
}

TEST(LaneTest, IsUrgentForFreezesAndKeyStopsAlone) {
  TestGateway gateway(Progress::kRegistered);
  const auto lane = [&](const tests::TestDraft& draft, const std::string& signer) {
    passerelle::gateway::v1::SubmitRequest request;
    request.set_envelope(gateway.RequestOf(draft, {signer}).envelope);
    return LaneOf(request);
  };
  EXPECT_EQ(lane(gateway.FreezeExchange("p001"), "dpo-p001"), Lane::kUrgent);
  EXPECT_EQ(
      lane(gateway.StopKey("p001", "decider-p001", statement::v1::STOP_CAUSE_LOST, 0), "dpo-p001"),
      Lane::kUrgent);
  tests::TestDraft mixed = gateway.FreezeExchange("p001");
  mixed.acts.push_back(gateway.Declare("other", "Other").acts.front());
  EXPECT_EQ(lane(mixed, "dpo-p001"), Lane::kOrdinary);
  EXPECT_EQ(LaneOf(passerelle::gateway::v1::SubmitRequest()), Lane::kOrdinary);
}

}  // namespace
}  // namespace passerelle::gateway::service
