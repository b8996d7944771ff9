// The embedded store of one log: `audit.db`, SQLite in WAL mode with synchronous=FULL.
#ifndef PASSERELLE_AUDIT_LOG_SQLITE_STORE_H_
#define PASSERELLE_AUDIT_LOG_SQLITE_STORE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "audit/log/store.h"

namespace passerelle::audit::log {

// Opens or creates the database at `path` (mode 0600; its folder must exist). DATA_LOSS when it is
// not one of ours (STORE_FOREIGN), of another format (STORE_FORMAT) or damaged (STORE_CORRUPT,
// STORE_TILE). The store is thread-safe as LogStore says; another process that writes at the same
// time makes an append a conflict.
//
// Who trusts what: see store.h. The file holds no payload, no name and no key.
absl::StatusOr<std::unique_ptr<LogStore>> OpenSqliteStore(const std::string& path);

}  // namespace passerelle::audit::log

#endif  // PASSERELLE_AUDIT_LOG_SQLITE_STORE_H_
