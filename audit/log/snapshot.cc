#include "audit/log/snapshot.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/base/files.h"
#include "gateway/base/new_file.h"
#include "gateway/base/status.h"

namespace passerelle::audit::log {
namespace {

// Pages a step, after each of which somebody hears of the progress.
constexpr int kPagesAStep = 256;

struct BackupFinisher {
  void operator()(sqlite3_backup* backup) const { sqlite3_backup_finish(backup); }
};
using Backup = std::unique_ptr<sqlite3_backup, BackupFinisher>;

absl::StatusOr<SqliteConnection> OpenExisting(const std::string& path) {
  if (!gateway::base::Exists(path))
    return gateway::base::Error(absl::StatusCode::kNotFound, "FILE_MISSING", "",
                                absl::StrCat(path, ": there is no such database"));
  return SqliteConnection::Open(path);
}

}  // namespace

absl::StatusOr<Snapshot> Snapshot::Take(const std::string& path) {
  ASSIGN_OR_RETURN(SqliteConnection connection, OpenExisting(path));
  // The transaction begins with the first read.
  if (const int code = connection.Run("PRAGMA query_only = ON; BEGIN"); code != SQLITE_OK)
    return SqliteError(code, path);
  const absl::StatusOr<int64_t> begun = connection.QueryInt("SELECT count(*) FROM sqlite_schema");
  if (!begun.ok()) return gateway::base::InContext(begun.status(), path);
  return Snapshot(std::move(connection));
}

absl::Status Snapshot::CopyTo(const std::string& path,
                              absl::FunctionRef<void(uint64_t done, uint64_t total)> progress) {
  RETURN_IF_ERROR(gateway::base::WriteNewFile(path, "", gateway::base::FileMode::kPrivate));
  ASSIGN_OR_RETURN(const SqliteConnection copy, SqliteConnection::Open(path));
  Backup backup(sqlite3_backup_init(copy.get(), "main", connection_.get(), "main"));
  if (backup == nullptr) return SqliteError(sqlite3_errcode(copy.get()), path);
  int code = SQLITE_OK;
  while (code == SQLITE_OK) {
    code = sqlite3_backup_step(backup.get(), kPagesAStep);
    const auto total = static_cast<uint64_t>(sqlite3_backup_pagecount(backup.get()));
    if (code == SQLITE_OK || code == SQLITE_DONE)
      progress(total - static_cast<uint64_t>(sqlite3_backup_remaining(backup.get())), total);
  }
  if (code != SQLITE_DONE) return SqliteError(code, path);
  code = sqlite3_backup_finish(backup.release());
  return code == SQLITE_OK ? absl::OkStatus() : SqliteError(code, path);
}

absl::StatusOr<CommitWatch> CommitWatch::Begin(const std::string& path) {
  ASSIGN_OR_RETURN(SqliteConnection connection, OpenExisting(path));
  ASSIGN_OR_RETURN(SqliteStatement version, connection.Prepare("PRAGMA data_version"));
  CommitWatch watch(std::move(connection), std::move(version));
  ASSIGN_OR_RETURN(watch.last_, watch.Version());
  return watch;
}

absl::StatusOr<int64_t> CommitWatch::Version() {
  const SqliteReset reset(version_);
  if (const int code = version_.Step(); code != SQLITE_ROW)
    return SqliteError(code, "reading the version of the data");
  return version_.Int(0);
}

absl::StatusOr<bool> CommitWatch::HasChanged() {
  ASSIGN_OR_RETURN(const int64_t now, Version());
  return std::exchange(last_, now) != now;
}

}  // namespace passerelle::audit::log
