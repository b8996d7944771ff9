#include "audit/log/guard.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "gateway/base/bytes.h"
#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "tests/support/temp_folder.h"

namespace passerelle::audit::log {
namespace {

using gateway::base::ReasonOf;

constexpr size_t kSlot = 512;

Head HeadOf(uint64_t size) {
  return {.size = size,
          .root = gateway::base::Sha256(std::to_string(size)),
          .time_ms = -static_cast<int64_t>(size),
          .epoch = size + 7};
}

class GuardTest : public testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<Guard>> Open(const std::string& origin = "origin") {
    return Guard::Open(path_, origin);
  }
  std::string Bytes() { return *gateway::base::ReadFile(path_, 4096); }
  // Not synced: hundreds of these are written.
  void SetBytes(const std::string& bytes) {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
  }

  tests::TempFolder folder_;
  const std::string path_ = folder_ / "guard";
};

TEST_F(GuardTest, IsEmptyUntilWritten) {
  EXPECT_EQ((*Open())->last(), std::nullopt);
  EXPECT_EQ((*Open())->last(), std::nullopt) << "opening writes no head";
  EXPECT_EQ(*gateway::base::PermissionsOf(path_), 0600);
  EXPECT_EQ(Bytes().size(), 2 * kSlot);
}

// The example of audit/FORMAT.md.
TEST_F(GuardTest, HasTheBytesOfItsFormat) {
  const std::string root =
      *gateway::base::FromHex("832e609776a4b05ca208ef796bfd6f2d7cfcf00ddd46afb497d4b1b5ef19a994");
  ASSERT_TRUE((*Open("passerelle.example/test"))
                  ->Write({.size = 5,
                           .root = *gateway::base::DigestFromBytes(root),
                           .time_ms = 1717408800000,
                           .epoch = 0})
                  .ok());
  EXPECT_EQ(Bytes().substr(0, kSlot), std::string(kSlot, '\0')) << "the first goes to slot 1";
  const std::string slot = gateway::base::ToHex(Bytes().substr(kSlot));
  EXPECT_EQ(slot.substr(0, 2 * 116),
            "706173736572656c6c652f67756172642f76310a"
            "bfb3aa8ee72513a64c9f0cf0fc3d34e6ef66f22e2a3ae5ae0fae1b0f3b3f64e8"
            "00000000000000010000000000000005"
            "832e609776a4b05ca208ef796bfd6f2d7cfcf00ddd46afb497d4b1b5ef19a994"
            "0000018fdd8a9d000000000000000000");
  EXPECT_EQ(slot.substr(2 * 480),
            "c9707089b40d0eb15ff6cca66e4a1d97e96e6f3b548c7ec1f618ada0d72b992e");
}

TEST_F(GuardTest, RemembersTheLastHead) {
  for (uint64_t size : {3, 9, 4, 100}) {
    auto guard = *Open();
    ASSERT_TRUE(guard->Write(HeadOf(size)).ok());
    EXPECT_EQ(guard->last(), HeadOf(size));
    EXPECT_EQ((*Open())->last(), HeadOf(size));
  }
  EXPECT_EQ(Bytes().size(), 2 * kSlot);
}

// The next write goes to one slot; whatever it leaves there, the other stands.
TEST_F(GuardTest, ATornSlotLeavesTheOther) {
  auto guard = *Open();
  ASSERT_TRUE(guard->Write(HeadOf(1)).ok());
  const std::string first = Bytes();
  ASSERT_TRUE(guard->Write(HeadOf(2)).ok());
  ASSERT_TRUE(guard->Write(HeadOf(3)).ok());
  const std::string third = Bytes();
  for (size_t torn = 0; torn <= kSlot; ++torn) {
    // The third head's slot, the second in the file, took `torn` bytes of it over the first head.
    const std::string bytes = third.substr(0, kSlot + torn) + first.substr(kSlot + torn);
    SetBytes(bytes);
    const auto reopened = Open();
    ASSERT_TRUE(reopened.ok()) << torn << reopened.status();
    // With no byte of it written, or all, nothing is torn.
    EXPECT_EQ((*reopened)->last(), bytes == third ? HeadOf(3) : HeadOf(2)) << torn;
  }
}

TEST_F(GuardTest, FindsEveryChangedByte) {
  auto guard = *Open();
  ASSERT_TRUE(guard->Write(HeadOf(1)).ok());
  const std::string one = Bytes();
  for (size_t at = kSlot; at < 2 * kSlot; ++at) {
    std::string bytes = one;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
    SetBytes(bytes);
    const absl::Status status = Open().status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << at;
    EXPECT_EQ(ReasonOf(status), "GUARD_TORN") << at;
  }
}

TEST_F(GuardTest, WritesOnAfterATornSlot) {
  auto guard = *Open();
  ASSERT_TRUE(guard->Write(HeadOf(1)).ok());
  ASSERT_TRUE(guard->Write(HeadOf(2)).ok());
  std::string bytes = Bytes();
  bytes[5] = '?';  // the second head's slot
  SetBytes(bytes);
  guard = *Open();
  EXPECT_EQ(guard->last(), HeadOf(1));
  ASSERT_TRUE(guard->Write(HeadOf(5)).ok());
  EXPECT_EQ((*Open())->last(), HeadOf(5));
  ASSERT_TRUE(guard->Write(HeadOf(6)).ok());
  EXPECT_EQ((*Open())->last(), HeadOf(6));
}

TEST_F(GuardTest, RefusesAnotherOriginAndOtherFiles) {
  ASSERT_TRUE((*Open())->Write(HeadOf(1)).ok());
  const absl::Status status = Open("another").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReasonOf(status), "GUARD_FOREIGN");
  SetBytes("some text");
  EXPECT_EQ(ReasonOf(Open().status()), "GUARD_TORN");
  SetBytes(std::string(2 * kSlot + 1, '\0'));
  EXPECT_FALSE(Open().ok()) << "longer than a guard";
}

TEST_F(GuardTest, NeedsItsFolder) {
  EXPECT_FALSE(Guard::Open(folder_ / "missing/guard", "origin").ok());
}

}  // namespace
}  // namespace passerelle::audit::log
