// Bad input around the body of an act: the party in whose name it is done, the deed on which it
// rests, the day of its effect, what its references name, and what was observed of it.
#include <gmock/gmock.h>

#include <map>

#include "tests/unit/policy/rules/bad_input.h"

namespace passerelle::tests {
namespace {

using record::v1::Entry;
using statement::v1::Act;
using statement::v1::ActRef;
using statement::v1::DEED_KIND_MANDATE;

class BadFrame : public BadInput {
 protected:
  // A deed of a party, transcribed in this world.
  ActRef DeedOf(World& world, std::string_view party) {
    return world.Must({world.Deed(party, DEED_KIND_MANDATE)}, World::transcribers()).Ref();
  }
};

TEST_P(BadFrame, NamesAParty) {
  if (!OfAParty()) return;
  act_.clear_party();
  ExpectRefused("wire.field/missing", "party");
  act_.set_party("p999");
  ExpectRefused("wire.party/party-unknown", "party");
}

TEST_P(BadFrame, NamesNoPartyOfTheGatewaysAndFoundersActs) {
  if (OfAParty()) return;
  act_.set_party("p001");
  ExpectRefused("wire.field/not-allowed", "party");
}

TEST_P(BadFrame, RestsOnADeedThatExists) {
  if (!MayRestOnADeed(act_)) return;
  act_.mutable_under_deed()->set_statement("short");
  ExpectRefused("wire.field/malformed", "under_deed");
  act_.mutable_under_deed()->set_statement(Commitment("nothing"));
  ExpectRefused("wire.reference/unknown", "under_deed");
  *act_.mutable_under_deed() = Earlier(3);
  ExpectRefused("wire.reference/forward", "under_deed");
  *act_.mutable_under_deed() = world_.steps().front().Ref(1);
  ExpectRefused("wire.reference/other-kind", "under_deed");
}

TEST_P(BadFrame, RestsOnADeedOfItsParty) {
  if (!MayRestOnADeed(act_)) return;
  *act_.mutable_under_deed() = DeedOf(world_, "p004");
  ExpectWithoutEffect("deed.ground/other-party", "under_deed", World::transcribers());
}

TEST_P(BadFrame, RestsOnNoDeedWhereItsAuthorSigns) {
  if (MayRestOnADeed(act_)) return;
  const bool founds = act_.has_convention_enacted();
  *act_.mutable_under_deed() = founds ? Earlier(0) : DeedOf(world_, "p001");
  if (act_.has_freeze_placed())
    ExpectWithoutEffect("freeze.power/on-a-deed", "under_deed", GetParam().signers);
  else
    ExpectRefused("deed.never/never-on-a-deed", "under_deed");
}

// What takes effect at once cannot wait for the delay of the settings.
TEST_P(BadFrame, RestsOnNoDeedThatIsStillToWait) {
  const bool people = act_.has_party_adhered() || act_.has_agent_enrolled() ||
                      act_.has_mandate_given() || act_.has_mandate_ended() ||
                      act_.has_key_stopped() || act_.has_key_reinstated();
  if (!MayRestOnADeed(act_) || people) return;
  World::Options delayed = GetParam().options;
  delayed.deed_delay_ms = 3600000;
  World world(GetParam().stage, delayed);
  Act act = GetParam().make(world);
  *act.mutable_under_deed() = DeedOf(world, act.party());
  EXPECT_THAT(FindingsOf(Try(world, act, World::transcribers())),
              testing::HasSubstr("deed.delay/cannot-wait under_deed\n"));
}

TEST_P(BadFrame, HasEffectOnADayOfTheConvention) {
  *act_.mutable_effective_on() = DateOf("2024-06-03");
  if (!OfAParty()) return ExpectRefused("wire.field/not-allowed", "effective_on");
  EXPECT_TRUE(Try(world_, act_, GetParam().signers).has_recorded());
  act_.mutable_effective_on()->set_year(2023);
  ExpectWithoutEffect("XII/date-outside", "effective_on", GetParam().signers);
  act_.mutable_effective_on()->set_month(2);
  act_.mutable_effective_on()->set_day(30);
  ExpectRefused("wire.field/malformed", "effective_on");
}

// A founding mandate is none of the things that an act refers to, save where another rule looks.
TEST_P(BadFrame, RefersToActsOfTheKindWanted) {
  std::map<std::string, std::string> otherwise = JudgedByAnotherRule();
  otherwise["party_adhered.representative"] = "deed.adhesion/representative-role";
  otherwise["mandate_ended.mandate"] = "mandate.ending/other-party";
  ForEachPart<ActRef>(act_, [&](ActRef& ref, const std::string& path) {
    const ActRef saved = ref;
    ref = world_.steps().front().Ref(1);
    const auto rule = otherwise.find(path);
    ExpectRefused(rule == otherwise.end() ? "wire.reference/other-kind" : rule->second, path);
    ref = saved;
  });
}

TEST_P(BadFrame, IsNothingNewOnceTheConventionIsOver) {
  if (!act_.has_dataset_declared() && !act_.has_exchange_proposed() &&
      !act_.has_dpo_opinion_given() && !act_.has_exchange_decided() &&
      !act_.has_recommendation_answered() && !act_.has_transfer_submitted())
    return;
  world_.SetDay("2030-01-01");
  ExpectWithoutEffect("XII/outside-window", "", {"secretary-1"});
}

TEST_P(BadFrame, HoldsNoTextThatIdentifies) {
  const auto statement = world_.Draft({act_}, GetParam().signers);
  record::v1::Observed observed = world_.Observe(statement);
  record::v1::TextHit& hit = *observed.mutable_acts(0)->add_text_hits();
  hit.set_path("acts[0]." + body());
  hit.set_action(record::v1::HIT_ACTION_BLOCK);
  const Entry entry = Judge(world_, statement, observed);
  EXPECT_TRUE(entry.has_refused());
  EXPECT_THAT(FindingsOf(entry), testing::HasSubstr("content.text/identifier " + body() + "\n"));
}

// Every commitment comes with what it commits to, save the reader's, which the gateway makes, and
// the payload's digest of an acknowledgement, which is no commitment.
TEST_P(BadFrame, ComesWithWhatItCommitsTo) {
  bool commits = false;
  ForEachField(act_, "", [&](auto&, const auto& field, const std::string&) {
    commits = commits || field.full_name() == "passerelle.statement.v1.DocumentCommitment.digest" ||
              field.full_name() == "passerelle.statement.v1.PersonCommitment.digest" ||
              field.full_name() == "passerelle.statement.v1.PayloadCommitment.digest";
  });
  const auto statement = world_.Draft({act_}, GetParam().signers);
  record::v1::Observed observed = world_.Observe(statement);
  observed.mutable_acts(0)->set_attachments(record::v1::CHECK_FAILS);
  const Entry entry = Judge(world_, statement, observed);
  EXPECT_EQ(entry.has_refused(), commits);
  if (commits) {
    EXPECT_EQ(FindingsOf(entry), "content.attachments/attachments-fail \n");
  }
  observed.mutable_acts(0)->clear_attachments();
  EXPECT_EQ(Judge(world_, statement, observed).has_refused(), commits);
}

TEST_P(BadFrame, IsRefusedFromWhoHoldsNoMandate) {
  if (GetParam().stage == Stage::kEmpty) return;  // nobody is enrolled
  const ActRef deed = DeedOf(world_, "p001");
  Act enrol = world_.Enrol("p001", "idle", statement::v1::AGENT_KIND_PERSON);
  *enrol.mutable_under_deed() = deed;
  world_.Must({enrol}, World::transcribers());
  ExpectWithoutEffect(GetParam().from_nobody, OfAParty() ? "" : "header.signers", {"idle"});
}

INSTANTIATE_TEST_SUITE_P(Acts, BadFrame, testing::ValuesIn(GoodActs()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace passerelle::tests
