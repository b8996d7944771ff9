// The table of acceptances, the other half of the table of refusals: for every rule, a statement
// that the rule looks at and lets through, at its edge where it has one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "gateway/base/civil.h"
#include "policy/rules/catalogue.h"
#include "tests/unit/policy/rules/cases.h"

namespace passerelle::tests {
namespace {

using record::v1::Entry;
using statement::v1::Act;
using statement::v1::ActRef;
using statement::v1::AGENT_KIND_PERSON;
using statement::v1::AGENT_KIND_SERVICE;
using statement::v1::ANSWER_ACCEPTED;
using statement::v1::DEED_KIND_DELIBERATION;
using statement::v1::DEED_KIND_NOTICE;
using statement::v1::OPINION_UNFAVOURABLE;
using statement::v1::RECOMMENDATION_WEIGHT_CONDITION;
using statement::v1::ROLE_DECIDER;
using statement::v1::ROLE_LOG_AUDITOR;
using statement::v1::ROLE_READER;
using statement::v1::ROLE_SENDER;
using statement::v1::RULING_RELEASED;
using statement::v1::STOP_CAUSE_COMPROMISED;
using statement::v1::STOP_CAUSE_LOST;
using statement::v1::VERDICT_REFUSED;

// What is accepted: `name` is the outcome; in a world at `stage`, `decide` gives a recorded entry.
struct Acceptance {
  std::string name;
  std::vector<std::string> rules;
  Stage stage;
  std::function<Entry(World&)> decide;
  World::Options options = {};
  // What it does: a report that binds nobody is heard all the same.
  record::v1::Effect effect = record::v1::EFFECT_ACCEPTED;
};

void PrintTo(const Acceptance& acceptance, std::ostream* out) { *out << acceptance.name; }

// An acceptance of one act by these signers.
Acceptance One(std::string name, std::vector<std::string> rules, Stage stage, Names signers,
               std::function<Act(World&)> make, World::Options options = {}) {
  return {std::move(name),
          std::move(rules),
          stage,
          [signers = std::move(signers), make = std::move(make)](World& world) {
            return Try(world, make(world), signers);
          },
          std::move(options),
          record::v1::EFFECT_ACCEPTED};
}

World::Options OneCondition() {
  World::Options options;
  options.recommendations = {Recommend(RECOMMENDATION_WEIGHT_CONDITION)};
  return options;
}

// A freeze that its party's steward lifts again.
void FreezeAndLift(World& world) {
  const ActRef freeze = world.Must({world.FreezeExchange("p001")}, {"dpo-p001"}).Ref();
  world.Must({world.Lift("p001", freeze)}, {"steward-p001"});
}

Entry DecisionOnTheLastDay(World& world) {
  const auto* row = world.state().exchanges.Find(policy::state::KeyOf(world.exchange));
  world.SetDay(gateway::base::ToIsoDate({static_cast<int>(row->lapses_on().year()),
                                         static_cast<int>(row->lapses_on().month()),
                                         static_cast<int>(row->lapses_on().day())}));
  return Try(world, world.DecideExchange(), {"decider-p001"});
}

World::Options OneTransferAtEleven() {
  World::Options options;
  options.conditions.set_transfer_cap(1);
  options.conditions.set_threshold(11);
  options.conditions.add_dropped_fields("places");
  *options.conditions.mutable_until() = DateOf("2025-12-31");
  return options;
}

World::Options Delayed() {
  World::Options options;
  options.deed_delay_ms = 3600000;
  return options;
}

Entry Adhesion(World& world) {
  const auto statement = world.Draft(world.Adhesion("p006"), World::transcribers());
  return world.Decide(statement, world.Observe(statement));
}

Entry MandateOnceADeedIsInForce(World& world) {
  world.Must(world.Adhesion("p003"), World::transcribers());
  world.Advance(3600000);
  return Try(world, world.Mandate("p003", "reader-p003", ROLE_READER), {"representative-p003"});
}

Act DeclarationUnderADeed(World& world) {
  Act act = world.Declare();
  *act.mutable_under_deed() =
      world.Must({world.Deed("p001", DEED_KIND_DELIBERATION)}, World::transcribers()).Ref();
  return act;
}

Act RetentionToTheLastDay(World& world) {
  Act act = world.Declare();
  *act.mutable_dataset_declared()->mutable_retain_until() = DateOf("2029-12-31");
  return act;
}

Act ProposalToTheEdges(World& world) {
  Act act = world.Propose();
  auto& proposed = *act.mutable_exchange_proposed();
  *proposed.mutable_from() = DateOf("2024-01-01");
  *proposed.mutable_until() = DateOf("2028-12-31");
  *proposed.mutable_retain_until() = DateOf("2028-12-31");
  return act;
}

Act RefusalAfterAnUnfavourableOpinion(World& world) {
  Act opinion = world.Opine();
  opinion.mutable_dpo_opinion_given()->clear_conditions();
  opinion.mutable_dpo_opinion_given()->set_opinion(OPINION_UNFAVOURABLE);
  world.opinion = world.Must({opinion}, {"dpo-p001"}).Ref();
  Act act = world.DecideExchange();
  act.mutable_exchange_decided()->set_verdict(VERDICT_REFUSED);
  return act;
}

Act ServiceMandate(World& world) {
  world.Must({world.Enrol("p001", "robot", AGENT_KIND_SERVICE)}, {"representative-p001"});
  return world.ServiceMandate("p001", "robot", ROLE_SENDER, "sender-p001");
}

Act LogAuditor(World& world) {
  Act act = world.Mandate("p003", "auditor", ROLE_LOG_AUDITOR);
  *act.mutable_mandate_given()->mutable_until() = DateOf("2024-12-31");
  return act;
}

Act ReachedTheDayAfter(World& world) {
  world.SetDay("2027-01-01");
  return world.ReachRetention();
}

Act ErasedOnItsGround(World& world) {
  const Act reached = ReachedTheDayAfter(world);
  return world.Erase(world.Must({reached}, {"gateway"}).Ref());
}

// A statement at the ends of what a header may say.
Entry StatementOfThirtyDays(World& world) {
  auto statement = world.Draft({world.Declare()}, {"steward-p001"});
  auto& header = *statement.mutable_header();
  header.set_not_after_ms(header.issued_at_ms() + int64_t{30} * 24 * 3600 * 1000);
  return world.Decide(statement, world.Observe(statement));
}

Entry WarningOnAText(World& world) {
  const auto statement = world.Draft({world.Declare()}, {"steward-p001"});
  auto observed = world.Observe(statement);
  auto& hit = *observed.mutable_acts(0)->add_text_hits();
  hit.set_path("acts[0].dataset_declared.slug");
  hit.set_action(record::v1::HIT_ACTION_WARN);
  return world.Decide(statement, observed);
}

std::vector<Acceptance> Foundations() {
  const Names founders = {"gateway", "secretary-1", "secretary-2", "counter-1", "counter-2"};
  const Names representative = {"representative-p001"};
  return {
      One("TheFirstConvention",
          {"founding.terms", "settings.form", "founding.keys", "XIII.1", "wire.size"},
          Stage::kEmpty, founders, [](World& w) { return w.Found(); }),
      One("ADeedByTwoTranscribers",
          {"deed.record", "deed.signatures", "deed.never", "wire.party", "content.attachments"},
          Stage::kFounded, World::transcribers(),
          [](World& w) { return w.Deed("p003", DEED_KIND_NOTICE); }),
      {"AnAdhesionInOneSet",
       {"deed.adhesion", "deed.ground", "wire.set", "wire.reference", "key.compromised"},
       Stage::kAdhered,
       Adhesion},
      {"AMandateOnceADeedIsInForce",
       {"key.in-force"},
       Stage::kFounded,
       MandateOnceADeedIsInForce,
       Delayed()},
      One("ADeclarationUnderADeedWithoutDelay", {"deed.delay"}, Stage::kStaffed,
          World::transcribers(), DeclarationUnderADeed),
      One("AKeyByTheRepresentative", {"key.form", "key.enrolment", "key.enrolled"}, Stage::kStaffed,
          representative, [](World& w) { return w.Enrol("p001", "newcomer", AGENT_KIND_PERSON); }),
      One("AReaderUnderAnAgreement", {"mandate.form", "mandate.giver", "IX.5d"}, Stage::kStaffed,
          representative, [](World& w) { return w.Mandate("p001", "newcomer", ROLE_READER); }),
      One("AServiceThatIsAnsweredFor", {"mandate.service"}, Stage::kStaffed, representative,
          ServiceMandate),
      One("AServiceThatIsAnsweredForByWhoLeavesToday", {"mandate.service"}, Stage::kStaffed,
          representative,
          [](World& w) {
            Act end = w.EndMandate("p001", w.MandateOf("sender-p001", "p001", ROLE_SENDER));
            *end.mutable_mandate_ended()->mutable_last_day() = DateOf("2024-06-03");
            w.Must({end}, {"representative-p001"});
            return w.ServiceMandate("p001", "robot", ROLE_SENDER, "sender-p001");
          }),
      One("AServiceThatIsAnsweredForByWhoArrivesLater", {"mandate.service"}, Stage::kStaffed,
          representative,
          [](World& w) {
            Act given = w.Mandate("p001", "temp", ROLE_DECIDER);
            *given.mutable_mandate_given()->mutable_from() = DateOf("2024-09-01");
            w.Must({given}, {"representative-p001"});
            return w.ServiceMandate("p001", "robot", ROLE_SENDER, "temp");
          }),
      One("AnAuditorOfTheLogUntilADay", {"mandate.giver"}, Stage::kStaffed, World::transcribers(),
          LogAuditor),
  };
}

std::vector<Acceptance> Changes() {
  const Names representative = {"representative-p001"};
  return {
      One("SettingsThatNameWitnessesAndAuthorities", {"settings.evidence"}, Stage::kStaffed,
          World::transcribers(),
          [](World& w) {
            Act act = w.EnactSettings();
            World::AskForEvidence(*act.mutable_settings_enacted()->mutable_settings());
            return act;
          }),
      One("SettingsThatReplaceThoseInForce", {"settings.form", "settings.change"}, Stage::kStaffed,
          World::transcribers(), [](World& w) { return w.EnactSettings(); }),
      One("TheEndOfAMandate", {"mandate.ending", "conflict.C5"}, Stage::kStaffed, representative,
          [](World& w) {
            return w.EndMandate("p001", w.MandateOf("decider-p001", "p001", ROLE_DECIDER));
          }),
      One("AStopByTheRepresentative", {"key.stop"}, Stage::kStaffed, representative,
          [](World& w) { return w.StopKey("p001", "steward-p001", STOP_CAUSE_COMPROMISED); }),
      One("AReinstatementThatRatifies", {"key.reinstatement", "key.compromised"}, Stage::kDeclared,
          representative,
          [](World& w) {
            Act stop = w.StopKey("p001", "steward-p001", STOP_CAUSE_COMPROMISED);
            w.Must({stop}, {"steward-p001"});
            Act act = w.Reinstate("p001", "steward-p001");
            *act.mutable_key_reinstated()->add_ratified() = w.dataset;
            return act;
          }),
      {"AReportThatBindsNobody",
       {"default.hearing"},
       Stage::kStaffed,
       [](World& w) {
         return Try(w, w.StopKey("p001", "steward-p001", STOP_CAUSE_LOST), {"requester-p002"});
       },
       {},
       record::v1::EFFECT_NOTED},
  };
}

std::vector<Acceptance> Exchanges() {
  return {
      One("ADatasetToTheLastDayOfTheConvention",
          {"IX.5b", "IX.5c", "IX.5d", "IX.5e", "IX.5f", "IX.5g", "XII", "mandate.role",
           "wire.field", "wire.observed", "conflict.C6", "default.deny"},
          Stage::kStaffed, {"steward-p001"}, RetentionToTheLastDay),
      {"AStatementOfThirtyDays",
       {"wire.log", "wire.seen", "wire.time", "wire.signers", "wire.repeat"},
       Stage::kStaffed,
       StatementOfThirtyDays},
      {"ATextThatOnlyWarns", {"content.text"}, Stage::kStaffed, WarningOnAText},
      One("AnExchangeToTheEdgesOfItsDataset", {"IX.1", "IX.5a", "IX.5c", "IX.5f", "XII"},
          Stage::kDeclared, {"requester-p002"}, ProposalToTheEdges),
      One("TheOpinionOfTheDpo", {"IX.2c", "conflict.C1"}, Stage::kProposed, {"dpo-p001"},
          [](World& w) { return w.Opine(); }),
      One(
          "ConditionsThatNarrow", {"dpo.conditions"}, Stage::kProposed, {"dpo-p001"},
          [](World& w) { return w.Opine(); }, OneTransferAtEleven()),
      One("TheDecisionAfterTheOpinion", {"IX.2b", "IX.2c", "conflict.C4"}, Stage::kFavourable,
          {"decider-p001"}, [](World& w) { return w.DecideExchange(); }),
      One("ARefusalAfterAnUnfavourableOpinion", {"IX.2c"}, Stage::kProposed, {"decider-p001"},
          RefusalAfterAnUnfavourableOpinion),
      One(
          "TheAnswerToACondition", {"IX.2d"}, Stage::kFavourable, {"decider-p001"},
          [](World& w) { return w.AnswerTo(0, ANSWER_ACCEPTED); }, OneCondition()),
      {"ADecisionOnTheLastDay", {"exchange.lapse"}, Stage::kFavourable, DecisionOnTheLastDay},
      One("AFreezeByTheDpo", {"freeze.power"}, Stage::kRegistered, {"dpo-p001"},
          [](World& w) { return w.FreezeExchange("p001"); }),
      One("AFreezeLiftedByAnotherAgent", {"freeze.lift"}, Stage::kRegistered, {"steward-p001"},
          [](World& w) {
            const ActRef freeze = w.Must({w.FreezeExchange("p001")}, {"dpo-p001"}).Ref();
            return w.Lift("p001", freeze);
          }),
      One("AnEntryOfTheRegister", {"IX.3b", "IX.3c"}, Stage::kApproved, {"steward-p001"},
          [](World& w) { return w.Register(); }),
  };
}

std::vector<Acceptance> Transfers() {
  return {
      One(
          "TheLastTransferOfItsCap",
          {"transfer.approval", "transfer.manifest", "content.payload", "IX.3c"},
          Stage::kRegistered, {"sender-p001"}, [](World& w) { return w.Send(); },
          OneTransferAtEleven()),
      One("ATransferOnceTheFreezeIsLifted", {"freeze.gate"}, Stage::kRegistered, {"sender-p001"},
          [](World& w) {
            FreezeAndLift(w);
            return w.Send();
          }),
      One(
          "TheRulingOnAHeldTransfer", {"transfer.ruling"}, Stage::kSent, {"dpo-p001"},
          [](World& w) { return w.Rule(RULING_RELEASED); }, EachRuled()),
      One("AHandoverToAReader", {"gateway.key", "gateway.handover"}, Stage::kSent, {"gateway"},
          [](World& w) { return w.HandOver(); }),
      One("TheAcknowledgementOfWhatWasHandedOver", {"transfer.acknowledgement"}, Stage::kHandedOver,
          {"reader-p002"}, [](World& w) { return w.Acknowledge(); }),
      One("TheEndOfARetentionOnTheNextDay", {"gateway.retention"}, Stage::kSent, {"gateway"},
          ReachedTheDayAfter),
      One("AnErasureOnItsGround", {"gateway.erasure"}, Stage::kSent, {"gateway"},
          ErasedOnItsGround),
      One("TheHeadsOfTheChains", {"gateway.heads"}, Stage::kSent, {"gateway"},
          [](World& w) { return w.StateHeads(); }),
      One("ATimeStampAfterAnother", {"gateway.stamp"}, Stage::kSent, {"gateway"},
          [](World& w) {
            w.Must({w.Stamp()}, {"gateway"});
            return w.Stamp();
          }),
  };
}

std::vector<Acceptance> Successions() {
  return {
      One("ALogThatGoesOnAfterALoss", {"log.succession"}, Stage::kSent, World::transcribers(),
          [](World& w) { return w.OpenShard(statement::v1::SHARD_CAUSE_LOSS); }),
      One("ALogThatGoesOnUnderANewKey", {"log.succession"}, Stage::kSent, World::transcribers(),
          [](World& w) { return w.OpenShard(statement::v1::SHARD_CAUSE_KEY_CHANGE); }),
      One("TheReceiptOfALostEntry", {"log.presented"}, Stage::kSent, {"steward-p001"},
          [](World& w) {
            w.Must({w.OpenShard(statement::v1::SHARD_CAUSE_LOSS)}, World::transcribers());
            return w.Present();
          }),
  };
}

std::vector<Acceptance> AllAcceptances() {
  std::vector<Acceptance> all;
  for (auto part : {Foundations(), Changes(), Exchanges(), Transfers(), Successions()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

class Accepted : public testing::TestWithParam<Acceptance> {};

TEST_P(Accepted, IsRecorded) {
  World world(GetParam().stage, GetParam().options);
  const Entry entry = GetParam().decide(world);
  ASSERT_TRUE(entry.has_recorded()) << FindingsOf(entry);
  for (const auto& decision : entry.recorded().decisions())
    EXPECT_EQ(decision.effect(), GetParam().effect);
}

INSTANTIATE_TEST_SUITE_P(Table, Accepted, testing::ValuesIn(AllAcceptances()),
                         [](const auto& info) { return info.param.name; });

TEST(AcceptanceTable, LeavesNoRuleOut) {
  std::set<std::string> wanted, covered;
  for (const policy::rules::Rule* rule : policy::rules::AllRules())
    wanted.insert(std::string(rule->id));
  for (const Acceptance& acceptance : AllAcceptances())
    covered.insert(acceptance.rules.begin(), acceptance.rules.end());
  EXPECT_EQ(covered, wanted);
}

}  // namespace
}  // namespace passerelle::tests
