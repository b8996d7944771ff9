// Apply takes no entry that contradicts the state, and then leaves the state as it was.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "policy/decide.h"
#include "policy/state/query.h"
#include "tests/support/world.h"

namespace passerelle::tests {
namespace {

using record::v1::Decision;
using statement::v1::Act;
using statement::v1::AGENT_KIND_PERSON;
using statement::v1::ROLE_COUNTERSIGNER;

// A good step that follows on a world, decided and not applied.
Step NextStep(World& world, const Act& act, const std::string& signer) {
  Step step;
  step.statement = world.Draft({act}, {signer});
  step.digest = gateway::base::Sha256(step.statement.SerializeAsString());
  step.index = world.state().size();
  step.entry = world.Decide(step.statement, world.Observe(step.statement));
  step.leaf = gateway::base::Sha256(step.entry.SerializeAsString());
  return step;
}

// One way in which an entry is corrupt.
struct Corruption {
  std::string reason;
  std::function<void(Step&)> corrupt;
};

void PrintTo(const Corruption& corruption, std::ostream* out) { *out << corruption.reason; }

class Corrupt : public testing::TestWithParam<Corruption> {};

TEST_P(Corrupt, IsRefusedAndChangesNothing) {
  World world(Stage::kRegistered);
  Step step = NextStep(world, world.Send(), "sender-p001");
  ASSERT_TRUE(step.accepted());
  const std::string before = world.Dump();
  GetParam().corrupt(step);
  policy::state::State draft = world.state().Fork();
  const std::string forked = draft.Dump();
  const absl::Status status = policy::Apply(draft, step.Applied());
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(gateway::base::ReasonOf(status), GetParam().reason);
  EXPECT_EQ(draft.Dump(), forked);
  EXPECT_EQ(world.Dump(), before);
}

Decision& FirstDecision(Step& step) { return *step.entry.mutable_recorded()->mutable_decisions(0); }

INSTANTIATE_TEST_SUITE_P(
    Entries, Corrupt,
    testing::Values(
        Corruption{"LOG_FOREIGN",
                   [](Step& s) { s.statement.mutable_header()->set_log(Commitment("x")); }},
        Corruption{"INDEX_WRONG", [](Step& s) { ++s.index; }},
        Corruption{"INDEX_WRONG", [](Step& s) { --s.index; }},
        Corruption{"TIME_BACKWARD", [](Step& s) { s.entry.set_time_ms(1); }},
        Corruption{"STATEMENT_EXPIRED",
                   [](Step& s) { s.entry.set_time_ms(s.statement.header().not_after_ms() + 1); }},
        Corruption{"SETTINGS_WRONG", [](Step& s) { s.entry.clear_settings(); }},
        Corruption{"SETTINGS_WRONG", [](Step& s) { s.entry.mutable_settings()->set_ordinal(1); }},
        Corruption{"BODY_WRONG", [](Step& s) { s.entry.clear_body(); }},
        Corruption{"DECISIONS_WRONG",
                   [](Step& s) { s.entry.mutable_recorded()->clear_decisions(); }},
        Corruption{"EFFECT_WRONG",
                   [](Step& s) { FirstDecision(s).set_effect(record::v1::EFFECT_REFUSED); }},
        Corruption{"OUTCOME_MISSING", [](Step& s) { FirstDecision(s).clear_outcome(); }},
        Corruption{"OUTCOME_MISSING",
                   [](Step& s) { FirstDecision(s).mutable_outcome()->clear_derived(); }},
        Corruption{"REFERENCE_UNKNOWN",
                   [](Step& s) {
                     s.statement.mutable_acts(0)
                         ->mutable_transfer_submitted()
                         ->mutable_exchange()
                         ->set_ordinal(9);
                   }},
        Corruption{"ACT_UNKNOWN", [](Step& s) { s.statement.mutable_acts(0)->clear_body(); }},
        Corruption{
            "SIGNER_UNKNOWN",
            [](Step& s) { s.statement.mutable_header()->set_signers(0, Commitment("stranger")); }},
        Corruption{"CHAIN_BROKEN", [](Step& s) { s.entry.mutable_links(0)->set_ordinal(99); }},
        Corruption{"CHAIN_BROKEN",
                   [](Step& s) { s.entry.mutable_links(1)->set_previous(Commitment("x")); }},
        Corruption{"LINKS_UNSORTED", [](Step& s) { s.entry.mutable_links()->SwapElements(0, 1); }},
        Corruption{"LINKS_UNSORTED", [](Step& s) { *s.entry.add_links() = s.entry.links(1); }}));

TEST(Apply, RefusesARepeatedStatement) {
  World world(Stage::kRegistered);
  Step step = NextStep(world, world.Send(), "sender-p001");
  policy::state::State draft = world.state().Fork();
  ASSERT_TRUE(policy::Apply(draft, step.Applied()).ok());
  const std::string before = draft.Dump();
  ++step.index;
  step.entry.clear_links();
  EXPECT_EQ(gateway::base::ReasonOf(policy::Apply(draft, step.Applied())), "STATEMENT_REPEATED");
  EXPECT_EQ(draft.Dump(), before);
}

TEST(Apply, RefusesASecondKeyOfOneFingerprint) {
  World world(Stage::kStaffed);
  Step step =
      NextStep(world, world.Enrol("p001", "newcomer", AGENT_KIND_PERSON), "representative-p001");
  step.statement.mutable_acts(0)->mutable_agent_enrolled()->set_spki(MakeAgent("dpo-p001").spki);
  policy::state::State draft = world.state().Fork();
  EXPECT_EQ(gateway::base::ReasonOf(policy::Apply(draft, step.Applied())), "KEY_REPEATED");
}

TEST(Apply, LeavesTheStateBelowADraftAlone) {
  World world(Stage::kRegistered);
  const Step step = NextStep(world, world.Send(), "sender-p001");
  const std::string before = world.Dump();
  {
    policy::state::State draft = world.state().Fork();
    ASSERT_TRUE(policy::Apply(draft, step.Applied()).ok());
    EXPECT_NE(draft.Dump(), before);
  }
  EXPECT_EQ(world.Dump(), before);
}

TEST(Apply, RecordsANotedActWithoutEffect) {
  World world(Stage::kRegistered);
  Step step = NextStep(world, world.Send(), "sender-p001");
  FirstDecision(step).set_effect(record::v1::EFFECT_NOTED);
  policy::state::State draft = world.state().Fork();
  ASSERT_TRUE(policy::Apply(draft, step.Applied()).ok());
  EXPECT_EQ(SubstanceOf(draft), SubstanceOf(world.state()));
  EXPECT_NE(draft.statements.Find(gateway::base::View(step.digest)), nullptr);
}

TEST(Apply, ForgetsAStatementOnceItIsRefusedAsExpired) {
  World world(Stage::kRegistered);
  const Step& sent = world.Must({world.Send()}, {"sender-p001"});
  const auto digest = gateway::base::View(sent.digest);
  EXPECT_NE(world.state().statements.Find(digest), nullptr);
  world.Advance(gateway::base::kDefaultStatementLifeMs);
  world.Must({world.Send()}, {"sender-p001"});
  EXPECT_NE(world.state().statements.Find(digest), nullptr);  // its last instant
  world.Advance(1);
  world.Must({world.Send()}, {"sender-p001"});
  EXPECT_EQ(world.state().statements.Find(digest), nullptr);
}

TEST(Apply, NamesTheLogAfterTheLeafOfEntryZero) {
  World world(Stage::kFounded);
  EXPECT_EQ(world.state().founding()->log(), gateway::base::ToBytes(world.steps()[0].leaf));
}

TEST(Apply, GivesEachFounderAKeyAndAMandateWithoutEnd) {
  World world(Stage::kFounded);
  const auto held = policy::state::MandatesOf(world.state(), MakeAgent("counter-1").id);
  ASSERT_EQ(held.size(), 1u);
  EXPECT_EQ(held[0].row->role(), ROLE_COUNTERSIGNER);
  EXPECT_FALSE(held[0].row->has_until());
  EXPECT_EQ(held[0].ref.ordinal(), 4u);  // the fourth key, from 1
  EXPECT_EQ(world.state().keys.Find(MakeAgent("counter-1").fingerprint)->acted(), 1u);
}

}  // namespace
}  // namespace passerelle::tests
