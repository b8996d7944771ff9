#include "gateway/verify/tree.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "audit/log/export.h"
#include "gateway/base/files.h"
#include "gateway/base/status.h"

namespace passerelle::gateway::verify {

using audit::merkle::NodeId;
using base::Digest;

namespace {

constexpr size_t kHashBytes = 32;
// A tile level spans this many tree levels.
constexpr int kLevelsATile = 8;

}  // namespace

Check Tree::Append(const Digest& leaf) {
  Check fault;
  tree_.Append(leaf, [&](NodeId node, const Digest& hash) {
    if (!fault.has_value() && node.level % kLevelsATile == 0) fault = Compare(node, hash);
  });
  return fault;
}

Check Tree::OpenNextTile(int level, uint64_t tile) {
  const uint64_t hashes = final_size_ >> (kLevelsATile * level);
  const uint64_t width = tile < hashes / kTileWidth ? kTileWidth : hashes % kTileWidth;
  OpenTile& open = open_[level];
  open.path = audit::log::TilePath(level, tile, width == kTileWidth ? 0 : static_cast<int>(width));
  files_.insert(open.path);
  absl::StatusOr<std::string> bytes =
      base::ReadFile(absl::StrCat(folder_, "/", open.path), kTileWidth * kHashBytes);
  if (absl::IsNotFound(bytes.status()))
    return FaultOfExport(absl::StrCat("The tile ", open.path, " is missing."),
                         absl::StrCat("La tuile ", open.path, " manque."));
  if (!bytes.ok() && !absl::IsOutOfRange(bytes.status())) return Unreadable(bytes.status());
  if (!bytes.ok() || bytes->size() != width * kHashBytes)
    return FaultOfExport(
        absl::StrCat("The tile ", open.path, " does not have the length of ", width, " hashes."),
        absl::StrCat("La tuile ", open.path, " n'a pas la longueur de ", width, " empreintes."));
  open.bytes = *std::move(bytes);
  return std::nullopt;
}

Check Tree::Compare(NodeId node, const Digest& hash) {
  const int level = node.level / kLevelsATile;
  const uint64_t element = node.index % kTileWidth;
  if (open_.size() <= static_cast<size_t>(level)) open_.resize(level + 1);
  if (element == 0) {
    if (Check fault = OpenNextTile(level, node.index / kTileWidth); fault.has_value()) return fault;
  }
  const OpenTile& open = open_[level];
  const std::string_view stored(open.bytes.data() + element * kHashBytes, kHashBytes);
  if (stored == base::View(hash)) return std::nullopt;
  if (level == 0)
    return FaultOfEntry(node.index, std::nullopt,
                        absl::StrCat("its bytes do not have the hash that the tile ", open.path,
                                     " holds for it; one of the two was altered"),
                        absl::StrCat("ses octets n'ont pas l'empreinte que la tuile ", open.path,
                                     " tient pour elle ; l'un des deux a été altéré"));
  return FaultOfExport(
      absl::StrCat("The tile ", open.path, " was altered: hash ", element,
                   " is not that of the entries ", node.index << node.level, " to ",
                   ((node.index + 1) << node.level) - 1, "."),
      absl::StrCat("La tuile ", open.path, " a été altérée : l'empreinte ", element,
                   " n'est pas celle des entrées ", node.index << node.level, " à ",
                   ((node.index + 1) << node.level) - 1, "."));
}

}  // namespace passerelle::gateway::verify
