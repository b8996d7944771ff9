// What awaits whom, until it is done.
#include "policy/inbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "policy/state/query.h"
#include "tests/support/world.h"

namespace passerelle::tests {
namespace {

using policy::Awaits;
using policy::InboxItem;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<InboxItem> InboxIn(const World& world, std::string_view name) {
  return policy::InboxOf(world.state(), MakeAgent(name).id, world.now());
}

// The kinds, in order.
std::vector<Awaits> KindsIn(const World& world, std::string_view name) {
  std::vector<Awaits> kinds;
  for (const InboxItem& item : InboxIn(world, name)) kinds.push_back(item.kind);
  return kinds;
}

TEST(InboxTest, FollowsTheExchangeFromDeskToDesk) {
  World world(Stage::kProposed);
  EXPECT_THAT(KindsIn(world, "dpo-p001"), ElementsAre(Awaits::kOpinion));
  EXPECT_THAT(KindsIn(world, "decider-p001"), IsEmpty());
  world.opinion = world.Must({world.Opine()}, {"dpo-p001"}).Ref();
  EXPECT_THAT(KindsIn(world, "dpo-p001"), IsEmpty());
  EXPECT_THAT(KindsIn(world, "decider-p001"), ElementsAre(Awaits::kDecision));
  world.Must({world.DecideExchange()}, {"decider-p001"});
  EXPECT_THAT(KindsIn(world, "decider-p001"), IsEmpty());
  EXPECT_THAT(KindsIn(world, "steward-p001"), ElementsAre(Awaits::kRegisterEntry));
  world.Must({world.Register()}, {"steward-p001"});
  EXPECT_THAT(KindsIn(world, "steward-p001"), IsEmpty());
  world.transfer = world.Must({world.Send()}, {"sender-p001"}).Ref();
  EXPECT_THAT(KindsIn(world, "reader-p002"), ElementsAre(Awaits::kAcknowledgement));
  world.Must({world.HandOver()}, {"gateway"});
  EXPECT_THAT(KindsIn(world, "reader-p002"), ElementsAre(Awaits::kAcknowledgement));
  world.Must({world.Acknowledge()}, {"reader-p002"});
  EXPECT_THAT(KindsIn(world, "reader-p002"), IsEmpty());
}

TEST(InboxTest, SaysOfWhatInWhoseNameAndSinceWhen) {
  World world(Stage::kDeclared);
  world.Advance(5000);
  const Step& proposal = world.Must({world.Propose()}, {"requester-p002"});
  world.Advance(5000);
  const std::vector<InboxItem> items = InboxIn(world, "dpo-p001");
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items[0].party, "p001");
  EXPECT_EQ(items[0].role, statement::v1::ROLE_DPO);
  EXPECT_EQ(items[0].since_ms, proposal.entry.time_ms());
  EXPECT_EQ(policy::state::KeyOf(*items[0].exchange), policy::state::KeyOf(proposal.Ref()));
}

TEST(InboxTest, AsksTheDpoToRuleOnWhatIsHeldAndNobodyToReadIt) {
  World world(Stage::kSent, EachRuled());
  EXPECT_THAT(KindsIn(world, "dpo-p001"), ElementsAre(Awaits::kRuling));
  EXPECT_THAT(KindsIn(world, "reader-p002"), IsEmpty());
  const std::vector<InboxItem> items = InboxIn(world, "dpo-p001");
  EXPECT_EQ(items[0].recipient, "p002");
  EXPECT_TRUE(items[0].due.has_value());
  world.Must({world.Rule(statement::v1::RULING_RELEASED)}, {"dpo-p001"});
  EXPECT_THAT(KindsIn(world, "dpo-p001"), IsEmpty());
  EXPECT_THAT(KindsIn(world, "reader-p002"), ElementsAre(Awaits::kAcknowledgement));
}

TEST(InboxTest, AsksForAReviewOnceItsDayIsPast) {
  World world(Stage::kRegistered);
  world.SetDay("2026-01-01");
  EXPECT_THAT(KindsIn(world, "steward-p001"), IsEmpty());
  world.SetDay("2026-01-02");
  EXPECT_THAT(KindsIn(world, "steward-p001"), ElementsAre(Awaits::kRegisterReview));
  statement::v1::Act next = world.Register();
  next.mutable_register_entry_recorded()->set_version(2);
  *next.mutable_register_entry_recorded()->mutable_next_review_on() = DateOf("2027-01-01");
  world.Must({next}, {"steward-p001"});
  EXPECT_THAT(KindsIn(world, "steward-p001"), IsEmpty());
}

TEST(InboxTest, GivesADeputyWhatTheHolderOfTheOfficeSees) {
  World world(Stage::kProposed);
  statement::v1::Act deputy = world.Mandate("p001", "deputy", statement::v1::ROLE_DPO);
  deputy.mutable_mandate_given()->set_rank(statement::v1::RANK_DEPUTY);
  world.Must({deputy}, {"representative-p001"});
  EXPECT_THAT(KindsIn(world, "deputy"), ElementsAre(Awaits::kOpinion));
}

TEST(InboxTest, GathersTheItemsOfEveryPartyOfASharedDpo) {
  World world(Stage::kProposed);
  world.Must({world.Mandate("p003", "dpo-p001", statement::v1::ROLE_DPO)}, {"representative-p003"});
  statement::v1::Act declared = world.Declare();
  declared.set_party("p003");
  declared.mutable_dataset_declared()->set_slug("p003/places");
  world.dataset = world.Must({declared}, {"steward-p003"}).Ref();
  world.Must({world.Propose()}, {"requester-p002"});
  std::vector<std::string> parties;
  for (const InboxItem& item : InboxIn(world, "dpo-p001")) {
    EXPECT_EQ(item.kind, Awaits::kOpinion);
    parties.push_back(item.party);
  }
  EXPECT_THAT(parties, testing::UnorderedElementsAre("p001", "p003"));
}

TEST(InboxTest, AsksTheRepresentativeToDecideWhereNobodyElseDoes) {
  World world(Stage::kFavourable);
  EXPECT_THAT(KindsIn(world, "representative-p001"), IsEmpty());
  // A party of its own, without a decider.
  World bare(Stage::kStaffed);
  bare.Appoint("p004", statement::v1::ROLE_STEWARD, "steward-p004");
  bare.Appoint("p004", statement::v1::ROLE_DPO, "dpo-p004");
  statement::v1::Act declared = bare.Declare();
  declared.set_party("p004");
  declared.mutable_dataset_declared()->set_slug("p004/places");
  bare.dataset = bare.Must({declared}, {"steward-p004"}).Ref();
  bare.exchange = bare.Must({bare.Propose()}, {"requester-p002"}).Ref();
  statement::v1::Act opinion = bare.Opine();
  opinion.set_party("p004");
  bare.Must({opinion}, {"dpo-p004"});
  EXPECT_THAT(KindsIn(bare, "representative-p004"), ElementsAre(Awaits::kDecision));
}

TEST(InboxTest, AnnouncesMandatesThatEndWithinThirtyDaysUntilTheyAreContinued) {
  World world(Stage::kAdhered);
  statement::v1::Act mandate = world.Mandate("p001", "clerk", statement::v1::ROLE_REQUESTER);
  *mandate.mutable_mandate_given()->mutable_until() = DateOf("2024-07-20");
  world.Must({mandate}, {"representative-p001"});
  world.SetDay("2024-06-19");
  EXPECT_THAT(KindsIn(world, "representative-p001"), IsEmpty());
  world.SetDay("2024-06-20");
  ASSERT_THAT(KindsIn(world, "representative-p001"), ElementsAre(Awaits::kMandateEnd));
  EXPECT_EQ(policy::state::NumberOf(*InboxIn(world, "representative-p001")[0].due), 20240720);
  statement::v1::Act next = world.Mandate("p001", "clerk", statement::v1::ROLE_REQUESTER);
  *next.mutable_mandate_given()->mutable_from() = DateOf("2024-07-21");
  *next.mutable_mandate_given()->mutable_until() = DateOf("2025-07-20");
  world.Must({next}, {"representative-p001"});
  EXPECT_THAT(KindsIn(world, "representative-p001"), IsEmpty());
}

World::Options Recommending(std::initializer_list<statement::v1::RecommendationWeight> weights) {
  World::Options options;
  for (const auto weight : weights) options.recommendations.push_back(Recommend(weight));
  return options;
}

TEST(InboxTest, AsksForAnAnswerToEachRecommendationBeforeTheDecision) {
  World world(Stage::kFavourable, Recommending({statement::v1::RECOMMENDATION_WEIGHT_ADVICE,
                                                statement::v1::RECOMMENDATION_WEIGHT_ADVICE}));
  EXPECT_THAT(KindsIn(world, "decider-p001"), ElementsAre(Awaits::kAnswer, Awaits::kAnswer));
  EXPECT_EQ(InboxIn(world, "decider-p001")[1].recommendation, 1u);
  world.Must({world.AnswerTo(0, statement::v1::ANSWER_REJECTED)}, {"decider-p001"});
  EXPECT_THAT(KindsIn(world, "decider-p001"), ElementsAre(Awaits::kAnswer));
  world.Must({world.AnswerTo(1, statement::v1::ANSWER_ACCEPTED)}, {"decider-p001"});
  // Advice that is rejected does not keep the decision up; what is accepted is to be carried out.
  EXPECT_THAT(KindsIn(world, "decider-p001"),
              testing::UnorderedElementsAre(Awaits::kCarryingOut, Awaits::kDecision));
  world.Must({world.AnswerTo(1, statement::v1::ANSWER_CARRIED_OUT)}, {"decider-p001"});
  EXPECT_THAT(KindsIn(world, "decider-p001"), ElementsAre(Awaits::kDecision));
  EXPECT_THAT(KindsIn(world, "dpo-p001"), IsEmpty());
}

TEST(InboxTest, TellsTheDpoThatHerConditionIsRejected) {
  World world(Stage::kFavourable, Recommending({statement::v1::RECOMMENDATION_WEIGHT_CONDITION}));
  world.Must({world.AnswerTo(0, statement::v1::ANSWER_REJECTED)}, {"decider-p001"});
  EXPECT_THAT(KindsIn(world, "decider-p001"), IsEmpty());
  EXPECT_THAT(KindsIn(world, "dpo-p001"), ElementsAre(Awaits::kRejectedCondition));
}

TEST(InboxTest, ForgetsARequestThatHasLapsed) {
  World world(Stage::kProposed);
  EXPECT_TRUE(InboxIn(world, "dpo-p001")[0].due.has_value());
  world.SetDay("2024-12-01");
  EXPECT_THAT(KindsIn(world, "dpo-p001"), IsEmpty());
}

TEST(InboxTest, AsksAnotherAgentToConfirmAFreezeUntilItLapses) {
  World world(Stage::kRegistered);
  const statement::v1::ActRef freeze =
      world.Must({world.FreezeExchange("p001")}, {"sender-p001"}).Ref();
  const std::vector<InboxItem> items = InboxIn(world, "dpo-p001");
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items[0].kind, Awaits::kFreezeConfirmation);
  EXPECT_EQ(policy::state::KeyOf(*items[0].about), policy::state::KeyOf(freeze));
  EXPECT_TRUE(items[0].due.has_value());
  World confirmed(Stage::kRegistered);
  confirmed.Must({confirmed.FreezeExchange("p001")}, {"sender-p001"});
  confirmed.Must({confirmed.FreezeExchange("p001")}, {"dpo-p001"});
  EXPECT_THAT(KindsIn(confirmed, "dpo-p001"), IsEmpty());
  world.Must({world.Lift("p001", freeze)}, {"dpo-p001"});
  EXPECT_THAT(KindsIn(world, "dpo-p001"), IsEmpty());
}

TEST(InboxTest, SaysWhatAFreezeKeepsStill) {
  World world(Stage::kSent, EachRuled());
  const statement::v1::ActRef freeze =
      world.Must({world.FreezeTransfer("p002")}, {"steward-p002"}).Ref();
  const std::vector<InboxItem> items = InboxIn(world, "dpo-p001");
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items[0].kind, Awaits::kRuling);
  ASSERT_TRUE(items[0].frozen_by.has_value());
  EXPECT_EQ(policy::state::KeyOf(*items[0].frozen_by), policy::state::KeyOf(freeze));
}

TEST(InboxTest, AsksNobodyToReadWhatIsFrozen) {
  World world(Stage::kSent);
  world.Must({world.FreezeTransfer("p001")}, {"sender-p001"});
  EXPECT_THAT(KindsIn(world, "reader-p002"), IsEmpty());
}

TEST(InboxTest, GivesEachMemberOfAClassItsOwnShare) {
  World::Options options;
  options.recipient_class = "group";
  World world(Stage::kSent, options);
  for (const char* party : {"p002", "p003"}) {
    const std::string reader = absl::StrCat("reader-", party);
    const std::vector<InboxItem> items = InboxIn(world, reader);
    ASSERT_EQ(items.size(), 1u) << reader;
    EXPECT_EQ(items[0].kind, Awaits::kAcknowledgement);
    EXPECT_EQ(items[0].recipient, party);
  }
}

TEST(InboxTest, AsksTheRepresentativeToReinstateAndToRatify) {
  World world(Stage::kFavourable);
  world.Must({world.StopKey("p001", "decider-p001", statement::v1::STOP_CAUSE_COMPROMISED)},
             {"representative-p001"});
  EXPECT_THAT(KindsIn(world, "representative-p001"), testing::Contains(Awaits::kReinstatement));
  EXPECT_THAT(KindsIn(world, "representative-p002"), IsEmpty());
  world.Advance(1000);
  world.Must({world.Reinstate("p001", "decider-p001")}, {"representative-p001"});
  EXPECT_THAT(KindsIn(world, "representative-p001"), IsEmpty());
}

TEST(InboxTest, AsksTheRepresentativeForWhatACompromisedKeyDidUntilItIsRatified) {
  World world(Stage::kDeclared);
  statement::v1::Act stop =
      world.StopKey("p001", "steward-p001", statement::v1::STOP_CAUSE_COMPROMISED);
  stop.mutable_key_stopped()->set_compromised_since_ms(1);
  world.Must({stop}, {"representative-p001"});
  EXPECT_THAT(KindsIn(world, "representative-p001"), testing::Contains(Awaits::kRatification));
  EXPECT_THAT(KindsIn(world, "decider-p001"), IsEmpty());
  statement::v1::Act ratify = world.Reinstate("p001", "steward-p001");
  ratify.mutable_key_reinstated()->set_reinstatement(statement::v1::REINSTATEMENT_ACTS);
  *ratify.mutable_key_reinstated()->add_ratified() = world.dataset;
  world.Must({ratify}, {"representative-p001"});
  EXPECT_THAT(KindsIn(world, "representative-p001"),
              testing::Not(testing::Contains(Awaits::kRatification)));
}

TEST(InboxTest, AsksForTheConfirmationOfASuspensionByAnotherAgentOfItsSide) {
  World world(Stage::kStaffed);
  world.Must({world.StopKey("p002", "reader-p002", statement::v1::STOP_CAUSE_SUSPENDED)},
             {"secretary-1"});
  EXPECT_THAT(KindsIn(world, "secretary-1"), IsEmpty());
  EXPECT_THAT(KindsIn(world, "secretary-2"), ElementsAre(Awaits::kStopConfirmation));
  world.Must({world.StopKey("p002", "reader-p002", statement::v1::STOP_CAUSE_SUSPENDED)},
             {"secretary-2"});
  EXPECT_THAT(KindsIn(world, "secretary-2"), IsEmpty());
}

TEST(InboxTest, IsEmptyWithoutAMandateInForce) {
  World world(Stage::kProposed);
  EXPECT_THAT(InboxIn(world, "stranger"), IsEmpty());
  // Operator, auditor and the other side have nothing to do here.
  for (const char* name : {"gateway", "secretary-1", "counter-1", "requester-p002"})
    EXPECT_THAT(InboxIn(world, name), IsEmpty()) << name;
  world.SetDay("2031-01-01");
  EXPECT_THAT(InboxIn(world, "dpo-p001"), IsEmpty());
}

}  // namespace
}  // namespace passerelle::tests
