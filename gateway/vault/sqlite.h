// SQLite as far as the vault uses it: a connection, a prepared statement, one execution of it.
#ifndef PASSERELLE_GATEWAY_VAULT_SQLITE_H_
#define PASSERELLE_GATEWAY_VAULT_SQLITE_H_

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace passerelle::gateway::vault {

// The error of a SQLite result code: RESOURCE_EXHAUSTED (DISK_FULL), UNAVAILABLE (VAULT_BUSY),
// DATA_LOSS (VAULT_CORRUPT), ABORTED (VAULT_IO) for the rest. Quotes neither SQL nor values.
absl::Status SqliteError(int code);

// An open database. Thread-compatible: one thread at a time.
class Connection {
 public:
  enum class Access { kReadOnly, kReadWrite };

  // Opens an existing database file.
  static absl::StatusOr<Connection> Open(const std::string& path, Access access);

  // Runs statements that return no rows of interest.
  absl::Status Execute(const char* sql);

  // The first column of the first row, as a number or text.
  absl::StatusOr<int64_t> Number(const char* sql);
  absl::StatusOr<std::string> Text(const char* sql);

  // Moves the whole write-ahead log into the database and makes it empty. UNAVAILABLE when a reader
  // of another process stays open; it is waited for a bounded time.
  absl::Status TruncateWal();

  // Undoes a transaction, if one is open.
  void Rollback();

  sqlite3* handle() const { return database_.get(); }

 private:
  struct Closer {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  };
  explicit Connection(sqlite3* database) : database_(database) {}
  std::unique_ptr<sqlite3, Closer> database_;
};

// A prepared statement. Must go before its connection. Thread-compatible.
class Statement {
 public:
  static absl::StatusOr<Statement> Prepare(Connection& connection, const char* sql);

 private:
  friend class Query;
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
};

// One execution of a statement. Resets it when it goes, so that no read transaction outlives it.
// What is bound must outlive the execution. Thread-compatible.
class Query {
 public:
  explicit Query(Statement& statement) : statement_(statement.statement_.get()) {}
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  // Bind the next parameter.
  Query& Bind(int64_t number);
  Query& BindBlob(std::string_view bytes);
  Query& BindText(std::string_view text);
  Query& BindNull();

  // Whether a row is there.
  absl::StatusOr<bool> Step();

  // Step of a statement that returns no row.
  absl::Status Run();

  // Columns of the row; the blob or text is valid until the next Step, and empty for NULL.
  int64_t Number(int column) const;
  std::string_view Blob(int column) const;

 private:
  void Note(int code);

  sqlite3_stmt* const statement_;
  int next_ = 1;
  // The first error of a binding, told by Step.
  int code_ = SQLITE_OK;
};

}  // namespace passerelle::gateway::vault

#endif  // PASSERELLE_GATEWAY_VAULT_SQLITE_H_
