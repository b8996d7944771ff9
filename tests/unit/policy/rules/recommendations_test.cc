// Recommendations: answered before the decision, binding once accepted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/state/query.h"
#include "tests/support/world.h"

namespace passerelle::tests {
namespace {

using statement::v1::Act;
using statement::v1::ANSWER_ACCEPTED;
using statement::v1::ANSWER_CARRIED_OUT;
using statement::v1::ANSWER_REJECTED;
using statement::v1::RECOMMENDATION_WEIGHT_ADVICE;
using statement::v1::RECOMMENDATION_WEIGHT_CONDITION;
using statement::v1::RELEASE_EACH_RULED;
using statement::v1::VERDICT_REFUSED;
using testing::ElementsAre;
using testing::HasSubstr;

// The first advises what no machine enforces, the second is a condition that one does.
World::Options Recommending() {
  World::Options options;
  options.recommendations = {Recommend(RECOMMENDATION_WEIGHT_ADVICE),
                             Recommend(RECOMMENDATION_WEIGHT_CONDITION)};
  auto& conditions = *options.recommendations[1].mutable_conditions();
  conditions.add_dropped_fields("places");
  conditions.set_threshold(11);
  return options;
}

const record::v1::ExchangeRow& ExchangeOf(const World& world) {
  return *world.state().exchanges.Find(policy::state::KeyOf(world.exchange));
}

void ExpectRefused(World& world, const Act& act, const std::string& signer,
                   const std::string& finding) {
  const Step& step = world.Submit({act}, {signer});
  EXPECT_FALSE(step.accepted());
  EXPECT_THAT(FindingsOf(step.entry), HasSubstr(finding));
}

TEST(Recommendations, AreKeptWithTheOpinionThatStands) {
  World world(Stage::kFavourable, Recommending());
  const auto& rows = ExchangeOf(world).recommendations();
  ASSERT_EQ(rows.size(), 2);
  EXPECT_EQ(rows[1].weight(), RECOMMENDATION_WEIGHT_CONDITION);
  EXPECT_EQ(rows[1].conditions().threshold(), 11u);
  EXPECT_FALSE(rows[0].has_conditions());
  EXPECT_FALSE(rows[0].has_answered());
  EXPECT_EQ(ExchangeOf(world).terms().fields_size(), 5) << "nothing narrows before it is accepted";
}

TEST(Recommendations, BarApprovalUntilEachIsAnswered) {
  World world(Stage::kFavourable, Recommending());
  ExpectRefused(world, world.DecideExchange(), "decider-p001", "IX.2d/unanswered");
  world.Must({world.AnswerTo(1, ANSWER_ACCEPTED)}, {"decider-p001"});
  ExpectRefused(world, world.DecideExchange(), "decider-p001", "IX.2d/unanswered");
  world.Must({world.AnswerTo(0, ANSWER_REJECTED)}, {"representative-p001"});
  world.Must({world.DecideExchange()}, {"decider-p001"});
}

TEST(Recommendations, NarrowTheTermsOnceAccepted) {
  World world(Stage::kFavourable, Recommending());
  world.Must({world.AnswerTo(1, ANSWER_ACCEPTED)}, {"decider-p001"});
  EXPECT_THAT(ExchangeOf(world).terms().fields(),
              ElementsAre("annee", "commune", "tranche", "enfants"));
  EXPECT_EQ(ExchangeOf(world).terms().threshold(), 11u);
}

TEST(Recommendations, NarrowNothingWhenRejected) {
  World world(Stage::kFavourable, Recommending());
  world.Must({world.AnswerTo(1, ANSWER_REJECTED)}, {"decider-p001"});
  EXPECT_EQ(ExchangeOf(world).terms().fields_size(), 5);
}

TEST(Recommendations, BarApprovalWhenAConditionIsRejectedUntilItIsAccepted) {
  World world(Stage::kFavourable, Recommending());
  world.Must({world.AnswerTo(0, ANSWER_REJECTED)}, {"decider-p001"});
  world.Must({world.AnswerTo(1, ANSWER_REJECTED)}, {"decider-p001"});
  ExpectRefused(world, world.DecideExchange(), "decider-p001", "IX.2d/condition-rejected");
  world.Must({world.AnswerTo(1, ANSWER_ACCEPTED)}, {"decider-p001"});
  world.Must({world.DecideExchange()}, {"decider-p001"});
}

TEST(Recommendations, LeaveARefusalToTheHolder) {
  World world(Stage::kFavourable, Recommending());
  Act decision = world.DecideExchange();
  decision.mutable_exchange_decided()->set_verdict(VERDICT_REFUSED);
  world.Must({decision}, {"decider-p001"});
}

TEST(Recommendations, BarTransfersUntilWhatNoMachineEnforcesIsCarriedOut) {
  World world(Stage::kFavourable, Recommending());
  world.Must({world.AnswerTo(0, ANSWER_ACCEPTED)}, {"decider-p001"});
  world.Must({world.AnswerTo(1, ANSWER_ACCEPTED)}, {"decider-p001"});
  world.Must({world.DecideExchange()}, {"decider-p001"});
  world.Must({world.Register()}, {"steward-p001"});
  ExpectRefused(world, world.Send(), "sender-p001", "IX.2d/not-carried-out");
  world.Must({world.AnswerTo(0, ANSWER_CARRIED_OUT)}, {"representative-p001"});
  world.Must({world.Send()}, {"sender-p001"});
}

TEST(Recommendations, AreCarriedOutAtOnceWhenTheHolderSaysSo) {
  World world(Stage::kFavourable, Recommending());
  world.Must({world.AnswerTo(0, ANSWER_CARRIED_OUT)}, {"decider-p001"});
  world.Must({world.AnswerTo(1, ANSWER_CARRIED_OUT)}, {"decider-p001"});
  EXPECT_EQ(ExchangeOf(world).terms().threshold(), 11u);
  world.Must({world.DecideExchange()}, {"decider-p001"});
  world.Must({world.Register()}, {"steward-p001"});
  world.Must({world.Send()}, {"sender-p001"});
}

TEST(Recommendations, AreReplacedByALaterOpinionWhoseTermsStayNarrowed) {
  World world(Stage::kFavourable, Recommending());
  world.Must({world.AnswerTo(1, ANSWER_ACCEPTED)}, {"decider-p001"});
  Act later = world.Opine();
  later.mutable_dpo_opinion_given()->mutable_recommendations()->DeleteSubrange(1, 1);
  const auto former = world.opinion;
  world.opinion = world.Must({later}, {"dpo-p001"}).Ref();
  ASSERT_EQ(ExchangeOf(world).recommendations_size(), 1);
  EXPECT_FALSE(ExchangeOf(world).recommendations(0).has_answered());
  EXPECT_EQ(ExchangeOf(world).terms().threshold(), 11u);
  Act stale = world.AnswerTo(0, ANSWER_ACCEPTED);
  *stale.mutable_recommendation_answered()->mutable_opinion() = former;
  ExpectRefused(world, stale, "decider-p001", "IX.2c/opinion-superseded");
  world.Must({world.AnswerTo(0, ANSWER_REJECTED)}, {"decider-p001"});
  world.Must({world.DecideExchange()}, {"decider-p001"});
}

TEST(Recommendations, LeaveAtLeastOneFieldTogether) {
  World::Options options = Recommending();
  options.recommendations[0] = options.recommendations[1];
  auto& first = *options.recommendations[0].mutable_conditions();
  first.clear_dropped_fields();
  for (const char* field : {"annee", "commune", "tranche", "enfants"})
    first.add_dropped_fields(field);
  World world(Stage::kFavourable, options);
  world.Must({world.AnswerTo(0, ANSWER_ACCEPTED)}, {"decider-p001"});
  ExpectRefused(world, world.AnswerTo(1, ANSWER_ACCEPTED), "decider-p001",
                "dpo.conditions/every-field recommendation_answered.recommendation");
}

TEST(Recommendations, AreAnsweredAgainWhenAKeyTurnsOutToBeCompromised) {
  World world(Stage::kFavourable, Recommending());
  const Act stop = world.StopKey("p001", "decider-p001", statement::v1::STOP_CAUSE_COMPROMISED);
  world.Must({world.AnswerTo(0, ANSWER_REJECTED)}, {"decider-p001"});
  world.Must({world.AnswerTo(1, ANSWER_ACCEPTED)}, {"decider-p001"});
  world.Must({stop}, {"representative-p001"});
  ExpectRefused(world, world.DecideExchange(), "representative-p001",
                "key.compromised/awaits-ratification");
  world.Must({world.AnswerTo(0, ANSWER_REJECTED)}, {"representative-p001"});
  world.Must({world.AnswerTo(1, ANSWER_ACCEPTED)}, {"representative-p001"});
  world.Must({world.DecideExchange()}, {"representative-p001"});
}

TEST(ConditionsOfTheOpinion, AreInForceAtOnce) {
  World::Options options;
  options.conditions.set_release(RELEASE_EACH_RULED);
  World world(Stage::kFavourable, options);
  EXPECT_EQ(ExchangeOf(world).terms().release(), RELEASE_EACH_RULED);
}

TEST(Request, IsDecidedOnItsLastDay) {
  World world(Stage::kFavourable);
  EXPECT_EQ(policy::state::NumberOf(ExchangeOf(world).lapses_on()), 20240911);
  world.SetDay("2024-09-11");
  world.Must({world.DecideExchange()}, {"decider-p001"});
  // Once decided, nothing lapses.
  world.SetDay("2024-09-12");
  world.Must({world.Register()}, {"steward-p001"});
  world.Must({world.Send()}, {"sender-p001"});
}

TEST(Request, NeverLapsesWhereTheSettingsSaySo) {
  World world(Stage::kEmpty);
  Act found = world.Found();
  found.mutable_convention_enacted()->mutable_settings()->set_request_lapse_days(0);
  world.Must({found}, {"gateway", "secretary-1", "secretary-2", "counter-1", "counter-2"});
  for (const char* party : {"p001", "p002", "p003"}) world.Adhere(party);
  world.Staff();
  world.dataset = world.Must({world.Declare()}, {"steward-p001"}).Ref();
  world.exchange = world.Must({world.Propose()}, {"requester-p002"}).Ref();
  EXPECT_FALSE(ExchangeOf(world).has_lapses_on());
  world.SetDay("2025-06-03");
  world.Must({world.Opine()}, {"dpo-p001"});
}

}  // namespace
}  // namespace passerelle::tests
