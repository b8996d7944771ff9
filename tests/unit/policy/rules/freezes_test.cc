// Freezes: who stops what at once, for how long, and who lets it go on.
#include "policy/state/freezes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/decide.h"
#include "policy/state/query.h"
#include "tests/support/world.h"

namespace passerelle::tests {
namespace {

using statement::v1::Act;
using statement::v1::AGENT_KIND_SERVICE;
using statement::v1::DEED_KIND_MANDATE;
using statement::v1::RELEASE_EACH_RULED;
using statement::v1::ROLE_OPERATOR;
using statement::v1::ROLE_SENDER;
using statement::v1::RULING_RELEASED;
using statement::v1::STOP_CAUSE_COMPROMISED;
using statement::v1::STOP_CAUSE_SUSPENDED;
using statement::v1::VERDICT_REFUSED;
using testing::HasSubstr;

record::v1::Effect EffectOf(const Step& step) {
  return step.accepted() ? step.entry.recorded().decisions(0).effect() : record::v1::EFFECT_REFUSED;
}

// Submits a report, which has to be recorded, to say why it binds nobody, and to change nothing.
void ExpectNoted(World& world, const Act& act, const Names& signers, const std::string& code) {
  const std::string before = SubstanceOf(world.state());
  const Step& step = world.Submit({act}, signers);
  EXPECT_EQ(EffectOf(step), record::v1::EFFECT_NOTED) << FindingsOf(step.entry);
  EXPECT_THAT(FindingsOf(step.entry), HasSubstr(code));
  EXPECT_FALSE(step.entry.recorded().decisions(0).has_outcome());
  EXPECT_EQ(SubstanceOf(world.state()), before);
}

bool Binds(const Step& step) { return EffectOf(step) == record::v1::EFFECT_ACCEPTED; }

const record::v1::StopOutcome& StopOf(const Step& step) {
  return step.entry.recorded().decisions(0).outcome().stop();
}

int64_t LastDayOf(const Step& step) { return policy::state::NumberOf(StopOf(step).lapses_on()); }

size_t FreezesIn(const World& world) {
  size_t count = 0;
  world.state().freezes.Scan("", [&](const std::string&, const record::v1::FreezeRow&) {
    ++count;
    return true;
  });
  return count;
}

TEST(FreezeOfAnExchange, StopsSendingAndHandover) {
  World world(Stage::kSent);
  const Step& frozen = world.Must({world.FreezeExchange("p002")}, {"steward-p002"});
  EXPECT_TRUE(Binds(frozen));
  for (const Step* refused : {&world.Submit({world.Send()}, {"sender-p001"}),
                              &world.Submit({world.HandOver()}, {"gateway"})}) {
    ASSERT_FALSE(refused->accepted());
    ASSERT_EQ(refused->entry.refused().findings_size(), 1);
    const auto& finding = refused->entry.refused().findings(0);
    EXPECT_EQ(finding.rule() + "/" + finding.code(), "freeze.gate/frozen");
    EXPECT_EQ(policy::state::KeyOf(finding.about()), policy::state::KeyOf(frozen.Ref()));
  }
  const auto handover = policy::JudgeHandover(world.state(), MakeAgent("reader-p002").id,
                                              world.transfer, world.now());
  ASSERT_EQ(handover.findings.size(), 1u);
  EXPECT_EQ(handover.findings[0].code(), "frozen");
}

TEST(FreezeOfAnExchange, LeavesAcknowledgementRetentionAndErasure) {
  World world(Stage::kHandedOver);
  world.Must({world.FreezeExchange("p001")}, {"dpo-p001"});
  world.Must({world.FreezeExchange("p001")}, {"steward-p001"});  // confirmed: it stays
  world.Must({world.Acknowledge()}, {"reader-p002"});
  world.SetDay("2027-01-01");
  const auto ground = world.Must({world.ReachRetention()}, {"gateway"}).Ref();
  world.Must({world.Erase(ground)}, {"gateway"});
}

TEST(FreezeOfATransfer, StopsItsRulingAndHandoverAlone) {
  World::Options options;
  options.conditions.set_release(RELEASE_EACH_RULED);
  World world(Stage::kSent, options);
  const auto other = world.Must({world.Send()}, {"sender-p001"}).Ref();
  world.Must({world.FreezeTransfer("p001")}, {"decider-p001"});
  const Step& ruled = world.Submit({world.Rule(RULING_RELEASED)}, {"dpo-p001"});
  EXPECT_EQ(FindingsOf(ruled.entry), "freeze.gate/frozen \n");
  world.transfer = other;
  world.Must({world.Rule(RULING_RELEASED)}, {"dpo-p001"});
  world.Must({world.HandOver()}, {"gateway"});
  world.Must({world.Send()}, {"sender-p001"});
}

TEST(Freeze, BindsWhenSignedByTheRolesOfEitherSide) {
  for (const char* name :
       {"dpo-p001", "steward-p001", "sender-p001", "decider-p001", "representative-p001",
        "steward-p002", "decider-p002", "representative-p002"}) {
    World world(Stage::kSent);
    const std::string party = std::string(name).substr(std::string(name).size() - 4);
    const Step& step = world.Submit({world.FreezeTransfer(party)}, {name});
    EXPECT_TRUE(Binds(step)) << name << "\n" << FindingsOf(step.entry);
    EXPECT_EQ(FreezesIn(world), 1u);
  }
}

TEST(Freeze, IsNotedWhenSignedByAnybodyElse) {
  World world(Stage::kSent);
  for (const char* name : {"requester-p002", "reader-p002", "secretary-1", "dpo-p001"})
    ExpectNoted(world, world.FreezeTransfer("p002"), {name}, "freeze.power/without-power");
  ExpectNoted(world, world.FreezeTransfer("p003"), {"steward-p003"},
              "freeze.power/not-a-side party");
  ExpectNoted(world, world.FreezeExchange("p003"), {"steward-p003"},
              "freeze.power/not-a-side party");
  EXPECT_EQ(FreezesIn(world), 0u);
  world.Must({world.HandOver()}, {"gateway"});
}

TEST(Freeze, IsNotedInTheChainsOfTheSidesAndOfThePartyNamed) {
  World world(Stage::kSent);
  const Step& noted = world.Submit({world.FreezeTransfer("p003")}, {"steward-p003"});
  std::vector<std::string> concerned;
  for (const auto& link : noted.entry.links()) concerned.push_back(link.party());
  EXPECT_THAT(concerned, testing::ElementsAre("p001", "p002", "p003"));
}

TEST(Freeze, IsNotedWhenItsSenderSendsAnotherDataset) {
  World world(Stage::kSent);
  Act mandate = world.ServiceMandate("p001", "robot", ROLE_SENDER, "sender-p001");
  mandate.mutable_mandate_given()->set_datasets(0, "p001/other");
  world.Must({mandate, world.Enrol("p001", "robot", AGENT_KIND_SERVICE)}, {"representative-p001"});
  ExpectNoted(world, world.FreezeExchange("p001"), {"robot"}, "freeze.power/without-power");
  mandate.mutable_mandate_given()->set_datasets(0, "p001/children");
  world.Must({mandate}, {"representative-p001"});
  EXPECT_TRUE(Binds(world.Submit({world.FreezeExchange("p001")}, {"robot"})));
}

TEST(Freeze, IsNotedOnADeedAndByAnOperator) {
  World world(Stage::kSent);
  const auto deed =
      world.Must({world.Deed("p002", DEED_KIND_MANDATE)}, World::transcribers()).Ref();
  Act transcribed = world.FreezeExchange("p002");
  *transcribed.mutable_under_deed() = deed;
  ExpectNoted(world, transcribed, World::transcribers(), "freeze.power/on-a-deed");
  world.Appoint("p002", ROLE_OPERATOR, "steward-p002");
  ExpectNoted(world, world.FreezeExchange("p002"), {"steward-p002"}, "conflict.C6/operator-acts");
}

TEST(Freeze, IsNotedWhenNothingIsLeftToStop) {
  World refused(Stage::kFavourable);
  Act decision = refused.DecideExchange();
  decision.mutable_exchange_decided()->set_verdict(VERDICT_REFUSED);
  refused.Must({decision}, {"decider-p001"});
  ExpectNoted(refused, refused.FreezeExchange("p001"), {"dpo-p001"},
              "freeze.power/nothing-to-stop");
  World erased(Stage::kSent);
  erased.SetDay("2027-01-01");
  erased.Must({erased.ReachRetention()}, {"gateway"});
  ExpectNoted(erased, erased.FreezeTransfer("p001"), {"dpo-p001"}, "freeze.power/nothing-to-stop");
}

TEST(Freeze, LapsesAfterTheWorkingDaysOfTheSettings) {
  World world(Stage::kSent);
  // A Monday; Wednesday is a holiday: 4, 6, 7, 10, 11 June.
  const Step& frozen = world.Must({world.FreezeExchange("p002")}, {"steward-p002"});
  EXPECT_EQ(LastDayOf(frozen), 20240611);
  world.SetDay("2024-06-11");
  EXPECT_FALSE(world.Submit({world.HandOver()}, {"gateway"}).accepted());
  world.SetDay("2024-06-12");
  world.Must({world.HandOver()}, {"gateway"});
  world.Must({world.Send()}, {"sender-p001"});
}

TEST(Freeze, LapsesNoMoreOnceASecondAgentOfTheSideConfirmsIt) {
  World world(Stage::kSent);
  const Step& first = world.Must({world.FreezeExchange("p002")}, {"steward-p002"});
  const Step& second = world.Must({world.FreezeExchange("p002")}, {"decider-p002"});
  EXPECT_EQ(policy::state::KeyOf(StopOf(second).confirms()), policy::state::KeyOf(first.Ref()));
  EXPECT_FALSE(StopOf(second).has_lapses_on());
  EXPECT_EQ(FreezesIn(world), 1u);
  ExpectNoted(world, world.FreezeExchange("p002"), {"representative-p002"},
              "freeze.power/already-confirmed");
  world.SetDay("2025-06-12");
  EXPECT_FALSE(world.Submit({world.Send()}, {"sender-p001"}).accepted());
}

TEST(Freeze, IsConfirmedByItsOwnSideAlone) {
  World world(Stage::kSent);
  world.Must({world.FreezeExchange("p002")}, {"steward-p002"});
  const Step& other = world.Must({world.FreezeExchange("p001")}, {"dpo-p001"});
  EXPECT_FALSE(StopOf(other).has_confirms());
  EXPECT_EQ(FreezesIn(world), 2u);
  world.SetDay("2024-06-12");
  world.Must({world.HandOver()}, {"gateway"});
}

TEST(Freeze, IsNotRenewedByItsAgentWhileItLivesOrOnceItLapsed) {
  World world(Stage::kSent);
  world.Must({world.FreezeExchange("p002")}, {"steward-p002"});
  ExpectNoted(world, world.FreezeExchange("p002"), {"steward-p002"}, "freeze.power/not-renewed");
  world.SetDay("2024-06-12");
  ExpectNoted(world, world.FreezeExchange("p002"), {"steward-p002"}, "freeze.power/not-renewed");
  world.Must({world.HandOver()}, {"gateway"});
  // Another agent freezes anew, which the first then confirms.
  world.Must({world.FreezeExchange("p002")}, {"decider-p002"});
  EXPECT_TRUE(StopOf(world.Must({world.FreezeExchange("p002")}, {"steward-p002"})).has_confirms());
}

TEST(Freeze, BindsFromASuspendedKeyAndIsNotedFromACompromisedOne) {
  World suspended(Stage::kSent);
  suspended.Must({suspended.StopKey("p002", "steward-p002", STOP_CAUSE_SUSPENDED)},
                 {"representative-p002"});
  suspended.Must({suspended.FreezeExchange("p002")}, {"steward-p002"});
  EXPECT_EQ(FreezesIn(suspended), 1u);
  World compromised(Stage::kSent);
  compromised.Must({compromised.StopKey("p002", "steward-p002", STOP_CAUSE_COMPROMISED)},
                   {"representative-p002"});
  ExpectNoted(compromised, compromised.FreezeExchange("p002"), {"steward-p002"},
              "freeze.power/without-power");
  EXPECT_EQ(FreezesIn(compromised), 0u);
}

TEST(Freeze, HoldsThoughItsKeyTurnsOutToBeCompromised) {
  World world(Stage::kSent);
  Act stop = world.StopKey("p002", "steward-p002", STOP_CAUSE_COMPROMISED);
  world.Must({world.FreezeExchange("p002")}, {"steward-p002"});
  world.Must({stop}, {"representative-p002"});
  EXPECT_FALSE(world.Submit({world.HandOver()}, {"gateway"}).accepted());
}

TEST(Lift, FallsWithItsCompromisedKey) {
  World world(Stage::kSent);
  Act stop = world.StopKey("p002", "decider-p002", STOP_CAUSE_COMPROMISED);
  const auto freeze = world.Must({world.FreezeExchange("p002")}, {"steward-p002"}).Ref();
  world.Must({world.Lift("p002", freeze)}, {"decider-p002"});
  world.Must({world.HandOver()}, {"gateway"});
  world.Must({stop}, {"representative-p002"});
  EXPECT_FALSE(world.Submit({world.HandOver()}, {"gateway"}).accepted());
  world.Must({world.Lift("p002", freeze)}, {"representative-p002"});
  world.Must({world.HandOver()}, {"gateway"});
}

TEST(Lift, LetsThingsGoOnAndTheAgentFreezeAgain) {
  World world(Stage::kSent);
  const auto freeze = world.Must({world.FreezeExchange("p002")}, {"steward-p002"}).Ref();
  world.Must({world.Lift("p002", freeze)}, {"decider-p002"});
  world.Must({world.HandOver()}, {"gateway"});
  EXPECT_TRUE(Binds(world.Submit({world.FreezeExchange("p002")}, {"steward-p002"})));
  EXPECT_EQ(FreezesIn(world), 2u);
  EXPECT_FALSE(world.Submit({world.HandOver()}, {"gateway"}).accepted());
}

TEST(Lift, LeavesTheOtherSidesFreeze) {
  World world(Stage::kSent);
  const auto ours = world.Must({world.FreezeTransfer("p002")}, {"steward-p002"}).Ref();
  world.Must({world.FreezeTransfer("p001")}, {"dpo-p001"});
  world.Must({world.Lift("p002", ours)}, {"representative-p002"});
  EXPECT_FALSE(world.Submit({world.HandOver()}, {"gateway"}).accepted());
}

TEST(Lift, EndsAConfirmedFreeze) {
  World world(Stage::kSent);
  const auto freeze = world.Must({world.FreezeExchange("p002")}, {"steward-p002"}).Ref();
  world.Must({world.FreezeExchange("p002")}, {"decider-p002"});
  world.Must({world.Lift("p002", freeze)}, {"decider-p002"});
  world.Must({world.HandOver()}, {"gateway"});
}

TEST(Lift, RestsOnADeedOfTheSideThatFroze) {
  World world(Stage::kSent);
  const auto freeze = world.Must({world.FreezeExchange("p002")}, {"steward-p002"}).Ref();
  const auto deed =
      world.Must({world.Deed("p002", DEED_KIND_MANDATE)}, World::transcribers()).Ref();
  Act lift = world.Lift("p002", freeze);
  *lift.mutable_under_deed() = deed;
  world.Must({lift}, World::transcribers());
  world.Must({world.HandOver()}, {"gateway"});
}

}  // namespace
}  // namespace passerelle::tests
