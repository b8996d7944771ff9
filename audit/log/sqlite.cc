#include "audit/log/sqlite.h"

#include "absl/strings/str_cat.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"

namespace passerelle::audit::log {

using gateway::base::Absl;
using gateway::base::Error;

namespace {

// How much the database file grows at a time: rarely, yet small enough for thousands of logs.
constexpr int kChunkBytes = 256 * 1024;

}  // namespace

absl::Status SqliteError(int code, std::string_view doing) {
  const std::string message = absl::StrCat(Absl(doing), ": ", sqlite3_errstr(code));
  switch (code & 0xff) {
    case SQLITE_CORRUPT:
      return gateway::base::Corrupt("STORE_CORRUPT", message);
    case SQLITE_NOTADB:
      return gateway::base::Corrupt("STORE_FOREIGN", message);
    case SQLITE_FULL:
      return Error(absl::StatusCode::kUnavailable, "STORE_FULL", "", message);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Error(absl::StatusCode::kUnavailable, "STORE_BUSY", "", message);
    default:
      return Error(absl::StatusCode::kUnavailable, "STORE_IO", "", message);
  }
}

void SqliteStatement::Bind(int parameter, int64_t value) {
  sqlite3_bind_int64(statement_.get(), parameter, value);
}

void SqliteStatement::Bind(int parameter, std::string_view bytes) {
  // A null pointer would bind NULL instead of no bytes.
  const char* const data = bytes.data() == nullptr ? "" : bytes.data();
  sqlite3_bind_blob64(statement_.get(), parameter, data, bytes.size(), SQLITE_STATIC);
}

void SqliteStatement::Reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
}

int SqliteStatement::Run() {
  const int code = Step();
  Reset();
  return code == SQLITE_DONE ? SQLITE_OK : code;
}

std::string_view SqliteStatement::Bytes(int column) const {
  const void* const data = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return {static_cast<const char*>(data), data == nullptr ? 0 : static_cast<size_t>(size)};
}

absl::StatusOr<SqliteConnection> SqliteConnection::Open(const std::string& path) {
  SqliteConnection connection;
  sqlite3* raw = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  connection.connection_.reset(raw);
  if (code != SQLITE_OK) return SqliteError(code, path);
  sqlite3_extended_result_codes(raw, 1);
  int chunk = kChunkBytes;
  sqlite3_file_control(raw, nullptr, SQLITE_FCNTL_CHUNK_SIZE, &chunk);
  // A schema that somebody altered must not run code of its own.
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  return connection;
}

int SqliteConnection::Run(const char* sql) {
  return sqlite3_exec(get(), sql, nullptr, nullptr, nullptr);
}

absl::StatusOr<SqliteStatement> SqliteConnection::Prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v3(get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  SqliteStatement statement(raw);
  if (code != SQLITE_OK) return SqliteError(code, "preparing a statement");
  return statement;
}

absl::StatusOr<int64_t> SqliteConnection::QueryInt(std::string_view sql) {
  ASSIGN_OR_RETURN(SqliteStatement query, Prepare(sql));
  const int code = query.Step();
  if (code != SQLITE_ROW) return SqliteError(code, "reading a number");
  return query.Int(0);
}

}  // namespace passerelle::audit::log
