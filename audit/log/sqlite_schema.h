// The file format of `audit.db` (audit/FORMAT.md). Private to this folder.
#ifndef PASSERELLE_AUDIT_LOG_SQLITE_SCHEMA_H_
#define PASSERELLE_AUDIT_LOG_SQLITE_SCHEMA_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace passerelle::audit::log {

// The row of the tile `number` of `level`.
inline int64_t TileRow(int level, uint64_t number) {
  return (int64_t{level} << 56) | static_cast<int64_t>(number);
}

// Makes the file ready to be used: creates it with mode 0600 and an empty log when it is missing or
// empty, puts it into WAL mode. DATA_LOSS when it is damaged (STORE_CORRUPT), not one of ours
// (STORE_FOREIGN; it is left as it was) or of a format that this binary does not know
// (STORE_FORMAT).
absl::Status PrepareDatabase(const std::string& path);

}  // namespace passerelle::audit::log

#endif  // PASSERELLE_AUDIT_LOG_SQLITE_SCHEMA_H_
