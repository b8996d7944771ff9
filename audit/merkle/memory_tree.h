// A tree whose every complete subtree is kept in memory, for whoever proves or compares offline.
#ifndef PASSERELLE_AUDIT_MERKLE_MEMORY_TREE_H_
#define PASSERELLE_AUDIT_MERKLE_MEMORY_TREE_H_

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "audit/merkle/merkle.h"

namespace passerelle::audit::merkle {

// 64 bytes a leaf. Thread-compatible.
class MemoryTree {
 public:
  // Appends a leaf; tells `sink` (if any) every subtree that it completes, the leaf itself first.
  void Append(const Digest& leaf, absl::FunctionRef<void(NodeId, const Digest&)> sink);
  void Append(const Digest& leaf);

  uint64_t size() const { return frontier_.size(); }
  Digest Root() const { return frontier_.Root(); }

  // The hash of a complete subtree. REQUIRES: it is one of this tree's.
  const Digest& Node(NodeId node) const { return nodes_[node.level][node.index]; }

  // Root of the first `size` leaves. REQUIRES: size <= this->size().
  Digest RootAt(uint64_t size) const;

 private:
  Frontier frontier_;
  // By level, then by index.
  std::vector<std::vector<Digest>> nodes_;
};

}  // namespace passerelle::audit::merkle

#endif  // PASSERELLE_AUDIT_MERKLE_MEMORY_TREE_H_
