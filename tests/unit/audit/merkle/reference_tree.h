// A twin of audit/merkle written as RFC 6962 section 2.1 writes it: recursive, over ranges of
// leaves, without any arithmetic on bits. Slow on purpose of being obviously right; range hashes
// are remembered so that exhaustive tests stay quick.
#ifndef PASSERELLE_TESTS_UNIT_AUDIT_MERKLE_REFERENCE_TREE_H_
#define PASSERELLE_TESTS_UNIT_AUDIT_MERKLE_REFERENCE_TREE_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "audit/merkle/merkle.h"

namespace passerelle::audit::merkle {

// A tree over fixed entries. Not thread-safe.
class ReferenceTree {
 public:
  explicit ReferenceTree(std::vector<std::string> entries) : entries_(std::move(entries)) {}

  // Entries "entry 0", "entry 1", and so on.
  static ReferenceTree OfSize(uint64_t size) {
    std::vector<std::string> entries;
    for (uint64_t i = 0; i < size; ++i) entries.push_back("entry " + std::to_string(i));
    return ReferenceTree(std::move(entries));
  }

  uint64_t size() const { return entries_.size(); }

  // MTH(D[begin:end]).
  Digest Range(uint64_t begin, uint64_t end) {
    const auto known = ranges_.find({begin, end});
    if (known != ranges_.end()) return known->second;
    Digest hash;
    if (begin == end) {
      hash = gateway::base::Sha256("");
    } else if (end - begin == 1) {
      hash = gateway::base::Sha256(std::string(1, '\0') + entries_[begin]);
    } else {
      const uint64_t middle = begin + Split(end - begin);
      hash = gateway::base::Sha256(std::string(1, '\1') +
                                   gateway::base::ToBytes(Range(begin, middle)) +
                                   gateway::base::ToBytes(Range(middle, end)));
    }
    ranges_[{begin, end}] = hash;
    return hash;
  }

  Digest Root(uint64_t size) { return Range(0, size); }
  Digest Leaf(uint64_t index) { return Range(index, index + 1); }

  // PATH(index, D[begin:end]), `index` counted from `begin`.
  std::vector<Digest> Path(uint64_t index, uint64_t begin, uint64_t end) {
    if (end - begin == 1) return {};
    const uint64_t k = Split(end - begin);
    std::vector<Digest> path;
    if (index < k) {
      path = Path(index, begin, begin + k);
      path.push_back(Range(begin + k, end));
    } else {
      path = Path(index - k, begin + k, end);
      path.push_back(Range(begin, begin + k));
    }
    return path;
  }

  // PROOF(from, D[0:to]) = SUBPROOF(from, D[0:to], true).
  std::vector<Digest> Consistency(uint64_t from, uint64_t to) { return Sub(from, 0, to, true); }

  // Reads nodes for the functions under test.
  absl::StatusOr<Digest> Read(NodeId node) {
    return Range(node.index << node.level, (node.index + 1) << node.level);
  }

 private:
  // The largest power of two smaller than n.
  static uint64_t Split(uint64_t n) {
    uint64_t k = 1;
    while (k * 2 < n) k *= 2;
    return k;
  }

  std::vector<Digest> Sub(uint64_t m, uint64_t begin, uint64_t end, bool complete) {
    if (m == end - begin) {
      if (complete) return {};
      return {Range(begin, end)};
    }
    const uint64_t k = Split(end - begin);
    std::vector<Digest> proof;
    if (m <= k) {
      proof = Sub(m, begin, begin + k, complete);
      proof.push_back(Range(begin + k, end));
    } else {
      proof = Sub(m - k, begin + k, end, false);
      proof.push_back(Range(begin, begin + k));
    }
    return proof;
  }

  std::vector<std::string> entries_;
  std::map<std::pair<uint64_t, uint64_t>, Digest> ranges_;
};

}  // namespace passerelle::audit::merkle

#endif  // PASSERELLE_TESTS_UNIT_AUDIT_MERKLE_REFERENCE_TREE_H_
