#include "gateway/vault/sqlite.h"

#include "absl/strings/str_cat.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"

namespace passerelle::gateway::vault {

absl::Status SqliteError(int code) {
  const std::string message = absl::StrCat("vault: ", sqlite3_errstr(code));
  switch (code & 0xff) {
    case SQLITE_FULL:
      return base::Error(absl::StatusCode::kResourceExhausted, "DISK_FULL", "", message);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return base::Error(absl::StatusCode::kUnavailable, "VAULT_BUSY", "", message);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return base::Corrupt("VAULT_CORRUPT", message);
    default:
      return base::Error(absl::StatusCode::kAborted, "VAULT_IO", "", message);
  }
}

absl::StatusOr<Connection> Connection::Open(const std::string& path, Access access) {
  const int flags = access == Access::kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &database, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  Connection connection(database);
  if (code != SQLITE_OK) return SqliteError(code);
  sqlite3_extended_result_codes(database, 1);
  sqlite3_busy_timeout(database, base::kVaultBusyMs);
  // Whoever alters the file must not make us run what they put into its schema; and no copy of a
  // row may land in a temporary file.
  RETURN_IF_ERROR(connection.Execute("PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY"));
  return connection;
}

absl::Status Connection::Execute(const char* sql) {
  const int code = sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : SqliteError(code);
}

absl::StatusOr<int64_t> Connection::Number(const char* sql) {
  ASSIGN_OR_RETURN(Statement statement, Statement::Prepare(*this, sql));
  Query query(statement);
  ASSIGN_OR_RETURN(const bool row, query.Step());
  if (!row) return base::Corrupt("VAULT_CORRUPT", "vault: a row of its own is missing");
  return query.Number(0);
}

absl::StatusOr<std::string> Connection::Text(const char* sql) {
  ASSIGN_OR_RETURN(Statement statement, Statement::Prepare(*this, sql));
  Query query(statement);
  ASSIGN_OR_RETURN(const bool row, query.Step());
  return row ? std::string(query.Blob(0)) : std::string();
}

absl::Status Connection::TruncateWal() {
  int frames = 0;
  const int code =
      sqlite3_wal_checkpoint_v2(handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, &frames, nullptr);
  if (code != SQLITE_OK) return SqliteError(code);
  return frames == 0 ? absl::OkStatus() : SqliteError(SQLITE_BUSY);
}

void Connection::Rollback() {
  // Some errors have ended the transaction already; rolling back twice would be one of its own.
  if (sqlite3_get_autocommit(handle()) == 0)
    sqlite3_exec(handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

absl::StatusOr<Statement> Statement::Prepare(Connection& connection, const char* sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(connection.handle(), sql, -1, SQLITE_PREPARE_PERSISTENT,
                                      &statement, nullptr);
  if (code != SQLITE_OK) return SqliteError(code);
  return Statement(statement);
}

Query::~Query() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Query& Query::Bind(int64_t number) {
  Note(sqlite3_bind_int64(statement_, next_++, number));
  return *this;
}

Query& Query::BindBlob(std::string_view bytes) {
  Note(sqlite3_bind_blob64(statement_, next_++, bytes.data(), bytes.size(), SQLITE_STATIC));
  return *this;
}

Query& Query::BindText(std::string_view text) {
  Note(sqlite3_bind_text64(statement_, next_++, text.data(), text.size(), SQLITE_STATIC,
                           SQLITE_UTF8));
  return *this;
}

Query& Query::BindNull() {
  Note(sqlite3_bind_null(statement_, next_++));
  return *this;
}

absl::StatusOr<bool> Query::Step() {
  if (code_ != SQLITE_OK) return SqliteError(code_);
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW || code == SQLITE_DONE) return code == SQLITE_ROW;
  return SqliteError(code);
}

absl::Status Query::Run() { return Step().status(); }

int64_t Query::Number(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Query::Blob(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  return {static_cast<const char*>(bytes),
          static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
}

void Query::Note(int code) {
  if (code_ == SQLITE_OK) code_ = code;
}

}  // namespace passerelle::gateway::vault
