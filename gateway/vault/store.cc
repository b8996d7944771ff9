#include "gateway/vault/store.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"

namespace passerelle::gateway::vault {
namespace {

constexpr int kOrdinalBits = 10;
constexpr int kSlotBits = 10;
constexpr int kIndexBits = 63 - kOrdinalBits - kSlotBits;
static_assert(kSlots == int64_t{1} << kSlotBits);
static_assert(base::kMaxActs <= size_t{1} << kOrdinalBits);
static_assert(base::kMaxAttachments <= size_t{1} << kSlotBits);

constexpr int64_t kApplicationId = 0x50535356;
constexpr int64_t kVersion = 3;
constexpr int kSearchedBytes = 64 * 1024;

constexpr char kCreate[] = R"(
  PRAGMA application_id=0x50535356;
  PRAGMA user_version=3;
  CREATE TABLE items(place INTEGER PRIMARY KEY, class INTEGER NOT NULL, epoch INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL, commitment BLOB, wrapped BLOB NOT NULL, ciphertext BLOB NOT NULL,
    object TEXT) STRICT;
  CREATE INDEX items_commitment ON items(commitment) WHERE class <> 1;
  CREATE INDEX items_expiry ON items(expires_ms) WHERE expires_ms > 0;
  CREATE INDEX items_object ON items(object) WHERE object IS NOT NULL;
  CREATE INDEX items_place ON items(place, object);
  CREATE TABLE refused(entry INTEGER PRIMARY KEY, digest BLOB NOT NULL, epoch INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL, wrapped BLOB NOT NULL, ciphertext BLOB NOT NULL) STRICT;
  CREATE INDEX refused_digest ON refused(digest);
  CREATE INDEX refused_expiry ON refused(expires_ms);
  CREATE TABLE erasure(unfinished INTEGER NOT NULL) STRICT;
  INSERT INTO erasure VALUES(0);)";

// Copies what lives into new tables: every page of the old ones is freed, and secure_delete zeroes
// a freed page whole, stale copies included. Unlike VACUUM it makes no temporary file.
constexpr char kRebuild[] = R"(
  CREATE TABLE items_next(place INTEGER PRIMARY KEY, class INTEGER NOT NULL,
    epoch INTEGER NOT NULL, expires_ms INTEGER NOT NULL, commitment BLOB, wrapped BLOB NOT NULL,
    ciphertext BLOB NOT NULL, object TEXT) STRICT;
  INSERT INTO items_next SELECT * FROM items ORDER BY place;
  DROP TABLE items;
  ALTER TABLE items_next RENAME TO items;
  CREATE INDEX items_commitment ON items(commitment) WHERE class <> 1;
  CREATE INDEX items_expiry ON items(expires_ms) WHERE expires_ms > 0;
  CREATE INDEX items_object ON items(object) WHERE object IS NOT NULL;
  CREATE INDEX items_place ON items(place, object);
  CREATE TABLE refused_next(entry INTEGER PRIMARY KEY, digest BLOB NOT NULL,
    epoch INTEGER NOT NULL, expires_ms INTEGER NOT NULL, wrapped BLOB NOT NULL,
    ciphertext BLOB NOT NULL) STRICT;
  INSERT INTO refused_next SELECT * FROM refused ORDER BY entry;
  DROP TABLE refused;
  ALTER TABLE refused_next RENAME TO refused;
  CREATE INDEX refused_digest ON refused(digest);
  CREATE INDEX refused_expiry ON refused(expires_ms);)";

// The condition that picks the doomed rows of `items` and of `refused`.
const char* ItemsWhere(Doomed::By by) {
  return by == Doomed::By::kPosition ? " FROM items WHERE place BETWEEN ?1 AND ?2"
                                     : " FROM items WHERE expires_ms > 0"
                                       " AND expires_ms BETWEEN ?1 AND ?2";
}

const char* RefusedWhere(Doomed::By by) {
  return by == Doomed::By::kPosition ? " FROM refused WHERE entry BETWEEN ?1 AND ?2"
                                     : " FROM refused WHERE expires_ms BETWEEN ?1 AND ?2";
}

absl::Status RunOver(Connection& connection, const std::string& sql, const Range& range) {
  ASSIGN_OR_RETURN(Statement statement, Statement::Prepare(connection, sql.c_str()));
  return Query(statement).Bind(range.first).Bind(range.last).Run();
}

// Samples every blob of the rows in a range.
absl::Status CollectOver(Connection& connection, const std::string& sql, const Range& range,
                         int columns, Residue& erased) {
  ASSIGN_OR_RETURN(Statement statement, Statement::Prepare(connection, sql.c_str()));
  Query query(statement);
  query.Bind(range.first).Bind(range.last);
  while (true) {
    ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return absl::OkStatus();
    for (int column = 0; column < columns; ++column) erased.Add(query.Blob(column));
  }
}

// The first column of every row.
absl::StatusOr<std::set<std::string>> ReadNames(Query& query) {
  std::set<std::string> names;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row) return names;
    names.emplace(query.Blob(0));
  }
}

// Searches a file that a connection holds open, through the connection's own descriptor: closing
// another one would drop every lock that this process has on the file (POSIX), and whoever opened
// the database next would take it for abandoned and reset it under our feet.
absl::StatusOr<bool> IsInOpenFile(const Residue& erased, sqlite3* database, int which) {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(database, "main", which, &file);
  // Not open: there is none.
  if (file == nullptr || file->pMethods == nullptr) return false;
  sqlite3_int64 size = 0;
  if (const int code = file->pMethods->xFileSize(file, &size); code != SQLITE_OK)
    return SqliteError(code);
  std::string chunk(kSearchedBytes, '\0'), window;
  for (sqlite3_int64 at = 0; at < size; at += kSearchedBytes) {
    const auto wanted = static_cast<int>(std::min<sqlite3_int64>(kSearchedBytes, size - at));
    const int code = file->pMethods->xRead(file, chunk.data(), wanted, at);
    // A file that became shorter meanwhile is filled up with zeros.
    if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) return SqliteError(code);
    if (erased.IsInChunk(std::string_view(chunk).substr(0, static_cast<size_t>(wanted)), window))
      return true;
  }
  return false;
}

absl::Status CheckPermissions(const std::string& path) {
  if (!base::Exists(path)) return base::WriteFile(path, "", base::FileMode::kPrivate);
  ASSIGN_OR_RETURN(const int permissions, base::PermissionsOf(path));
  if ((permissions & 0077) == 0) return absl::OkStatus();
  return base::Error(absl::StatusCode::kFailedPrecondition, "VAULT_PERMISSIONS", "",
                     absl::StrCat(path, ": readable by others than its owner; set mode 0600"));
}

// Makes the tables of a new database, or recognises ours.
absl::Status CheckSchema(Connection& connection) {
  ASSIGN_OR_RETURN(const int64_t id, connection.Number("PRAGMA application_id"));
  ASSIGN_OR_RETURN(const int64_t version, connection.Number("PRAGMA user_version"));
  ASSIGN_OR_RETURN(const int64_t objects, connection.Number("SELECT count(*) FROM sqlite_schema"));
  const bool fresh = id == 0 && version == 0 && objects == 0;
  if (!fresh && id != kApplicationId)
    return base::Corrupt("VAULT_FOREIGN", "vault.db is the database of another application");
  if (!fresh && version != kVersion)
    return base::Error(
        absl::StatusCode::kFailedPrecondition, "VAULT_VERSION", "",
        absl::StrCat("vault.db has version ", version, ", this program reads ", kVersion));
  ASSIGN_OR_RETURN(const std::string journal, connection.Text("PRAGMA journal_mode=WAL"));
  ASSIGN_OR_RETURN(const int64_t secure, connection.Number("PRAGMA secure_delete=ON"));
  if (journal != "wal" || secure != 1)
    return base::Error(absl::StatusCode::kFailedPrecondition, "VAULT_MODE", "",
                       "SQLite refuses WAL mode or secure_delete here");
  // A page of content is hardly ever read twice, and there are many vaults in one process.
  RETURN_IF_ERROR(connection.Execute("PRAGMA synchronous=FULL; PRAGMA cache_size=-256"));
  if (!fresh) return absl::OkStatus();
  return connection.Execute(absl::StrCat("BEGIN IMMEDIATE;", kCreate, "COMMIT").c_str());
}

}  // namespace

absl::StatusOr<int64_t> PlaceOf(const Position& position) {
  if (position.index >> kIndexBits != 0 || position.ordinal >> kOrdinalBits != 0 ||
      position.slot >> kSlotBits != 0)
    return base::Malformed("POSITION", "position", "index, ordinal or slot out of bounds");
  return static_cast<int64_t>(position.index << (kOrdinalBits + kSlotBits) |
                              uint64_t{position.ordinal} << kSlotBits | position.slot);
}

Position PositionOf(int64_t place) {
  const auto bits = static_cast<uint64_t>(place);
  return {bits >> (kOrdinalBits + kSlotBits),
          static_cast<uint32_t>(bits >> kSlotBits & ((1u << kOrdinalBits) - 1)),
          static_cast<uint32_t>(bits & ((1u << kSlotBits) - 1))};
}

absl::StatusOr<std::unique_ptr<Store>> Store::Open(const std::string& path) {
  RETURN_IF_ERROR(CheckPermissions(path));
  ASSIGN_OR_RETURN(Connection connection, Connection::Open(path, Connection::Access::kReadWrite));
  RETURN_IF_ERROR(CheckSchema(connection));
  std::unique_ptr<Store> store(new Store(path, std::move(connection)));
  RETURN_IF_ERROR(store->Prepare());
  return store;
}

absl::Status Store::Prepare() {
  base::MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(
      insert_item_,
      Statement::Prepare(connection_, "INSERT INTO items VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"));
  ASSIGN_OR_RETURN(
      insert_refused_,
      Statement::Prepare(connection_, "INSERT INTO refused VALUES(?1, ?2, ?3, ?4, ?5, ?6)"));
  return absl::OkStatus();
}

template <typename Work>
absl::Status Store::Transact(Work work) {
  RETURN_IF_ERROR(connection_.Execute("BEGIN IMMEDIATE"));
  absl::Status status = work();
  if (status.ok()) status = connection_.Execute("COMMIT");
  if (!status.ok()) connection_.Rollback();
  return status;
}

absl::Status Store::Insert(absl::Span<const Placed> rows, absl::Span<const StoredRefusal> refused) {
  for (const Placed& row : rows) {
    const Sealed& sealed = row.sealed;
    ASSIGN_OR_RETURN(const int64_t place, PlaceOf(row.position));
    Query query(*insert_item_);
    query.Bind(place).Bind(static_cast<int64_t>(sealed.record_class)).Bind(sealed.epoch);
    query.Bind(row.expires_ms);
    if (sealed.record_class == RecordClass::kTransitPayload)
      query.BindNull();
    else
      query.BindBlob(base::View(sealed.commitment));
    query.BindBlob(sealed.wrapped_key).BindBlob(sealed.ciphertext);
    if (sealed.object == nullptr)
      query.BindNull();
    else
      query.BindText(sealed.object->name());
    RETURN_IF_ERROR(query.Run());
  }
  for (const StoredRefusal& row : refused) {
    Query query(*insert_refused_);
    query.Bind(static_cast<int64_t>(row.statement.index))
        .BindBlob(base::View(row.statement.digest));
    query.Bind(row.ciphertext.epoch).Bind(row.statement.expires_ms);
    RETURN_IF_ERROR(
        query.BindBlob(row.ciphertext.wrapped_key).BindBlob(row.ciphertext.bytes).Run());
  }
  return absl::OkStatus();
}

absl::Status Store::Commit(absl::Span<const Placed> rows, absl::Span<const StoredRefusal> refused) {
  base::MutexLock lock(mutex_);
  return Transact([&]() REQUIRES_LOCK(mutex_) { return Insert(rows, refused); });
}

absl::StatusOr<StoredItem> Store::ReadItem(int64_t place) {
  ASSIGN_OR_RETURN(const ReaderPool::Lease reader, readers_.Borrow());
  Query query(reader->item);
  ASSIGN_OR_RETURN(const bool row, query.Bind(place).Step());
  if (!row)
    return base::Error(absl::StatusCode::kNotFound, "CONTENT_ERASED", "",
                       "no content is stored here; it was erased or never came");
  return StoredItem{static_cast<RecordClass>(query.Number(0)),
                    {static_cast<uint32_t>(query.Number(1)), std::string(query.Blob(2)),
                     std::string(query.Blob(3))},
                    std::string(query.Blob(4))};
}

absl::StatusOr<std::optional<std::string>> Store::FindObject(int64_t place) {
  ASSIGN_OR_RETURN(const ReaderPool::Lease reader, readers_.Borrow());
  Query query(reader->object);
  ASSIGN_OR_RETURN(const bool row, query.Bind(place).Step());
  if (!row) return std::nullopt;
  return std::string(query.Blob(0));
}

absl::Status Store::VisitPlaces(
    const Range& places, absl::FunctionRef<bool(int64_t place, std::string_view object)> visit) {
  ASSIGN_OR_RETURN(const ReaderPool::Lease reader, readers_.Borrow());
  Query query(reader->places);
  query.Bind(places.first).Bind(places.last);
  while (true) {
    ASSIGN_OR_RETURN(const bool row, query.Step());
    if (!row || !visit(query.Number(0), query.Blob(1))) return absl::OkStatus();
  }
}

absl::StatusOr<std::vector<WrappedKey>> Store::SampleKeys() {
  base::MutexLock lock(mutex_);
  std::vector<WrappedKey> samples;
  for (const char* sql :
       {"SELECT epoch, wrapped, commitment FROM items WHERE commitment IS NOT NULL ORDER BY place "
        "LIMIT 1",
        // Bounded: many transfers may have come since the last document.
        "SELECT epoch, wrapped, commitment FROM (SELECT * FROM items ORDER BY place DESC LIMIT "
        "1000) WHERE commitment IS NOT NULL LIMIT 1",
        "SELECT epoch, wrapped, NULL FROM items ORDER BY place DESC LIMIT 1",
        "SELECT epoch, wrapped, digest FROM refused ORDER BY entry LIMIT 1",
        "SELECT epoch, wrapped, digest FROM refused ORDER BY entry DESC LIMIT 1"}) {
    ASSIGN_OR_RETURN(Statement statement, Statement::Prepare(connection_, sql));
    Query query(statement);
    ASSIGN_OR_RETURN(const bool row, query.Step());
    if (row)
      samples.push_back({static_cast<uint32_t>(query.Number(0)), std::string(query.Blob(1)),
                         std::string(query.Blob(2))});
  }
  return samples;
}

absl::StatusOr<std::optional<int64_t>> Store::NextExpiry() {
  base::MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(Statement statement,
                   Statement::Prepare(connection_,
                                      "SELECT expires_ms FROM items WHERE expires_ms > 0 UNION ALL "
                                      "SELECT expires_ms FROM refused ORDER BY 1 LIMIT 1"));
  Query query(statement);
  ASSIGN_OR_RETURN(const bool row, query.Step());
  if (!row) return std::nullopt;
  return query.Number(0);
}

absl::StatusOr<std::set<std::string>> Store::ListObjects() {
  base::MutexLock lock(mutex_);
  // Without a range of places, which would be scanned, content and all, instead of the index.
  ASSIGN_OR_RETURN(
      Statement statement,
      Statement::Prepare(connection_, "SELECT object FROM items WHERE object IS NOT NULL"));
  Query query(statement);
  return ReadNames(query);
}

absl::StatusOr<std::set<std::string>> Store::ListObjects(const Doomed& doomed) {
  base::MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(
      Statement statement,
      Statement::Prepare(
          connection_,
          absl::StrCat("SELECT object", ItemsWhere(doomed.by), " AND object IS NOT NULL").c_str()));
  Query query(statement);
  query.Bind(doomed.items.first).Bind(doomed.items.last);
  return ReadNames(query);
}

absl::StatusOr<int64_t> Store::FindDocument(const base::Digest& commitment) {
  ASSIGN_OR_RETURN(const ReaderPool::Lease reader, readers_.Borrow());
  Query query(reader->document);
  ASSIGN_OR_RETURN(const bool row, query.BindBlob(base::View(commitment)).Step());
  if (!row)
    return base::Error(absl::StatusCode::kNotFound, "DOCUMENT_UNKNOWN", "",
                       "no document of this commitment is stored");
  return query.Number(0);
}

absl::StatusOr<std::optional<StoredRefusal>> Store::FindRefused(const base::Digest& digest) {
  ASSIGN_OR_RETURN(const ReaderPool::Lease reader, readers_.Borrow());
  Query query(reader->refused);
  ASSIGN_OR_RETURN(const bool row, query.BindBlob(base::View(digest)).Step());
  if (!row) return std::nullopt;
  StoredRefusal found;
  found.statement.digest = digest;
  found.statement.index = static_cast<uint64_t>(query.Number(0));
  found.statement.expires_ms = query.Number(1);
  found.ciphertext = {static_cast<uint32_t>(query.Number(2)), std::string(query.Blob(3)),
                      std::string(query.Blob(4))};
  return found;
}

absl::StatusOr<Residue> Store::Collect(const Doomed& doomed) {
  Residue erased;
  RETURN_IF_ERROR(CollectOver(connection_,
                              absl::StrCat("SELECT wrapped, ciphertext", ItemsWhere(doomed.by)),
                              doomed.items, 2, erased));
  RETURN_IF_ERROR(CollectOver(
      connection_, absl::StrCat("SELECT digest, wrapped, ciphertext", RefusedWhere(doomed.by)),
      doomed.refused, 3, erased));
  return erased;
}

absl::Status Store::Delete(const Doomed& doomed) {
  RETURN_IF_ERROR(
      RunOver(connection_, absl::StrCat("DELETE", ItemsWhere(doomed.by)), doomed.items));
  RETURN_IF_ERROR(
      RunOver(connection_, absl::StrCat("DELETE", RefusedWhere(doomed.by)), doomed.refused));
  return connection_.Execute("UPDATE erasure SET unfinished = 1");
}

absl::Status Store::Truncate() {
  const ReaderPool::Exclusion exclusion(readers_);
  return connection_.TruncateWal();
}

absl::StatusOr<bool> Store::IsAnywhere(const Residue& erased) const {
  // The index of the write-ahead log (-shm) holds page numbers, no content.
  for (const int file : {SQLITE_FCNTL_FILE_POINTER, SQLITE_FCNTL_JOURNAL_POINTER}) {
    ASSIGN_OR_RETURN(const bool found, IsInOpenFile(erased, connection_.handle(), file));
    if (found) return true;
  }
  return erased.IsIn(path_ + "-journal");
}

absl::Status Store::Erase(const Doomed& doomed) {
  base::MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(const int64_t unfinished, connection_.Number("SELECT unfinished FROM erasure"));
  ASSIGN_OR_RETURN(const Residue erased, Collect(doomed));
  if (erased.empty() && unfinished == 0) return absl::OkStatus();
  RETURN_IF_ERROR(Transact([&]() REQUIRES_LOCK(mutex_) { return Delete(doomed); }));
  RETURN_IF_ERROR(Destroy(erased, unfinished != 0));
  RETURN_IF_ERROR(connection_.Execute("UPDATE erasure SET unfinished = 0"));
  // Only that mark is in the log now: nothing is lost when a reader keeps it open.
  (void)Truncate();
  return absl::OkStatus();
}

absl::Status Store::Destroy(const Residue& erased, bool unfinished) {
  RETURN_IF_ERROR(Truncate());
  // Of an erasure that was interrupted nobody knows any more which bytes to look for.
  bool remains = unfinished;
  if (!remains) {
    ASSIGN_OR_RETURN(remains, IsAnywhere(erased));
  }
  if (!remains) return absl::OkStatus();
  RETURN_IF_ERROR(Transact([&]() REQUIRES_LOCK(mutex_) { return connection_.Execute(kRebuild); }));
  RETURN_IF_ERROR(Truncate());
  ASSIGN_OR_RETURN(remains, IsAnywhere(erased));
  if (remains)
    return base::Error(absl::StatusCode::kAborted, "ERASED_BYTES_REMAIN", "",
                       "erased bytes are still in a file of the vault");
  return absl::OkStatus();
}

}  // namespace passerelle::gateway::vault
