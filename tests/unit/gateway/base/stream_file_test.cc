// Files of any size: written front to back, gone on with, read at any place.
#include "gateway/base/stream_file.h"

#include <gtest/gtest.h>

#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "tests/support/temp_folder.h"

namespace passerelle::gateway::base {
namespace {

class StreamFileTest : public ::testing::Test {
 protected:
  tests::TempFolder folder_;
  const std::string path_ = folder_ / "file";
};

TEST_F(StreamFileTest, WritesInOrderAndReadsAnywhere) {
  StreamWriter writer = *StreamWriter::Create(path_);
  ASSERT_TRUE(writer.Append("one ").ok());
  ASSERT_TRUE(writer.Append("two").ok());
  ASSERT_TRUE(writer.Sync().ok());
  EXPECT_EQ(*PermissionsOf(path_), 0600);
  const StreamReader reader = *StreamReader::Open(path_);
  EXPECT_EQ(reader.size(), 7u);
  EXPECT_EQ(*reader.Read(0, 100), "one two");
  EXPECT_EQ(*reader.Read(4, 2), "tw");
  EXPECT_EQ(*reader.Read(7, 5), "");
  EXPECT_EQ(*reader.Read(100, 5), "");
}

TEST_F(StreamFileTest, WritesMoreThanTheDiskIsToldAtOnce) {
  StreamWriter writer = *StreamWriter::Create(path_);
  const std::string block(1 << 20, 'x');
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(writer.Append(block).ok());
  ASSERT_TRUE(writer.Sync().ok());
  EXPECT_EQ(StreamReader::Open(path_)->size(), 20 * block.size());
}

TEST_F(StreamFileTest, NeverOverwritesWhatIsThere) {
  ASSERT_TRUE(WriteFile(path_, "kept", FileMode::kPrivate).ok());
  EXPECT_EQ(ReasonOf(StreamWriter::Create(path_).status()), "FILE_EXISTS");
  EXPECT_EQ(*ReadFile(path_, 10), "kept");
}

TEST_F(StreamFileTest, GoesOnAtTheEnd) {
  {
    StreamWriter writer = *StreamWriter::Continue(path_);
    ASSERT_TRUE(writer.Append("one ").ok());
  }
  StreamWriter writer = *StreamWriter::Continue(path_);
  ASSERT_TRUE(writer.Append("two").ok());
  EXPECT_EQ(*ReadFile(path_, 10), "one two");
  EXPECT_EQ(*PermissionsOf(path_), 0600);
}

TEST_F(StreamFileTest, MovesWithItsPlace) {
  StreamWriter first = *StreamWriter::Create(path_);
  ASSERT_TRUE(first.Append("one ").ok());
  StreamWriter second = std::move(first);
  ASSERT_TRUE(second.Append("two").ok());
  EXPECT_EQ(*ReadFile(path_, 10), "one two");
}

TEST_F(StreamFileTest, TellsADiskThatIsFull) {
  // A device that is always full.
  const absl::Status written = StreamWriter::Continue("/dev/full")->Append("x");
  EXPECT_EQ(ReasonOf(written), "DISK_FULL");
  EXPECT_EQ(written.code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(StreamFileTest, TellsAFileThatIsNotThere) {
  EXPECT_EQ(ReasonOf(StreamReader::Open(path_).status()), "FILE_MISSING");
  EXPECT_EQ(ReasonOf(StreamWriter::Create(folder_ / "none/file").status()), "FILE_MISSING");
}

TEST_F(StreamFileTest, RenamesOverWhatHasTheName) {
  ASSERT_TRUE(WriteFile(path_, "old", FileMode::kPrivate).ok());
  ASSERT_TRUE(WriteFile(folder_ / "new", "new", FileMode::kPrivate).ok());
  ASSERT_TRUE(RenameFile(folder_ / "new", path_).ok());
  EXPECT_EQ(*ReadFile(path_, 10), "new");
  EXPECT_FALSE(Exists(folder_ / "new"));
  EXPECT_EQ(ReasonOf(RenameFile(folder_ / "new", path_)), "FILE_MISSING");
}

TEST_F(StreamFileTest, RemovesWhatIsThereAndDoesNotMindWhatIsNot) {
  ASSERT_TRUE(WriteFile(path_, "x", FileMode::kPrivate).ok());
  ASSERT_TRUE(RemoveFile(path_).ok());
  EXPECT_FALSE(Exists(path_));
  EXPECT_TRUE(RemoveFile(path_).ok());
}

}  // namespace
}  // namespace passerelle::gateway::base
