#include "audit/log/tree_memory.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "gateway/base/status.h"

namespace passerelle::audit::log {

using gateway::base::MutexLock;

std::shared_ptr<const Edge> TreeMemory::edge() const {
  MutexLock lock(mutex_);
  return edge_;
}

void TreeMemory::Publish(std::shared_ptr<const Edge> edge, const std::vector<FullTile>& full) {
  MutexLock lock(mutex_);
  edge_ = std::move(edge);
  for (const FullTile& tile : full) Keep(tile);
}

absl::StatusOr<Digest> TreeMemory::Node(
    merkle::NodeId node,
    absl::FunctionRef<absl::StatusOr<Tile>(int level, uint64_t number)> load) const {
  constexpr int kLevels = 64;
  const TilePosition position = PositionOf(node);
  std::shared_ptr<const Tile> tile;
  {
    MutexLock lock(mutex_);
    if (node.level < 0 || node.level >= kLevels || node.index >= edge_->size() >> node.level)
      return gateway::base::Error(absl::StatusCode::kOutOfRange, "PAST_HEAD", "",
                                  "a node past the head of the log");
    if (position.tile == edge_->number(position.level))
      return edge_->at(position.level).Node(position.inner_level, position.inner_index);
    tile = Find(position.level, position.tile);
  }
  if (tile == nullptr) {
    // Without the lock: other readers need not wait for the disk.
    ASSIGN_OR_RETURN(Tile loaded, load(position.level, position.tile));
    if (loaded.width() != kTileWidth)
      return gateway::base::Corrupt("STORE_TILE", "a full tile of the tree has lost hashes");
    // The level above holds what all its hashes come to, and the edge, in the end, all that.
    ASSIGN_OR_RETURN(
        const Digest above,
        Node({.level = (position.level + 1) * kTileHeight, .index = position.tile}, load));
    if (loaded.Node(kTileHeight, 0) != above)
      return gateway::base::Corrupt(
          "STORE_TILE", absl::StrCat("tile ", position.tile, " of level ", position.level,
                                     " is not the one that the log's root rests on"));
    tile = std::make_shared<const Tile>(std::move(loaded));
    MutexLock lock(mutex_);
    Keep({position.level, position.tile, tile});
  }
  return tile->Node(position.inner_level, position.inner_index);
}

std::shared_ptr<const Tile> TreeMemory::Find(int level, uint64_t number) const {
  const auto found = std::find_if(full_.begin(), full_.end(), [&](const FullTile& full) {
    return full.level == level && full.number == number;
  });
  if (found == full_.end()) return nullptr;
  full_.splice(full_.begin(), full_, found);
  return full_.front().tile;
}

void TreeMemory::Keep(FullTile full) const {
  if (Find(full.level, full.number) != nullptr) return;
  full_.push_front(std::move(full));
  if (full_.size() > capacity_) full_.pop_back();
}

}  // namespace passerelle::audit::log
