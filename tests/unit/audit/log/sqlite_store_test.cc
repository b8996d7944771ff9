// What is SQLite's alone: the file, its faults, its damage.
#include "audit/log/sqlite_store.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "tests/unit/audit/log/backend.h"

namespace passerelle::audit::log {
namespace {

using gateway::base::ReasonOf;
using tests::IoFault;

// Runs SQL as somebody would who has the file.
void Tamper(const std::string& path, const char* sql) {
  sqlite3* connection = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &connection), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(connection, sql, nullptr, nullptr, nullptr), SQLITE_OK)
      << sqlite3_errmsg(connection);
  ASSERT_EQ(sqlite3_close(connection), SQLITE_OK);
}

// A log of `size` small entries, written and closed.
void Fill(SqliteBackend& backend, size_t size) {
  std::vector<std::string> all;
  Head head;
  const auto store = backend.Open();
  while (all.size() < size) {
    std::vector<std::string> entries;
    while (entries.size() < gateway::base::kMaxGroupEntries && all.size() + entries.size() < size)
      entries.push_back("entry " + std::to_string(all.size() + entries.size()));
    const Group group = GroupAfter(head, all, std::move(entries));
    ASSERT_EQ(store->Append(head, group), Appended::kCommitted);
    head = group.head;
    all.insert(all.end(), group.entries.begin(), group.entries.end());
  }
}

TEST(SqliteStore, IsReadableByItsOwnerOnly) {
  SqliteBackend backend;
  const auto store = backend.Open();
  ASSERT_EQ(store->Append(Head(), GroupAfter(Head(), {}, {"a"})), Appended::kCommitted);
  for (const char* suffix : {"", "-wal", "-shm"})
    EXPECT_EQ(*gateway::base::PermissionsOf(backend.path() + suffix), 0600) << suffix;
}

TEST(SqliteStore, LeavesAForeignFileAsItWas) {
  SqliteBackend backend;
  Tamper(backend.path(), "CREATE TABLE theirs(x); INSERT INTO theirs VALUES (1)");
  const std::string before = *gateway::base::ReadFile(backend.path(), 1 << 20);
  EXPECT_EQ(ReasonOf(OpenSqliteStore(backend.path()).status()), "STORE_FOREIGN");
  EXPECT_EQ(*gateway::base::ReadFile(backend.path(), 1 << 20), before);

  ASSERT_TRUE(gateway::base::WriteFile(backend.path(), std::string(5000, 'x'),
                                       gateway::base::FileMode::kPrivate)
                  .ok());
  const absl::Status status = OpenSqliteStore(backend.path()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReasonOf(status), "STORE_FOREIGN");
}

TEST(SqliteStore, RefusesAnotherFormat) {
  SqliteBackend backend;
  Fill(backend, 1);
  // The former one, and a later one.
  for (const char* sql : {"UPDATE meta SET format = 1", "UPDATE meta SET format = 3"}) {
    Tamper(backend.path(), sql);
    const absl::Status status = OpenSqliteStore(backend.path()).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
    EXPECT_EQ(ReasonOf(status), "STORE_FORMAT") << sql;
  }
}

TEST(SqliteStore, RefusesATruncatedFile) {
  SqliteBackend backend;
  Fill(backend, 40);
  std::filesystem::resize_file(backend.path(), 3 * 4096);
  const absl::Status status = OpenSqliteStore(backend.path()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
}

TEST(SqliteStore, RefusesDamagedRows) {
  struct Damage {
    const char* sql;
    const char* reason;
  };
  for (const Damage& damage : std::vector<Damage>{
           {"DELETE FROM head", "STORE_CORRUPT"},
           {"UPDATE head SET root = x'00'", "STORE_CORRUPT"},
           {"UPDATE head SET size = -1", "STORE_CORRUPT"},
           {"INSERT INTO entries VALUES (300, 'past'), (301, x'00')", "STORE_CORRUPT"},
           {"DELETE FROM tiles WHERE id = 1", "STORE_TILE"},
           {"UPDATE tiles SET hashes = substr(hashes, 1, 31) WHERE id = 1", "STORE_TILE"},
           {"UPDATE tiles SET hashes = substr(hashes, 1, 32) WHERE id = 1", "TILE"},
           {"UPDATE tiles SET hashes = cast(substr(hashes, 1, 1376) || zeroblob(32) AS BLOB) "
            "WHERE id = 1",
            "STORE_TILE"},
           {"UPDATE head SET root = zeroblob(32)", "STORE_TILE"}}) {
    SqliteBackend backend;
    Fill(backend, 300);
    std::string sql = damage.sql;
    if (const size_t at = sql.find("'past'"); at != std::string::npos)
      sql.replace(at, 6, "x'70617374'");
    Tamper(backend.path(), sql.c_str());
    const absl::Status status = OpenSqliteStore(backend.path()).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << damage.sql << ": " << status;
    EXPECT_EQ(ReasonOf(status), damage.reason) << damage.sql;
  }
}

// Proofs come from tiles that no start reads.
TEST(SqliteStore, ServesNoHashThatTheRootDoesNotRestOn) {
  SqliteBackend backend;
  Fill(backend, 600);
  // One hash of the second tile of 256.
  Tamper(backend.path(),
         "UPDATE tiles SET hashes = cast(substr(hashes, 1, 320) || zeroblob(32) || "
         "substr(hashes, 353) AS BLOB) WHERE id = 1");
  const auto store = backend.Open();
  EXPECT_TRUE(store->ReadNode({0, 255}).ok());
  EXPECT_TRUE(store->ReadNode({8, 1}).ok()) << "the level above holds it too";
  for (const uint64_t index : {256u, 266u, 511u}) {
    const absl::Status status = store->ReadNode({0, index}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
    EXPECT_EQ(ReasonOf(status), "STORE_TILE");
    EXPECT_EQ(status.message(), "tile 1 of level 0 is not the one that the log's root rests on");
  }
  EXPECT_TRUE(store->ReadNode({0, 599}).ok());
}

TEST(SqliteStore, FindsNoSnapshotInARowThatIsNone) {
  for (const char* damage : {"size = -1", "root = x'00'"}) {
    SqliteBackend backend;
    Fill(backend, 1);
    ASSERT_TRUE(backend.Open()->PutSnapshot(StateSnapshot()).ok());
    Tamper(backend.path(), (std::string("UPDATE snapshot SET ") + damage).c_str());
    const absl::Status status = backend.Open()->FindSnapshot().status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << damage;
    EXPECT_EQ(ReasonOf(status), "SNAPSHOT_DAMAGED");
  }
}

TEST(SqliteStore, NamesTheEntryThatIsMissing) {
  SqliteBackend backend;
  Fill(backend, 12);
  Tamper(backend.path(), "DELETE FROM entries WHERE idx = 7");
  const auto store = backend.Open();
  EXPECT_TRUE(store->ReadEntries(0, 7).ok());
  const absl::Status status = store->ReadEntries(5, 12).status();
  EXPECT_EQ(ReasonOf(status), "LOG_ENTRY_MISSING");
  EXPECT_EQ(status.message(), "entry 7 is missing");
}

TEST(SqliteStore, ConflictsWithAnotherProcessThatWrites) {
  SqliteBackend backend;
  const auto store = backend.Open();
  const Group group = GroupAfter(Head(), {}, {"a"});
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(backend.path().c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  EXPECT_EQ(store->Append(Head(), group), Appended::kConflict);
  EXPECT_EQ(ReasonOf(store->IndexStatements({})), "STORE_BUSY");
  ASSERT_EQ(sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(other);
  EXPECT_EQ(store->Append(Head(), group), Appended::kCommitted);
}

// A copy of the files as they stand, which is what a crash leaves.
std::string CopyAsIs(const std::string& path, const std::string& copy) {
  for (const char* suffix : {"", "-wal"})
    if (std::filesystem::exists(path + suffix))
      std::filesystem::copy_file(path + suffix, copy + suffix);
  return copy;
}

// The head of a database whose entries lead to it.
Head SoundHead(const std::string& path) {
  const absl::StatusOr<std::unique_ptr<LogStore>> store = OpenSqliteStore(path);
  EXPECT_TRUE(store.ok()) << store.status();
  const Head head = *(*store)->ReadHead();
  const std::vector<std::string> entries = *(*store)->ReadEntries(0, head.size);
  merkle::Frontier frontier;
  for (const std::string& entry : entries) frontier.Append(merkle::LeafHash(entry));
  EXPECT_EQ(frontier.Root(), head.root);
  return head;
}

// What became of one append under a fault.
struct Outcome {
  Appended appended = Appended::kUnknown;
  bool struck = false;
  Head before;
  Head group;
  // The heads that a crash right after it, and an orderly close, leave.
  Head after_crash;
  Head after_close;
};

Outcome AppendUnder(IoFault fault, int operation, const std::string& base) {
  SqliteBackend backend;
  tests::TempFolder copies;
  CopyAsIs(base, backend.path());
  Outcome outcome;
  std::string copy;
  {
    const auto store = backend.Open();
    outcome.before = *store->ReadHead();
    const Group group = GroupAfter(outcome.before, {"entry 0", "entry 1", "entry 2"},
                                   {"entry 3", std::string(9000, 'x')});
    outcome.group = group.head;
    backend.disk().Arm(fault, operation);
    outcome.appended = store->Append(outcome.before, group);
    outcome.struck = backend.disk().struck();
    copy = CopyAsIs(backend.path(), copies / "audit.db");
  }
  backend.disk().Disarm();
  outcome.after_crash = SoundHead(copy);
  outcome.after_close = SoundHead(backend.path());
  return outcome;
}

// Fails the first, second, ... operation of an append, each in three ways, and reopens.
TEST(SqliteStore, KeepsAllOrNothingWhicheverOperationFails) {
  tests::TempFolder bases;
  std::string base;
  {
    SqliteBackend backend;
    Fill(backend, 3);
    base = CopyAsIs(backend.path(), bases / "audit.db");
  }
  bool kept_without_answer = false;
  for (const IoFault fault :
       {IoFault::kErrorOnce, IoFault::kErrorFromThenOn, IoFault::kErrorThoughDone}) {
    int operation = 0;
    for (bool struck = true; struck;) {
      const Outcome outcome = AppendUnder(fault, ++operation, base);
      struck = outcome.struck;
      EXPECT_EQ(outcome.appended, struck ? Appended::kUnknown : Appended::kCommitted) << operation;
      for (const Head& after : {outcome.after_crash, outcome.after_close})
        EXPECT_TRUE(after == outcome.group || (struck && after == outcome.before)) << operation;
      kept_without_answer |= struck && outcome.after_crash == outcome.group;
    }
    EXPECT_GT(operation, 3) << "the sweep found nothing to fail";
  }
  EXPECT_TRUE(kept_without_answer) << "no fault left a durable group unanswered";
}

// What became of a snapshot under a fault, and of an append after it.
struct Kept {
  bool answered = false;
  bool struck = false;
  // The snapshots that a crash right after it, and one after the append, leave.
  std::string after_crash;
  std::string after_append;
};

// The first bytes of the snapshot in a database.
std::string SnapshotIn(const std::string& path) {
  const absl::StatusOr<std::optional<StateSnapshot>> found =
      (*OpenSqliteStore(path))->FindSnapshot();
  EXPECT_TRUE(found.ok()) << found.status();
  return found.ok() && found->has_value() ? (*found)->bytes.substr(0, 3) : "none";
}

Kept PutSnapshotUnder(IoFault fault, int operation, const std::string& base) {
  SqliteBackend backend;
  tests::TempFolder copies;
  CopyAsIs(base, backend.path());
  const auto store = backend.Open();
  const Head before = *store->ReadHead();
  Kept kept;
  backend.disk().Arm(fault, operation);
  kept.answered = store
                      ->PutSnapshot({.size = before.size,
                                     .root = before.root,
                                     .time_ms = before.time_ms,
                                     .bytes = "new" + std::string(9000, 'x')})
                      .ok();
  kept.struck = backend.disk().struck();
  backend.disk().Disarm();
  const std::string crashed = CopyAsIs(backend.path(), copies / "crashed.db");
  EXPECT_EQ(SoundHead(crashed), before);
  kept.after_crash = SnapshotIn(crashed);

  const Group group = GroupAfter(before, {"entry 0", "entry 1", "entry 2"}, {"entry 3"});
  EXPECT_EQ(store->Append(before, group), Appended::kCommitted) << operation;
  const std::string appended = CopyAsIs(backend.path(), copies / "appended.db");
  EXPECT_EQ(SoundHead(appended), group.head) << operation;
  kept.after_append = SnapshotIn(appended);
  return kept;
}

TEST(SqliteStore, KeepsOneOfTwoSnapshotsAndTheLogWhicheverOperationFails) {
  tests::TempFolder bases;
  std::string base;
  {
    SqliteBackend backend;
    Fill(backend, 3);
    ASSERT_TRUE(
        backend.Open()->PutSnapshot({.size = 3, .root = {}, .time_ms = 0, .bytes = "old"}).ok());
    base = CopyAsIs(backend.path(), bases / "audit.db");
  }
  bool kept_without_answer = false;
  for (const IoFault fault :
       {IoFault::kErrorOnce, IoFault::kErrorFromThenOn, IoFault::kErrorThoughDone}) {
    int operation = 0;
    for (bool struck = true; struck;) {
      const Kept kept = PutSnapshotUnder(fault, ++operation, base);
      struck = kept.struck;
      EXPECT_EQ(kept.answered, !struck) << operation;
      for (const std::string& after : {kept.after_crash, kept.after_append})
        EXPECT_TRUE(after == "new" || (struck && after == "old")) << operation << ": " << after;
      kept_without_answer |= struck && kept.after_crash == "new";
    }
    EXPECT_GT(operation, 3) << "the sweep found nothing to fail";
  }
  EXPECT_TRUE(kept_without_answer) << "no fault left a snapshot unanswered";
}

// As kill -9 leaves it: the files as they stand after a commit, without a close.
TEST(SqliteStore, KeepsEveryCommitOfAProcessThatWasKilled) {
  SqliteBackend backend;
  tests::TempFolder copies;
  std::vector<std::string> all;
  Head head;
  const auto store = backend.Open();
  for (int commit = 0; commit < 20; ++commit) {
    const Group group = GroupAfter(head, all, {std::to_string(commit), std::string(3000, 'x')});
    ASSERT_EQ(store->Append(head, group), Appended::kCommitted);
    head = group.head;
    all.insert(all.end(), group.entries.begin(), group.entries.end());
    const std::string copy =
        CopyAsIs(backend.path(), copies / ("audit" + std::to_string(commit) + ".db"));
    const absl::StatusOr<std::unique_ptr<LogStore>> reopened = OpenSqliteStore(copy);
    ASSERT_TRUE(reopened.ok()) << reopened.status();
    EXPECT_EQ(*(*reopened)->ReadHead(), head);
    EXPECT_EQ(*(*reopened)->ReadEntries(0, head.size), all);
  }
}

// And as a power cut leaves it: the index, which nobody syncs, is behind.
TEST(SqliteStore, KeepsEveryCommitThroughAPowerCut) {
  SqliteBackend backend;
  {
    const auto store = backend.Open();
    ASSERT_EQ(store->Append(Head(), GroupAfter(Head(), {}, {"a"})), Appended::kCommitted);
    ASSERT_TRUE(store->IndexStatements({{gateway::base::Sha256("a"), 0}}).ok());
    EXPECT_EQ(*store->IndexedSize(), 1u);
    backend.disk().Stop();
  }
  backend.disk().LoseUnsynced();
  backend.disk().Disarm();
  const auto store = backend.Open();
  EXPECT_EQ(store->ReadHead()->size, 1u);
  EXPECT_EQ(*store->IndexedSize(), 0u);
}

TEST(SqliteStore, CopiesTheWriteAheadLogBackWhileIndexing) {
  SqliteBackend backend;
  const auto store = backend.Open();
  Head head;
  std::vector<std::string> all;
  const uint64_t before = std::filesystem::file_size(backend.path());
  for (int commit = 0; commit < 80; ++commit) {
    const Group group =
        GroupAfter(head, all, {std::string(60000, static_cast<char>('0' + commit))});
    ASSERT_EQ(store->Append(head, group), Appended::kCommitted);
    head = group.head;
    all.push_back(group.entries[0]);
  }
  // More than 1,024 pages wait; appends alone do not copy them.
  EXPECT_EQ(std::filesystem::file_size(backend.path()), before);
  ASSERT_TRUE(store->IndexStatements({{gateway::base::Sha256("1"), 0}}).ok());
  EXPECT_GT(std::filesystem::file_size(backend.path()), before + 60000u * 60);
}

}  // namespace
}  // namespace passerelle::audit::log
