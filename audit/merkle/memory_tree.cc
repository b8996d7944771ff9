#include "audit/merkle/memory_tree.h"

namespace passerelle::audit::merkle {

void MemoryTree::Append(const Digest& leaf, absl::FunctionRef<void(NodeId, const Digest&)> sink) {
  frontier_.Append(leaf, [&](NodeId node, const Digest& hash) {
    if (nodes_.size() <= static_cast<size_t>(node.level)) nodes_.resize(node.level + 1);
    nodes_[node.level].push_back(hash);
    sink(node, hash);
  });
}

void MemoryTree::Append(const Digest& leaf) {
  Append(leaf, [](NodeId, const Digest&) {});
}

Digest MemoryTree::RootAt(uint64_t size) const {
  const auto read = [this](NodeId node) -> absl::StatusOr<Digest> { return Node(node); };
  // Every complete subtree of a smaller tree is one of ours, so reading cannot fail.
  return *merkle::RootAt(size, read);
}

}  // namespace passerelle::audit::merkle
