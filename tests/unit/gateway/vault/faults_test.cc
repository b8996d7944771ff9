// Every operation of the disk fails once in turn: what was promised still holds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/base/status.h"
#include "tests/support/faulty_disk.h"
#include "tests/unit/gateway/vault/fixture.h"

namespace passerelle::gateway::vault {
namespace {

using base::CommitmentKind;
using record::v1::Attachment;
using testing::IsEmpty;
using tests::IoFault;

constexpr IoFault kErrors[] = {IoFault::kErrorOnce, IoFault::kErrorFromThenOn};

class FaultsTest : public VaultTest {
 protected:
  // The fixture's vault was opened on the good disk.
  FaultsTest() { Reopen(); }

  // Ends the fault; whether it struck.
  bool Mend() {
    const bool struck = disk_.struck();
    disk_.Disarm();
    return struck;
  }

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

  tests::FaultyDisk disk_{data_.path()};
  const Attachment content_ = Content(CommitmentKind::kPayload, std::string(6000, 'x'));
};

TEST_F(FaultsTest, AFullDiskRefusesAGroupWhole) {
  uint64_t index = 0;
  int nth = 1;
  while (true) {
    const std::vector<Placed> group = Group(++index);
    disk_.Arm(IoFault::kNoSpace, nth);
    const absl::Status status = vault_->Commit(group, {});
    if (!Mend()) {
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
  for (const IoFault fault : kErrors) {
    for (int nth = 1;; ++nth) {
      const std::vector<Placed> group = Group(++index);
      disk_.Arm(fault, nth);
      const absl::Status status = vault_->Commit(group, {});
      const bool failed = Mend();
      Reopen();
      const int count = Count(index);
      if (!failed) {
        EXPECT_TRUE(status.ok()) << status;
        EXPECT_EQ(count, 3);
        EXPECT_GT(nth, 5) << "hardly any operation was met";
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
  for (const IoFault fault : kErrors) {
    for (int nth = 1;; ++nth) {
      const std::vector<Placed> group = Group(++index);
      Store(group);
      disk_.Arm(fault, nth);
      const absl::Status status = vault_->Shred(index, 0);
      const bool failed = Mend();
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
        EXPECT_GT(nth, 5) << "hardly any operation was met";
        break;
      }
    }
  }
}

}  // namespace
}  // namespace passerelle::gateway::vault
