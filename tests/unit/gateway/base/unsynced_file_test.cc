#include "gateway/base/unsynced_file.h"

#include <gtest/gtest.h>

#include <string>

#include "gateway/base/status.h"
#include "tests/support/temp_folder.h"

namespace passerelle::gateway::base {
namespace {

TEST(WriteUnsyncedFile, WritesANewFileWithItsMode) {
  const tests::TempFolder folder;
  const std::string bytes(100000, '\xff');
  ASSERT_TRUE(WriteUnsyncedFile(folder / "file", bytes, FileMode::kPrivate).ok());
  EXPECT_EQ(*ReadFile(folder / "file", 1 << 20), bytes);
  EXPECT_EQ(*PermissionsOf(folder / "file"), 0600);
}

TEST(WriteUnsyncedFile, NeverOverwrites) {
  const tests::TempFolder folder;
  ASSERT_TRUE(WriteUnsyncedFile(folder / "file", "first", FileMode::kPublic).ok());
  const absl::Status status = WriteUnsyncedFile(folder / "file", "second", FileMode::kPublic);
  EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ReasonOf(status), "FILE_EXISTS");
  EXPECT_EQ(*ReadFile(folder / "file", 10), "first");
}

TEST(WriteUnsyncedFile, NeedsItsFolder) {
  const tests::TempFolder folder;
  EXPECT_EQ(WriteUnsyncedFile(folder / "missing/file", "", FileMode::kPublic).code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace passerelle::gateway::base
