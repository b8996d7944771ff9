// Inclusion proofs: all sizes against the recursive twin, then tests named after what was changed.
#include <gtest/gtest.h>

#include <algorithm>

#include "audit/merkle/merkle.h"
#include "gateway/base/bytes.h"
#include "gateway/base/status.h"
#include "tests/unit/audit/merkle/reference_tree.h"

namespace passerelle::audit::merkle {
namespace {

using gateway::base::View;

constexpr uint64_t kSizes = 300;
// Mutations are tried on every leaf of every tree up to this size.
constexpr uint64_t kMutatedSizes = 40;

TEST(Inclusion, AgreesWithTheReferenceForEveryLeafOfEverySize) {
  ReferenceTree tree = ReferenceTree::OfSize(kSizes);
  const auto read = [&](NodeId node) { return tree.Read(node); };
  for (uint64_t size = 1; size <= kSizes; ++size) {
    for (uint64_t index = 0; index < size; ++index) {
      const absl::StatusOr<std::vector<Digest>> proof = InclusionProof(index, size, read);
      ASSERT_TRUE(proof.ok());
      ASSERT_EQ(*proof, tree.Path(index, 0, size)) << index << " in " << size;
      ASSERT_TRUE(VerifyInclusion(index, size, tree.Leaf(index), *proof, tree.Root(size)).ok());
    }
  }
}

// Calls `check` with every leaf, its proof and its tree, for all small sizes.
template <typename Check>
void ForEachProof(Check check) {
  ReferenceTree tree = ReferenceTree::OfSize(kMutatedSizes + 1);
  for (uint64_t size = 1; size <= kMutatedSizes; ++size)
    for (uint64_t index = 0; index < size; ++index)
      check(tree, index, size, tree.Path(index, 0, size));
}

TEST(InclusionMutation, TruncatedProofIsRefused) {
  ForEachProof([](ReferenceTree& tree, uint64_t index, uint64_t size, std::vector<Digest> proof) {
    if (proof.empty()) return;
    const std::vector<Digest> headless(proof.begin() + 1, proof.end());
    proof.pop_back();
    for (const auto& bad : {proof, headless}) {
      const absl::Status status =
          VerifyInclusion(index, size, tree.Leaf(index), bad, tree.Root(size));
      EXPECT_EQ(gateway::base::ReasonOf(status), "PROOF_LENGTH");
    }
  });
}

TEST(InclusionMutation, ExtraNodeIsRefused) {
  ForEachProof([](ReferenceTree& tree, uint64_t index, uint64_t size, std::vector<Digest> proof) {
    for (const Digest& extra : {Digest{}, tree.Root(size), tree.Leaf(index)}) {
      for (size_t place = 0; place <= proof.size(); ++place) {
        std::vector<Digest> bad = proof;
        bad.insert(bad.begin() + static_cast<std::ptrdiff_t>(place), extra);
        EXPECT_FALSE(VerifyInclusion(index, size, tree.Leaf(index), bad, tree.Root(size)).ok());
      }
    }
  });
}

TEST(InclusionMutation, SwappedNodesAreRefused) {
  ForEachProof([](ReferenceTree& tree, uint64_t index, uint64_t size, std::vector<Digest> proof) {
    for (size_t i = 0; i + 1 < proof.size(); ++i) {
      std::vector<Digest> bad = proof;
      std::swap(bad[i], bad[i + 1]);
      EXPECT_FALSE(VerifyInclusion(index, size, tree.Leaf(index), bad, tree.Root(size)).ok());
    }
  });
}

TEST(InclusionMutation, FlippedBitIsRefused) {
  ForEachProof([](ReferenceTree& tree, uint64_t index, uint64_t size, std::vector<Digest> proof) {
    for (size_t i = 0; i < proof.size(); ++i) {
      std::vector<Digest> bad = proof;
      bad[i][(index + i) % 32] ^= static_cast<uint8_t>(1 << (size % 8));
      EXPECT_FALSE(VerifyInclusion(index, size, tree.Leaf(index), bad, tree.Root(size)).ok());
    }
  });
}

TEST(InclusionMutation, WrongIndexIsRefused) {
  ForEachProof([](ReferenceTree& tree, uint64_t index, uint64_t size, std::vector<Digest> proof) {
    for (uint64_t other = 0; other < size; ++other) {
      if (other == index) continue;
      EXPECT_FALSE(VerifyInclusion(other, size, tree.Leaf(index), proof, tree.Root(size)).ok());
    }
  });
}

TEST(InclusionMutation, WrongLeafIsRefused) {
  ForEachProof([](ReferenceTree& tree, uint64_t index, uint64_t size, std::vector<Digest> proof) {
    const Digest other = tree.Leaf((index + 1) % (kMutatedSizes + 1));
    EXPECT_FALSE(VerifyInclusion(index, size, other, proof, tree.Root(size)).ok());
  });
}

TEST(InclusionMutation, WrongRootIsRefusedWithBothRoots) {
  ForEachProof([](ReferenceTree& tree, uint64_t index, uint64_t size, std::vector<Digest> proof) {
    const Digest wrong = tree.Root(size - 1);
    const absl::Status status = VerifyInclusion(index, size, tree.Leaf(index), proof, wrong);
    EXPECT_EQ(gateway::base::ReasonOf(status), "INCLUSION_MISMATCH");
    const std::string message(status.message());
    EXPECT_NE(message.find(gateway::base::ToHex(View(wrong))), std::string::npos);
    EXPECT_NE(message.find(gateway::base::ToHex(View(tree.Root(size)))), std::string::npos);
  });
}

// A proof does not bind the size by itself (paths of neighbouring sizes may have one shape): the
// checkpoint binds size and root. What must hold is that it proves nothing under another's root.
TEST(InclusionMutation, SizePlusOrMinusOneIsRefusedUnderThatTreesRoot) {
  ForEachProof([](ReferenceTree& tree, uint64_t index, uint64_t size, std::vector<Digest> proof) {
    for (uint64_t other : {size - 1, size + 1})
      EXPECT_FALSE(VerifyInclusion(index, other, tree.Leaf(index), proof, tree.Root(other)).ok());
  });
}

TEST(InclusionMutation, SizePlusOrMinusOneIsRefusedWhereTheShapeDiffers) {
  ReferenceTree tree = ReferenceTree::OfSize(9);
  const std::vector<Digest> proof = tree.Path(3, 0, 8);
  EXPECT_FALSE(VerifyInclusion(3, 9, tree.Leaf(3), proof, tree.Root(8)).ok());
  EXPECT_FALSE(VerifyInclusion(3, 4, tree.Leaf(3), proof, tree.Root(8)).ok());
  EXPECT_FALSE(VerifyInclusion(7, 7, tree.Leaf(7), tree.Path(7, 0, 8), tree.Root(8)).ok());
}

TEST(InclusionMutation, IndexAtOrBeyondSizeIsRefused) {
  ReferenceTree tree = ReferenceTree::OfSize(8);
  const auto read = [&](NodeId node) { return tree.Read(node); };
  for (uint64_t size : {0, 1, 5, 8}) {
    for (uint64_t index : {size, size + 1, ~uint64_t{0}}) {
      EXPECT_EQ(gateway::base::ReasonOf(InclusionProof(index, size, read).status()), "INDEX_RANGE");
      EXPECT_EQ(gateway::base::ReasonOf(RootFromInclusion(index, size, Digest{}, {}).status()),
                "INDEX_RANGE");
      EXPECT_EQ(gateway::base::ReasonOf(VerifyInclusion(index, size, Digest{}, {}, tree.Root(0))),
                "INDEX_RANGE");
    }
  }
}

TEST(Inclusion, HugeSizesDoNotOverflow) {
  const std::vector<Digest> proof(64);
  const uint64_t all = ~uint64_t{0};
  EXPECT_TRUE(RootFromInclusion(0, all, Digest{}, proof).ok());
  EXPECT_TRUE(RootFromInclusion(0, (uint64_t{1} << 63) + 1, Digest{}, proof).ok());
  EXPECT_FALSE(RootFromInclusion(0, uint64_t{1} << 63, Digest{}, proof).ok());
  EXPECT_FALSE(RootFromInclusion(all - 1, all, Digest{}, proof).ok());
}

}  // namespace
}  // namespace passerelle::audit::merkle
