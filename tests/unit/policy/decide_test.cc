// What DecideSet accepts, what it derives, whom it concerns, what stays of a refusal.
#include "policy/decide.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "policy/refused.h"
#include "tests/support/world.h"

namespace passerelle::tests {
namespace {

using record::v1::Entry;
using statement::v1::Act;
using statement::v1::ActRef;
using statement::v1::AGENT_KIND_GATEWAY;
using statement::v1::AGENT_KIND_PERSON;
using statement::v1::AGENT_KIND_SERVICE;
using statement::v1::DEED_KIND_NOTICE;
using statement::v1::OPINION_UNFAVOURABLE;
using statement::v1::RANK_DEPUTY;
using statement::v1::RELEASE_EACH_RULED;
using statement::v1::ROLE_COUNTERSIGNER;
using statement::v1::ROLE_DECIDER;
using statement::v1::ROLE_DPO;
using statement::v1::ROLE_LOG_AUDITOR;
using statement::v1::ROLE_READER;
using statement::v1::ROLE_SENDER;
using statement::v1::ROLE_STEWARD;
using statement::v1::Statement;
using statement::v1::VERDICT_REFUSED;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Concerned(const Entry& entry) {
  std::vector<std::string> parties;
  for (const auto& link : entry.links()) parties.push_back(link.party());
  return parties;
}

const record::v1::Outcome& OutcomeOf(const Step& step, int act = 0) {
  return step.entry.recorded().decisions(act).outcome();
}

Entry Decide(World& world, const Acts& acts, const Names& signers) {
  const Statement statement = world.Draft(acts, signers);
  return world.Decide(statement, world.Observe(statement));
}

template <typename M>
M ReadText(const std::string& name) {
  M message;
  const auto text = gateway::base::ReadFile(PASSERELLE_TESTDATA "/" + name, 1 << 20);
  EXPECT_TRUE(text.ok()) << name;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(*text, &message)) << name;
  return message;
}

TEST(DecideSet, CarriesAnExchangeFromProposalToErasure) {
  World world(Stage::kHandedOver);
  world.Must({world.Acknowledge()}, {"reader-p002"});
  world.SetDay("2027-01-01");
  const ActRef ground = world.Must({world.ReachRetention()}, {"gateway"}).Ref();
  world.Must({world.Erase(ground)}, {"gateway"});
  // The payload is gone; that it was received may still be said.
  world.Must({world.Acknowledge()}, {"reader-p002"});
}

TEST(DecideSet, AcceptsTheConventionsOfThisInstallationAndOfTheTests) {
  for (const std::string name : {"../../policy/conventions/ctg-loire-forez-2023-2027",
                                 "conventions/ctg-testville", "conventions/ctg-tradewind"}) {
    World world(Stage::kEmpty);
    Act act = world.Found();
    auto& enacted = *act.mutable_convention_enacted();
    *enacted.mutable_convention() = ReadText<convention::v1::Convention>(name + ".textproto");
    *enacted.mutable_settings() = ReadText<convention::v1::Settings>(name + ".settings.textproto");
    for (auto& key : *enacted.mutable_founding_keys())
      key.set_party(key.role() == ROLE_COUNTERSIGNER ? enacted.convention().countersigning_party()
                                                     : enacted.convention().secretariat_party());
    const Entry entry =
        Decide(world, {act}, {"gateway", "secretary-1", "secretary-2", "counter-1", "counter-2"});
    EXPECT_TRUE(entry.has_recorded()) << name << "\n" << FindingsOf(entry);
  }
}

TEST(DecideSet, IsAFunctionOfItsArguments) {
  World world(Stage::kRegistered);
  const Statement statement = world.Draft({world.Send()}, {"sender-p001"});
  const auto observed = world.Observe(statement);
  EXPECT_EQ(world.Decide(statement, observed).SerializeAsString(),
            world.Decide(statement, observed).SerializeAsString());
}

TEST(DecideSet, LetsEachActSeeTheEarlierOnes) {
  World world(Stage::kAdhered);
  const Step& step = world.Must(world.Adhesion("p006"), World::transcribers());
  EXPECT_EQ(step.entry.recorded().decisions_size(), 6);
  EXPECT_TRUE(policy::state::HasAdhered(world.state(), "p006", world.now().time_ms));
}

TEST(DecideSet, RefusesAWholeSetForOneAct) {
  World world(Stage::kAdhered);
  Acts acts = world.Adhesion("p006");
  acts[5].mutable_party_adhered()->clear_signature();
  const Entry entry = Decide(world, acts, World::transcribers());
  ASSERT_TRUE(entry.has_refused());
  EXPECT_EQ(entry.refused().findings(0).act(), 5u);
  EXPECT_EQ(entry.refused().acts_size(), 6);
  EXPECT_EQ(world.SubstanceAfter(entry), SubstanceOf(world.state()));
}

TEST(DecideSet, JudgesSignersAsTheyWereBeforeTheSet) {
  World world(Stage::kStaffed);
  const Entry entry = Decide(world,
                             {world.Enrol("p001", "newcomer", AGENT_KIND_PERSON),
                              world.Mandate("p001", "newcomer", ROLE_DECIDER)},
                             {"representative-p001", "newcomer"});
  EXPECT_EQ(entry.refused().findings(0).code(), "unknown-key");
}

TEST(DecideSet, NamesWhoCarriedTheAct) {
  World world(Stage::kStaffed);
  const Step& declared = world.Must({world.Declare()}, {"steward-p001"});
  ASSERT_EQ(OutcomeOf(declared).carriers_size(), 1);
  const auto& carrier = OutcomeOf(declared).carriers(0);
  EXPECT_EQ(carrier.signer(), MakeAgent("steward-p001").fingerprint);
  EXPECT_EQ(carrier.agent(), MakeAgent("steward-p001").id);
  EXPECT_EQ(carrier.role(), ROLE_STEWARD);
  EXPECT_TRUE(carrier.has_mandate());
}

TEST(DecideSet, NamesNoMandateOfFounders) {
  World world(Stage::kFounded);
  const Step& deed = world.Must({world.Deed("p003", DEED_KIND_NOTICE)}, World::transcribers());
  ASSERT_EQ(OutcomeOf(deed).carriers_size(), 2);
  EXPECT_FALSE(OutcomeOf(deed).carriers(0).has_mandate());
  EXPECT_FALSE(OutcomeOf(deed).carriers(1).has_mandate());
}

TEST(DecideSet, EndsAMandateWithTheConventionAtTheLatest) {
  World world(Stage::kStaffed);
  Act open = world.Mandate("p001", "open", ROLE_DECIDER);
  const Step& given = world.Must({open}, {"representative-p001"});
  EXPECT_EQ(policy::state::NumberOf(OutcomeOf(given).mandate().until()), 20291231);
  *open.mutable_mandate_given()->mutable_until() = DateOf("2024-12-31");
  const Step& earlier = world.Must({open}, {"representative-p001"});
  EXPECT_EQ(policy::state::NumberOf(OutcomeOf(earlier).mandate().until()), 20241231);
}

TEST(DecideSet, NarrowsTheTermsByTheConditionsOfTheOpinion) {
  World::Options options;
  options.conditions.add_dropped_fields("places");
  options.conditions.set_threshold(11);
  options.conditions.set_transfer_cap(3);
  *options.conditions.mutable_until() = DateOf("2025-06-30");
  options.conditions.set_release(RELEASE_EACH_RULED);
  World world(Stage::kSent, options);
  const auto* exchange = world.state().exchanges.Find(policy::state::KeyOf(world.exchange));
  EXPECT_THAT(exchange->terms().fields(), ElementsAre("annee", "commune", "tranche", "enfants"));
  EXPECT_EQ(exchange->terms().threshold(), 11u);
  EXPECT_EQ(exchange->terms().transfer_cap(), 3u);
  EXPECT_EQ(policy::state::NumberOf(exchange->terms().until()), 20250630);
  const auto* transfer = world.state().transfers.Find(policy::state::KeyOf(world.transfer));
  ASSERT_EQ(transfer->deliveries_size(), 1);
  EXPECT_EQ(transfer->deliveries(0).phase(), record::v1::DELIVERY_PHASE_HELD);
}

TEST(DecideSet, NeverWidensTermsByALaterOpinion) {
  World::Options options;
  options.conditions.add_dropped_fields("places");
  options.conditions.set_transfer_cap(3);
  World world(Stage::kFavourable, options);
  Act later = world.Opine();
  later.mutable_dpo_opinion_given()->mutable_conditions()->Clear();
  later.mutable_dpo_opinion_given()->mutable_conditions()->set_transfer_cap(9);
  const Step& step = world.Must({later}, {"dpo-p001"});
  EXPECT_EQ(OutcomeOf(step).terms().fields_size(), 4);
  EXPECT_EQ(OutcomeOf(step).terms().transfer_cap(), 3u);
}

TEST(DecideSet, DerivesWhatCoversATransfer) {
  World world(Stage::kRegistered);
  const Step& first = world.Must({world.Send()}, {"sender-p001"});
  const auto& transfer = OutcomeOf(first).transfer();
  EXPECT_EQ(policy::state::KeyOf(transfer.decision()), policy::state::KeyOf(world.decision));
  EXPECT_EQ(policy::state::KeyOf(transfer.opinion()), policy::state::KeyOf(world.opinion));
  EXPECT_EQ(policy::state::KeyOf(transfer.register_entry()),
            policy::state::KeyOf(world.register_entry));
  EXPECT_EQ(transfer.sequence(), 1u);
  EXPECT_EQ(policy::state::NumberOf(transfer.retain_until()), 20261231);
  const Step& both = world.Must({world.Send(), world.Send()}, {"sender-p001"});
  EXPECT_EQ(OutcomeOf(both, 0).transfer().sequence(), 2u);
  EXPECT_EQ(OutcomeOf(both, 1).transfer().sequence(), 3u);
}

TEST(DecideSet, AdmitsADeputyOfTheDpo) {
  World world(Stage::kProposed);
  Act deputy = world.Mandate("p001", "deputy", ROLE_DPO);
  deputy.mutable_mandate_given()->set_rank(RANK_DEPUTY);
  world.Must({deputy, world.Enrol("p001", "deputy", AGENT_KIND_PERSON)}, {"representative-p001"});
  world.Must({world.Opine()}, {"deputy"});
}

TEST(DecideSet, LetsARepresentativeSignTheAdhesionHerself) {
  World world(Stage::kAdhered);
  Acts acts = world.Adhesion("p006");
  Act adhesion = acts.back();
  acts.pop_back();
  const Step& papers = world.Must(acts, World::transcribers());
  adhesion.clear_under_deed();
  *adhesion.mutable_party_adhered()->mutable_deliberation() = papers.Ref(0);
  *adhesion.mutable_party_adhered()->mutable_signature() = papers.Ref(1);
  *adhesion.mutable_party_adhered()->mutable_representative() = papers.Ref(3);
  world.Must({adhesion}, {"representative-p006"});
}

TEST(DecideSet, AdmitsTheLegalRepresentativeAsDecider) {
  World world(Stage::kFavourable);
  world.Must({world.DecideExchange()}, {"representative-p001"});
}

TEST(DecideSet, LetsTheHolderRefuseAfterAnUnfavourableOpinion) {
  World world(Stage::kProposed);
  Act unfavourable = world.Opine();
  unfavourable.mutable_dpo_opinion_given()->set_opinion(OPINION_UNFAVOURABLE);
  unfavourable.mutable_dpo_opinion_given()->clear_conditions();
  world.opinion = world.Must({unfavourable}, {"dpo-p001"}).Ref();
  Act refusal = world.DecideExchange();
  refusal.mutable_exchange_decided()->set_verdict(VERDICT_REFUSED);
  world.Must({refusal}, {"decider-p001"});
}

TEST(DecideSet, LetsTheHolderProposeAndTheRecipientRegister) {
  World world(Stage::kDeclared);
  Act proposal = world.Propose();
  proposal.set_party("p001");
  world.exchange = world.Must({proposal}, {"steward-p001"}).Ref();
  Act entry = world.Register();
  entry.set_party("p002");
  world.Must({entry}, {"steward-p002"});
  EXPECT_FALSE(
      world.state().exchanges.Find(policy::state::KeyOf(world.exchange))->has_register_entry());
}

TEST(DecideSet, LetsAServiceSendAndAPersonEnrolAFurtherKey) {
  World world(Stage::kRegistered);
  world.Must({world.ServiceMandate("p001", "robot", ROLE_SENDER, "sender-p001"),
              world.Enrol("p001", "robot", AGENT_KIND_SERVICE)},
             {"representative-p001"});
  world.Must({world.Send()}, {"robot"});
  Act further = world.Enrol("p001", "second-key", AGENT_KIND_PERSON);
  further.mutable_agent_enrolled()->set_agent(MakeAgent("dpo-p001").id);
  world.Must({further}, {"dpo-p001"});
}

TEST(DecideSet, GivesTheLogAnAuditorAndTheGatewayAKeyBySecretariatAndCaf) {
  World world(Stage::kStaffed);
  Act auditor = world.Mandate("p003", "auditor", ROLE_LOG_AUDITOR);
  *auditor.mutable_mandate_given()->mutable_until() = DateOf("2024-12-31");
  world.Must({auditor}, World::transcribers());
  world.Must({world.Enrol("p002", "gateway-2", AGENT_KIND_GATEWAY)}, World::transcribers());
}

TEST(DecideSet, PutsATranscribedActInForceAfterTheDelay) {
  World::Options options;
  options.deed_delay_ms = 3600000;
  World world(Stage::kFounded, options);
  const Step& step = world.Must(world.Adhesion("p003"), World::transcribers());
  EXPECT_EQ(OutcomeOf(step, 5).in_force_from_ms(), world.now().time_ms + 3600000);
  Act mandate = world.Mandate("p003", "reader-p003", ROLE_READER);
  EXPECT_TRUE(Decide(world, {mandate}, {"representative-p003"}).has_refused());
  world.Advance(3600000);
  world.Must({mandate}, {"representative-p003"});
}

TEST(DecideSet, AcceptsWithAWarning) {
  World world(Stage::kStaffed);
  const Statement statement = world.Draft({world.Declare()}, {"steward-p001"});
  auto observed = world.Observe(statement);
  auto& hit = *observed.mutable_acts(0)->add_text_hits();
  hit.set_path("acts[0].dataset_declared.slug");
  hit.set_action(record::v1::HIT_ACTION_WARN);
  const Entry entry = world.Decide(statement, observed);
  ASSERT_TRUE(entry.has_recorded());
  EXPECT_EQ(FindingsOf(entry), "content.text/identifier-possible dataset_declared.slug\n");
  EXPECT_EQ(entry.recorded().decisions(0).findings(0).severity(), record::v1::SEVERITY_WARNS);
}

TEST(DecideSet, AcceptsAPayloadWithAWarning) {
  World world(Stage::kRegistered);
  const Statement statement = world.Draft({world.Send()}, {"sender-p001"});
  auto observed = world.Observe(statement);
  auto& hit = *observed.mutable_acts(0)->mutable_payload()->add_column_hits();
  hit.set_column(2);
  hit.set_action(record::v1::HIT_ACTION_WARN);
  const Entry entry = world.Decide(statement, observed);
  ASSERT_TRUE(entry.has_recorded());
  EXPECT_EQ(FindingsOf(entry), "content.payload/identifier-possible \n");
  EXPECT_EQ(entry.recorded().decisions(0).findings(0).column(), 2u);
}

TEST(DecideSet, AsksNoCheckpointOfAKeyThatHasNotActed) {
  World world(Stage::kStaffed);
  Statement statement = world.Draft({world.Declare()}, {"steward-p001"});
  statement.mutable_header()->clear_seen();
  EXPECT_TRUE(world.Submit(statement, world.Observe(statement)).accepted());
  statement = world.Draft({world.Declare()}, {"steward-p001"});
  statement.mutable_header()->clear_seen();
  EXPECT_EQ(world.Decide(statement, world.Observe(statement)).refused().findings(0).code(),
            "seen-missing");
}

TEST(Links, ConcernEveryoneAndThePartyNamed) {
  World world(Stage::kEmpty);
  const Step& founded = world.Must(
      {world.Found()}, {"gateway", "secretary-1", "secretary-2", "counter-1", "counter-2"});
  EXPECT_THAT(Concerned(founded.entry), ElementsAre("all"));
  const Step& adhered = world.Must(world.Adhesion("p003"), World::transcribers());
  EXPECT_THAT(Concerned(adhered.entry), ElementsAre("all", "p003"));
  EXPECT_EQ(adhered.entry.links(0).ordinal(), 1u);
  EXPECT_EQ(adhered.entry.links(0).previous(), gateway::base::ToBytes(founded.leaf));
  EXPECT_THAT(adhered.entry.links(1).previous(), IsEmpty());
}

TEST(Links, ConcernHolderAndRecipientOfAnExchange) {
  World world(Stage::kHandedOver);
  for (size_t i = world.steps().size() - 6; i < world.steps().size(); ++i)
    EXPECT_THAT(Concerned(world.steps()[i].entry), ElementsAre("p001", "p002"));
}

TEST(Links, OfARefusalConcernOnlyWhereASignerHoldsAMandate) {
  World world(Stage::kRegistered);
  Act send = world.Send();
  EXPECT_THAT(Concerned(Decide(world, {send}, {"decider-p001"})), ElementsAre("p001"));
  EXPECT_THAT(Concerned(Decide(world, {send}, {"reader-p002"})), IsEmpty());
}

TEST(Refused, KeepsTypesReferencesAndSignersButNoStrings) {
  World world(Stage::kRegistered);
  Act send = world.Send();
  send.mutable_transfer_submitted()->set_period("CANARY-9");
  Statement statement = world.Draft({send}, {"sender-p001"});
  statement.mutable_header()->mutable_seen()->set_origin("CANARY.example/other");
  const Entry entry = world.Decide(statement, world.Observe(statement));
  const record::v1::Refused& refused = entry.refused();
  ASSERT_EQ(refused.acts_size(), 1);
  EXPECT_EQ(refused.acts(0).type(), static_cast<uint32_t>(Act::kTransferSubmitted));
  EXPECT_EQ(refused.acts(0).party(), "p001");
  EXPECT_EQ(refused.acts(0).references_size(), 2);
  EXPECT_THAT(refused.signers(), ElementsAre(MakeAgent("sender-p001").fingerprint));
  EXPECT_EQ(refused.seen().size(), world.state().size());
  EXPECT_THAT(entry.SerializeAsString(), testing::Not(testing::HasSubstr("CANARY")));
}

TEST(Refused, FitsTheLogWhateverWasObserved) {
  World world(Stage::kStaffed);
  Acts acts(gateway::base::kMaxActs, world.Deed("p003", DEED_KIND_NOTICE));
  acts.back().clear_deed_recorded();
  for (Act& act : acts) *act.mutable_under_deed() = world.steps()[0].Ref();
  const Statement statement = world.Draft(acts, World::transcribers());
  auto observed = world.Observe(statement);
  for (auto& act : *observed.mutable_acts())
    for (int i = 0; i < 32; ++i) act.add_text_hits()->set_path("acts[0].deed_recorded.something");
  const Entry entry = world.Decide(statement, observed);
  ASSERT_TRUE(entry.has_refused());
  EXPECT_LE(policy::LeafBytes(entry, 0), gateway::base::kMaxEntryBytes);
}

TEST(LeafBytes, IsTheSizeOfTheFinishedLeaf) {
  World world(Stage::kRegistered);
  const Statement statement = world.Draft({world.Send()}, {"sender-p001"});
  Entry entry = world.Decide(statement, world.Observe(statement));
  constexpr size_t kTag = sizeof("passerelle/entry/v1\n") - 1;
  for (const size_t envelope : {size_t{1}, size_t{127}, size_t{128}, size_t{20000}}) {
    const size_t foretold = policy::LeafBytes(entry, envelope);
    Entry finished = entry;
    finished.set_salt(std::string(16, 's'));
    finished.mutable_recorded()->set_envelope(std::string(envelope, 'e'));
    EXPECT_EQ(foretold, kTag + finished.ByteSizeLong()) << envelope;
  }
}

}  // namespace
}  // namespace passerelle::tests
