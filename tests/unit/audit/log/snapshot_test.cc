// A copy of what stood at one instant, while others write.
#include "audit/log/snapshot.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "audit/log/sqlite_store.h"
#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "tests/support/temp_folder.h"

namespace passerelle::audit::log {
namespace {

using gateway::base::ReasonOf;

class SnapshotTest : public testing::Test {
 protected:
  SnapshotTest() { store_ = *OpenSqliteStore(path_); }

  // Appends entries of 4 KiB, so that a copy takes many steps.
  Appended Append(int count) {
    const Head before = *store_->ReadHead();
    Group group{{}, before};
    for (int i = 0; i < count; ++i) {
      group.entries.push_back(std::to_string(before.size + static_cast<uint64_t>(i)) +
                              std::string(4096, 'x'));
      frontier_.Append(merkle::LeafHash(group.entries.back()));
    }
    group.head.size = frontier_.size();
    group.head.root = frontier_.Root();
    return store_->Append(before, group);
  }

  tests::TempFolder folder_;
  const std::string path_ = folder_ / "audit.db";
  std::unique_ptr<LogStore> store_;
  merkle::Frontier frontier_;
};

void Ignore(uint64_t, uint64_t) {}

TEST_F(SnapshotTest, HoldsWhatStoodWhenItWasTakenWhileAWriterGoesOn) {
  for (int i = 0; i < 10; ++i) ASSERT_EQ(Append(200), Appended::kCommitted);
  const Head then = *store_->ReadHead();
  auto snapshot = Snapshot::Take(path_);
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  ASSERT_EQ(Append(1), Appended::kCommitted);
  int written = 0;
  uint64_t told = 0;
  ASSERT_TRUE(snapshot
                  ->CopyTo(folder_ / "copy.db",
                           [&](uint64_t done, uint64_t total) {
                             EXPECT_GE(done, told);
                             told = done;
                             EXPECT_LE(done, total);
                             if (Append(1) == Appended::kCommitted) ++written;
                           })
                  .ok());
  EXPECT_GT(written, 4) << "a copy of one step shows nothing";
  EXPECT_EQ(store_->ReadHead()->size, then.size + 1 + static_cast<uint64_t>(written));
  const auto copy = OpenSqliteStore(folder_ / "copy.db");
  ASSERT_TRUE(copy.ok()) << copy.status();
  EXPECT_EQ(*(*copy)->ReadHead(), then);
  EXPECT_EQ(*(*copy)->ReadEntries(0, then.size), *store_->ReadEntries(0, then.size));
}

TEST_F(SnapshotTest, IsForItsOwnerAloneAndReplacesNothing) {
  auto snapshot = *Snapshot::Take(path_);
  ASSERT_TRUE(snapshot.CopyTo(folder_ / "copy.db", Ignore).ok());
  EXPECT_EQ(*gateway::base::PermissionsOf(folder_ / "copy.db"), 0600);
  EXPECT_EQ(ReasonOf(snapshot.CopyTo(folder_ / "copy.db", Ignore)), "FILE_EXISTS");
}

TEST_F(SnapshotTest, NeedsADatabase) {
  EXPECT_EQ(ReasonOf(Snapshot::Take(folder_ / "none.db").status()), "FILE_MISSING");
  EXPECT_FALSE(gateway::base::Exists(folder_ / "none.db"));
  ASSERT_TRUE(gateway::base::WriteFile(folder_ / "junk.db", std::string(8192, 'j'),
                                       gateway::base::FileMode::kPrivate)
                  .ok());
  EXPECT_EQ(ReasonOf(Snapshot::Take(folder_ / "junk.db").status()), "STORE_FOREIGN");
}

TEST_F(SnapshotTest, CommitsOfOthersAreHeard) {
  auto watch = CommitWatch::Begin(path_);
  ASSERT_TRUE(watch.ok()) << watch.status();
  EXPECT_FALSE(*watch->HasChanged());
  ASSERT_EQ(Append(1), Appended::kCommitted);
  EXPECT_TRUE(*watch->HasChanged());
  EXPECT_FALSE(*watch->HasChanged());
  const auto reader = Snapshot::Take(path_);
  ASSERT_TRUE(reader.ok());
  EXPECT_FALSE(*watch->HasChanged()) << "who reads commits nothing";
}

}  // namespace
}  // namespace passerelle::audit::log
