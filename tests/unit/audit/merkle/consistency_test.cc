// Consistency proofs: all pairs of sizes against the recursive twin, then tests named after what
// was changed.
#include <gtest/gtest.h>

#include <algorithm>

#include "audit/merkle/merkle.h"
#include "gateway/base/status.h"
#include "tests/unit/audit/merkle/reference_tree.h"

namespace passerelle::audit::merkle {
namespace {

using gateway::base::ReasonOf;

constexpr uint64_t kSizes = 300;
// Mutations are tried on every pair of sizes up to this one.
constexpr uint64_t kMutatedSizes = 40;

TEST(Consistency, AgreesWithTheReferenceForEveryPairOfSizes) {
  ReferenceTree tree = ReferenceTree::OfSize(kSizes);
  const auto read = [&](NodeId node) { return tree.Read(node); };
  for (uint64_t to = 1; to <= kSizes; ++to) {
    for (uint64_t from = 1; from <= to; ++from) {
      const absl::StatusOr<std::vector<Digest>> proof = ConsistencyProof(from, to, read);
      ASSERT_TRUE(proof.ok());
      ASSERT_EQ(*proof, tree.Consistency(from, to)) << from << " to " << to;
      ASSERT_TRUE(VerifyConsistency(from, to, *proof, tree.Root(from), tree.Root(to)).ok());
    }
  }
}

// Calls `check` with every proof between two different small sizes.
template <typename Check>
void ForEachProof(Check check) {
  ReferenceTree tree = ReferenceTree::OfSize(kMutatedSizes + 1);
  for (uint64_t to = 2; to <= kMutatedSizes; ++to)
    for (uint64_t from = 1; from < to; ++from) check(tree, from, to, tree.Consistency(from, to));
}

TEST(ConsistencyMutation, TruncatedProofIsRefused) {
  ForEachProof([](ReferenceTree& tree, uint64_t from, uint64_t to, std::vector<Digest> proof) {
    const std::vector<Digest> headless(proof.begin() + 1, proof.end());
    proof.pop_back();
    for (const auto& bad : {proof, headless, {}})
      EXPECT_EQ(ReasonOf(VerifyConsistency(from, to, bad, tree.Root(from), tree.Root(to))),
                "PROOF_LENGTH");
  });
}

TEST(ConsistencyMutation, ExtraNodeIsRefused) {
  ForEachProof([](ReferenceTree& tree, uint64_t from, uint64_t to, std::vector<Digest> proof) {
    for (const Digest& extra : {Digest{}, tree.Root(from), tree.Root(to)}) {
      for (size_t place = 0; place <= proof.size(); ++place) {
        std::vector<Digest> bad = proof;
        bad.insert(bad.begin() + static_cast<std::ptrdiff_t>(place), extra);
        EXPECT_FALSE(VerifyConsistency(from, to, bad, tree.Root(from), tree.Root(to)).ok());
      }
    }
  });
}

TEST(ConsistencyMutation, SwappedNodesAreRefused) {
  ForEachProof([](ReferenceTree& tree, uint64_t from, uint64_t to, std::vector<Digest> proof) {
    for (size_t i = 0; i + 1 < proof.size(); ++i) {
      std::vector<Digest> bad = proof;
      std::swap(bad[i], bad[i + 1]);
      EXPECT_FALSE(VerifyConsistency(from, to, bad, tree.Root(from), tree.Root(to)).ok());
    }
  });
}

TEST(ConsistencyMutation, FlippedBitIsRefused) {
  ForEachProof([](ReferenceTree& tree, uint64_t from, uint64_t to, std::vector<Digest> proof) {
    for (size_t i = 0; i < proof.size(); ++i) {
      std::vector<Digest> bad = proof;
      bad[i][(from + i) % 32] ^= static_cast<uint8_t>(1 << (to % 8));
      EXPECT_FALSE(VerifyConsistency(from, to, bad, tree.Root(from), tree.Root(to)).ok());
    }
  });
}

TEST(ConsistencyMutation, SwappedRootsAreRefused) {
  ForEachProof([](ReferenceTree& tree, uint64_t from, uint64_t to, std::vector<Digest> proof) {
    EXPECT_EQ(ReasonOf(VerifyConsistency(from, to, proof, tree.Root(to), tree.Root(from))),
              "CONSISTENCY_MISMATCH");
  });
}

TEST(ConsistencyMutation, EqualRootsAreRefused) {
  ForEachProof([](ReferenceTree& tree, uint64_t from, uint64_t to, std::vector<Digest> proof) {
    EXPECT_FALSE(VerifyConsistency(from, to, proof, tree.Root(from), tree.Root(from)).ok());
    EXPECT_FALSE(VerifyConsistency(from, to, proof, tree.Root(to), tree.Root(to)).ok());
  });
}

TEST(ConsistencyMutation, FromPlusOrMinusOneIsRefused) {
  ForEachProof([](ReferenceTree& tree, uint64_t from, uint64_t to, std::vector<Digest> proof) {
    for (uint64_t other : {from - 1, from + 1}) {
      EXPECT_FALSE(VerifyConsistency(other, to, proof, tree.Root(other), tree.Root(to)).ok());
      EXPECT_FALSE(VerifyConsistency(other, to, proof, tree.Root(from), tree.Root(to)).ok());
    }
  });
}

// As for inclusion, a proof does not bind the larger size by itself; the checkpoint does.
TEST(ConsistencyMutation, ToPlusOrMinusOneIsRefusedUnderThatTreesRoot) {
  ForEachProof([](ReferenceTree& tree, uint64_t from, uint64_t to, std::vector<Digest> proof) {
    for (uint64_t other : {to - 1, to + 1})
      EXPECT_FALSE(VerifyConsistency(from, other, proof, tree.Root(from), tree.Root(other)).ok());
  });
}

TEST(ConsistencyMutation, ReversedSizesAreRefused) {
  ForEachProof([](ReferenceTree& tree, uint64_t from, uint64_t to, std::vector<Digest> proof) {
    EXPECT_EQ(ReasonOf(VerifyConsistency(to, from, proof, tree.Root(to), tree.Root(from))),
              "SIZE_RANGE");
  });
}

TEST(ConsistencyMutation, ForkedTreeIsRefused) {
  constexpr uint64_t kSize = 20;
  for (uint64_t changed = 0; changed < kSize; ++changed) {
    ReferenceTree tree = ReferenceTree::OfSize(kSize);
    std::vector<std::string> entries;
    for (uint64_t i = 0; i < kSize; ++i) entries.push_back("entry " + std::to_string(i));
    entries[changed] = "rewritten";
    ReferenceTree fork(entries);
    for (uint64_t from = changed + 1; from <= kSize; ++from)
      EXPECT_FALSE(VerifyConsistency(from, kSize, fork.Consistency(from, kSize), tree.Root(from),
                                     fork.Root(kSize))
                       .ok());
  }
}

TEST(Consistency, FromZeroIsAlwaysRefused) {
  ReferenceTree tree = ReferenceTree::OfSize(4);
  const auto read = [&](NodeId node) { return tree.Read(node); };
  for (uint64_t to : {0, 1, 4}) {
    EXPECT_EQ(ReasonOf(ConsistencyProof(0, to, read).status()), "SIZE_RANGE");
    EXPECT_EQ(ReasonOf(VerifyConsistency(0, to, {}, EmptyRoot(), tree.Root(to))), "SIZE_RANGE");
  }
  EXPECT_FALSE(ConsistencyProof(3, 2, read).ok());
}

TEST(Consistency, FromEqualToDemandsEmptyProofAndEqualRoots) {
  ReferenceTree tree = ReferenceTree::OfSize(8);
  for (uint64_t size = 1; size <= 8; ++size) {
    const Digest root = tree.Root(size);
    EXPECT_TRUE(VerifyConsistency(size, size, {}, root, root).ok());
    EXPECT_EQ(ReasonOf(VerifyConsistency(size, size, {root}, root, root)), "PROOF_LENGTH");
    EXPECT_EQ(ReasonOf(VerifyConsistency(size, size, {}, root, tree.Root(size - 1))),
              "CONSISTENCY_MISMATCH");
  }
}

}  // namespace
}  // namespace passerelle::audit::merkle
