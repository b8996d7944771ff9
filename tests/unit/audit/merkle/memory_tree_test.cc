// A tree in memory against one written as the RFC writes it.
#include "audit/merkle/memory_tree.h"

#include <gtest/gtest.h>

#include "tests/unit/audit/merkle/reference_tree.h"

namespace passerelle::audit::merkle {
namespace {

TEST(MemoryTreeTest, HasTheRootOfEverySizeItGrewThrough) {
  constexpr uint64_t kSize = 70;
  ReferenceTree reference = ReferenceTree::OfSize(kSize);
  MemoryTree tree;
  for (uint64_t size = 0; size < kSize; ++size) tree.Append(reference.Leaf(size));
  EXPECT_EQ(tree.size(), kSize);
  EXPECT_EQ(tree.Root(), reference.Root(kSize));
  for (uint64_t size = 0; size <= kSize; ++size)
    EXPECT_EQ(tree.RootAt(size), reference.Root(size)) << size;
}

TEST(MemoryTreeTest, KeepsAndTellsEveryCompleteSubtree) {
  ReferenceTree reference = ReferenceTree::OfSize(8);
  MemoryTree tree;
  uint64_t told = 0;
  for (uint64_t index = 0; index < 8; ++index)
    tree.Append(reference.Leaf(index), [&](NodeId node, const Digest& hash) {
      EXPECT_EQ(hash, tree.Node(node));
      EXPECT_EQ(hash, reference.Range(node.index << node.level, (node.index + 1) << node.level));
      ++told;
    });
  EXPECT_EQ(told, 15u);
}

}  // namespace
}  // namespace passerelle::audit::merkle
