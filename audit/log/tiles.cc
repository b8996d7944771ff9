#include "audit/log/tiles.h"

#include <utility>

#include "gateway/base/status.h"

namespace passerelle::audit::log {

absl::StatusOr<Tile> Tile::FromBytes(std::string_view hashes) {
  constexpr size_t kHashBytes = sizeof(Digest);
  if (hashes.empty() || hashes.size() % kHashBytes != 0 || hashes.size() > kTileWidth * kHashBytes)
    return gateway::base::Malformed("TILE", "", "a tile is 1 to 256 hashes of 32 bytes");
  Tile tile;
  for (; !hashes.empty(); hashes.remove_prefix(kHashBytes)) {
    ASSIGN_OR_RETURN(const Digest hash,
                     gateway::base::DigestFromBytes(hashes.substr(0, kHashBytes)));
    tile.Append(hash);
  }
  return tile;
}

void Tile::Append(const Digest& hash) {
  levels_[0].push_back(hash);
  for (int level = 0; level < kTileHeight && levels_[level].size() % 2 == 0; ++level) {
    const std::vector<Digest>& below = levels_[level];
    levels_[level + 1].push_back(merkle::NodeHash(below[below.size() - 2], below.back()));
  }
}

std::string Tile::Bytes() const {
  std::string bytes;
  bytes.reserve(width() * sizeof(Digest));
  for (const Digest& hash : levels_[0]) bytes.append(gateway::base::View(hash));
  return bytes;
}

TilePosition PositionOf(merkle::NodeId node) {
  TilePosition position;
  position.level = node.level / kTileHeight;
  position.inner_level = node.level % kTileHeight;
  const int width_bits = kTileHeight - position.inner_level;
  position.tile = node.index >> width_bits;
  position.inner_index = node.index & ((uint64_t{1} << width_bits) - 1);
  return position;
}

absl::StatusOr<Edge> Edge::Resume(
    uint64_t size, absl::FunctionRef<absl::StatusOr<Tile>(int level, uint64_t tile)> read) {
  Edge edge;
  edge.size_ = size;
  for (uint64_t hashes = size; hashes > 0; hashes >>= kTileHeight) {
    const size_t width = hashes % kTileWidth;
    edge.tiles_.emplace_back();
    if (width == 0) continue;
    ASSIGN_OR_RETURN(edge.tiles_.back(), read(edge.levels() - 1, hashes >> kTileHeight));
    if (edge.tiles_.back().width() != width)
      return gateway::base::Corrupt("TILE", "a tile at the edge has another width than the log's");
  }
  return edge;
}

void Edge::Append(const Digest& leaf, Sink sink) {
  Digest hash = leaf;
  for (int level = 0;; ++level) {
    if (level == levels()) tiles_.emplace_back();
    const uint64_t tile = number(level);
    tiles_[level].Append(hash);
    if (tiles_[level].width() < kTileWidth) break;
    sink(level, tile, tiles_[level]);
    hash = tiles_[level].Node(kTileHeight, 0);
    tiles_[level] = Tile();
  }
  ++size_;
}

absl::StatusOr<Digest> Edge::Root() const {
  return merkle::RootAt(size_, [this](merkle::NodeId node) -> absl::StatusOr<Digest> {
    const TilePosition position = PositionOf(node);
    return tiles_[position.level].Node(position.inner_level, position.inner_index);
  });
}

}  // namespace passerelle::audit::log
