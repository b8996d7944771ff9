// Offices that change hands: DPOs and their successors, operators, ends of mandates, deeds that
// wait, and settings that replace others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/state/query.h"
#include "tests/support/world.h"

namespace passerelle::tests {
namespace {

using policy::state::KeyOf;
using statement::v1::Act;
using statement::v1::ActRef;
using statement::v1::DEED_KIND_MANDATE;
using statement::v1::RANK_DEPUTY;
using statement::v1::ROLE_DECIDER;
using statement::v1::ROLE_DPO;
using statement::v1::ROLE_OPERATOR;
using statement::v1::ROLE_REPRESENTATIVE;
using statement::v1::ROLE_SECRETARIAT;
using testing::HasSubstr;

constexpr int64_t kHourMs = 3600000;

std::string WhyNot(World& world, const Act& act, const Names& signers) {
  const auto statement = world.Draft({act}, signers);
  return FindingsOf(world.Decide(statement, world.Observe(statement)));
}

TEST(Dpo, PassesAnOpenExchangeToHerSuccessor) {
  World world(Stage::kProposed);
  const ActRef mandate = world.MandateOf("dpo-p001", "p001", ROLE_DPO);
  const Step& ended = world.Must({world.EndMandate("p001", mandate)}, {"representative-p001"});
  EXPECT_THAT(FindingsOf(ended.entry), HasSubstr("conflict.C5/opinion-open"));
  EXPECT_THAT(WhyNot(world, world.Opine(), {"dpo-p001"}), HasSubstr("IX.2c/not-the-dpo"));
  world.Appoint("p001", ROLE_DPO, "successor");
  world.opinion = world.Must({world.Opine()}, {"successor"}).Ref();
  world.Must({world.DecideExchange()}, {"decider-p001"});
}

TEST(Dpo, LeavesTheOpinionsSheGave) {
  World world(Stage::kFavourable);
  const ActRef mandate = world.MandateOf("dpo-p001", "p001", ROLE_DPO);
  const Step& ended = world.Must({world.EndMandate("p001", mandate)}, {"dpo-p001"});
  EXPECT_THAT(FindingsOf(ended.entry), testing::Not(HasSubstr("conflict.C5")));
  world.Must({world.DecideExchange()}, {"decider-p001"});
}

TEST(Dpo, HasDeputiesWhoGiveOpinions) {
  World world(Stage::kProposed);
  Act deputy = world.Mandate("p001", "deputy", ROLE_DPO);
  deputy.mutable_mandate_given()->set_rank(RANK_DEPUTY);
  world.Must({deputy, world.Enrol("p001", "deputy", statement::v1::AGENT_KIND_PERSON)},
             {"representative-p001"});
  world.Must({world.Opine()}, {"deputy"});
}

TEST(Dpo, ServesSeveralCommunesByOneSet) {
  World world(Stage::kStaffed);
  Acts acts;
  for (const char* party : {"p003", "p004", "p005"})
    acts.push_back(world.Mandate(party, "shared-dpo", ROLE_DPO));
  acts.push_back(world.Enrol("p003", "shared-dpo", statement::v1::AGENT_KIND_PERSON));
  world.Must(acts, {"representative-p003", "representative-p004", "representative-p005"});
  for (const char* party : {"p003", "p004", "p005"})
    EXPECT_NO_FATAL_FAILURE(world.MandateOf("shared-dpo", party, ROLE_DPO));
}

TEST(Operators, TakeNoBusinessStepWhicheverMandateCameFirst) {
  for (const bool operator_first : {true, false}) {
    World world(Stage::kStaffed);
    if (operator_first) {
      world.Appoint("p002", ROLE_OPERATOR, "both");
      world.Appoint("p002", statement::v1::ROLE_REQUESTER, "both");
    } else {
      world.Appoint("p002", statement::v1::ROLE_REQUESTER, "both");
      world.Appoint("p002", ROLE_OPERATOR, "both");
    }
    world.dataset = world.Must({world.Declare()}, {"steward-p001"}).Ref();
    EXPECT_THAT(WhyNot(world, world.Propose(), {"both"}), HasSubstr("conflict.C6/operator-acts"));
    world.Must({world.EndMandate("p002", world.MandateOf("both", "p002", ROLE_OPERATOR))},
               {"representative-p002"});
    EXPECT_EQ(WhyNot(world, world.Propose(), {"both"}), "");
  }
}

TEST(MandateEndings, TakeEffectAtOnceOrAfterTheirLastDay) {
  World world(Stage::kStaffed);
  const ActRef ref = world.MandateOf("decider-p001", "p001", ROLE_DECIDER);
  const auto in_force = [&] {
    return policy::state::InForce(world.state(), *world.state().mandates.Find(KeyOf(ref)),
                                  world.now().time_ms, world.now().civil_date);
  };
  Act act = world.EndMandate("p001", ref);
  *act.mutable_mandate_ended()->mutable_last_day() = DateOf("2024-06-10");
  world.Must({act}, {"representative-p001"});
  world.SetDay("2024-06-10");
  EXPECT_TRUE(in_force());
  world.SetDay("2024-06-11");
  EXPECT_FALSE(in_force());
}

TEST(MandateEndings, SpareOneOfEachFoundingOffice) {
  World world(Stage::kAdhered);
  const ActRef second = world.steps().front().Ref(3);
  world.Must({world.EndMandate("p002", second)}, {"secretary-2"});
  EXPECT_THAT(WhyNot(world, world.EndMandate("p002", world.steps().front().Ref(2)),
                     {"representative-p002"}),
              HasSubstr("mandate.ending/last-quorum"));
  world.Appoint("p002", ROLE_SECRETARIAT, "secretary-3");
  world.Must({world.EndMandate("p002", world.steps().front().Ref(2))}, {"representative-p002"});
  world.Must({world.Deed("p003", DEED_KIND_MANDATE)}, {"secretary-3", "counter-1"});
}

// Each act that may rest on a deed: what is asked of the state is false before the delay is over.
TEST(Deeds, BindOnceTheDelayIsOver) {
  World::Options options;
  options.deed_delay_ms = kHourMs;
  World world(Stage::kStaffed, options);
  const ActRef deed =
      world.Must({world.Deed("p001", DEED_KIND_MANDATE)}, World::transcribers()).Ref();
  const ActRef decider = world.MandateOf("decider-p001", "p001", ROLE_DECIDER);
  Acts acts = {world.Mandate("p001", "newcomer", ROLE_DECIDER),
               world.Enrol("p001", "newcomer", statement::v1::AGENT_KIND_PERSON),
               world.EndMandate("p001", decider)};
  for (Act& act : acts) *act.mutable_under_deed() = deed;
  const Step& step = world.Must(acts, World::transcribers());
  const auto given = KeyOf(step.Ref(0));
  Acts adhesion = world.Adhesion("p006");
  world.Must(adhesion, World::transcribers());
  const auto check = [&](bool over) {
    const auto now = world.now();
    const auto& state = world.state();
    const auto* key = state.keys.Find(MakeAgent("newcomer").fingerprint);
    EXPECT_EQ(policy::state::KeyInForce(state, *key, now.time_ms, now.civil_date), over);
    EXPECT_EQ(
        policy::state::InForce(state, *state.mandates.Find(given), now.time_ms, now.civil_date),
        over);
    EXPECT_EQ(policy::state::InForce(state, *state.mandates.Find(KeyOf(decider)), now.time_ms,
                                     now.civil_date),
              !over);
    EXPECT_EQ(policy::state::HasAdhered(state, "p006", now.time_ms), over);
  };
  world.Advance(kHourMs - 1);
  check(false);
  world.Advance(1);
  check(true);
}

TEST(Settings, MoveTheReferenceThatLaterEntriesName) {
  World world(Stage::kAdhered);
  Act act = world.EnactSettings();
  act.mutable_settings_enacted()->mutable_settings()->set_least_threshold(11);
  const Step& step = world.Must({act}, World::transcribers());
  EXPECT_EQ(KeyOf(world.state().founding()->settings_ref()), KeyOf(step.Ref()));
  EXPECT_NE(KeyOf(step.entry.settings()), KeyOf(step.Ref()));
  EXPECT_EQ(world.state().founding()->settings().least_threshold(), 11u);
  const Step& next = world.Must({world.Deed("p003", DEED_KIND_MANDATE)}, World::transcribers());
  EXPECT_EQ(KeyOf(next.entry.settings()), KeyOf(step.Ref()));
}

TEST(Settings, GiveARequestItsLastDay) {
  World world(Stage::kDeclared);
  Act act = world.EnactSettings();
  act.mutable_settings_enacted()->mutable_settings()->set_request_lapse_days(90);
  world.Must({act}, World::transcribers());
  const Step& step = world.Must({world.Propose()}, {"requester-p002"});
  const auto* row = world.state().exchanges.Find(KeyOf(step.Ref()));
  EXPECT_EQ(policy::state::NumberOf(row->lapses_on()), 20240901);
  EXPECT_EQ(policy::state::NumberOf(row->proposed_on()), 20240603);
}

}  // namespace
}  // namespace passerelle::tests
