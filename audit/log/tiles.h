// Tiles of the tree (c2sp.org/tlog-tiles): 256 hashes of every eighth level, as stored and
// exported, and in memory with the nodes between.
#ifndef PASSERELLE_AUDIT_LOG_TILES_H_
#define PASSERELLE_AUDIT_LOG_TILES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "audit/merkle/merkle.h"
#include "gateway/base/digest.h"

namespace passerelle::audit::log {

using gateway::base::Digest;

// Levels of the tree that one tile spans, and hashes of a full one.
inline constexpr int kTileHeight = 8;
inline constexpr size_t kTileWidth = size_t{1} << kTileHeight;

// A tile: up to 256 hashes and every node that they complete, so that a proof re-hashes nothing.
// Thread-compatible.
class Tile {
 public:
  // Reads 1 to 256 hashes of 32 bytes. INVALID_ARGUMENT otherwise.
  static absl::StatusOr<Tile> FromBytes(std::string_view hashes);

  // Adds a hash on the right. REQUIRES: width() < kTileWidth.
  void Append(const Digest& hash);

  size_t width() const { return levels_[0].size(); }

  // A node that the hashes complete: `level` 0 are the hashes themselves, 8 is a full tile's root.
  // REQUIRES: it is complete.
  const Digest& Node(int level, size_t index) const { return levels_[level][index]; }

  // The hashes, one after another.
  std::string Bytes() const;

 private:
  std::array<std::vector<Digest>, kTileHeight + 1> levels_;
};

// Where a node of the tree lies.
struct TilePosition {
  int level = 0;
  uint64_t tile = 0;
  // Level and index of the node within the tile.
  int inner_level = 0;
  size_t inner_index = 0;
};
TilePosition PositionOf(merkle::NodeId node);

// The right edge of a growing tree: the tile of each level that is not full. Copyable;
// thread-compatible.
class Edge {
 public:
  Edge() = default;

  // Takes up a tree of `size` leaves, reading the tiles that are not full.
  static absl::StatusOr<Edge> Resume(
      uint64_t size, absl::FunctionRef<absl::StatusOr<Tile>(int level, uint64_t tile)> read);

  // Hears a tile that became full.
  using Sink = absl::FunctionRef<void(int level, uint64_t tile, const Tile& full)>;

  // Appends a leaf.
  void Append(const Digest& leaf, Sink sink);

  uint64_t size() const { return size_; }

  // Number of levels that have a tile, full or not.
  int levels() const { return static_cast<int>(tiles_.size()); }

  // Number of the tile of `level` that is not full; `at` is that tile, possibly empty.
  uint64_t number(int level) const { return (size_ >> (level * kTileHeight)) >> kTileHeight; }
  const Tile& at(int level) const { return tiles_[level]; }

  // Root of the tree.
  absl::StatusOr<Digest> Root() const;

 private:
  uint64_t size_ = 0;
  std::vector<Tile> tiles_;
};

}  // namespace passerelle::audit::log

#endif  // PASSERELLE_AUDIT_LOG_TILES_H_
