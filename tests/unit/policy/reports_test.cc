// Reports of fact: heard from whoever signs them, binding by whoever answers for the key, and the
// stops that lapse, are confirmed and grow graver.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/state/query.h"
#include "tests/support/world.h"

namespace passerelle::tests {
namespace {

using policy::state::KeyOf;
using record::v1::EFFECT_ACCEPTED;
using record::v1::EFFECT_NOTED;
using statement::v1::Act;
using statement::v1::STOP_CAUSE_COMPROMISED;
using statement::v1::STOP_CAUSE_LOST;
using statement::v1::STOP_CAUSE_SUSPENDED;
using statement::v1::STOP_CAUSE_UNSPECIFIED;
using statement::v1::StopCause;
using testing::HasSubstr;

const record::v1::Decision& DecisionOf(const Step& step) {
  return step.entry.recorded().decisions(0);
}

StopCause StoppedFor(const World& world, std::string_view name) {
  const auto* key = world.state().keys.Find(MakeAgent(name).fingerprint);
  return policy::state::StoppedFor(world.state(), *key, world.now().time_ms,
                                   world.now().civil_date);
}

// The codes of a report that has to be noted and to change nothing.
std::string NotedFor(World& world, const Act& act, const Names& signers) {
  const std::string before = SubstanceOf(world.state());
  const Step& step = world.Submit({act}, signers);
  EXPECT_TRUE(step.accepted()) << FindingsOf(step.entry);
  if (!step.accepted()) return "refused";
  EXPECT_EQ(DecisionOf(step).effect(), EFFECT_NOTED);
  EXPECT_FALSE(DecisionOf(step).has_outcome());
  EXPECT_EQ(SubstanceOf(world.state()), before);
  std::string codes;
  for (const auto& finding : DecisionOf(step).findings()) {
    EXPECT_EQ(finding.severity(), record::v1::SEVERITY_WARNS);
    codes += finding.rule() + "/" + finding.code() + " ";
  }
  return codes;
}

TEST(Reports, AreNotedFromWhoeverNoRuleEntitles) {
  World world(Stage::kStaffed);
  EXPECT_EQ(NotedFor(world, world.StopKey("p001", "dpo-p001", STOP_CAUSE_LOST), {"steward-p001"}),
            "default.hearing/binds-nobody ");
  // In the name of a party that the agent never had anything to do with.
  EXPECT_EQ(
      NotedFor(world, world.StopKey("p003", "dpo-p001", STOP_CAUSE_LOST), {"representative-p003"}),
      "key.stop/other-party ");
  EXPECT_EQ(StoppedFor(world, "dpo-p001"), STOP_CAUSE_UNSPECIFIED);
}

TEST(Reports, ConcernTheirPartyAndEveryone) {
  World world(Stage::kStaffed);
  const Step& step =
      world.Must({world.StopKey("p001", "dpo-p001", STOP_CAUSE_LOST)}, {"steward-p001"});
  ASSERT_EQ(step.entry.links_size(), 2);
  EXPECT_EQ(step.entry.links(0).party(), "all");
  EXPECT_EQ(step.entry.links(1).party(), "p001");
}

TEST(Reports, NeedNoCheckpointSeen) {
  World world(Stage::kDeclared);
  auto statement =
      world.Draft({world.StopKey("p001", "steward-p001", STOP_CAUSE_LOST)}, {"steward-p001"});
  statement.mutable_header()->clear_seen();
  EXPECT_TRUE(world.Decide(statement, world.Observe(statement)).has_recorded());
  auto act = world.Draft({world.Propose()}, {"steward-p001"});
  act.mutable_header()->clear_seen();
  EXPECT_TRUE(world.Decide(act, world.Observe(act)).has_refused());
}

TEST(KeyStops, BindFromTheKeyItsRepresentativeTheSecretariatAndADeed) {
  const auto binds = [](std::string_view party, const Names& signers, bool deed) {
    World world(Stage::kStaffed);
    Act act = world.StopKey(party, "dpo-p001", STOP_CAUSE_LOST);
    if (deed)
      *act.mutable_under_deed() =
          world.Must({world.Deed(party, statement::v1::DEED_KIND_MANDATE)}, World::transcribers())
              .Ref();
    world.Must({act}, signers);
    return StoppedFor(world, "dpo-p001") == STOP_CAUSE_LOST;
  };
  EXPECT_TRUE(binds("p001", {"dpo-p001"}, false));
  EXPECT_TRUE(binds("p001", {"representative-p001"}, false));
  EXPECT_TRUE(binds("p002", {"secretary-1"}, false));
  EXPECT_TRUE(binds("p001", World::transcribers(), true));
  EXPECT_FALSE(binds("p001", {"secretary-1"}, false));
  EXPECT_FALSE(binds("p002", {"counter-1"}, false));
  EXPECT_FALSE(binds("p002", {"representative-p002"}, false));
  EXPECT_FALSE(binds("p001", {"secretary-1"}, true));
}

TEST(KeyStops, UnderADeedAreNotedOfAnAgentThatItsPartyDoesNotKnow) {
  World world(Stage::kStaffed);
  Act act = world.StopKey("p002", "dpo-p001", STOP_CAUSE_LOST);
  *act.mutable_under_deed() =
      world.Must({world.Deed("p002", statement::v1::DEED_KIND_MANDATE)}, World::transcribers())
          .Ref();
  EXPECT_EQ(NotedFor(world, act, World::transcribers()), "key.stop/other-party ");
}

TEST(KeyStops, OfAKeyThatNeverWasInForceAreNoted) {
  World world(Stage::kStaffed);
  Act enrol = world.Enrol("p001", "early", statement::v1::AGENT_KIND_PERSON);
  enrol.mutable_agent_enrolled()->set_valid_from_ms(world.now().time_ms + 1000);
  world.Must({enrol}, {"representative-p001"});
  EXPECT_EQ(NotedFor(world, world.StopKey("p001", "dpo-p001", STOP_CAUSE_LOST), {"early"}),
            "key.in-force/reports-only default.hearing/binds-nobody ");
}

TEST(KeyStops, BindFromAnotherKeyOfTheAgent) {
  World world(Stage::kStaffed);
  Act second = world.Enrol("p001", "second-key", statement::v1::AGENT_KIND_PERSON);
  second.mutable_agent_enrolled()->set_agent(MakeAgent("dpo-p001").id);
  world.Must({second}, {"dpo-p001"});
  world.Must({world.StopKey("p001", "dpo-p001", STOP_CAUSE_LOST)}, {"second-key"});
  EXPECT_EQ(StoppedFor(world, "dpo-p001"), STOP_CAUSE_LOST);
  EXPECT_EQ(StoppedFor(world, "second-key"), STOP_CAUSE_UNSPECIFIED);
}

TEST(KeyStops, OfACompromisedKeyLeaveItTheReportOnItselfAlone) {
  World world(Stage::kStaffed);
  Act stop = world.StopKey("p001", "representative-p001", STOP_CAUSE_COMPROMISED);
  world.Must({stop}, {"representative-p001"});
  // Whatever else it reports is noted.
  EXPECT_THAT(
      NotedFor(world, world.StopKey("p001", "dpo-p001", STOP_CAUSE_LOST), {"representative-p001"}),
      HasSubstr("key.in-force/reports-only"));
  // An earlier instant binds, from the key itself too.
  stop.mutable_key_stopped()->set_compromised_since_ms(5);
  EXPECT_EQ(DecisionOf(world.Must({stop}, {"representative-p001"})).effect(), EFFECT_ACCEPTED);
  stop.mutable_key_stopped()->set_compromised_since_ms(6);
  EXPECT_EQ(NotedFor(world, stop, {"representative-p001"}), "key.stop/already-stopped ");
}

TEST(KeyStops, LeaveASuspendedAndALostKeyItsReports) {
  for (const StopCause cause : {STOP_CAUSE_SUSPENDED, STOP_CAUSE_LOST}) {
    World world(Stage::kStaffed);
    world.Must({world.StopKey("p001", "representative-p001", cause)}, {"representative-p001"});
    EXPECT_THAT(FindingsOf(world.Submit({world.Declare()}, {"representative-p001"}).entry),
                HasSubstr("key.in-force/stopped"));
    world.Must({world.StopKey("p001", "dpo-p001", STOP_CAUSE_LOST)}, {"representative-p001"});
    EXPECT_EQ(StoppedFor(world, "dpo-p001"), STOP_CAUSE_LOST);
  }
}

TEST(KeyStops, GrowGraverAndNeverMilder) {
  World world(Stage::kStaffed);
  const auto stop = [&](StopCause cause) { return world.StopKey("p001", "dpo-p001", cause); };
  const Names by = {"representative-p001"};
  for (const StopCause cause : {STOP_CAUSE_SUSPENDED, STOP_CAUSE_LOST, STOP_CAUSE_COMPROMISED}) {
    world.Must({stop(cause)}, by);
    EXPECT_EQ(StoppedFor(world, "dpo-p001"), cause);
  }
  for (const StopCause cause : {STOP_CAUSE_SUSPENDED, STOP_CAUSE_LOST})
    EXPECT_EQ(NotedFor(world, stop(cause), by), "key.stop/already-stopped ");
  world.SetDay("2025-06-03");  // what is lost or compromised does not lapse
  EXPECT_EQ(StoppedFor(world, "dpo-p001"), STOP_CAUSE_COMPROMISED);
}

TEST(Suspensions, LapseAfterTheSettingsWorkingDays) {
  World world(Stage::kStaffed);
  const Act stop = world.StopKey("p001", "dpo-p001", STOP_CAUSE_SUSPENDED);
  const Step& step =
      world.Must({stop}, {"representative-p001"});  // Monday 2024-06-03, before a holiday
  EXPECT_EQ(policy::state::NumberOf(DecisionOf(step).outcome().stop().lapses_on()), 20240611);
  world.SetDay("2024-06-11");
  EXPECT_EQ(StoppedFor(world, "dpo-p001"), STOP_CAUSE_SUSPENDED);
  world.SetDay("2024-06-12");
  EXPECT_EQ(StoppedFor(world, "dpo-p001"), STOP_CAUSE_UNSPECIFIED);
  // The same agent does not renew it; a graver report of hers binds.
  EXPECT_EQ(NotedFor(world, stop, {"representative-p001"}), "key.stop/same-agent ");
  world.Must({world.StopKey("p001", "dpo-p001", STOP_CAUSE_LOST)}, {"representative-p001"});
  EXPECT_EQ(StoppedFor(world, "dpo-p001"), STOP_CAUSE_LOST);
}

TEST(Suspensions, StandOnceASecondAgentOfThatPartyConfirms) {
  World world(Stage::kStaffed);
  const Act stop = world.StopKey("p001", "dpo-p001", STOP_CAUSE_SUSPENDED);
  const Step& first = world.Must({stop}, {"representative-p001"});
  EXPECT_EQ(NotedFor(world, stop, {"representative-p001"}), "key.stop/same-agent ");
  // Another party's suspension is one of its own, and confirms nothing.
  const Step& apart =
      world.Must({world.StopKey("p002", "dpo-p001", STOP_CAUSE_SUSPENDED)}, {"secretary-1"});
  EXPECT_FALSE(DecisionOf(apart).outcome().stop().has_confirms());
  const Step& second = world.Must({stop}, {"dpo-p001"});
  EXPECT_EQ(KeyOf(DecisionOf(second).outcome().stop().confirms()), KeyOf(first.Ref()));
  // Neither of the two says it again.
  EXPECT_EQ(NotedFor(world, stop, {"dpo-p001"}), "key.stop/already-stopped ");
  EXPECT_EQ(NotedFor(world, stop, {"representative-p001"}), "key.stop/same-agent ");
  world.SetDay("2024-07-31");
  EXPECT_EQ(StoppedFor(world, "dpo-p001"), STOP_CAUSE_SUSPENDED);
}

TEST(KeyStops, UnderADeedWaitForTheDelay) {
  World::Options options;
  options.deed_delay_ms = 3600000;
  World world(Stage::kStaffed, options);
  Act act = world.StopKey("p001", "dpo-p001", STOP_CAUSE_LOST);
  *act.mutable_under_deed() =
      world.Must({world.Deed("p001", statement::v1::DEED_KIND_MANDATE)}, World::transcribers())
          .Ref();
  world.Must({act}, World::transcribers());
  world.Advance(3599999);
  EXPECT_EQ(StoppedFor(world, "dpo-p001"), STOP_CAUSE_UNSPECIFIED);
  world.Advance(1);
  EXPECT_EQ(StoppedFor(world, "dpo-p001"), STOP_CAUSE_LOST);
}

TEST(ExpiredKeys, ReportOnThemselvesAndActNoMore) {
  World world(Stage::kStaffed);
  const auto* key = world.state().keys.Find(MakeAgent("steward-p001").fingerprint);
  world.Advance(key->valid_until_ms() + 1 - world.now().time_ms);
  EXPECT_THAT(FindingsOf(world.Submit({world.Declare()}, {"steward-p001"}).entry),
              HasSubstr("key.in-force/expired"));
  world.Must({world.StopKey("p001", "steward-p001", STOP_CAUSE_LOST)}, {"steward-p001"});
  EXPECT_EQ(StoppedFor(world, "steward-p001"), STOP_CAUSE_LOST);
}

}  // namespace
}  // namespace passerelle::tests
