// What a compromised key did waits, is ratified or stays paused; and keys that return.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/state/query.h"
#include "tests/support/world.h"

namespace passerelle::tests {
namespace {

using policy::state::AwaitingRatification;
using policy::state::KeyOf;
using statement::v1::Act;
using statement::v1::ActRef;
using statement::v1::REINSTATEMENT_ACTS;
using statement::v1::ROLE_DECIDER;
using statement::v1::STOP_CAUSE_COMPROMISED;
using statement::v1::STOP_CAUSE_LOST;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int64_t kHourMs = 3600000;

// The names of what a key did that waits.
std::vector<std::string> Waiting(const World& world, std::string_view name) {
  std::vector<std::string> keys;
  for (const auto& act :
       AwaitingRatification(world.state(), MakeAgent(name).fingerprint, world.now().time_ms))
    keys.push_back(KeyOf(act.act()));
  return keys;
}

std::vector<std::string> Sorted(const std::vector<ActRef>& refs) {
  std::vector<std::string> keys;
  for (const ActRef& ref : refs) keys.push_back(KeyOf(ref));
  std::sort(keys.begin(), keys.end());
  return keys;
}

void Compromise(World& world, std::string_view name, int64_t since_ms) {
  Act stop = world.StopKey("p001", name, STOP_CAUSE_COMPROMISED);
  stop.mutable_key_stopped()->set_compromised_since_ms(since_ms);
  world.Must({stop}, {std::string(name)});
}

std::string WhyNot(World& world, const Act& act, const Names& signers) {
  const auto statement = world.Draft({act}, signers);
  return FindingsOf(world.Decide(statement, world.Observe(statement)));
}

std::string WhyNoHandover(const World& world) {
  std::string codes;
  for (const auto& finding : policy::JudgeHandover(world.state(), MakeAgent("reader-p002").id,
                                                   world.transfer, world.now())
                                 .findings)
    codes += finding.rule() + "/" + finding.code();
  return codes;
}

TEST(CompromisedKeys, PauseWhatTheyDidSinceThenAndNothingEarlier) {
  World world(Stage::kDeclared);
  world.Advance(kHourMs);
  const int64_t since = world.now().time_ms;
  Act later = world.Declare();
  later.mutable_dataset_declared()->set_version(2);
  const ActRef second = world.Must({later}, {"steward-p001"}).Ref();
  world.Advance(kHourMs);
  Compromise(world, "steward-p001", since + 1);
  EXPECT_THAT(Waiting(world, "steward-p001"), IsEmpty());
  Compromise(world, "steward-p001", since);
  EXPECT_EQ(Waiting(world, "steward-p001"), Sorted({second}));
  world.dataset = second;
  EXPECT_THAT(WhyNot(world, world.Propose(), {"requester-p002"}),
              HasSubstr("key.compromised/awaits-ratification exchange_proposed.dataset"));
}

TEST(CompromisedKeys, PauseTransfersAndHandoversUnderTheirDecision) {
  World world(Stage::kSent);
  EXPECT_EQ(WhyNoHandover(world), "");
  Compromise(world, "decider-p001", 1);
  EXPECT_EQ(WhyNoHandover(world), "key.compromised/awaits-ratification");
  EXPECT_THAT(WhyNot(world, world.Send(), {"sender-p001"}), HasSubstr("awaits-ratification"));
  Act ratify = world.Reinstate("p001", "decider-p001");
  ratify.mutable_key_reinstated()->set_reinstatement(REINSTATEMENT_ACTS);
  *ratify.mutable_key_reinstated()->add_ratified() = world.decision;
  world.Must({ratify}, {"representative-p001"});
  EXPECT_EQ(WhyNoHandover(world), "");
  EXPECT_EQ(WhyNot(world, world.Send(), {"sender-p001"}), "");
  // The key itself stays stopped.
  EXPECT_THAT(WhyNot(world, world.DecideExchange(), {"decider-p001"}), HasSubstr("stopped"));
}

TEST(CompromisedKeys, PauseMandatesGivenAndEndedByThem) {
  World world(Stage::kStaffed);
  const ActRef decider = world.MandateOf("decider-p001", "p001", ROLE_DECIDER);
  const auto in_force = [&](const ActRef& ref) {
    return policy::state::InForce(world.state(), *world.state().mandates.Find(KeyOf(ref)),
                                  world.now().time_ms, world.now().civil_date);
  };
  world.Advance(kHourMs);
  const int64_t since = world.now().time_ms;
  world.Must({world.EndMandate("p001", decider)}, {"representative-p001"});
  const ActRef given =
      world.Must({world.Mandate("p001", "dpo-p001", ROLE_DECIDER)}, {"representative-p001"}).Ref();
  EXPECT_FALSE(in_force(decider));
  EXPECT_TRUE(in_force(given));
  Compromise(world, "representative-p001", since);
  EXPECT_TRUE(in_force(decider));
  EXPECT_FALSE(in_force(given));
}

TEST(ReinstatedKeys, SignAgainAndWhatIsNotRatifiedStaysPaused) {
  World world(Stage::kDeclared);
  Compromise(world, "steward-p001", 1);
  world.Advance(kHourMs);
  world.Must({world.Reinstate("p001", "steward-p001")}, {"representative-p001"});
  EXPECT_EQ(Waiting(world, "steward-p001"), Sorted({world.dataset}));
  EXPECT_THAT(WhyNot(world, world.Propose(), {"requester-p002"}), HasSubstr("awaits"));
  world.Advance(1);
  Act fresh = world.Declare();
  fresh.mutable_dataset_declared()->set_version(2);
  world.dataset = world.Must({fresh}, {"steward-p001"}).Ref();
  EXPECT_EQ(WhyNot(world, world.Propose(), {"requester-p002"}), "");
}

TEST(ReinstatedKeys, ThatWereLostAreInForceAndMayBeStoppedAnew) {
  World world(Stage::kStaffed);
  const Act lost = world.StopKey("p001", "steward-p001", STOP_CAUSE_LOST);
  world.Must({lost}, {"representative-p001"});
  EXPECT_THAT(WhyNot(world, world.Declare(), {"steward-p001"}), HasSubstr("key.in-force/stopped"));
  world.Must({world.Reinstate("p001", "steward-p001")}, {"representative-p001"});
  EXPECT_EQ(WhyNot(world, world.Declare(), {"steward-p001"}), "");
  world.Must({lost}, {"representative-p001"});
  EXPECT_THAT(WhyNot(world, world.Declare(), {"steward-p001"}), HasSubstr("key.in-force/stopped"));
}

TEST(ReinstatedKeys, ByACompromisedKeyAreStoppedStill) {
  World world(Stage::kDeclared);
  Compromise(world, "steward-p001", 1);
  Act back = world.Reinstate("p001", "steward-p001");
  *back.mutable_key_reinstated()->add_ratified() = world.dataset;
  world.Must({back}, {"representative-p001"});
  EXPECT_THAT(Waiting(world, "steward-p001"), IsEmpty());
  Compromise(world, "representative-p001", world.now().time_ms);
  EXPECT_EQ(Waiting(world, "steward-p001"), Sorted({world.dataset}));
  EXPECT_THAT(WhyNot(world, world.Declare(), {"steward-p001"}), HasSubstr("key.in-force/stopped"));
}

TEST(ReinstatedKeys, UnderADeedWaitForTheDelay) {
  World::Options options;
  options.deed_delay_ms = kHourMs;
  World world(Stage::kDeclared, options);
  Compromise(world, "steward-p001", 1);
  Act back = world.Reinstate("p001", "steward-p001");
  *back.mutable_key_reinstated()->add_ratified() = world.dataset;
  *back.mutable_under_deed() =
      world.Must({world.Deed("p001", statement::v1::DEED_KIND_MANDATE)}, World::transcribers())
          .Ref();
  world.Must({back}, World::transcribers());
  world.Advance(kHourMs - 1);
  EXPECT_EQ(Waiting(world, "steward-p001"), Sorted({world.dataset}));
  world.Advance(1);
  EXPECT_THAT(Waiting(world, "steward-p001"), IsEmpty());
  Act fresh = world.Declare();
  fresh.mutable_dataset_declared()->set_version(2);
  EXPECT_EQ(WhyNot(world, fresh, {"steward-p001"}), "");
}

TEST(FoundingKeys, TakeNoFoundationAwayWhenCompromised) {
  World world(Stage::kFounded);
  Act stop = world.StopKey("p002", "secretary-2", STOP_CAUSE_COMPROMISED);
  stop.mutable_key_stopped()->set_compromised_since_ms(1);
  world.Must({stop}, {"secretary-1"});
  world.Must({world.Deed("p003", statement::v1::DEED_KIND_NOTICE)}, World::transcribers());
  EXPECT_THAT(WhyNot(world, world.Deed("p003", statement::v1::DEED_KIND_NOTICE),
                     {"secretary-2", "counter-1"}),
              HasSubstr("key.in-force/stopped"));
}

}  // namespace
}  // namespace passerelle::tests
