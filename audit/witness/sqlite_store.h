// The state of a witness: `witness.db`, SQLite in WAL mode with synchronous=FULL, one row a log.
#ifndef PASSERELLE_AUDIT_WITNESS_SQLITE_STORE_H_
#define PASSERELLE_AUDIT_WITNESS_SQLITE_STORE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "audit/witness/witness.h"

namespace passerelle::audit::witness {

// Opens or creates the database at `path` (mode 0600; its folder must exist). DATA_LOSS when it is
// not a witness's (STORE_FOREIGN) or damaged (STORE_CORRUPT), UNAVAILABLE otherwise. Several
// processes may share it: Replace compares and writes in one transaction. An old copy put back
// makes the witness forget what it cosigned: it belongs on a disk that is not restored.
absl::StatusOr<std::unique_ptr<WitnessStore>> OpenSqliteWitnessStore(const std::string& path);

}  // namespace passerelle::audit::witness

#endif  // PASSERELLE_AUDIT_WITNESS_SQLITE_STORE_H_
