#include "audit/log/guard.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

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
