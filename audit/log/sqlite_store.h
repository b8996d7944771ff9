// The embedded store of one log: `audit.db`, SQLite in WAL mode with synchronous=FULL.
#ifndef PASSERELLE_AUDIT_LOG_SQLITE_STORE_H_
#define PASSERELLE_AUDIT_LOG_SQLITE_STORE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "audit/log/store.h"

namespace passerelle::audit::log {

// Opens or creates the database at `path` (mode 0600). DATA_LOSS when it is not one of ours.
absl::StatusOr<std::unique_ptr<LogStore>> OpenSqliteStore(const std::string& path);

}  // namespace passerelle::audit::log

#endif  // PASSERELLE_AUDIT_LOG_SQLITE_STORE_H_
