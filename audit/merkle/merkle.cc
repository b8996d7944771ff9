#include "audit/merkle/merkle.h"

#include <bit>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "gateway/base/status.h"

namespace passerelle::audit::merkle {
namespace {

using gateway::base::Error;
using gateway::base::Malformed;
using gateway::base::Sha256;
using gateway::base::ToHex;
using gateway::base::View;

// How the path from a leaf to the root is made (RFC 6962 section 2.1.1, read from its bits): up to
// level `inner` the path runs inside the subtree that leaf and last leaf do not share, where the
// bits of the index say on which side a sibling stands; above it every sibling is on the left and
// there is one for each set bit.
struct PathShape {
  int inner = 0;
  int border = 0;
};

uint64_t ShiftRight(uint64_t value, int bits) { return bits < 64 ? value >> bits : 0; }

PathShape ShapeOf(uint64_t index, uint64_t size) {
  const int inner = std::bit_width(index ^ (size - 1));
  return {inner, std::popcount(ShiftRight(index, inner))};
}

// Root of the leaves [begin, end), where `begin` is a multiple of the next power of two of the
// range's length, as it is for every subtree of an RFC 6962 tree.
absl::StatusOr<Digest> RangeRoot(uint64_t begin, uint64_t end, NodeReader read) {
  Digest root{};
  bool first = true;
  const std::vector<NodeId> nodes = FrontierNodes(end - begin);
  for (auto node = nodes.rbegin(); node != nodes.rend(); ++node) {
    const NodeId shifted{node->level, node->index + (begin >> node->level)};
    ASSIGN_OR_RETURN(const Digest hash, read(shifted));
    root = first ? hash : NodeHash(hash, root);
    first = false;
  }
  return root;
}

// Appends the siblings on the way from the node of level `from_level` above leaf `index` to the
// root of a tree of `size` leaves.
absl::Status AppendPath(uint64_t index, uint64_t size, int from_level, NodeReader read,
                        std::vector<Digest>& path) {
  const int inner = ShapeOf(index, size).inner;
  for (int level = from_level; level < inner; ++level) {
    const uint64_t sibling = (index >> level) ^ 1;
    // The topmost inner sibling holds the last leaf, hence may be incomplete.
    absl::StatusOr<Digest> hash =
        level == inner - 1 ? RangeRoot(sibling << level, size, read) : read({level, sibling});
    if (!hash.ok()) return hash.status();
    path.push_back(*hash);
  }
  for (int level = inner; ShiftRight(index, level) != 0; ++level) {
    const uint64_t position = index >> level;
    if (position % 2 == 0) continue;
    ASSIGN_OR_RETURN(const Digest hash, read({level, position - 1}));
    path.push_back(hash);
  }
  return absl::OkStatus();
}

// Climbs `proof` from `hash`: below `inner` the bits of `position` tell the side of the sibling,
// above it stands on the left. With `old_tree`, siblings on the right are left out: they hold only
// leaves that the older tree had not.
Digest Climb(Digest hash, uint64_t position, size_t inner, absl::Span<const Digest> proof,
             bool old_tree) {
  for (size_t i = 0; i < proof.size(); ++i) {
    const bool on_left = i >= inner || ((position >> i) & 1) == 1;
    if (on_left)
      hash = NodeHash(proof[i], hash);
    else if (!old_tree)
      hash = NodeHash(hash, proof[i]);
  }
  return hash;
}

absl::Status ProofLengthError() {
  return Malformed("PROOF_LENGTH", "proof", "the proof has the wrong number of hashes");
}

absl::Status CompareRoots(const Digest& expected, const Digest& computed, std::string_view reason) {
  if (expected == computed) return absl::OkStatus();
  return Error(absl::StatusCode::kFailedPrecondition, reason, "proof",
               absl::StrCat("the proof leads to another root: expected ", ToHex(View(expected)),
                            ", computed ", ToHex(View(computed))));
}

}  // namespace

Digest LeafHash(std::string_view entry) { return Sha256({std::string_view("\x00", 1), entry}); }

Digest NodeHash(const Digest& left, const Digest& right) {
  return Sha256({std::string_view("\x01", 1), View(left), View(right)});
}

Digest EmptyRoot() { return Sha256(std::string_view()); }

absl::StatusOr<Frontier> Frontier::Resume(uint64_t size, std::vector<Digest> nodes) {
  if (nodes.size() != static_cast<size_t>(std::popcount(size)))
    return Malformed("FRONTIER_LENGTH", "nodes", "the tree has another number of subtrees");
  Frontier frontier;
  frontier.size_ = size;
  frontier.nodes_ = std::move(nodes);
  return frontier;
}

absl::StatusOr<Frontier> Frontier::FromLastLeaf(uint64_t size, const Digest& leaf,
                                                absl::Span<const Digest> proof) {
  // The path climbs inside the smallest subtree first, then past the larger ones, all on the left.
  RETURN_IF_ERROR(RootFromInclusion(size - 1, size, leaf, proof).status());
  const auto inside = static_cast<size_t>(std::countr_zero(size));
  std::vector<Digest> nodes(proof.rbegin(), proof.rend() - static_cast<ptrdiff_t>(inside));
  nodes.push_back(Climb(leaf, size - 1, 0, proof.subspan(0, inside), false));
  return Resume(size, std::move(nodes));
}

void Frontier::Append(const Digest& leaf, absl::FunctionRef<void(NodeId, const Digest&)> sink) {
  nodes_.push_back(leaf);
  sink({0, size_}, leaf);
  // Every low set bit of the old size is a complete left sibling that waits for its right one.
  for (int level = 0; ((size_ >> level) & 1) == 1; ++level) {
    const Digest right = nodes_.back();
    nodes_.pop_back();
    nodes_.back() = NodeHash(nodes_.back(), right);
    sink({level + 1, size_ >> (level + 1)}, nodes_.back());
  }
  ++size_;
}

void Frontier::Append(const Digest& leaf) {
  Append(leaf, [](NodeId, const Digest&) {});
}

Digest Frontier::Root() const {
  if (nodes_.empty()) return EmptyRoot();
  Digest root = nodes_.back();
  for (size_t i = nodes_.size() - 1; i > 0; --i) root = NodeHash(nodes_[i - 1], root);
  return root;
}

std::vector<NodeId> FrontierNodes(uint64_t size) {
  std::vector<NodeId> nodes;
  nodes.reserve(static_cast<size_t>(std::popcount(size)));
  for (int level = std::bit_width(size) - 1; level >= 0; --level)
    if (((size >> level) & 1) == 1) nodes.push_back({level, (size >> level) - 1});
  return nodes;
}

absl::StatusOr<Digest> RootAt(uint64_t size, NodeReader read) {
  if (size == 0) return EmptyRoot();
  return RangeRoot(0, size, read);
}

absl::StatusOr<std::vector<Digest>> InclusionProof(uint64_t index, uint64_t size, NodeReader read) {
  if (index >= size) return Malformed("INDEX_RANGE", "index", "the tree has no such leaf");
  std::vector<Digest> proof;
  RETURN_IF_ERROR(AppendPath(index, size, 0, read, proof));
  return proof;
}

absl::StatusOr<std::vector<Digest>> ConsistencyProof(uint64_t from, uint64_t to, NodeReader read) {
  if (from == 0 || from > to)
    return Malformed("SIZE_RANGE", "from", "sizes must obey 0 < from <= to");
  std::vector<Digest> proof;
  if (from == to) return proof;
  // The proof is the path of the older tree's last complete subtree, which it names first unless
  // that subtree is the whole older tree, whose root the verifier has.
  const int level = std::countr_zero(from);
  if (!std::has_single_bit(from)) {
    ASSIGN_OR_RETURN(const Digest hash, read({level, (from - 1) >> level}));
    proof.push_back(hash);
  }
  RETURN_IF_ERROR(AppendPath(from - 1, to, level, read, proof));
  return proof;
}

absl::StatusOr<Digest> RootFromInclusion(uint64_t index, uint64_t size, const Digest& leaf,
                                         absl::Span<const Digest> proof) {
  if (index >= size) return Malformed("INDEX_RANGE", "index", "the tree has no such leaf");
  const PathShape shape = ShapeOf(index, size);
  if (proof.size() != static_cast<size_t>(shape.inner) + static_cast<size_t>(shape.border))
    return ProofLengthError();
  return Climb(leaf, index, static_cast<size_t>(shape.inner), proof, /*old_tree=*/false);
}

absl::Status VerifyInclusion(uint64_t index, uint64_t size, const Digest& leaf,
                             absl::Span<const Digest> proof, const Digest& root) {
  ASSIGN_OR_RETURN(const Digest computed, RootFromInclusion(index, size, leaf, proof));
  return CompareRoots(root, computed, "INCLUSION_MISMATCH");
}

absl::Status VerifyConsistency(uint64_t from, uint64_t to, absl::Span<const Digest> proof,
                               const Digest& from_root, const Digest& to_root) {
  if (from == 0 || from > to)
    return Malformed("SIZE_RANGE", "from", "sizes must obey 0 < from <= to");
  if (from == to) {
    if (!proof.empty()) return ProofLengthError();
    return CompareRoots(from_root, to_root, "CONSISTENCY_MISMATCH");
  }
  const int level = std::countr_zero(from);
  const PathShape shape = ShapeOf(from - 1, to);
  const auto inner = static_cast<size_t>(shape.inner - level);
  const bool whole = std::has_single_bit(from);
  if (proof.size() != inner + static_cast<size_t>(shape.border) + (whole ? 0 : 1))
    return ProofLengthError();
  const Digest start = whole ? from_root : proof[0];
  const absl::Span<const Digest> path = proof.subspan(whole ? 0 : 1);
  const uint64_t position = (from - 1) >> level;
  RETURN_IF_ERROR(CompareRoots(from_root, Climb(start, position, inner, path, /*old_tree=*/true),
                               "CONSISTENCY_MISMATCH"));
  return CompareRoots(to_root, Climb(start, position, inner, path, /*old_tree=*/false),
                      "CONSISTENCY_MISMATCH");
}

}  // namespace passerelle::audit::merkle
