// A class of recipients: one standing approval, one share a member, and who joins later waits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/decide.h"
#include "policy/state/indexes.h"
#include "tests/support/world.h"

namespace passerelle::tests {
namespace {

using record::v1::DELIVERY_PHASE_HELD;
using record::v1::DELIVERY_PHASE_RELEASED;
using statement::v1::Act;
using statement::v1::RELEASE_EACH_RULED;
using statement::v1::ROLE_READER;
using statement::v1::RULING_REFUSED;
using statement::v1::RULING_RELEASED;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The exchange is for the class `group`: p002, p003 and, once it adheres, p006.
World::Options ToTheGroupEachRuled() {
  World::Options options = ToTheGroup();
  options.conditions.set_release(RELEASE_EACH_RULED);
  return options;
}

const record::v1::ExchangeRow& ExchangeOf(const World& world) {
  return *world.state().exchanges.Find(policy::state::KeyOf(world.exchange));
}

const record::v1::TransferRow& TransferOf(const World& world) {
  return *world.state().transfers.Find(policy::state::KeyOf(world.transfer));
}

// `party:phase` of each share.
std::vector<std::string> SharesOf(const World& world) {
  std::vector<std::string> shares;
  for (const auto& share : TransferOf(world).deliveries()) {
    const char* phase = share.phase() == DELIVERY_PHASE_HELD       ? "held"
                        : share.phase() == DELIVERY_PHASE_RELEASED ? "released"
                                                                   : "refused";
    shares.push_back(share.party() + ":" + phase);
  }
  return shares;
}

std::vector<std::string> ConcernedBy(const Step& step) {
  std::vector<std::string> parties;
  for (const auto& link : step.entry.links()) parties.push_back(link.party());
  return parties;
}

Act RuleFor(const World& world, statement::v1::Ruling ruling, const std::string& recipient) {
  Act act = world.Rule(ruling);
  act.mutable_transfer_ruled()->set_recipient(recipient);
  return act;
}

// Hands the transfer to a reader of a party.
const Step& HandTo(World& world, const std::string& party) {
  const auto statement = world.Draft({world.HandOver()}, {"gateway"});
  auto observed = world.Observe(statement);
  observed.mutable_acts(0)->mutable_reader()->set_party(party);
  return world.Submit(statement, observed);
}

std::vector<std::string> WhyNot(const World& world, const std::string& reader) {
  std::vector<std::string> codes;
  for (const auto& finding :
       policy::JudgeHandover(world.state(), MakeAgent(reader).id, world.transfer, world.now())
           .findings)
    codes.push_back(finding.rule() + "/" + finding.code());
  return codes;
}

// A member that has just adhered, with a reader.
void Join(World& world) {
  world.Adhere("p006");
  world.Appoint("p006", ROLE_READER, "reader-p006");
}

TEST(Class, GivesEachMemberThatHasAdheredItsShare) {
  World world(Stage::kSent, ToTheGroup());
  EXPECT_EQ(ExchangeOf(world).recipient(), "");
  EXPECT_EQ(ExchangeOf(world).recipient_class(), "group");
  EXPECT_THAT(ExchangeOf(world).terms().cleared(), ElementsAre("p002", "p003"));
  EXPECT_THAT(SharesOf(world), ElementsAre("p002:released", "p003:released"));
}

TEST(Class, ConcernsTheHolderAndItsMembers) {
  World world(Stage::kSent, ToTheGroup());
  EXPECT_THAT(ConcernedBy(world.steps().back()), ElementsAre("p001", "p002", "p003"));
}

TEST(Class, IsAskedForByAnyOfItsMembers) {
  World world(Stage::kDeclared, ToTheGroup());
  Act proposal = world.Propose();
  proposal.set_party("p003");
  world.Must({proposal}, {"requester-p003"});
}

TEST(Class, HandsOverToReadersOfEachMemberAndCountsThemApart) {
  World world(Stage::kSent, ToTheGroup());
  EXPECT_THAT(WhyNot(world, "reader-p002"), IsEmpty());
  EXPECT_THAT(WhyNot(world, "reader-p003"), IsEmpty());
  ASSERT_TRUE(HandTo(world, "p003").accepted());
  EXPECT_EQ(TransferOf(world).deliveries(0).handovers(), 0u);
  EXPECT_EQ(TransferOf(world).deliveries(1).handovers(), 1u);
  Act acknowledged = world.Acknowledge();
  EXPECT_THAT(FindingsOf(world.Submit({acknowledged}, {"reader-p002"}).entry),
              HasSubstr("transfer.acknowledgement/not-handed-over"));
  acknowledged.set_party("p003");
  world.Must({acknowledged}, {"reader-p003"});
  EXPECT_TRUE(TransferOf(world).deliveries(1).has_acknowledgement());
  EXPECT_FALSE(TransferOf(world).deliveries(0).has_acknowledgement());
}

TEST(Newcomer, WaitsForTheDpoWhileTheOthersReceive) {
  World world(Stage::kRegistered, ToTheGroup());
  Join(world);
  world.transfer = world.Must({world.Send()}, {"sender-p001"}).Ref();
  EXPECT_THAT(SharesOf(world), ElementsAre("p002:released", "p003:released", "p006:held"));
  EXPECT_THAT(WhyNot(world, "reader-p006"), ElementsAre("gateway.handover/held"));
  EXPECT_THAT(WhyNot(world, "reader-p003"), IsEmpty());
}

TEST(Newcomer, WaitsWhenNewSettingsBringItIntoTheClass) {
  World world(Stage::kRegistered, ToTheGroup());
  Act settings = world.EnactSettings();
  auto& group =
      *settings.mutable_settings_enacted()->mutable_settings()->mutable_recipient_classes(0);
  group.clear_parties();
  for (const char* party : {"p003", "p004"}) group.add_parties(party);
  world.Must({settings}, World::transcribers());
  world.transfer = world.Must({world.Send()}, {"sender-p001"}).Ref();
  EXPECT_THAT(SharesOf(world), ElementsAre("p003:released", "p004:held"));
  // Who left the class receives no more.
  EXPECT_THAT(WhyNot(world, "reader-p002"), ElementsAre("IX.5d/no-reader-mandate"));
}

TEST(Newcomer, ReceivesOnceReleasedAndWaitsNoMore) {
  World world(Stage::kRegistered, ToTheGroup());
  Join(world);
  world.transfer = world.Must({world.Send()}, {"sender-p001"}).Ref();
  world.Must({RuleFor(world, RULING_RELEASED, "p006")}, {"dpo-p001"});
  EXPECT_THAT(WhyNot(world, "reader-p006"), IsEmpty());
  EXPECT_THAT(ExchangeOf(world).terms().cleared(), ElementsAre("p002", "p003", "p006"));
  world.transfer = world.Must({world.Send()}, {"sender-p001"}).Ref();
  EXPECT_THAT(SharesOf(world), ElementsAre("p002:released", "p003:released", "p006:released"));
}

TEST(Newcomer, ReceivesNothingOnceRefusedAndWaitsAgainNextTime) {
  World world(Stage::kRegistered, ToTheGroup());
  Join(world);
  world.transfer = world.Must({world.Send()}, {"sender-p001"}).Ref();
  world.Must({RuleFor(world, RULING_REFUSED, "p006")}, {"dpo-p001"});
  EXPECT_THAT(WhyNot(world, "reader-p006"), ElementsAre("gateway.handover/refused"));
  EXPECT_FALSE(TransferOf(world).has_ground());
  EXPECT_THAT(WhyNot(world, "reader-p002"), IsEmpty());
  world.transfer = world.Must({world.Send()}, {"sender-p001"}).Ref();
  EXPECT_THAT(SharesOf(world), ElementsAre("p002:released", "p003:released", "p006:held"));
}

TEST(Newcomer, IsClearedByALaterOpinion) {
  World world(Stage::kFavourable, ToTheGroup());
  Join(world);
  world.Must({world.Opine()}, {"dpo-p001"});
  EXPECT_THAT(ExchangeOf(world).terms().cleared(), ElementsAre("p002", "p003", "p006"));
}

TEST(ClassEachRuled, IsRuledOnMemberByMemberOrWhole) {
  World world(Stage::kSent, ToTheGroupEachRuled());
  EXPECT_THAT(SharesOf(world), ElementsAre("p002:held", "p003:held"));
  const Step& one = world.Must({RuleFor(world, RULING_RELEASED, "p003")}, {"dpo-p001"});
  EXPECT_THAT(one.entry.recorded().decisions(0).outcome().ruling().parties(), ElementsAre("p003"));
  EXPECT_THAT(SharesOf(world), ElementsAre("p002:held", "p003:released"));
  const Step& rest = world.Must({RuleFor(world, RULING_RELEASED, "")}, {"dpo-p001"});
  EXPECT_THAT(rest.entry.recorded().decisions(0).outcome().ruling().parties(), ElementsAre("p002"));
  EXPECT_THAT(SharesOf(world), ElementsAre("p002:released", "p003:released"));
}

TEST(ClassEachRuled, IsErasedOnceNobodyIsLeftToReceive) {
  World world(Stage::kSent, ToTheGroupEachRuled());
  world.Must({RuleFor(world, RULING_REFUSED, "p003")}, {"dpo-p001"});
  EXPECT_THAT(policy::state::TransfersToErase(world.state()), IsEmpty());
  const Step& last = world.Must({RuleFor(world, RULING_REFUSED, "p002")}, {"dpo-p001"});
  EXPECT_EQ(policy::state::KeyOf(TransferOf(world).ground()), policy::state::KeyOf(last.Ref()));
  EXPECT_EQ(policy::state::TransfersToErase(world.state()).size(), 1u);
}

TEST(ClassReader, ReadsForTheMemberWhoseShareIsReleased) {
  World world(Stage::kRegistered, ToTheGroup());
  Join(world);
  world.Appoint("p003", ROLE_READER, "reader-p006");
  world.transfer = world.Must({world.Send()}, {"sender-p001"}).Ref();
  EXPECT_THAT(WhyNot(world, "reader-p006"), IsEmpty());
  EXPECT_EQ(
      policy::JudgeHandover(world.state(), MakeAgent("reader-p006").id, world.transfer, world.now())
          .reader.party(),
      "p003");
}

TEST(Dataset, KeepsTheExchangesOfItsFormerVersion) {
  World world(Stage::kRegistered);
  Act next = world.Declare();
  next.mutable_dataset_declared()->set_version(2);
  world.Must({next}, {"steward-p001"});
  const Step& sent = world.Must({world.Send()}, {"sender-p001"});
  EXPECT_THAT(FindingsOf(sent.entry), HasSubstr("transfer.manifest/superseded-version"));
}

TEST(Dataset, WarnsOfNothingWhileItsVersionIsTheLatest) {
  World world(Stage::kSent);
  EXPECT_THAT(FindingsOf(world.steps().back().entry), IsEmpty());
}

}  // namespace
}  // namespace passerelle::tests
