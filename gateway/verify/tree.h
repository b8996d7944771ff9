// The tree of an export, recomputed leaf by leaf and held against every tile file as it grows, so
// that a difference is named where it is: for a leaf, the entry.
#ifndef PASSERELLE_GATEWAY_VERIFY_TREE_H_
#define PASSERELLE_GATEWAY_VERIFY_TREE_H_

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "audit/merkle/memory_tree.h"
#include "gateway/base/digest.h"
#include "gateway/verify/fault.h"

namespace passerelle::gateway::verify {

// Hashes a tile holds, and entries a bundle holds (c2sp.org/tlog-tiles).
inline constexpr uint64_t kTileWidth = 256;

// The hashes of all complete subtrees of a growing log. Thread-compatible.
class Tree {
 public:
  // `size` is the number of leaves that will come: it decides which tiles are partial.
  Tree(std::string folder, uint64_t size) : folder_(std::move(folder)), final_size_(size) {}

  // Appends a leaf and compares every hash that it completes with the tile that must hold it.
  Check Append(const base::Digest& leaf);

  uint64_t size() const { return tree_.size(); }
  base::Digest Root() const { return tree_.Root(); }

  // Root of the first `size` leaves. REQUIRES: size <= this->size().
  base::Digest RootAt(uint64_t size) const { return tree_.RootAt(size); }

  // Paths below the folder of every tile read: at the end, all that the layout asks for.
  const std::set<std::string>& files() const { return files_; }

 private:
  // The tile of one level whose hashes are being compared.
  struct OpenTile {
    std::string path;
    std::string bytes;
  };

  Check Compare(audit::merkle::NodeId node, const base::Digest& hash);
  Check OpenNextTile(int level, uint64_t tile);

  const std::string folder_;
  const uint64_t final_size_;
  audit::merkle::MemoryTree tree_;
  // One a tile level.
  std::vector<OpenTile> open_;
  std::set<std::string> files_;
};

}  // namespace passerelle::gateway::verify

#endif  // PASSERELLE_GATEWAY_VERIFY_TREE_H_
