// Writes a log as a folder in the C2SP tlog-tiles layout: `checkpoint`, `tile/<L>/<N>[.p/<W>]`,
// `tile/entries/<N>[.p/<W>]`, and beside them `log.vkey` (c2sp.org/tlog-tiles).
#ifndef PASSERELLE_AUDIT_LOG_EXPORT_H_
#define PASSERELLE_AUDIT_LOG_EXPORT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/base/digest.h"

namespace passerelle::audit::log {

// A number as the layout spells it: `999` is 999, `x001/234` is 1234.
std::string NumberPath(uint64_t number);

// Path of a tile or bundle below the export: level -1 is `tile/entries`. `width` 0 means full.
std::string TilePath(int level, uint64_t tile, int width);

// What a path names.
struct TileName {
  // -1: a bundle of entries.
  int level = 0;
  uint64_t tile = 0;
  // 0: full.
  int width = 0;
};

// The name that TilePath spells so, and nothing for every other text.
std::optional<TileName> TileFromPath(std::string_view path);

// Reads entries [begin, end).
using EntryReader =
    absl::FunctionRef<absl::StatusOr<std::vector<std::string>>(uint64_t begin, uint64_t end)>;

// What an export is of.
struct ExportHead {
  // The signed note, and the key that signed it.
  std::string checkpoint;
  std::string vkey;
  // What the note says.
  uint64_t size = 0;
  gateway::base::Digest root{};
};

// Writes the export of a head, or brings an earlier one of the same log up to it: takes the full
// bundles that stand in the folder, reads the other entries, and recomputes every hash from the
// entries of both. The checkpoint comes last, so that a folder without one is unfinished; whatever
// was interrupted goes on from there. Only partial tiles of `head.size` are left. Returns how many
// entries were read. `progress` hears the number of entries in the export. Files are private
// (0600): bundles are for the log's auditor.
//
// FAILED_PRECONDITION when something else stands in the folder (EXPORT_NOT_EMPTY) or an export of
// another log (EXPORT_OTHER_LOG); DATA_LOSS when the entries do not lead to the root (LOG_ROOT), or
// to that of the checkpoint in the folder (EXPORT_FORKED), which is then left as it is.
absl::StatusOr<uint64_t> WriteExport(const std::string& folder, const ExportHead& head,
                                     EntryReader read, absl::FunctionRef<void(uint64_t)> progress);

// A bundle of an export. Movable.
struct ExportBundle {
  // What the entries are views of; the same however the bundle is moved.
  std::unique_ptr<const std::string> bytes;
  std::vector<std::string_view> entries;
};

// Reads one bundle of an export of `size` entries, as ReadExportEntries does. REQUIRES: there is an
// entry of that number in it.
absl::StatusOr<ExportBundle> ReadExportBundle(const std::string& folder, uint64_t size,
                                              uint64_t number);

// Reads the entries [begin, end) of an export of `size` entries from its bundles; where a partial
// bundle is gone, from the full one. OUT_OF_RANGE past `size`; DATA_LOSS (EXPORT_BUNDLE) names the
// bundle that is missing or malformed.
absl::StatusOr<std::vector<std::string>> ReadExportEntries(const std::string& folder, uint64_t size,
                                                           uint64_t begin, uint64_t end);

}  // namespace passerelle::audit::log

#endif  // PASSERELLE_AUDIT_LOG_EXPORT_H_
