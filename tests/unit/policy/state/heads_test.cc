#include "policy/state/heads.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "audit/merkle/merkle.h"
#include "gateway/base/bytes.h"

namespace passerelle::policy::state {
namespace {

using gateway::base::Digest;
using record::v1::ChainHead;

ChainHead Head(const std::string& chain, uint64_t length, char last) {
  ChainHead head;
  head.set_chain(chain);
  head.set_length(length);
  head.set_last(std::string(32, last));
  return head;
}

TEST(Heads, AreThoseOfEveryChainSortedByName) {
  State state;
  for (const auto& [name, length] : {std::pair("p002", 5), std::pair("all", 9)}) {
    record::v1::ChainRow row;
    row.set_length(static_cast<uint64_t>(length));
    row.set_last(std::string(32, 'x'));
    state.Put(name, row);
  }
  const std::vector<ChainHead> heads = HeadsOf(state);
  ASSERT_EQ(heads.size(), 2u);
  EXPECT_EQ(heads[0].chain(), "all");
  EXPECT_EQ(heads[0].length(), 9u);
  EXPECT_EQ(heads[1].chain(), "p002");
}

// The bytes as audit/FORMAT.md has them, hashed apart.
TEST(Heads, ALeafIsTaggedAndOfFixedLength) {
  std::string bytes("\0passerelle/chain-head/v1\n", 26);
  bytes += gateway::base::View(gateway::base::Sha256("p001"));
  bytes += std::string("\0\0\0\0\0\0\1\2", 8);
  bytes += std::string(32, 'x');
  EXPECT_EQ(HeadLeaf(Head("p001", 258, 'x')), gateway::base::Sha256(bytes));
}

TEST(Heads, EveryOneLeadsToTheRootAndAnyOtherDoesNot) {
  for (size_t count = 1; count <= 20; ++count) {
    std::vector<ChainHead> heads;
    for (size_t i = 0; i < count; ++i)
      heads.push_back(Head("p" + std::to_string(100 + i), i + 1, static_cast<char>('a' + i)));
    const Digest root = HeadsRoot(heads);
    for (size_t i = 0; i < count; ++i) {
      const std::vector<Digest> path = HeadProof(heads, i);
      EXPECT_TRUE(audit::merkle::VerifyInclusion(i, count, HeadLeaf(heads[i]), path, root).ok());
      ChainHead shorter = heads[i];
      shorter.set_length(shorter.length() + 1);
      EXPECT_FALSE(audit::merkle::VerifyInclusion(i, count, HeadLeaf(shorter), path, root).ok());
    }
  }
}

}  // namespace
}  // namespace passerelle::policy::state
