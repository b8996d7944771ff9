// Who may fetch, what is over, what is to be erased.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "policy/decide.h"
#include "policy/state/indexes.h"
#include "tests/support/world.h"

namespace passerelle::tests {
namespace {

using policy::Handover;
using statement::v1::Act;
using statement::v1::ActRef;
using statement::v1::AGENT_KIND_PERSON;
using statement::v1::AGENT_KIND_SERVICE;
using statement::v1::MandateGiven;
using statement::v1::ROLE_OPERATOR;
using statement::v1::ROLE_READER;
using statement::v1::ROLE_STEWARD;
using statement::v1::RULING_REFUSED;
using statement::v1::RULING_RELEASED;
using testing::ElementsAre;
using testing::IsEmpty;

// The reasons of a handover, `rule/code` each.
std::vector<std::string> ReasonsFor(const World& world, std::string_view name) {
  const Handover handover =
      policy::JudgeHandover(world.state(), MakeAgent(name).id, world.transfer, world.now());
  std::vector<std::string> reasons;
  for (const auto& finding : handover.findings)
    reasons.push_back(finding.rule() + "/" + finding.code());
  return reasons;
}

// Gives a mandate that differs from a good one.
void Give(World& world, Act mandate, const std::function<void(MandateGiven&)>& change) {
  change(*mandate.mutable_mandate_given());
  world.Must({mandate}, {"representative-p002"});
}

TEST(JudgeHandover, AdmitsAReaderOfAnAuthorisedUnit) {
  World world(Stage::kSent);
  const Handover handover = policy::JudgeHandover(world.state(), MakeAgent("reader-p002").id,
                                                  world.transfer, world.now());
  EXPECT_THAT(handover.findings, IsEmpty());
  EXPECT_EQ(handover.reader.party(), "p002");
  EXPECT_EQ(handover.reader.unit(), "stats");
  EXPECT_EQ(handover.reader.role(), static_cast<uint32_t>(ROLE_READER));
  EXPECT_EQ(handover.reader.kind(), static_cast<uint32_t>(AGENT_KIND_PERSON));
}

TEST(JudgeHandover, RefusesWhoHoldsNoMandateToRead) {
  World world(Stage::kSent);
  EXPECT_THAT(ReasonsFor(world, "stranger"), ElementsAre("IX.5d/no-reader-mandate"));
  EXPECT_THAT(ReasonsFor(world, "requester-p002"), ElementsAre("IX.5d/no-reader-mandate"));
  EXPECT_THAT(ReasonsFor(world, "reader-p003"), ElementsAre("IX.5d/no-reader-mandate"));
  EXPECT_THAT(ReasonsFor(world, "gateway"), testing::Contains("IX.5d/no-reader-mandate"));
}

TEST(JudgeHandover, RefusesAReaderOfAnotherUnit) {
  World world(Stage::kSent);
  Give(world, world.Mandate("p002", "elsewhere", ROLE_READER),
       [](MandateGiven& given) { given.set_unit("childhood"); });
  EXPECT_THAT(ReasonsFor(world, "elsewhere"), ElementsAre("IX.5d/unit-not-authorised"));
}

TEST(JudgeHandover, RefusesAReaderLimitedToOtherDatasets) {
  World world(Stage::kSent);
  Give(world, world.Mandate("p002", "limited", ROLE_READER),
       [](MandateGiven& given) { given.add_datasets("p001/other"); });
  EXPECT_THAT(ReasonsFor(world, "limited"), ElementsAre("IX.5d/dataset-not-named"));
}

TEST(JudgeHandover, TakesTheBestOfSeveralMandates) {
  World world(Stage::kSent);
  Give(world, world.Mandate("p002", "several", ROLE_READER),
       [](MandateGiven& given) { given.set_unit("childhood"); });
  Give(world, world.Mandate("p002", "several", ROLE_READER), [](MandateGiven&) {});
  EXPECT_THAT(ReasonsFor(world, "several"), IsEmpty());
}

TEST(JudgeHandover, RefusesAMandateThatIsOver) {
  World world(Stage::kSent);
  Give(world, world.Mandate("p002", "temporary", ROLE_READER),
       [](MandateGiven& given) { *given.mutable_until() = DateOf("2024-06-03"); });
  EXPECT_THAT(ReasonsFor(world, "temporary"), IsEmpty());
  world.SetDay("2024-06-04");
  EXPECT_THAT(ReasonsFor(world, "temporary"), ElementsAre("IX.5d/no-reader-mandate"));
}

TEST(JudgeHandover, AdmitsAServiceWhileSomebodyAnswersForIt) {
  World world(Stage::kSent);
  Act answering = world.Mandate("p002", "answering", ROLE_STEWARD);
  *answering.mutable_mandate_given()->mutable_until() = DateOf("2024-06-03");
  world.Must({answering, world.ServiceMandate("p002", "robot", ROLE_READER, "answering"),
              world.Enrol("p002", "robot", AGENT_KIND_SERVICE)},
             {"representative-p002"});
  EXPECT_THAT(ReasonsFor(world, "robot"), IsEmpty());
  world.SetDay("2024-06-04");
  EXPECT_THAT(ReasonsFor(world, "robot"), ElementsAre("IX.5d/not-answered-for"));
}

TEST(JudgeHandover, AdmitsAServiceWhileWhoAnswersForItIsBoundToConfidentiality) {
  World world(Stage::kSent);
  Act reading = world.Mandate("p002", "answering", ROLE_READER);
  *reading.mutable_mandate_given()->mutable_until() = DateOf("2024-06-03");
  world.Must({reading, world.Mandate("p002", "answering", ROLE_STEWARD)}, {"representative-p002"});
  Act service = world.ServiceMandate("p002", "robot", ROLE_READER, "answering");
  service.mutable_mandate_given()->clear_confidentiality();
  world.Must({service, world.Enrol("p002", "robot", AGENT_KIND_SERVICE)}, {"representative-p002"});
  EXPECT_THAT(ReasonsFor(world, "robot"), IsEmpty());
  world.SetDay("2024-06-04");
  EXPECT_THAT(ReasonsFor(world, "robot"), ElementsAre("IX.5d/agreement-missing"));
}

TEST(JudgeHandover, RefusesAnOperator) {
  World world(Stage::kSent);
  world.Appoint("p002", ROLE_OPERATOR, "reader-p002");
  EXPECT_THAT(ReasonsFor(world, "reader-p002"), ElementsAre("conflict.C6/operator-acts"));
}

TEST(JudgeHandover, WaitsForTheRulingOfTheDpo) {
  World world(Stage::kSent, EachRuled());
  EXPECT_THAT(ReasonsFor(world, "reader-p002"), ElementsAre("gateway.handover/held"));
  world.Must({world.Rule(RULING_RELEASED)}, {"dpo-p001"});
  EXPECT_THAT(ReasonsFor(world, "reader-p002"), IsEmpty());
}

TEST(JudgeHandover, RefusesATransferThatIsNotThere) {
  World world(Stage::kSent);
  world.transfer.set_ordinal(5);
  EXPECT_THAT(ReasonsFor(world, "reader-p002"), ElementsAre("wire.reference/unknown"));
}

TEST(JudgeHandover, EndsWithTheRetention) {
  World world(Stage::kSent);
  world.SetDay("2026-12-31");
  EXPECT_THAT(ReasonsFor(world, "reader-p002"), IsEmpty());
  world.SetDay("2027-01-01");
  EXPECT_THAT(ReasonsFor(world, "reader-p002"), ElementsAre("gateway.handover/retention-over"));
}

TEST(RetentionsReached, ListsATransferFromTheDayAfterItsLast) {
  World world(Stage::kSent);
  world.SetDay("2026-12-31");
  EXPECT_THAT(policy::RetentionsReached(world.state(), world.now()), IsEmpty());
  world.SetDay("2027-01-01");
  EXPECT_THAT(policy::RetentionsReached(world.state(), world.now()),
              ElementsAre(policy::state::KeyOf(world.transfer)));
}

TEST(RetentionsReached, ListsATransferAfterItsInstantOfDestruction) {
  World::Options options;
  options.destroy_after_ms = FakeClock::kStartMs + 1000;
  World world(Stage::kSent, options);
  world.Advance(1000);
  EXPECT_THAT(policy::RetentionsReached(world.state(), world.now()), IsEmpty());
  world.Advance(1);
  EXPECT_THAT(policy::RetentionsReached(world.state(), world.now()),
              ElementsAre(policy::state::KeyOf(world.transfer)));
}

TEST(TransfersToErase, ListsATransferBetweenGroundAndErasure) {
  World world(Stage::kSent);
  EXPECT_THAT(policy::state::TransfersToErase(world.state()), IsEmpty());
  world.SetDay("2027-01-01");
  const ActRef ground = world.Must({world.ReachRetention()}, {"gateway"}).Ref();
  EXPECT_THAT(policy::state::TransfersToErase(world.state()),
              ElementsAre(policy::state::KeyOf(world.transfer)));
  EXPECT_THAT(policy::RetentionsReached(world.state(), world.now()), IsEmpty());
  world.Must({world.Erase(ground)}, {"gateway"});
  EXPECT_THAT(policy::state::TransfersToErase(world.state()), IsEmpty());
}

TEST(TransfersToErase, ListsARefusedTransfer) {
  World world(Stage::kSent, EachRuled());
  const ActRef ground = world.Must({world.Rule(RULING_REFUSED)}, {"dpo-p001"}).Ref();
  EXPECT_THAT(policy::state::TransfersToErase(world.state()),
              ElementsAre(policy::state::KeyOf(world.transfer)));
  world.Must({world.Erase(ground)}, {"gateway"});
  EXPECT_THAT(policy::state::TransfersToErase(world.state()), IsEmpty());
}

}  // namespace
}  // namespace passerelle::tests
