// Copies of SQLite databases that another process goes on writing.
#ifndef PASSERELLE_AUDIT_LOG_SNAPSHOT_H_
#define PASSERELLE_AUDIT_LOG_SNAPSHOT_H_

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "audit/log/sqlite.h"

namespace passerelle::audit::log {

// What a database in WAL mode held at one instant. It is a reader's transaction and no more:
// writers go on meanwhile, only what truncates the write-ahead log (an erasure, a checkpoint) has
// to wait until it goes. Movable; thread-compatible.
class Snapshot {
 public:
  // Opens an existing database for reading and holds on to what it holds now. Errors as
  // SqliteError's; NOT_FOUND (FILE_MISSING) when there is no file.
  static absl::StatusOr<Snapshot> Take(const std::string& path);

  // Writes the snapshot, page by page, as a database of its own (mode 0600), durably.
  // ALREADY_EXISTS (FILE_EXISTS) when something is there. `progress` hears pages done and in all.
  absl::Status CopyTo(const std::string& path,
                      absl::FunctionRef<void(uint64_t done, uint64_t total)> progress);

 private:
  explicit Snapshot(SqliteConnection connection) : connection_(std::move(connection)) {}
  SqliteConnection connection_;
};

// Hears whether anybody committed to a database. Movable; thread-compatible.
class CommitWatch {
 public:
  static absl::StatusOr<CommitWatch> Begin(const std::string& path);

  // Whether another connection has committed since Begin or the last call.
  absl::StatusOr<bool> HasChanged();

 private:
  CommitWatch(SqliteConnection connection, SqliteStatement version)
      : connection_(std::move(connection)), version_(std::move(version)) {}
  absl::StatusOr<int64_t> Version();

  SqliteConnection connection_;
  // Must go before its connection.
  SqliteStatement version_;
  int64_t last_ = 0;
};

}  // namespace passerelle::audit::log

#endif  // PASSERELLE_AUDIT_LOG_SNAPSHOT_H_
