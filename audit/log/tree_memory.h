// The tree as readers see it: the growing edge and the full tiles used last.
#ifndef PASSERELLE_AUDIT_LOG_TREE_MEMORY_H_
#define PASSERELLE_AUDIT_LOG_TREE_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "audit/log/tiles.h"
#include "gateway/base/mutex.h"

namespace passerelle::audit::log {

// A full tile and where it lies.
struct FullTile {
  int level = 0;
  uint64_t number = 0;
  std::shared_ptr<const Tile> tile;
};

// Serves committed nodes from bounded memory. Thread-safe.
class TreeMemory {
 public:
  // Keeps at most `full_tiles` full tiles, some 16 KiB each, beside the edge.
  explicit TreeMemory(size_t full_tiles) : capacity_(full_tiles) {}

  // The committed edge.
  std::shared_ptr<const Edge> edge() const EXCLUDES_LOCK(mutex_);

  // Makes a committed edge, and the tiles that became full on the way to it, visible to readers.
  void Publish(std::shared_ptr<const Edge> edge, const std::vector<FullTile>& full)
      EXCLUDES_LOCK(mutex_);

  // The hash of a complete subtree; a full tile that is not in memory is loaded. OUT_OF_RANGE past
  // the committed edge, DATA_LOSS (STORE_TILE) when the tile is not the one that the edge rests on.
  absl::StatusOr<Digest> Node(
      merkle::NodeId node,
      absl::FunctionRef<absl::StatusOr<Tile>(int level, uint64_t number)> load) const
      EXCLUDES_LOCK(mutex_);

 private:
  // Finds a full tile and makes it the latest used; null when it is not in memory.
  std::shared_ptr<const Tile> Find(int level, uint64_t number) const REQUIRES_LOCK(mutex_);
  void Keep(FullTile full) const REQUIRES_LOCK(mutex_);

  const size_t capacity_;
  mutable gateway::base::Mutex mutex_;
  std::shared_ptr<const Edge> edge_ GUARDED_BY(mutex_) = std::make_shared<Edge>();
  // By last use, the latest first.
  mutable std::list<FullTile> full_ GUARDED_BY(mutex_);
};

}  // namespace passerelle::audit::log

#endif  // PASSERELLE_AUDIT_LOG_TREE_MEMORY_H_
