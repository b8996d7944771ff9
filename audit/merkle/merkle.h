// Merkle tree hashing and proofs: RFC 6962 section 2.1 (= RFC 9162 section 2.1) with SHA-256. Pure.
#ifndef PASSERELLE_AUDIT_MERKLE_MERKLE_H_
#define PASSERELLE_AUDIT_MERKLE_MERKLE_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "gateway/base/digest.h"

namespace passerelle::audit::merkle {

using gateway::base::Digest;

// A complete subtree: the leaves [index << level, (index + 1) << level).
struct NodeId {
  int level = 0;
  uint64_t index = 0;
  bool operator==(const NodeId&) const = default;
};

// SHA-256(0x00 ‖ entry).
Digest LeafHash(std::string_view entry);

// SHA-256(0x01 ‖ left ‖ right).
Digest NodeHash(const Digest& left, const Digest& right);

// Root of the empty tree: SHA-256 of nothing.
Digest EmptyRoot();

// The right edge of a growing tree: O(log n) memory. Copyable; thread-compatible.
class Frontier {
 public:
  Frontier() = default;

  // Takes up a tree of `size` leaves whose complete subtrees, largest first, are `nodes` (as
  // FrontierNodes(size) names them). INVALID_ARGUMENT when their number is wrong.
  static absl::StatusOr<Frontier> Resume(uint64_t size, std::vector<Digest> nodes);

  // Takes up a tree of `size` leaves, at least one, from its last leaf and that leaf's inclusion
  // proof. Whether the tree is the right one, what its root is compared with says. INVALID_ARGUMENT
  // as RootFromInclusion.
  static absl::StatusOr<Frontier> FromLastLeaf(uint64_t size, const Digest& leaf,
                                               absl::Span<const Digest> proof);

  // Appends a leaf; tells `sink` (if any) every subtree that it completes, the leaf itself first.
  void Append(const Digest& leaf, absl::FunctionRef<void(NodeId, const Digest&)> sink);
  void Append(const Digest& leaf);

  uint64_t size() const { return size_; }
  Digest Root() const;

 private:
  uint64_t size_ = 0;
  std::vector<Digest> nodes_;  // complete subtrees, largest first
};

// The complete subtrees whose hashes fold to the root of a tree of `size` leaves, largest first.
std::vector<NodeId> FrontierNodes(uint64_t size);

// Reads the hash of a complete subtree.
using NodeReader = absl::FunctionRef<absl::StatusOr<Digest>(NodeId)>;

// Root of the first `size` leaves.
absl::StatusOr<Digest> RootAt(uint64_t size, NodeReader read);

// Inclusion proof of leaf `index` in a tree of `size` leaves, leaf sibling first. INVALID_ARGUMENT
// unless index < size.
absl::StatusOr<std::vector<Digest>> InclusionProof(uint64_t index, uint64_t size, NodeReader read);

// Consistency proof from `from` to `to` leaves. INVALID_ARGUMENT unless 0 < from <= to.
absl::StatusOr<std::vector<Digest>> ConsistencyProof(uint64_t from, uint64_t to, NodeReader read);

// The root that an inclusion proof leads to. INVALID_ARGUMENT when index >= size or the proof's
// length is wrong.
absl::StatusOr<Digest> RootFromInclusion(uint64_t index, uint64_t size, const Digest& leaf,
                                         absl::Span<const Digest> proof);

// OK iff the proof shows `leaf` at `index` under `root`. INVALID_ARGUMENT as RootFromInclusion; a
// mismatch is FAILED_PRECONDITION (reason INCLUSION_MISMATCH) and carries expected and computed
// roots.
absl::Status VerifyInclusion(uint64_t index, uint64_t size, const Digest& leaf,
                             absl::Span<const Digest> proof, const Digest& root);

// OK iff the proof shows that the tree of `to` leaves extends the one of `from`. from = 0 is always
// refused; from = to demands an empty proof and equal roots. Errors as VerifyInclusion's, reason
// CONSISTENCY_MISMATCH.
absl::Status VerifyConsistency(uint64_t from, uint64_t to, absl::Span<const Digest> proof,
                               const Digest& from_root, const Digest& to_root);

}  // namespace passerelle::audit::merkle

#endif  // PASSERELLE_AUDIT_MERKLE_MERKLE_H_
