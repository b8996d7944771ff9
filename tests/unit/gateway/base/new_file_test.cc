#include "gateway/base/new_file.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "gateway/base/status.h"

namespace passerelle::gateway::base {
namespace {

class NewFileTest : public ::testing::Test {
 protected:
  NewFileTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "new-file-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~NewFileTest() override { std::filesystem::remove_all(folder_); }
  std::string folder_;
};

TEST_F(NewFileTest, WritesOnceWithTheModeAsked) {
  const std::string path = folder_ + "/file";
  ASSERT_TRUE(WriteNewFile(path, "first", FileMode::kPrivate).ok());
  EXPECT_EQ(*PermissionsOf(path), 0600);
  const absl::Status again = WriteNewFile(path, "second", FileMode::kPrivate);
  EXPECT_EQ(again.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ReasonOf(again), "FILE_EXISTS");
  EXPECT_EQ(*ReadFile(path, 100), "first");
  EXPECT_EQ(ListFolder(folder_)->size(), 1u);
}

TEST_F(NewFileTest, LeavesADanglingLinkAlone) {
  std::filesystem::create_symlink("nowhere", folder_ + "/link");
  EXPECT_EQ(WriteNewFile(folder_ + "/link", "x", FileMode::kPublic).code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_FALSE(Exists(folder_ + "/nowhere"));
}

TEST_F(NewFileTest, LetsOneOfManyWin) {
  const std::string path = folder_ + "/file";
  std::vector<absl::Status> statuses(8);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < statuses.size(); ++i)
    threads.emplace_back(
        [&, i] { statuses[i] = WriteNewFile(path, std::to_string(i), FileMode::kPrivate); });
  for (std::thread& thread : threads) thread.join();
  int winners = 0;
  for (size_t i = 0; i < statuses.size(); ++i) {
    if (!statuses[i].ok()) continue;
    ++winners;
    EXPECT_EQ(*ReadFile(path, 100), std::to_string(i));
  }
  EXPECT_EQ(winners, 1);
}

TEST_F(NewFileTest, SaysThatTheFolderIsMissing) {
  EXPECT_EQ(WriteNewFile(folder_ + "/none/file", "x", FileMode::kPublic).code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace passerelle::gateway::base
