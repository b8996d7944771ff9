// Writes a log as a folder in the C2SP tlog-tiles layout: `checkpoint`, `tile/<L>/<N>[.p/<W>]`,
// `tile/entries/<N>[.p/<W>]`, and beside them `log.vkey` (c2sp.org/tlog-tiles).
#ifndef PASSERELLE_AUDIT_LOG_EXPORT_H_
#define PASSERELLE_AUDIT_LOG_EXPORT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/base/digest.h"

namespace passerelle::audit::log {

// Path of a tile or bundle below the export: level -1 is `tile/entries`. `width` 0 means full.
std::string TilePath(int level, uint64_t tile, int width);

// Reads entries [begin, end).
using EntryReader =
    absl::FunctionRef<absl::StatusOr<std::vector<std::string>>(uint64_t begin, uint64_t end)>;

// Writes the export of `size` entries and the signed checkpoint that covers them, recomputing every
// hash from the entries; the checkpoint comes last, so that a folder without one is unfinished.
// Only partial tiles of `size` are written. FAILED_PRECONDITION (EXPORT_NOT_EMPTY) when something
// stands in the folder; DATA_LOSS when the entries do not lead to `root`. `progress` hears the
// number of entries written. Files are private (0600): bundles are for the log's auditor.
absl::Status WriteExport(const std::string& folder, std::string_view checkpoint,
                         std::string_view vkey, uint64_t size, const gateway::base::Digest& root,
                         EntryReader read, absl::FunctionRef<void(uint64_t)> progress);

// Reads the entries [begin, end) of an export of `size` entries from its bundles; where a partial
// bundle is gone, from the full one. OUT_OF_RANGE past `size`; DATA_LOSS (EXPORT_BUNDLE) names the
// bundle that is missing or malformed.
absl::StatusOr<std::vector<std::string>> ReadExportEntries(const std::string& folder, uint64_t size,
                                                           uint64_t begin, uint64_t end);

}  // namespace passerelle::audit::log

#endif  // PASSERELLE_AUDIT_LOG_EXPORT_H_
