// What is erased is found in no file: ciphertext, wrapped key, nonce, plaintext.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>

#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "tests/unit/gateway/vault/fixture.h"

namespace passerelle::gateway::vault {
namespace {

using base::CommitmentKind;
using record::v1::Attachment;
using testing::IsEmpty;

// Another process that reads the database: its transaction stays open until it goes.
class ForeignReader {
 public:
  explicit ForeignReader(const std::string& path) {
    EXPECT_EQ(sqlite3_open_v2(path.c_str(), &database_, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK);
    EXPECT_EQ(
        sqlite3_exec(database_, "BEGIN; SELECT count(*) FROM items", nullptr, nullptr, nullptr),
        SQLITE_OK);
  }
  ~ForeignReader() { sqlite3_close(database_); }

 private:
  sqlite3* database_ = nullptr;
};

// Whether another process finds a lock of ours on a range of a file.
bool OthersFindALock(const std::string& path, off_t start, off_t length) {
  const pid_t child = fork();
  if (child == 0) {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = start;
    lock.l_len = length;
    const int file = open(path.c_str(), O_RDWR | O_CLOEXEC);
    _exit(file >= 0 && fcntl(file, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK ? 0 : 1);
  }
  int status = 0;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// Whether another process sees that the database is in use, where SQLite says so: it would reset
// the index of the write-ahead log, and remove the log when it goes, of one that nobody uses.
bool IsSeenInUse(const std::string& path) {
  constexpr off_t kShared = 0x40000002, kSharedBytes = 510, kIndexInUse = 128;
  return OthersFindALock(path, kShared, kSharedBytes) &&
         OthersFindALock(path + "-shm", kIndexInUse, 1);
}

class ErasureTest : public VaultTest {
 protected:
  // Stores a payload at (index, 0, 0) and remembers its bytes.
  void Keep(uint64_t index, size_t size) {
    const Attachment content = Content(CommitmentKind::kPayload, random_.Bytes(size));
    rows_.emplace(index, Place({index, 0, 0}, content));
    contents_.emplace(index, content);
    Store({rows_.at(index)});
  }

  void ExpectNowhere(uint64_t index) {
    const Sealed& sealed = rows_.at(index).sealed;
    EXPECT_THAT(data_.HoldingAnyPartOf(sealed.ciphertext), IsEmpty()) << index;
    EXPECT_THAT(data_.HoldingAnyPartOf(sealed.wrapped_key), IsEmpty()) << index;
    EXPECT_THAT(data_.Holding(contents_.at(index).nonce()), IsEmpty()) << index;
    EXPECT_THAT(data_.Holding(contents_.at(index).content().substr(0, 16)), IsEmpty()) << index;
  }

  void ExpectReadable(uint64_t index) {
    const auto read = vault_->Read({index, 0, 0}, CommitmentOf(contents_.at(index)));
    ASSERT_TRUE(read.ok()) << index << " " << read.status();
    EXPECT_EQ(read->content(), contents_.at(index).content());
  }

  // The root page of the payloads' tree; a rebuild moves it.
  int64_t RootPage() {
    sqlite3* database = nullptr;
    sqlite3_stmt* statement = nullptr;
    EXPECT_EQ(sqlite3_open(data_.File("vault.db").c_str(), &database), SQLITE_OK);
    EXPECT_EQ(
        sqlite3_prepare_v2(database, "SELECT rootpage FROM sqlite_schema WHERE name = 'items'", -1,
                           &statement, nullptr),
        SQLITE_OK);
    EXPECT_EQ(sqlite3_step(statement), SQLITE_ROW);
    const int64_t page = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return page;
  }

  std::map<uint64_t, Placed> rows_;
  std::map<uint64_t, Attachment> contents_;
};

TEST_F(ErasureTest, ShredsWhatOneActStoredAndNothingElse) {
  const Attachment content = Content(CommitmentKind::kPayload, random_.Bytes(1000));
  std::vector<Placed> rows;
  for (const Position& position : {Position{4, 1023, 1023}, Position{5, 0, 0}, Position{5, 1, 0},
                                   Position{5, 1, 1}, Position{5, 1, 1023}, Position{5, 2, 0}})
    rows.push_back(Place(position, content));
  Store(rows, {{base::Sha256("refused"), 5, "salt", "envelope", 1000}});
  // The bytes are there before, or the search would prove nothing.
  EXPECT_FALSE(data_.HoldingAnyPartOf(rows[3].sealed.ciphertext).empty());
  ASSERT_TRUE(vault_->Shred(5, 1).ok());
  for (const Placed& row : rows) {
    const bool shredded = row.position.index == 5 && row.position.ordinal == 1;
    EXPECT_EQ(Has(row.position), !shredded);
    EXPECT_EQ(data_.HoldingAnyPartOf(row.sealed.ciphertext).empty(), shredded);
    EXPECT_EQ(data_.HoldingAnyPartOf(row.sealed.wrapped_key).empty(), shredded);
  }
  EXPECT_EQ(base::ReasonOf(vault_->Read({5, 1, 0}, CommitmentOf(content)).status()),
            "CONTENT_ERASED");
  EXPECT_TRUE((*vault_->FindRefused(base::Sha256("refused"))).has_value());
}

TEST_F(ErasureTest, IsIdempotent) {
  Keep(1, 100);
  EXPECT_TRUE(vault_->Shred(1, 0).ok());
  EXPECT_TRUE(vault_->Shred(1, 0).ok());
  EXPECT_TRUE(vault_->Shred(2, 0).ok());
  Reopen();
  EXPECT_TRUE(vault_->Shred(1, 0).ok());
  ExpectNowhere(1);
}

// secure_delete alone fails here: pages rebuilt after a split or merge keep stale copies.
TEST_F(ErasureTest, LeavesNoByteAmongManyOtherWrites) {
  std::mt19937_64 choice(3);
  const int64_t root = RootPage();
  constexpr size_t kSizes[] = {20, 300, 1100, 1100, 5000, 9000};
  std::vector<uint64_t> alive;
  uint64_t next = 0;
  for (int step = 0; step < 80; ++step) {
    for (uint64_t added = choice() % 4; added > 0; --added) {
      alive.push_back(next);
      Keep(next++, kSizes[choice() % std::size(kSizes)]);
    }
    if (alive.size() < 20) continue;
    const size_t victim = choice() % alive.size();
    ASSERT_TRUE(vault_->Shred(alive[victim], 0).ok());
    ExpectNowhere(alive[victim]);
    alive.erase(alive.begin() + static_cast<ptrdiff_t>(victim));
  }
  EXPECT_NE(RootPage(), root) << "no stale copy came up: choose another seed";
  for (const uint64_t index : alive) ExpectReadable(index);
  Reopen();
  for (const auto& [index, row] : rows_)
    if (!Has(row.position)) ExpectNowhere(index);
}

TEST_F(ErasureTest, ClosesItsOwnReadersFirst) {
  Keep(1, 2000);
  Keep(2, 2000);
  ExpectReadable(1);
  ASSERT_TRUE(vault_->Shred(1, 0).ok());
  ExpectNowhere(1);
  ExpectReadable(2);
}

TEST_F(ErasureTest, LeavesTheDatabaseInUseForOtherProcesses) {
  Keep(1, 2000);
  Keep(2, 2000);
  const std::string path = data_.File("vault.db");
  ASSERT_TRUE(IsSeenInUse(path));
  ASSERT_TRUE(vault_->Shred(1, 0).ok());
  ExpectReadable(2);
  EXPECT_TRUE(IsSeenInUse(path));
}

TEST_F(ErasureTest, IsNotDoneWhileAForeignReaderSeesTheOldState) {
  Keep(1, 2000);
  Keep(2, 2000);
  {
    const ForeignReader reader(data_.File("vault.db"));
    const absl::Status status = vault_->Shred(1, 0);
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ(base::ReasonOf(status), "VAULT_BUSY");
    EXPECT_FALSE(Has({1, 0, 0}));
    EXPECT_EQ(base::ReasonOf(vault_->Shred(1, 0)), "VAULT_BUSY") << "forgot what is unfinished";
  }
  ASSERT_TRUE(vault_->Shred(1, 0).ok());
  ExpectNowhere(1);
  ExpectReadable(2);
}

TEST_F(ErasureTest, FinishesAfterARestartWhatWasInterrupted) {
  Keep(1, 2000);
  Keep(2, 2000);
  {
    const ForeignReader reader(data_.File("vault.db"));
    EXPECT_EQ(base::ReasonOf(vault_->Shred(1, 0)), "VAULT_BUSY");
    Reopen();
    EXPECT_EQ(base::ReasonOf(vault_->Sweep(3)), "VAULT_BUSY");
  }
  const int64_t root = RootPage();
  ASSERT_TRUE(vault_->Sweep(3).ok());
  EXPECT_NE(RootPage(), root) << "nobody knew which bytes to look for, and nothing was rebuilt";
  ExpectNowhere(1);
  ExpectReadable(2);
}

TEST_F(ErasureTest, TruncatesTheLogAfterSweepAndExpiry) {
  const auto wal_size = [this] {
    return base::ReadFile(data_.File("vault.db-wal"), 1 << 20)->size();
  };
  Keep(8, 1500);
  EXPECT_GT(wal_size(), 0u);
  ASSERT_TRUE(vault_->Sweep(8).ok());
  ExpectNowhere(8);
  EXPECT_EQ(wal_size(), 0u);
  Placed person = Place({3, 0, 0}, Content(CommitmentKind::kReader, "synthetic agent 17"),
                        RecordClass::kIncidentalPerson);
  person.expires_ms = 10;
  Store({person});
  ASSERT_TRUE(vault_->Expire(11).ok());
  EXPECT_THAT(data_.HoldingAnyPartOf(person.sealed.ciphertext), IsEmpty());
  EXPECT_THAT(data_.HoldingAnyPartOf(person.sealed.wrapped_key), IsEmpty());
  EXPECT_EQ(wal_size(), 0u);
}

// Markers of synthetic persons, planted in all that the vault is given.
TEST_F(ErasureTest, HoldsNothingInClear) {
  const std::string payload = "Zoe CANARI;02/03/1981;SYNTHETIQUE-PAYLOAD";
  const std::string document = "Zoe CANARI habite 3 rue du Merle SYNTHETIQUE-DOCUMENT";
  const std::string envelope = "cellule Zoe CANARI 0611223344 SYNTHETIQUE-REFUSED";
  const std::string salt = random_.Bytes(32);
  const Attachment contents[] = {Content(CommitmentKind::kPayload, payload),
                                 Content(CommitmentKind::kDocument, document),
                                 Content(CommitmentKind::kPerson, document)};
  const base::Digest refused = base::Sha256(envelope);
  Store({Place({1, 0, 0}, contents[0]), Place({1, 0, 1}, contents[1], RecordClass::kDecisionFile),
         Place({1, 0, 2}, contents[2], RecordClass::kDecisionFile)},
        {{refused, 1, salt, envelope, 1000}});
  const auto expect_no_marker = [&] {
    for (const char* marker :
         {"CANARI", "SYNTHETIQUE", "02/03/1981", "Merle", "0611223344", "text/csv"})
      EXPECT_THAT(data_.Holding(marker), IsEmpty()) << marker;
    EXPECT_THAT(data_.Holding(salt.substr(0, 8)), IsEmpty());
    for (const Attachment& content : contents)
      EXPECT_THAT(data_.Holding(content.nonce().substr(0, 8)), IsEmpty());
  };
  expect_no_marker();
  EXPECT_EQ((*vault_->FindRefused(refused))->envelope, envelope);
  Reopen();
  expect_no_marker();
  // A refusal's digest could be guessed: it goes with it.
  EXPECT_FALSE(data_.Holding(base::View(refused)).empty());
  ASSERT_TRUE(vault_->Expire(1001).ok());
  EXPECT_THAT(data_.Holding(base::View(refused)), IsEmpty());
  EXPECT_FALSE((*vault_->FindRefused(refused)).has_value());
}

}  // namespace
}  // namespace passerelle::gateway::vault
