// Every operation of the disk fails once in turn: what was promised still holds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "gateway/base/status.h"
#include "tests/unit/gateway/vault/faulty_vfs.h"
#include "tests/unit/gateway/vault/fixture.h"

namespace passerelle::gateway::vault {
namespace {

using base::CommitmentKind;
using record::v1::Attachment;
using testing::IsEmpty;

class FaultsTest : public VaultTest {
 protected:
  FaultsTest() {
    InstallFaultyDisk();
    // The fixture's vault was opened on the good disk.
    Reopen();
  }

  ~FaultsTest() override { MendDisk(); }

  // A group of three rows that takes several writes.
  std::vector<Placed> Group(uint64_t index) {
    std::vector<Placed> rows;
    for (uint32_t slot = 0; slot < 3; ++slot) rows.push_back(Place({index, 0, slot}, content_));
    return rows;
  }

  // How many rows of a group are stored and readable.
  int Count(uint64_t index) {
    int count = 0;
    for (uint32_t slot = 0; slot < 3; ++slot)
      count += vault_->Read({index, 0, slot}, CommitmentOf(content_)).ok() ? 1 : 0;
    return count;
  }

  const Attachment content_ = Content(CommitmentKind::kPayload, std::string(6000, 'x'));
};

TEST_F(FaultsTest, AFullDiskRefusesAGroupWhole) {
  uint64_t index = 0;
  int nth = 1;
  while (true) {
    const std::vector<Placed> group = Group(++index);
    FailFrom(Fault::kWrite, nth, SQLITE_FULL);
    const absl::Status status = vault_->Commit(group, {});
    if (!MendDisk()) {
      EXPECT_TRUE(status.ok()) << status;
      break;
    }
    ASSERT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << nth << " " << status;
    EXPECT_EQ(base::ReasonOf(status), "DISK_FULL");
    EXPECT_EQ(Count(index), 0);
    // Space was made: the same group passes.
    ASSERT_TRUE(vault_->Commit(group, {}).ok()) << nth;
    EXPECT_EQ(Count(index), 3);
    ++nth;
  }
  EXPECT_GT(nth, 5) << "the group took hardly any write";
  Reopen();
  for (uint64_t i = 1; i <= index; ++i) EXPECT_EQ(Count(i), 3) << i;
}

TEST_F(FaultsTest, AnyOtherErrorAbortsAndLeavesAGroupWholeOrAbsent) {
  Store(Group(0));
  uint64_t index = 0;
  for (const Fault fault : {Fault::kWrite, Fault::kSync}) {
    for (int nth = 1;; ++nth) {
      const std::vector<Placed> group = Group(++index);
      FailFrom(fault, nth, fault == Fault::kWrite ? SQLITE_IOERR_WRITE : SQLITE_IOERR_FSYNC);
      const absl::Status status = vault_->Commit(group, {});
      const bool failed = MendDisk();
      Reopen();
      const int count = Count(index);
      if (!failed) {
        EXPECT_TRUE(status.ok()) << status;
        EXPECT_EQ(count, 3);
        EXPECT_GT(nth, 1) << "no operation of this kind was met";
        break;
      }
      ASSERT_EQ(status.code(), absl::StatusCode::kAborted) << nth << " " << status;
      EXPECT_TRUE(count == 0 || count == 3) << nth << " " << count;
      EXPECT_EQ(Count(0), 3);
    }
  }
}

TEST_F(FaultsTest, AnErasureThatFailedIsDoneLaterAndNeverClaimed) {
  uint64_t index = 0;
  Store(Group(0));
  for (const Fault fault : {Fault::kWrite, Fault::kSync, Fault::kTruncate}) {
    for (int nth = 1;; ++nth) {
      const std::vector<Placed> group = Group(++index);
      Store(group);
      FailFrom(fault, nth, SQLITE_IOERR);
      const absl::Status status = vault_->Shred(index, 0);
      const bool failed = MendDisk();
      if (!status.ok()) {
        EXPECT_TRUE(failed) << status;
        Reopen();
        const absl::Status again = vault_->Shred(index, 0);
        EXPECT_TRUE(again.ok()) << nth << " " << again;
      }
      for (const Placed& row : group) {
        EXPECT_THAT(data_.HoldingAnyPartOf(row.sealed.ciphertext), IsEmpty()) << nth;
        EXPECT_THAT(data_.HoldingAnyPartOf(row.sealed.wrapped_key), IsEmpty()) << nth;
      }
      EXPECT_EQ(Count(0), 3);
      if (!failed) {
        EXPECT_GT(nth, 1) << "no operation of this kind was met";
        break;
      }
    }
  }
}

}  // namespace
}  // namespace passerelle::gateway::vault
