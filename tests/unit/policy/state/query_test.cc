#include "policy/state/query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/support/world.h"

namespace passerelle::policy::state {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using tests::DateOf;
using tests::MakeAgent;
using tests::Stage;
using tests::World;

TEST(Mandates, AreInForceFromTheirFirstDayToTheirLast) {
  record::v1::MandateRow row;
  *row.mutable_from() = DateOf("2024-02-10");
  *row.mutable_until() = DateOf("2024-02-20");
  row.set_in_force_from_ms(100);
  EXPECT_FALSE(InForce(State(), row, 100, DateOf("2024-02-09")));
  EXPECT_TRUE(InForce(State(), row, 100, DateOf("2024-02-10")));
  EXPECT_TRUE(InForce(State(), row, 100, DateOf("2024-02-20")));
  EXPECT_FALSE(InForce(State(), row, 100, DateOf("2024-02-21")));
  EXPECT_FALSE(InForce(State(), row, 99, DateOf("2024-02-15")));
  row.clear_until();
  EXPECT_TRUE(InForce(State(), row, 100, DateOf("2999-01-01")));
}

TEST(Mandates, AreFoundByAgentPartyAndRole) {
  World world(Stage::kStaffed);
  const auto now = world.now();
  const auto find = [&](std::string_view name, std::string_view party, statement::v1::Role role) {
    return FindMandate(world.state(), MakeAgent(name).id, party, role, now.time_ms, now.civil_date);
  };
  EXPECT_NE(find("dpo-p001", "p001", statement::v1::ROLE_DPO).row, nullptr);
  EXPECT_EQ(find("dpo-p001", "p002", statement::v1::ROLE_DPO).row, nullptr);
  EXPECT_EQ(find("dpo-p001", "p001", statement::v1::ROLE_DECIDER).row, nullptr);
  EXPECT_EQ(find("stranger", "p001", statement::v1::ROLE_DPO).row, nullptr);
  EXPECT_EQ(FindMandate(world.state(), "short", "p001", statement::v1::ROLE_DPO, now.time_ms,
                        now.civil_date)
                .row,
            nullptr);
}

TEST(Mandates, PutTitularsBeforeDeputies) {
  World world(Stage::kStaffed);
  statement::v1::Act deputy = world.Mandate("p003", "dpo", statement::v1::ROLE_DPO);
  deputy.mutable_mandate_given()->set_rank(statement::v1::RANK_DEPUTY);
  world.Must({deputy}, {"representative-p003"});
  const auto titular =
      world.Must({world.Mandate("p003", "dpo", statement::v1::ROLE_DPO)}, {"representative-p003"})
          .Ref();
  const auto now = world.now();
  EXPECT_EQ(KeyOf(FindMandate(world.state(), MakeAgent("dpo").id, "p003", statement::v1::ROLE_DPO,
                              now.time_ms, now.civil_date)
                      .ref),
            KeyOf(titular));
  EXPECT_EQ(MandatesOf(world.state(), MakeAgent("dpo").id).size(), 2u);
}

TEST(Keys, BelongToTheirAgentDuringTheirValidity) {
  World world(Stage::kStaffed);
  EXPECT_EQ(AgentOfKey(world.state(), MakeAgent("dpo-p001").fingerprint), MakeAgent("dpo-p001").id);
  EXPECT_THAT(AgentOfKey(world.state(), MakeAgent("stranger").fingerprint), IsEmpty());
  record::v1::KeyRow key;
  key.set_valid_from_ms(10);
  key.set_valid_until_ms(20);
  key.set_in_force_from_ms(12);
  EXPECT_FALSE(KeyInForce(State(), key, 11, DateOf("2024-02-15")));
  EXPECT_TRUE(KeyInForce(State(), key, 12, DateOf("2024-02-15")));
  EXPECT_TRUE(KeyInForce(State(), key, 20, DateOf("2024-02-15")));
  EXPECT_FALSE(KeyInForce(State(), key, 21, DateOf("2024-02-15")));
}

TEST(Parties, AreFoundByIdAndAdhereOnce) {
  World world(Stage::kAdhered);
  EXPECT_NE(FindParty(world.state(), "p006"), nullptr);
  EXPECT_EQ(FindParty(world.state(), "p007"), nullptr);
  EXPECT_EQ(FindParty(world.state(), ""), nullptr);
  EXPECT_EQ(FindParty(State(), "p001"), nullptr);
  EXPECT_TRUE(HasAdhered(world.state(), "p001", world.now().time_ms));
  EXPECT_FALSE(HasAdhered(world.state(), "p001", 0));
  EXPECT_FALSE(HasAdhered(world.state(), "p006", world.now().time_ms));
}

TEST(CommuneCodes, AreThoseOfTheFirstOfJanuary) {
  convention::v1::Convention convention = tests::InventedConvention();
  EXPECT_THAT(CommuneCodes(convention, 2023), ElementsAre("99001", "99002", "99003"));
  auto* code = convention.mutable_parties(2)->mutable_insee_codes(0);
  *code->mutable_until() = DateOf("2024-12-31");
  auto* next = convention.mutable_parties(2)->add_insee_codes();
  next->set_code("99009");
  *next->mutable_from() = DateOf("2025-01-01");
  EXPECT_THAT(CommuneCodes(convention, 2024), ElementsAre("99001", "99002", "99003"));
  EXPECT_THAT(CommuneCodes(convention, 2025), ElementsAre("99002", "99003", "99009"));
}

TEST(NameOf, IsTheLastThatBegan) {
  convention::v1::Party party;
  party.set_id("p009");
  EXPECT_EQ(NameOf(party, DateOf("2024-01-01")), "p009");
  party.add_names()->set_name("Ancien");
  auto* later = party.add_names();
  later->set_name("Nouveau");
  *later->mutable_from() = DateOf("2024-07-01");
  EXPECT_EQ(NameOf(party, DateOf("2024-06-30")), "Ancien");
  EXPECT_EQ(NameOf(party, DateOf("2024-07-01")), "Nouveau");
}

TEST(NumberOf, OrdersDatesAndIsZeroWhenAbsent) {
  EXPECT_EQ(NumberOf(DateOf("2024-02-29")), 20240229);
  EXPECT_EQ(NumberOf(convention::v1::Date()), 0);
  convention::v1::Date wild;
  wild.set_year(std::numeric_limits<uint32_t>::max());
  EXPECT_GT(NumberOf(wild), NumberOf(DateOf("2999-12-31")));
}

}  // namespace
}  // namespace passerelle::policy::state
