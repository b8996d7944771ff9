// What is said of an exchange at every stage, and that it is what Decide would answer.
#include "policy/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"
#include "policy/rules/catalogue.h"
#include "tests/support/world.h"

namespace passerelle::tests {
namespace {

using policy::Clause;
using policy::Explanation;
using policy::Standing;
using testing::Contains;
using testing::IsEmpty;
using testing::Not;

Explanation ExplainIn(const World& world) {
  return policy::Explain(world.state(), world.exchange, world.now());
}

// Clauses that are not satisfied, `rule/code party/role` each; `!` before what is blocked.
std::vector<std::string> Open(const Explanation& explanation) {
  std::vector<std::string> open;
  for (const Clause& clause : explanation.clauses)
    if (clause.standing != Standing::kSatisfied)
      open.push_back(absl::StrCat(clause.standing == Standing::kBlocked ? "!" : "",
                                  clause.finding->rule(), "/", clause.finding->code(), " ",
                                  clause.mend.party, "/",
                                  statement::v1::Role_Name(clause.mend.role)));
  return open;
}

const Clause* Satisfied(const Explanation& explanation, std::string_view rule) {
  for (const Clause& clause : explanation.clauses)
    if (clause.rule == rule && clause.standing == Standing::kSatisfied) return &clause;
  return nullptr;
}

// Whether a well-formed transfer of the exchange by any of the holder's agents would be accepted.
bool IsOpen(World& world) {
  for (const char* name : {"sender-p001", "steward-p001"}) {
    const statement::v1::Statement statement = world.Draft({world.Send()}, {name});
    if (world.Decide(statement, world.Observe(statement)).has_recorded()) return true;
  }
  return false;
}

TEST(ExplainTest, OfAProposalAsksTheDpoForHerOpinion) {
  const World world(Stage::kProposed);
  const Explanation explanation = ExplainIn(world);
  EXPECT_FALSE(explanation.open);
  EXPECT_THAT(Open(explanation), Contains("IX.2c/opinion-missing p001/ROLE_DPO"));
  EXPECT_THAT(Open(explanation), Contains("IX.3c/register-missing p001/ROLE_STEWARD"));
  EXPECT_THAT(Open(explanation), Not(Contains(testing::HasSubstr("not-the-dpo"))));
  ASSERT_NE(Satisfied(explanation, "IX.1"), nullptr);
  EXPECT_EQ(Satisfied(explanation, "IX.1")->act->statement(), world.exchange.statement());
}

TEST(ExplainTest, OfAnOpinionAsksTheDeciderNext) {
  const World world(Stage::kFavourable);
  const Explanation explanation = ExplainIn(world);
  EXPECT_THAT(Open(explanation), Contains("transfer.approval/not-approved p001/ROLE_DECIDER"));
  EXPECT_THAT(Open(explanation), Not(Contains(testing::StartsWith("IX.2c"))));
  EXPECT_EQ(Satisfied(explanation, "IX.2c")->act->statement(), world.opinion.statement());
}

TEST(ExplainTest, OfAnUnfavourableOpinionSaysThatItBlocks) {
  World world(Stage::kProposed);
  statement::v1::Act opinion = world.Opine();
  opinion.mutable_dpo_opinion_given()->set_opinion(statement::v1::OPINION_UNFAVOURABLE);
  opinion.mutable_dpo_opinion_given()->clear_conditions();
  const statement::v1::ActRef ref = world.Must({opinion}, {"dpo-p001"}).Ref();
  const Explanation explanation = ExplainIn(world);
  EXPECT_FALSE(explanation.open);
  EXPECT_THAT(Open(explanation), Contains("!IX.2c/opinion-unfavourable p002/ROLE_REQUESTER"));
  EXPECT_EQ(explanation.clauses[1].finding->about().statement(), ref.statement());
}

TEST(ExplainTest, OfAnApprovedExchangeAsksForTheRegisterEntryAlone) {
  const World world(Stage::kApproved);
  EXPECT_THAT(Open(ExplainIn(world)),
              testing::ElementsAre("IX.3c/register-missing p001/ROLE_STEWARD"));
}

TEST(ExplainTest, OfAnOpenExchangeNamesTheActBehindEachStep) {
  const World world(Stage::kRegistered);
  const Explanation explanation = ExplainIn(world);
  EXPECT_TRUE(explanation.open);
  EXPECT_THAT(Open(explanation), IsEmpty());
  EXPECT_EQ(Satisfied(explanation, "IX.2b")->act->statement(), world.decision.statement());
  EXPECT_EQ(Satisfied(explanation, "IX.3c")->act->statement(), world.register_entry.statement());
  // The sender's mandate.
  EXPECT_TRUE(Satisfied(explanation, "mandate.role")->act.has_value());
}

TEST(ExplainTest, NamesTheFreezeThatStandsInTheWay) {
  World world(Stage::kRegistered);
  const statement::v1::ActRef freeze =
      world.Must({world.FreezeExchange("p002")}, {"steward-p002"}).Ref();
  const Explanation explanation = ExplainIn(world);
  EXPECT_FALSE(explanation.open);
  EXPECT_THAT(Open(explanation),
              testing::ElementsAre("!freeze.gate/frozen p002/ROLE_REPRESENTATIVE"));
  for (const Clause& clause : explanation.clauses) {
    if (!clause.finding.has_value()) continue;
    EXPECT_EQ(clause.finding->about().statement(), freeze.statement());
  }
}

TEST(ExplainTest, AsksForEachAnswerAndForWhatIsAcceptedToBeCarriedOut) {
  World::Options options;
  for (int i = 0; i < 2; ++i)
    options.recommendations.push_back(Recommend(statement::v1::RECOMMENDATION_WEIGHT_ADVICE));
  World world(Stage::kFavourable, options);
  std::vector<uint32_t> unanswered;
  for (const Clause& clause : ExplainIn(world).clauses)
    if (clause.rule == "IX.2d") unanswered.push_back(*clause.recommendation);
  EXPECT_THAT(unanswered, testing::ElementsAre(0, 1));
  for (uint32_t i = 0; i < 2; ++i)
    world.Must({world.AnswerTo(i, statement::v1::ANSWER_ACCEPTED)}, {"decider-p001"});
  world.decision = world.Must({world.DecideExchange()}, {"decider-p001"}).Ref();
  world.Must({world.Register()}, {"steward-p001"});
  EXPECT_THAT(Open(ExplainIn(world)),
              testing::ElementsAre("IX.2d/not-carried-out p001/ROLE_DECIDER",
                                   "IX.2d/not-carried-out p001/ROLE_DECIDER"));
  for (uint32_t i = 0; i < 2; ++i)
    world.Must({world.AnswerTo(i, statement::v1::ANSWER_CARRIED_OUT)}, {"decider-p001"});
  EXPECT_TRUE(ExplainIn(world).open);
}

TEST(ExplainTest, SaysWhatACompromisedKeyDidAwaitsRatification) {
  World world(Stage::kFavourable);
  world.Must({world.StopKey("p001", "representative-p001", statement::v1::STOP_CAUSE_COMPROMISED)},
             {"representative-p001"});
  EXPECT_EQ(ExplainIn(world).open, IsOpen(world));
}

TEST(ExplainTest, OfARequestThatLapsedAsksForANewOne) {
  World world(Stage::kProposed);
  world.SetDay("2024-12-01");
  EXPECT_THAT(Open(ExplainIn(world)),
              Contains("!exchange.lapse/request-lapsed p002/ROLE_REQUESTER"));
}

TEST(ExplainTest, OfAnExchangeWithAClassIsOpenToItsMembers) {
  World::Options options;
  options.recipient_class = "group";
  World world(Stage::kRegistered, options);
  EXPECT_TRUE(ExplainIn(world).open);
  EXPECT_TRUE(IsOpen(world));
}

TEST(ExplainTest, PastTheLastDaySaysSo) {
  World world(Stage::kRegistered);
  world.SetDay("2026-02-01");
  const Explanation explanation = ExplainIn(world);
  EXPECT_FALSE(explanation.open);
  EXPECT_THAT(Open(explanation),
              testing::ElementsAre("!transfer.approval/outside-dates p002/ROLE_REQUESTER"));
}

TEST(ExplainTest, WithoutASenderAsksForTheMandate) {
  World world(Stage::kRegistered);
  // Every mandate ends with the convention, every key a day later.
  world.SetDay("2030-01-05");
  EXPECT_THAT(Open(ExplainIn(world)), Contains("mandate.role/sender-missing p001/ROLE_SENDER"));
}

TEST(ExplainTest, AgreesWithDecideWhateverHappened) {
  constexpr int kRounds = 150;
  int opened = 0;
  for (uint32_t seed = 0; seed < kRounds; ++seed) {
    std::mt19937 random(seed);
    World::Options options;
    if (random() % 3 == 0) options.conditions.set_transfer_cap(1);
    if (random() % 4 == 0) options.recipient_class = "group";
    const auto stage = static_cast<Stage>(static_cast<int>(Stage::kProposed) + random() % 6);
    World world(stage, options);
    if (random() % 3 == 0) world.SetDay(random() % 2 == 0 ? "2025-11-30" : "2026-01-02");
    if (random() % 4 == 0) world.Submit({world.Register()}, {"steward-p001"});
    if (random() % 4 == 0) world.Submit({world.DecideExchange()}, {"decider-p001"});
    if (random() % 5 == 0) world.Submit({world.FreezeExchange("p001")}, {"sender-p001"});
    if (random() % 5 == 0) world.Advance(int64_t{9} * 24 * 3600 * 1000);
    if (random() % 6 == 0)
      world.Submit({world.StopKey("p001", random() % 2 == 0 ? "sender-p001" : "decider-p001",
                                  random() % 2 == 0 ? statement::v1::STOP_CAUSE_COMPROMISED
                                                    : statement::v1::STOP_CAUSE_SUSPENDED)},
                   {"representative-p001"});
    const bool open = ExplainIn(world).open;
    EXPECT_EQ(open, IsOpen(world)) << "seed " << seed;
    EXPECT_EQ(open, Open(ExplainIn(world)).empty()) << "seed " << seed;
    opened += open ? 1 : 0;
  }
  // Both answers were asked for.
  EXPECT_GT(opened, 5);
  EXPECT_LT(opened, kRounds - 5);
}

TEST(MendTest, TableNamesRulesAndCodesOfTheCatalogue) {
  for (const auto& [id, code] : policy::MendTable()) {
    const policy::rules::Rule* rule = policy::rules::FindRule(id);
    ASSERT_NE(rule, nullptr) << id;
    if (code.empty()) continue;
    EXPECT_TRUE(
        std::any_of(rule->messages.begin(), rule->messages.end(),
                    [&, wanted = code](const auto& message) { return message.code == wanted; }))
        << id << "/" << code;
  }
}

}  // namespace
}  // namespace passerelle::tests
