#include "audit/log/sqlite_store.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "absl/strings/str_cat.h"
#include "audit/log/sqlite.h"
#include "audit/log/sqlite_schema.h"
#include "audit/log/tiles.h"
#include "audit/log/tree_memory.h"
#include "gateway/base/limits.h"
#include "gateway/base/mutex.h"
#include "gateway/base/status.h"

namespace passerelle::audit::log {
namespace {

using gateway::base::Corrupt;
using gateway::base::Error;
using gateway::base::InContext;
using gateway::base::Mutex;
using gateway::base::MutexLock;
using gateway::base::View;

constexpr size_t kFullTilesInMemory = 32;
// Pages of the write-ahead log at which it is copied back: off the answer's path while statements
// are indexed, and on it only when that did not happen for long.
constexpr int kCheckpointPages = 1024;
constexpr int kInlineCheckpointPages = 16 * kCheckpointPages;

// Copies the write-ahead log back as far as readers allow; waits for none.
int CheckpointPassively(sqlite3* connection) {
  const int code =
      sqlite3_wal_checkpoint_v2(connection, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  // Another connection is at it: nothing is left to do.
  return (code & 0xff) == SQLITE_BUSY ? SQLITE_OK : code;
}

absl::StatusOr<Head> HeadFrom(SqliteStatement& query) {
  const int code = query.Step();
  if (code == SQLITE_DONE) return Corrupt("STORE_CORRUPT", "the head row is missing");
  if (code != SQLITE_ROW) return SqliteError(code, "reading the head");
  const absl::StatusOr<Digest> root = gateway::base::DigestFromBytes(query.Bytes(1));
  if (!root.ok() || query.Int(0) < 0) return Corrupt("STORE_CORRUPT", "the head row is malformed");
  return Head{.size = static_cast<uint64_t>(query.Int(0)),
              .root = *root,
              .time_ms = query.Int(2),
              .epoch = static_cast<uint64_t>(query.Int(3))};
}

// SQLite has one writer, so the index shares `write_mutex_` with appends, briefly. Locks are taken
// in the order index, write, read; the tree's own lock comes last.
class SqliteStore final : public LogStore {
 public:
  // Called once, before anything else.
  absl::Status Open(const std::string& path);

  Appended Append(const Head& expected, const Group& group) override;
  absl::StatusOr<Head> ReadHead() const override;
  absl::StatusOr<std::vector<std::string>> ReadEntries(uint64_t begin, uint64_t end) const override;
  absl::StatusOr<Digest> ReadNode(merkle::NodeId node) const override;
  absl::Status IndexStatements(const std::vector<std::pair<Digest, uint64_t>>& statements) override;
  absl::StatusOr<std::optional<uint64_t>> FindStatement(const Digest& digest) const override;
  absl::StatusOr<uint64_t> IndexedSize() const override;
  absl::Status PutSnapshot(const StateSnapshot& snapshot) override;
  absl::StatusOr<std::optional<StateSnapshot>> FindSnapshot() const override;

 private:
  // Steps of Open.
  absl::Status OpenWriter(const std::string& path) EXCLUDES_LOCK(write_mutex_);
  absl::Status OpenIndex(const std::string& path) EXCLUDES_LOCK(index_mutex_);
  absl::Status OpenReader(const std::string& path) EXCLUDES_LOCK(read_mutex_);
  absl::Status LoadTree();

  // Steps of Append; result codes of SQLite.
  Appended AppendInTransaction(const Head& expected, const Group& group)
      REQUIRES_LOCK(write_mutex_);
  Appended Abandon(Appended outcome) REQUIRES_LOCK(write_mutex_);
  Appended AbandonAfter(int code) REQUIRES_LOCK(write_mutex_);
  int WriteEntries(uint64_t begin, const Group& group) REQUIRES_LOCK(write_mutex_);
  int WriteTile(int level, uint64_t number, const Tile& tile) REQUIRES_LOCK(write_mutex_);
  int WriteTree(const Edge& before, const Edge& after, const std::vector<FullTile>& full)
      REQUIRES_LOCK(write_mutex_);
  int WriteHead(const Head& head) REQUIRES_LOCK(write_mutex_);

  // Writes beside the log, each in one transaction; result codes of SQLite.
  int WriteIndex(const std::vector<std::pair<Digest, uint64_t>>& statements)
      REQUIRES_LOCK(index_mutex_);
  int WriteSnapshot(const StateSnapshot& snapshot) REQUIRES_LOCK(index_mutex_);
  // Commits after `code` SQLITE_OK, else rolls back.
  int Conclude(int code) REQUIRES_LOCK(index_mutex_);
  absl::StatusOr<Tile> LoadTile(int level, uint64_t number) const EXCLUDES_LOCK(read_mutex_);

  Mutex index_mutex_;
  SqliteConnection index_ GUARDED_BY(index_mutex_);
  SqliteStatement insert_statement_ GUARDED_BY(index_mutex_);
  SqliteStatement update_indexed_ GUARDED_BY(index_mutex_);
  SqliteStatement replace_snapshot_ GUARDED_BY(index_mutex_);

  Mutex write_mutex_;
  SqliteConnection writer_ GUARDED_BY(write_mutex_);
  SqliteStatement select_head_ GUARDED_BY(write_mutex_);
  SqliteStatement insert_entry_ GUARDED_BY(write_mutex_);
  SqliteStatement replace_tile_ GUARDED_BY(write_mutex_);
  SqliteStatement update_head_ GUARDED_BY(write_mutex_);
  // Set by an error of which nobody can say what it left: no append is tried again.
  bool broken_ GUARDED_BY(write_mutex_) = false;

  mutable Mutex read_mutex_;
  SqliteConnection reader_ GUARDED_BY(read_mutex_);
  mutable SqliteStatement read_head_ GUARDED_BY(read_mutex_);
  mutable SqliteStatement read_entries_ GUARDED_BY(read_mutex_);
  mutable SqliteStatement read_tile_ GUARDED_BY(read_mutex_);
  mutable SqliteStatement find_statement_ GUARDED_BY(read_mutex_);
  mutable SqliteStatement read_indexed_ GUARDED_BY(read_mutex_);
  mutable SqliteStatement read_snapshot_ GUARDED_BY(read_mutex_);

  // Thread-safe by itself.
  TreeMemory tree_{kFullTilesInMemory};
  // Pages of the write-ahead log after the last commit.
  std::atomic<int> wal_pages_{0};
};

absl::Status SqliteStore::Open(const std::string& path) {
  RETURN_IF_ERROR(PrepareDatabase(path));
  RETURN_IF_ERROR(InContext(OpenWriter(path), path));
  RETURN_IF_ERROR(InContext(OpenIndex(path), path));
  RETURN_IF_ERROR(InContext(OpenReader(path), path));
  return InContext(LoadTree(), path);
}

absl::Status SqliteStore::OpenWriter(const std::string& path) {
  MutexLock lock(write_mutex_);
  ASSIGN_OR_RETURN(writer_, SqliteConnection::Open(path));
  if (const int code = writer_.Run("PRAGMA synchronous = FULL"); code != SQLITE_OK)
    return SqliteError(code, "setting up the writer");
  sqlite3_wal_hook(
      writer_.get(),
      [](void* pages, sqlite3* connection, const char*, int count) {
        static_cast<std::atomic<int>*>(pages)->store(count);
        // Its result is not the commit's, which is durable already.
        if (count >= kInlineCheckpointPages) CheckpointPassively(connection);
        return SQLITE_OK;
      },
      &wal_pages_);
  ASSIGN_OR_RETURN(select_head_, writer_.Prepare("SELECT size, root, time_ms, epoch FROM head"));
  ASSIGN_OR_RETURN(insert_entry_, writer_.Prepare("INSERT INTO entries VALUES (?1, ?2)"));
  ASSIGN_OR_RETURN(replace_tile_, writer_.Prepare("REPLACE INTO tiles VALUES (?1, ?2)"));
  ASSIGN_OR_RETURN(
      update_head_,
      writer_.Prepare("UPDATE head SET size = ?1, root = ?2, time_ms = ?3, epoch = ?4"));
  return absl::OkStatus();
}

absl::Status SqliteStore::OpenIndex(const std::string& path) {
  MutexLock lock(index_mutex_);
  ASSIGN_OR_RETURN(index_, SqliteConnection::Open(path));
  // What is lost in a crash is filled again, a snapshot too: commits need no sync of their own. One
  // that failed would leave appends in doubt, which share the write-ahead log.
  if (const int code = index_.Run("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0");
      code != SQLITE_OK)
    return SqliteError(code, "setting up the index");
  ASSIGN_OR_RETURN(insert_statement_,
                   index_.Prepare("INSERT OR IGNORE INTO statements VALUES (?1, ?2)"));
  ASSIGN_OR_RETURN(update_indexed_, index_.Prepare("UPDATE indexed SET size = max(size, ?1)"));
  ASSIGN_OR_RETURN(replace_snapshot_,
                   index_.Prepare("REPLACE INTO snapshot VALUES (1, ?1, ?2, ?3, ?4)"));
  return absl::OkStatus();
}

absl::Status SqliteStore::OpenReader(const std::string& path) {
  MutexLock lock(read_mutex_);
  ASSIGN_OR_RETURN(reader_, SqliteConnection::Open(path));
  ASSIGN_OR_RETURN(read_head_, reader_.Prepare("SELECT size, root, time_ms, epoch FROM head"));
  ASSIGN_OR_RETURN(
      read_entries_,
      reader_.Prepare("SELECT idx, bytes FROM entries WHERE idx >= ?1 AND idx < ?2 ORDER BY idx"));
  ASSIGN_OR_RETURN(read_tile_, reader_.Prepare("SELECT hashes FROM tiles WHERE id = ?1"));
  ASSIGN_OR_RETURN(find_statement_,
                   reader_.Prepare("SELECT idx FROM statements WHERE digest = ?1"));
  ASSIGN_OR_RETURN(read_indexed_, reader_.Prepare("SELECT size FROM indexed"));
  ASSIGN_OR_RETURN(read_snapshot_,
                   reader_.Prepare("SELECT size, root, time_ms, bytes FROM snapshot"));
  return absl::OkStatus();
}

absl::Status SqliteStore::LoadTree() {
  ASSIGN_OR_RETURN(const Head head, ReadHead());
  int64_t beyond = 0;
  {
    MutexLock lock(read_mutex_);
    ASSIGN_OR_RETURN(beyond, reader_.QueryInt("SELECT coalesce(max(idx) + 1, 0) FROM entries"));
  }
  if (static_cast<uint64_t>(beyond) > head.size)
    return Corrupt("STORE_CORRUPT", absl::StrCat("entry ", beyond - 1, " lies past the head"));
  ASSIGN_OR_RETURN(Edge edge, Edge::Resume(head.size, [this](int level, uint64_t number) {
                     return LoadTile(level, number);
                   }));
  ASSIGN_OR_RETURN(const Digest root, edge.Root());
  if (root != head.root)
    return Corrupt("STORE_TILE", "the tiles at the edge do not lead to the root of the head");
  tree_.Publish(std::make_shared<const Edge>(std::move(edge)), {});
  return absl::OkStatus();
}

Appended SqliteStore::Append(const Head& expected, const Group& group) {
  MutexLock lock(write_mutex_);
  if (broken_) return Appended::kUnknown;
  const int begun = writer_.Run("BEGIN IMMEDIATE");
  if ((begun & 0xff) == SQLITE_BUSY) return Appended::kConflict;
  if (begun != SQLITE_OK) return AbandonAfter(begun);
  return AppendInTransaction(expected, group);
}

Appended SqliteStore::AppendInTransaction(const Head& expected, const Group& group) {
  const absl::StatusOr<Head> head = HeadFrom(select_head_);
  select_head_.Reset();
  if (!head.ok()) return Abandon(Appended::kUnknown);
  if (group.head.epoch < head->epoch) return Abandon(Appended::kFenced);
  const std::shared_ptr<const Edge> before = tree_.edge();
  if (*head != expected || before->size() != head->size) return Abandon(Appended::kConflict);

  auto after = std::make_shared<Edge>(*before);
  std::vector<FullTile> full;
  for (const std::string& entry : group.entries)
    after->Append(merkle::LeafHash(entry), [&](int level, uint64_t number, const Tile& tile) {
      full.push_back({level, number, std::make_shared<const Tile>(tile)});
    });
  // Hashed a second time, from the bytes about to be written: a head that they do not lead to must
  // never become durable.
  const absl::StatusOr<Digest> root = after->Root();
  if (!root.ok() || *root != group.head.root || after->size() != group.head.size)
    return Abandon(Appended::kUnknown);

  int code = WriteEntries(before->size(), group);
  if (code == SQLITE_OK) code = WriteTree(*before, *after, full);
  if (code == SQLITE_OK) code = WriteHead(group.head);
  if (code == SQLITE_OK) code = writer_.Run("COMMIT");
  if (code != SQLITE_OK) return AbandonAfter(code);
  tree_.Publish(std::move(after), full);
  return Appended::kCommitted;
}

Appended SqliteStore::Abandon(Appended outcome) {
  // Some errors have rolled the transaction back already.
  const bool open = sqlite3_get_autocommit(writer_.get()) == 0;
  if (open && writer_.Run("ROLLBACK") != SQLITE_OK) outcome = Appended::kUnknown;
  if (outcome == Appended::kUnknown) broken_ = true;
  return outcome;
}

Appended SqliteStore::AbandonAfter(int code) {
  // A full disk leaves at most frames without a commit mark, which the next append overwrites. Of
  // any other error nobody can say what reached the disk.
  return Abandon((code & 0xff) == SQLITE_FULL ? Appended::kFull : Appended::kUnknown);
}

int SqliteStore::WriteEntries(uint64_t begin, const Group& group) {
  int code = SQLITE_OK;
  for (size_t i = 0; i < group.entries.size() && code == SQLITE_OK; ++i) {
    insert_entry_.Bind(1, static_cast<int64_t>(begin + i));
    insert_entry_.Bind(2, group.entries[i]);
    code = insert_entry_.Run();
  }
  return code;
}

int SqliteStore::WriteTile(int level, uint64_t number, const Tile& tile) {
  const std::string bytes = tile.Bytes();
  replace_tile_.Bind(1, TileRow(level, number));
  replace_tile_.Bind(2, bytes);
  return replace_tile_.Run();
}

int SqliteStore::WriteTree(const Edge& before, const Edge& after,
                           const std::vector<FullTile>& full) {
  int code = SQLITE_OK;
  for (const FullTile& tile : full) {
    if (code == SQLITE_OK) code = WriteTile(tile.level, tile.number, *tile.tile);
  }
  for (int level = 0; level < after.levels() && code == SQLITE_OK; ++level) {
    const int shift = level * kTileHeight;
    const bool changed = before.size() >> shift != after.size() >> shift;
    if (changed && after.at(level).width() > 0)
      code = WriteTile(level, after.number(level), after.at(level));
  }
  return code;
}

int SqliteStore::WriteHead(const Head& head) {
  update_head_.Bind(1, static_cast<int64_t>(head.size));
  update_head_.Bind(2, View(head.root));
  update_head_.Bind(3, head.time_ms);
  update_head_.Bind(4, static_cast<int64_t>(head.epoch));
  return update_head_.Run();
}

absl::StatusOr<Head> SqliteStore::ReadHead() const {
  MutexLock lock(read_mutex_);
  const SqliteReset reset(read_head_);
  return HeadFrom(read_head_);
}

absl::StatusOr<std::vector<std::string>> SqliteStore::ReadEntries(uint64_t begin,
                                                                  uint64_t end) const {
  if (begin > end || end > tree_.edge()->size())
    return Error(absl::StatusCode::kOutOfRange, "PAST_HEAD", "",
                 "entries past the head of the log");
  std::vector<std::string> entries;
  entries.reserve(end - begin);
  MutexLock lock(read_mutex_);
  const SqliteReset reset(read_entries_);
  read_entries_.Bind(1, static_cast<int64_t>(begin));
  read_entries_.Bind(2, static_cast<int64_t>(end));
  for (uint64_t index = begin; index < end; ++index) {
    const int code = read_entries_.Step();
    if (code != SQLITE_ROW && code != SQLITE_DONE)
      return SqliteError(code, absl::StrCat("reading entry ", index));
    if (code == SQLITE_DONE || static_cast<uint64_t>(read_entries_.Int(0)) != index)
      return Corrupt("LOG_ENTRY_MISSING", absl::StrCat("entry ", index, " is missing"));
    entries.emplace_back(read_entries_.Bytes(1));
  }
  return entries;
}

absl::StatusOr<Tile> SqliteStore::LoadTile(int level, uint64_t number) const {
  MutexLock lock(read_mutex_);
  const SqliteReset reset(read_tile_);
  read_tile_.Bind(1, TileRow(level, number));
  const int code = read_tile_.Step();
  if (code != SQLITE_ROW && code != SQLITE_DONE) return SqliteError(code, "reading a tile");
  absl::StatusOr<Tile> tile =
      Tile::FromBytes(code == SQLITE_ROW ? read_tile_.Bytes(0) : std::string_view());
  if (tile.ok()) return tile;
  return Corrupt("STORE_TILE",
                 absl::StrCat("tile ", number, " of level ", level, " is missing or malformed"));
}

absl::StatusOr<Digest> SqliteStore::ReadNode(merkle::NodeId node) const {
  return tree_.Node(node, [this](int level, uint64_t number) { return LoadTile(level, number); });
}

absl::Status SqliteStore::IndexStatements(
    const std::vector<std::pair<Digest, uint64_t>>& statements) {
  const uint64_t size = tree_.edge()->size();
  for (const auto& [digest, index] : statements)
    if (index >= size)
      return Error(absl::StatusCode::kOutOfRange, "PAST_HEAD", "", "a statement past the head");
  MutexLock lock(index_mutex_);
  int code = WriteIndex(statements);
  if (code == SQLITE_OK && wal_pages_ >= kCheckpointPages) code = CheckpointPassively(index_.get());
  return code == SQLITE_OK ? absl::OkStatus() : SqliteError(code, "indexing statements");
}

int SqliteStore::WriteIndex(const std::vector<std::pair<Digest, uint64_t>>& statements) {
  MutexLock lock(write_mutex_);
  int code = index_.Run("BEGIN IMMEDIATE");
  uint64_t indexed = 0;
  for (const auto& [digest, index] : statements) {
    if (code != SQLITE_OK) break;
    insert_statement_.Bind(1, View(digest));
    insert_statement_.Bind(2, static_cast<int64_t>(index));
    code = insert_statement_.Run();
    indexed = std::max(indexed, index + 1);
  }
  update_indexed_.Bind(1, static_cast<int64_t>(indexed));
  if (code == SQLITE_OK) code = update_indexed_.Run();
  return Conclude(code);
}

int SqliteStore::Conclude(int code) {
  if (code == SQLITE_OK) code = index_.Run("COMMIT");
  if (code != SQLITE_OK && sqlite3_get_autocommit(index_.get()) == 0) index_.Run("ROLLBACK");
  return code;
}

absl::StatusOr<std::optional<uint64_t>> SqliteStore::FindStatement(const Digest& digest) const {
  MutexLock lock(read_mutex_);
  const SqliteReset reset(find_statement_);
  find_statement_.Bind(1, View(digest));
  const int code = find_statement_.Step();
  if (code == SQLITE_DONE) return std::optional<uint64_t>();
  if (code != SQLITE_ROW) return SqliteError(code, "looking a statement up");
  return std::optional<uint64_t>(static_cast<uint64_t>(find_statement_.Int(0)));
}

absl::StatusOr<uint64_t> SqliteStore::IndexedSize() const {
  MutexLock lock(read_mutex_);
  const SqliteReset reset(read_indexed_);
  const int code = read_indexed_.Step();
  if (code != SQLITE_ROW) return SqliteError(code, "reading the size of the index");
  return static_cast<uint64_t>(read_indexed_.Int(0));
}

int SqliteStore::WriteSnapshot(const StateSnapshot& snapshot) {
  MutexLock lock(write_mutex_);
  int code = index_.Run("BEGIN IMMEDIATE");
  replace_snapshot_.Bind(1, static_cast<int64_t>(snapshot.size));
  replace_snapshot_.Bind(2, View(snapshot.root));
  replace_snapshot_.Bind(3, snapshot.time_ms);
  replace_snapshot_.Bind(4, snapshot.bytes);
  if (code == SQLITE_OK) code = replace_snapshot_.Run();
  return Conclude(code);
}

absl::Status SqliteStore::PutSnapshot(const StateSnapshot& snapshot) {
  if (snapshot.size > tree_.edge()->size())
    return Error(absl::StatusCode::kOutOfRange, "PAST_HEAD", "", "a snapshot past the head");
  MutexLock lock(index_mutex_);
  const int code = WriteSnapshot(snapshot);
  if ((code & 0xff) == SQLITE_FULL)
    return Error(absl::StatusCode::kResourceExhausted, "STORE_FULL", "", "no space for a snapshot");
  return code == SQLITE_OK ? absl::OkStatus() : SqliteError(code, "keeping a snapshot");
}

absl::StatusOr<std::optional<StateSnapshot>> SqliteStore::FindSnapshot() const {
  MutexLock lock(read_mutex_);
  const SqliteReset reset(read_snapshot_);
  const int code = read_snapshot_.Step();
  if (code == SQLITE_DONE) return std::optional<StateSnapshot>();
  if (code != SQLITE_ROW) return SqliteError(code, "reading the snapshot");
  const absl::StatusOr<Digest> root = gateway::base::DigestFromBytes(read_snapshot_.Bytes(1));
  if (!root.ok() || read_snapshot_.Int(0) < 0)
    return Corrupt("SNAPSHOT_DAMAGED", "the row of the snapshot is malformed");
  return std::optional<StateSnapshot>({.size = static_cast<uint64_t>(read_snapshot_.Int(0)),
                                       .root = *root,
                                       .time_ms = read_snapshot_.Int(2),
                                       .bytes = std::string(read_snapshot_.Bytes(3))});
}

}  // namespace

absl::StatusOr<std::unique_ptr<LogStore>> OpenSqliteStore(const std::string& path) {
  auto store = std::make_unique<SqliteStore>();
  RETURN_IF_ERROR(store->Open(path));
  return store;
}

}  // namespace passerelle::audit::log
