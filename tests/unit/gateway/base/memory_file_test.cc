// A path that leads to memory.
#include "gateway/base/memory_file.h"

#include <gtest/gtest.h>

#include <fstream>
#include <utility>

namespace passerelle::gateway::base {
namespace {

TEST(MemoryFileTest, KeepsWhatIsWrittenToItsPath) {
  absl::StatusOr<MemoryFile> file = MemoryFile::Create();
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(*file->Read(), "");
  const std::string bytes(100000, 'x');
  std::ofstream(file->path(), std::ios::binary) << bytes;
  EXPECT_EQ(*file->Read(), bytes);
}

TEST(MemoryFileTest, MovesWithItsContent) {
  absl::StatusOr<MemoryFile> file = MemoryFile::Create();
  ASSERT_TRUE(file.ok());
  std::ofstream(file->path()) << "un";
  MemoryFile moved = *std::move(file);
  EXPECT_EQ(*moved.Read(), "un");
  absl::StatusOr<MemoryFile> other = MemoryFile::Create();
  ASSERT_TRUE(other.ok());
  moved = *std::move(other);
  EXPECT_EQ(*moved.Read(), "");
}

TEST(MemoryFileTest, HasAPathOfItsOwn) {
  const absl::StatusOr<MemoryFile> one = MemoryFile::Create(), two = MemoryFile::Create();
  ASSERT_TRUE(one.ok() && two.ok());
  EXPECT_NE(one->path(), two->path());
}

}  // namespace
}  // namespace passerelle::gateway::base
