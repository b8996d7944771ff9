// SQLite's C interface as two classes that close what they opened. Internal to audit.
#ifndef PASSERELLE_AUDIT_LOG_SQLITE_H_
#define PASSERELLE_AUDIT_LOG_SQLITE_H_

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace passerelle::audit::log {

// The error of a SQLite result code (primary or extended): DATA_LOSS (STORE_CORRUPT, STORE_FOREIGN)
// when the file is damaged or none of SQLite's, else UNAVAILABLE (STORE_FULL, STORE_BUSY,
// STORE_IO).
absl::Status SqliteError(int code, std::string_view doing);

// A prepared statement. Thread-compatible; used under its connection's lock.
class SqliteStatement {
 public:
  SqliteStatement() = default;
  explicit SqliteStatement(sqlite3_stmt* statement) : statement_(statement) {}

  // Binds a parameter, counted from 1. The bytes must outlive the next Step.
  void Bind(int parameter, int64_t value);
  void Bind(int parameter, std::string_view bytes);

  // Takes a step: SQLITE_ROW, SQLITE_DONE or an error.
  int Step() { return sqlite3_step(statement_.get()); }

  // Makes it ready to be bound and stepped again.
  void Reset();

  // Steps a statement that has no rows to its end and resets it. SQLITE_OK or an error.
  int Run();

  // A column of the current row, counted from 0. The view is valid until the next Step or Reset.
  int64_t Int(int column) const { return sqlite3_column_int64(statement_.get(), column); }
  std::string_view Bytes(int column) const;

 private:
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
};

// Resets a statement at the end of a scope, so that it holds no read transaction.
class SqliteReset {
 public:
  explicit SqliteReset(SqliteStatement& statement) : statement_(statement) {}
  ~SqliteReset() { statement_.Reset(); }
  SqliteReset(const SqliteReset&) = delete;
  SqliteReset& operator=(const SqliteReset&) = delete;

 private:
  SqliteStatement& statement_;
};

// A connection. Thread-compatible: its owner locks.
class SqliteConnection {
 public:
  SqliteConnection() = default;

  // Opens an existing file for reading and writing.
  static absl::StatusOr<SqliteConnection> Open(const std::string& path);

  // Runs one statement without rows or parameters. SQLITE_OK or an error.
  int Run(const char* sql);

  // Prepares a statement that is kept.
  absl::StatusOr<SqliteStatement> Prepare(std::string_view sql);

  // The single number that a query returns.
  absl::StatusOr<int64_t> QueryInt(std::string_view sql);

  sqlite3* get() const { return connection_.get(); }

 private:
  struct Closer {
    void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
  };
  std::unique_ptr<sqlite3, Closer> connection_;
};

}  // namespace passerelle::audit::log

#endif  // PASSERELLE_AUDIT_LOG_SQLITE_H_
