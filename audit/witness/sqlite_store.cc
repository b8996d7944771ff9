#include "audit/witness/sqlite_store.h"

#include <sqlite3.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "audit/log/sqlite.h"
#include "gateway/base/files.h"
#include "gateway/base/mutex.h"
#include "gateway/base/status.h"

namespace passerelle::audit::witness {
namespace {

using gateway::base::Corrupt;
using gateway::base::Digest;
using log::SqliteConnection;
using log::SqliteError;
using log::SqliteReset;
using log::SqliteStatement;

// "PsWt".
constexpr int64_t kApplicationId = 0x50735774;

constexpr char kTable[] =
    "CREATE TABLE witnessed(origin BLOB PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL,"
    " note BLOB NOT NULL) STRICT, WITHOUT ROWID;";
constexpr char kFind[] = "SELECT size, root, note FROM witnessed WHERE origin = ?1";
// Nothing was cosigned before, or a log of no entry.
constexpr char kBegin[] =
    "INSERT INTO witnessed VALUES (?1, ?2, ?3, ?4) ON CONFLICT(origin) DO UPDATE"
    " SET size = excluded.size, root = excluded.root, note = excluded.note WHERE size = ?5";
constexpr char kAdvance[] =
    "UPDATE witnessed SET size = ?2, root = ?3, note = ?4 WHERE origin = ?1 AND size = ?5";

// See WitnessStore. Its own lock guards the one connection.
class SqliteWitnessStore final : public WitnessStore {
 public:
  absl::Status Open(const std::string& path) {
    if (!gateway::base::Exists(path))
      RETURN_IF_ERROR(gateway::base::WriteFile(path, "", gateway::base::FileMode::kPrivate));
    gateway::base::MutexLock lock(mutex_);
    ASSIGN_OR_RETURN(connection_, SqliteConnection::Open(path));
    RETURN_IF_ERROR(Prepare());
    ASSIGN_OR_RETURN(find_, connection_.Prepare(kFind));
    ASSIGN_OR_RETURN(begin_, connection_.Prepare(kBegin));
    ASSIGN_OR_RETURN(advance_, connection_.Prepare(kAdvance));
    return absl::OkStatus();
  }

  absl::StatusOr<std::optional<Witnessed>> Find(std::string_view origin) override {
    gateway::base::MutexLock lock(mutex_);
    const SqliteReset reset(find_);
    find_.Bind(1, origin);
    const int code = find_.Step();
    if (code == SQLITE_DONE) return std::optional<Witnessed>();
    if (code != SQLITE_ROW) return SqliteError(code, "reading what was witnessed");
    Witnessed row;
    row.size = static_cast<uint64_t>(find_.Int(0));
    const absl::StatusOr<Digest> root = gateway::base::DigestFromBytes(find_.Bytes(1));
    if (!root.ok()) return Corrupt("STORE_CORRUPT", "a root that is none");
    row.root = *root;
    row.note = std::string(find_.Bytes(2));
    return std::optional<Witnessed>(std::move(row));
  }

  absl::StatusOr<bool> Replace(std::string_view origin, uint64_t old_size,
                               const Witnessed& next) override {
    gateway::base::MutexLock lock(mutex_);
    SqliteStatement& statement = old_size == 0 ? begin_ : advance_;
    statement.Bind(1, origin);
    statement.Bind(2, static_cast<int64_t>(next.size));
    statement.Bind(3, gateway::base::View(next.root));
    statement.Bind(4, next.note);
    statement.Bind(5, static_cast<int64_t>(old_size));
    if (const int code = statement.Run(); code != SQLITE_OK)
      return SqliteError(code, "writing what was witnessed");
    return sqlite3_changes(connection_.get()) == 1;
  }

 private:
  absl::Status Prepare() REQUIRES_LOCK(mutex_) {
    ASSIGN_OR_RETURN(const int64_t tables,
                     connection_.QueryInt("SELECT count(*) FROM sqlite_schema"));
    ASSIGN_OR_RETURN(const int64_t id, connection_.QueryInt("PRAGMA application_id"));
    const bool fresh = tables == 0 && id == 0;
    if (!fresh && id != kApplicationId)
      return Corrupt("STORE_FOREIGN", "a database of another application");
    ASSIGN_OR_RETURN(SqliteStatement mode, connection_.Prepare("PRAGMA journal_mode = WAL"));
    if (const int code = mode.Step(); code != SQLITE_ROW)
      return SqliteError(code, "entering WAL mode");
    mode.Reset();
    const std::string sql =
        absl::StrCat("PRAGMA synchronous = FULL;",
                     fresh ? absl::StrCat("BEGIN IMMEDIATE;", kTable,
                                          "PRAGMA application_id = ", kApplicationId, "; COMMIT;")
                           : "");
    if (const int code = connection_.Run(sql.c_str()); code != SQLITE_OK)
      return SqliteError(code, "preparing the witness's table");
    return absl::OkStatus();
  }

  gateway::base::Mutex mutex_;
  SqliteConnection connection_ GUARDED_BY(mutex_);
  SqliteStatement find_ GUARDED_BY(mutex_), begin_ GUARDED_BY(mutex_), advance_ GUARDED_BY(mutex_);
};

}  // namespace

absl::StatusOr<std::unique_ptr<WitnessStore>> OpenSqliteWitnessStore(const std::string& path) {
  auto store = std::make_unique<SqliteWitnessStore>();
  if (const absl::Status opened = store->Open(path); !opened.ok())
    return gateway::base::InContext(opened, path);
  return store;
}

}  // namespace passerelle::audit::witness
