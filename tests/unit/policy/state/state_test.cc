#include "policy/state/state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/support/world.h"

namespace passerelle::policy::state {
namespace {

using testing::HasSubstr;

TEST(Reference, GoesToAKeyAndBack) {
  statement::v1::ActRef ref;
  ref.set_statement(tests::Commitment("statement"));
  ref.set_ordinal(258);
  const std::string key = KeyOf(ref);
  ASSERT_EQ(key.size(), 36u);
  EXPECT_EQ(key.substr(32), std::string("\x00\x00\x01\x02", 4));
  EXPECT_EQ(RefOf(key).SerializeAsString(), ref.SerializeAsString());
}

TEST(Reference, IsMadeAbsoluteOnlyWithinItsSet) {
  const gateway::base::Digest statement = gateway::base::Sha256("statement");
  EXPECT_EQ(Absolute(tests::Earlier(3), statement).statement(), gateway::base::ToBytes(statement));
  EXPECT_EQ(Absolute(tests::Earlier(3), statement).ordinal(), 3u);
  statement::v1::ActRef other;
  other.set_statement(tests::Commitment("other"));
  EXPECT_EQ(Absolute(other, statement).statement(), other.statement());
}

TEST(State, IsEmptyBeforeEntryZero) {
  const State state;
  EXPECT_EQ(state.Dump(), "");
  EXPECT_EQ(state.size(), 0u);
  EXPECT_EQ(state.time_ms(), 0);
  EXPECT_EQ(state.founding(), nullptr);
}

TEST(State, DumpsOneLineARowWithKeysInHexadecimal) {
  State state;
  record::v1::ChainRow chain;
  chain.set_length(7);
  chain.set_last("\x01\n");
  state.Put("all", chain);
  record::v1::HeadRow head;
  head.set_size(2);
  state.Put("", head);
  EXPECT_EQ(state.Dump(), "heads  {size: 2}\nchains 616c6c {length: 7 last: \"\\001\\n\"}\n");
}

TEST(State, DumpsTheSameThroughAForkAsAfterAbsorbing) {
  tests::World world(tests::Stage::kHandedOver);
  const std::string below = world.Dump();
  State fork = world.state().Fork();
  EXPECT_EQ(fork.Dump(), below);
  State upper = fork.Fork();
  upper.Put("deed", record::v1::DeedRow());
  const std::string changed = upper.Dump();
  EXPECT_NE(changed, below);
  fork.Absorb(upper);
  EXPECT_EQ(fork.Dump(), changed);
  EXPECT_EQ(world.Dump(), below);
}

TEST(State, DigestsItsDumpUnderItsTag) {
  tests::World world(tests::Stage::kFounded);
  const auto inner = gateway::base::Sha256(world.Dump());
  EXPECT_EQ(world.state().DumpDigest(),
            gateway::base::Sha256({"passerelle/state/v1\n", gateway::base::View(inner)}));
}

TEST(State, LeavesIndexesOutOfTheDump) {
  tests::World world(tests::Stage::kHandedOver);
  EXPECT_THAT(world.Dump(), testing::Not(HasSubstr("mandates_by_agent")));
  EXPECT_THAT(world.Dump(), testing::Not(HasSubstr("transfers_by_last_day")));
}

TEST(State, DumpsEveryTableOfALivedWorld) {
  tests::World world(tests::Stage::kHandedOver);
  for (const char* table :
       {"heads", "foundings", "chains", "adhesions", "deeds", "agents", "keys", "mandates",
        "datasets", "slugs", "exchanges", "transfers", "statements"})
    EXPECT_THAT("\n" + world.Dump(), HasSubstr(std::string("\n") + table + " "));
}

}  // namespace
}  // namespace passerelle::policy::state
