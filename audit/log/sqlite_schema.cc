#include "audit/log/sqlite_schema.h"

#include "absl/strings/str_cat.h"
#include "audit/log/sqlite.h"
#include "audit/merkle/merkle.h"
#include "gateway/base/bytes.h"
#include "gateway/base/files.h"
#include "gateway/base/status.h"

namespace passerelle::audit::log {
namespace {

using gateway::base::Corrupt;

// "PsLg".
constexpr int64_t kApplicationId = 0x50734c67;
constexpr int64_t kFormat = 2;

constexpr const char* kTables = R"(
    CREATE TABLE meta(id INTEGER PRIMARY KEY CHECK (id = 1), format INTEGER NOT NULL) STRICT;
    CREATE TABLE head(id INTEGER PRIMARY KEY CHECK (id = 1), size INTEGER NOT NULL,
                      root BLOB NOT NULL, time_ms INTEGER NOT NULL, epoch INTEGER NOT NULL) STRICT;
    CREATE TABLE entries(idx INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
    CREATE TABLE tiles(id INTEGER PRIMARY KEY, hashes BLOB NOT NULL) STRICT;
    CREATE TABLE statements(digest BLOB PRIMARY KEY, idx INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE indexed(id INTEGER PRIMARY KEY CHECK (id = 1), size INTEGER NOT NULL) STRICT;
    CREATE TABLE snapshot(id INTEGER PRIMARY KEY CHECK (id = 1), size INTEGER NOT NULL,
                          root BLOB NOT NULL, time_ms INTEGER NOT NULL, bytes BLOB NOT NULL)
                          STRICT;)";

absl::Status Create(SqliteConnection& connection) {
  const std::string sql =
      absl::StrCat("BEGIN IMMEDIATE;", kTables, "INSERT INTO meta VALUES (1, ", kFormat, ");",
                   "INSERT INTO indexed VALUES (1, 0);", "INSERT INTO head VALUES (1, 0, x'",
                   gateway::base::ToHex(gateway::base::View(merkle::EmptyRoot())), "', 0, 0);",
                   "PRAGMA application_id = ", kApplicationId, "; COMMIT;");
  if (const int code = connection.Run(sql.c_str()); code != SQLITE_OK)
    return SqliteError(code, "creating the log's tables");
  return absl::OkStatus();
}

// Whether the file holds nothing yet. Our application id is written with the tables, in one
// transaction.
absl::StatusOr<bool> IsFresh(SqliteConnection& connection) {
  ASSIGN_OR_RETURN(const int64_t tables, connection.QueryInt("SELECT count(*) FROM sqlite_schema"));
  ASSIGN_OR_RETURN(const int64_t id, connection.QueryInt("PRAGMA application_id"));
  if (tables == 0 && id == 0) return true;
  if (id != kApplicationId) return Corrupt("STORE_FOREIGN", "a database of another application");
  ASSIGN_OR_RETURN(const int64_t format, connection.QueryInt("SELECT format FROM meta"));
  if (format == kFormat) return false;
  return Corrupt("STORE_FORMAT",
                 absl::StrCat("store format ", format, "; this binary knows ", kFormat));
}

absl::Status Prepare(const std::string& path) {
  ASSIGN_OR_RETURN(SqliteConnection connection, SqliteConnection::Open(path));
  ASSIGN_OR_RETURN(const bool fresh, IsFresh(connection));
  ASSIGN_OR_RETURN(SqliteStatement mode, connection.Prepare("PRAGMA journal_mode = WAL"));
  if (const int code = mode.Step(); code != SQLITE_ROW)
    return SqliteError(code, "entering WAL mode");
  if (mode.Bytes(0) != "wal")
    return gateway::base::Error(absl::StatusCode::kUnavailable, "STORE_IO", "",
                                "the file system does not support WAL mode");
  mode.Reset();
  return fresh ? Create(connection) : absl::OkStatus();
}

}  // namespace

absl::Status PrepareDatabase(const std::string& path) {
  if (!gateway::base::Exists(path))
    RETURN_IF_ERROR(gateway::base::WriteFile(path, "", gateway::base::FileMode::kPrivate));
  return gateway::base::InContext(Prepare(path), path);
}

}  // namespace passerelle::audit::log
