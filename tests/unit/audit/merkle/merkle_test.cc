#include "audit/merkle/merkle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "gateway/base/bytes.h"
#include "gateway/base/status.h"
#include "tests/unit/audit/merkle/reference_tree.h"

namespace passerelle::audit::merkle {
namespace {

using gateway::base::FromHex;
using gateway::base::ToBase64;
using gateway::base::ToBytes;
using gateway::base::ToHex;
using gateway::base::View;
using testing::ElementsAre;

constexpr uint64_t kSizes = 300;

// Leaves and roots of transparency-dev/merkle, testonly/constants.go.
constexpr const char* kLeaves[] = {"",
                                   "00",
                                   "10",
                                   "2021",
                                   "3031",
                                   "40414243",
                                   "5051525354555657",
                                   "606162636465666768696a6b6c6d6e6f"};
constexpr const char* kRoots[] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

TEST(Vectors, RootsOfTheEightLeavesMatch) {
  Frontier frontier;
  EXPECT_EQ(ToHex(View(frontier.Root())), kRoots[0]);
  for (size_t i = 0; i < 8; ++i) {
    frontier.Append(LeafHash(*FromHex(kLeaves[i])));
    EXPECT_EQ(ToHex(View(frontier.Root())), kRoots[i + 1]) << "size " << i + 1;
  }
}

// The log of transparency-dev/tessera, testdata/log.
TEST(Vectors, RootsAndPathOfTheSmallLogMatch) {
  ReferenceTree tree({"one", "two", "three", "four", "five", "six", "seven", "eit", "nain", "ten",
                      "ileven", "twelf", "threeten", "fourten", "fivten"});
  const auto read = [&](NodeId node) { return tree.Read(node); };
  EXPECT_EQ(ToBase64(View(*RootAt(5, read))), "gy5gl3aksFyiCO95a/1vLXz88A3dRq+0l9Sxte8ZqZQ=");
  EXPECT_EQ(ToBase64(View(*RootAt(15, read))), "rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=");
  std::vector<std::string> path;
  const std::vector<Digest> proof = *InclusionProof(14, 15, read);
  for (const Digest& hash : proof) path.push_back(ToBase64(View(hash)));
  EXPECT_THAT(path, ElementsAre("GiUtVP0XhIaZ/fl7ReMLgw+9YUtjFAt8kaTdfOe2u/I=",
                                "3cFRCtyHVxAUTugFyRgo30efbl+BVxdTQDIGg5H61SA=",
                                "bC+VwvrJbalNVjfkdI8kUgs7mJoXrqiXCE7bgnD28pY="));
}

TEST(Hashing, LeafAndNodeAreSeparated) {
  const Digest left = LeafHash("left");
  const Digest right = LeafHash("right");
  EXPECT_EQ(NodeHash(left, right), gateway::base::Sha256("\x01" + ToBytes(left) + ToBytes(right)));
  EXPECT_NE(LeafHash("\x01" + ToBytes(left) + ToBytes(right)), NodeHash(left, right));
  EXPECT_NE(LeafHash(ToBytes(left) + ToBytes(right)), NodeHash(left, right));
  EXPECT_NE(NodeHash(left, right), NodeHash(right, left));
}

TEST(Root, AgreesWithTheReferenceAtEverySize) {
  ReferenceTree tree = ReferenceTree::OfSize(kSizes);
  const auto read = [&](NodeId node) { return tree.Read(node); };
  Frontier frontier;
  for (uint64_t size = 0; size <= kSizes; ++size) {
    EXPECT_EQ(frontier.size(), size);
    EXPECT_EQ(frontier.Root(), tree.Root(size)) << size;
    EXPECT_EQ(*RootAt(size, read), tree.Root(size)) << size;
    if (size < kSizes) frontier.Append(tree.Leaf(size));
  }
}

TEST(Root, DoesNotDuplicateAnOddNode) {
  const Digest a = LeafHash("a");
  const Digest b = LeafHash("b");
  const Digest c = LeafHash("c");
  Frontier three;
  Frontier four;
  for (const Digest& leaf : {a, b, c}) three.Append(leaf);
  for (const Digest& leaf : {a, b, c, c}) four.Append(leaf);
  EXPECT_EQ(three.Root(), NodeHash(NodeHash(a, b), c));
  EXPECT_NE(three.Root(), four.Root());
}

TEST(Root, PassesOnTheReadersError) {
  const auto read = [](NodeId node) -> absl::StatusOr<Digest> {
    if (node.level == 1) return gateway::base::Corrupt("NODE_MISSING", "a node is missing");
    return Digest{};
  };
  EXPECT_TRUE(RootAt(4, read).ok());
  for (const absl::Status& status :
       {RootAt(7, read).status(), InclusionProof(2, 4, read).status(),
        InclusionProof(3, 7, read).status(), InclusionProof(0, 7, read).status(),
        InclusionProof(6, 7, read).status(), ConsistencyProof(3, 4, read).status(),
        ConsistencyProof(6, 7, read).status()})
    EXPECT_EQ(gateway::base::ReasonOf(status), "NODE_MISSING");
}

TEST(FrontierAppend, TellsEveryCompletedSubtreeOnceLeafFirst) {
  constexpr uint64_t kLeafCount = 70;
  ReferenceTree tree = ReferenceTree::OfSize(kLeafCount);
  std::map<std::pair<int, uint64_t>, Digest> told;
  Frontier frontier;
  for (uint64_t i = 0; i < kLeafCount; ++i) {
    int next_level = 0;
    frontier.Append(tree.Leaf(i), [&](NodeId node, const Digest& hash) {
      EXPECT_EQ(node.level, next_level++);
      EXPECT_TRUE(told.emplace(std::pair(node.level, node.index), hash).second);
      EXPECT_EQ((node.index + 1) << node.level, i + 1);
      EXPECT_EQ(hash, *tree.Read(node));
    });
  }
  size_t expected = 0;
  for (uint64_t width = 1; width <= kLeafCount; width *= 2) expected += kLeafCount / width;
  EXPECT_EQ(told.size(), expected);
}

TEST(FrontierResume, ContinuesAsIfNeverStopped) {
  ReferenceTree tree = ReferenceTree::OfSize(kSizes);
  for (uint64_t size = 0; size + 3 <= kSizes; ++size) {
    std::vector<Digest> nodes;
    for (NodeId node : FrontierNodes(size)) nodes.push_back(*tree.Read(node));
    absl::StatusOr<Frontier> frontier = Frontier::Resume(size, nodes);
    ASSERT_TRUE(frontier.ok());
    EXPECT_EQ(frontier->Root(), tree.Root(size));
    for (uint64_t i = size; i < size + 3; ++i) frontier->Append(tree.Leaf(i));
    EXPECT_EQ(frontier->Root(), tree.Root(size + 3)) << size;
  }
}

TEST(FrontierFromLastLeaf, ContinuesAsIfNeverStopped) {
  ReferenceTree tree = ReferenceTree::OfSize(kSizes);
  const auto read = [&tree](NodeId node) { return tree.Read(node); };
  for (uint64_t size = 1; size + 3 <= kSizes; ++size) {
    const std::vector<Digest> proof = *InclusionProof(size - 1, size, read);
    absl::StatusOr<Frontier> frontier = Frontier::FromLastLeaf(size, tree.Leaf(size - 1), proof);
    ASSERT_TRUE(frontier.ok()) << size << frontier.status();
    EXPECT_EQ(frontier->Root(), tree.Root(size)) << size;
    for (uint64_t i = size; i < size + 3; ++i) frontier->Append(tree.Leaf(i));
    EXPECT_EQ(frontier->Root(), tree.Root(size + 3)) << size;
  }
}

TEST(FrontierFromLastLeaf, RefusesAProofOfAnotherLength) {
  EXPECT_EQ(Frontier::FromLastLeaf(0, Digest{}, {}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(Frontier::FromLastLeaf(1, Digest{}, {}).ok());
  EXPECT_FALSE(Frontier::FromLastLeaf(1, Digest{}, {Digest{}}).ok());
  EXPECT_FALSE(Frontier::FromLastLeaf(8, Digest{}, {Digest{}, Digest{}}).ok());
}

TEST(FrontierResume, RefusesAWrongNumberOfSubtrees) {
  EXPECT_FALSE(Frontier::Resume(0, {Digest{}}).ok());
  EXPECT_FALSE(Frontier::Resume(7, {Digest{}, Digest{}}).ok());
  EXPECT_FALSE(Frontier::Resume(8, {}).ok());
  EXPECT_EQ(Frontier::Resume(8, {}).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(FrontierNodes, CoverTheLeavesWithoutGapLargestFirst) {
  for (uint64_t size : {uint64_t{0}, uint64_t{1}, uint64_t{2}, uint64_t{7}, uint64_t{70000},
                        (uint64_t{1} << 62) + 5, ~uint64_t{0}, uint64_t{1} << 63}) {
    uint64_t covered = 0;
    int level = 64;
    for (NodeId node : FrontierNodes(size)) {
      EXPECT_LT(node.level, level);
      level = node.level;
      EXPECT_EQ(node.index << node.level, covered);
      covered += uint64_t{1} << node.level;
    }
    EXPECT_EQ(covered, size);
  }
}

}  // namespace
}  // namespace passerelle::audit::merkle
