// The log as files of c2sp.org/tlog-tiles: what an export holds, without the export.
#include "audit/log/tiles.h"

#include <string>
#include <vector>

#include "audit/log/export.h"
#include "gateway/base/bytes.h"
#include "gateway/base/digest.h"
#include "gateway/base/status.h"
#include "gateway/service/service.h"
#include "gateway/service/view.h"

namespace passerelle::gateway::service {
namespace {

using audit::log::kTileHeight;
using audit::log::kTileWidth;
using audit::log::TileName;

absl::Status NoTile() {
  return base::Error(absl::StatusCode::kNotFound, "TILE_NONE", "path",
                     "this log has no such file: `checkpoint`, `tile/<level>/<number>` or "
                     "`tile/entries/<number>`, `.p/<width>` after one that is not full");
}

absl::StatusOr<std::string> BundleOf(const audit::log::Log& log, uint64_t begin, size_t width) {
  ASSIGN_OR_RETURN(const std::vector<std::string> entries, log.ReadEntries(begin, begin + width));
  std::string bundle;
  for (const std::string& entry : entries) {
    base::AppendBigEndian16(bundle, static_cast<uint16_t>(entry.size()));
    bundle += entry;
  }
  return bundle;
}

absl::StatusOr<std::string> HashesOf(const audit::log::Log& log, int level, uint64_t begin,
                                     size_t width) {
  std::string hashes;
  for (size_t i = 0; i < width; ++i) {
    ASSIGN_OR_RETURN(const base::Digest hash, log.NodeAt({level * kTileHeight, begin + i}));
    hashes += base::View(hash);
  }
  return hashes;
}

}  // namespace

absl::StatusOr<TilesFile> GetTilesFile(const Caller& caller, std::string_view path) {
  const audit::log::Log& log = caller.convention->log();
  if (path == "checkpoint") return TilesFile{log.signed_head().checkpoint, true};
  RETURN_IF_ERROR(CheckLogAuditor(caller));
  const std::optional<TileName> name = audit::log::TileFromPath(path);
  if (!name.has_value()) return NoTile();
  const size_t width = name->width == 0 ? kTileWidth : static_cast<size_t>(name->width);
  const int level = std::max(name->level, 0);
  // No log has entries for more levels.
  constexpr int kMostLevel = 7;
  if (level > kMostLevel) return NoTile();
  const uint64_t complete = log.head().size >> (level * kTileHeight);
  const uint64_t begin = name->tile * kTileWidth;
  if (complete < width || begin > complete - width) return NoTile();
  absl::StatusOr<std::string> bytes =
      name->level < 0 ? BundleOf(log, begin, width) : HashesOf(log, level, begin, width);
  RETURN_IF_ERROR(bytes.status());
  return TilesFile{*std::move(bytes), false};
}

}  // namespace passerelle::gateway::service
