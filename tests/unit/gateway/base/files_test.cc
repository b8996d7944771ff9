#include "gateway/base/files.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <thread>
#include <utility>

#include "gateway/base/descriptor.h"
#include "gateway/base/status.h"
#include "gateway/base/write_all.h"

namespace passerelle::gateway::base {
namespace {

using testing::ElementsAre;

class FilesTest : public testing::Test {
 protected:
  FilesTest() : folder_(testing::TempDir() + "filesXXXXXX"), umask_(umask(0)) {
    if (mkdtemp(folder_.data()) == nullptr) abort();
  }
  ~FilesTest() override {
    umask(umask_);
    std::filesystem::remove_all(folder_);
  }
  std::string At(const std::string& name) const { return folder_ + "/" + name; }

  std::string folder_;
  const mode_t umask_;
};

// Runs a check in another process.
bool InAnotherProcess(const std::function<bool()>& check) {
  const pid_t child = fork();
  if (child == 0) _exit(check() ? 0 : 1);
  int status = 0;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST_F(FilesTest, ReadsBackWhatWasWritten) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all.push_back(static_cast<char>(byte));
  for (const std::string& bytes : {std::string(), all, std::string(200'000, 'x')}) {
    ASSERT_TRUE(WriteFile(At("f"), bytes, FileMode::kPrivate).ok());
    EXPECT_EQ(*ReadFile(At("f"), 200'000), bytes);
  }
  EXPECT_THAT(*ListFolder(folder_), ElementsAre("f"));
}

TEST_F(FilesTest, MovesAFolderWhereNothingIs) {
  ASSERT_TRUE(MakeFolder(At("made/below"), FileMode::kPrivate).ok());
  ASSERT_TRUE(MoveFolder(At("made"), At("named")).ok());
  EXPECT_TRUE(Exists(At("named/below")));
  EXPECT_FALSE(Exists(At("made")));
  ASSERT_TRUE(MakeFolder(At("empty"), FileMode::kPrivate).ok());
  const absl::Status taken = MoveFolder(At("named"), At("empty"));
  EXPECT_EQ(taken.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ReasonOf(taken), "FILE_EXISTS");
  EXPECT_TRUE(Exists(At("named/below")));
  EXPECT_EQ(ReasonOf(MoveFolder(At("named"), At("none/named"))), "FOLDER_MISSING");
}

TEST_F(FilesTest, ReadsAtMostTheLimit) {
  ASSERT_TRUE(WriteFile(At("f"), std::string(100'000, 'x'), FileMode::kPublic).ok());
  EXPECT_TRUE(ReadFile(At("f"), 100'000).ok());
  EXPECT_EQ(ReadFile(At("f"), 99'999).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(ReadFile(At("f"), 0).status().code(), absl::StatusCode::kOutOfRange);
}

TEST_F(FilesTest, ReadsWhatSaysNoLengthAndComesInPieces) {
  const std::string path = At("pipe");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const std::string bytes(300'000, 'x');
  for (const size_t limit : {size_t{300'000}, size_t{299'999}}) {
    std::thread writer([&] {
      const Descriptor fd(open(path.c_str(), O_WRONLY | O_CLOEXEC));
      EXPECT_TRUE(WriteAll(path, fd.get(), bytes).ok());
    });
    const absl::StatusOr<std::string> read = ReadFile(path, limit);
    writer.join();
    if (limit == bytes.size())
      EXPECT_EQ(*read, bytes);
    else
      EXPECT_EQ(ReasonOf(read.status()), "FILE_TOO_LARGE");
  }
}

TEST_F(FilesTest, SetsPermissionsWhateverTheUmaskAndTheOldFile) {
  for (const mode_t mask : {0, 0077, 0777}) {
    umask(mask);
    ASSERT_TRUE(WriteFile(At("private"), "x", FileMode::kPrivate).ok());
    ASSERT_TRUE(WriteFile(At("public"), "x", FileMode::kPublic).ok());
    EXPECT_EQ(*PermissionsOf(At("private")), 0600);
    EXPECT_EQ(*PermissionsOf(At("public")), 0644);
  }
  ASSERT_TRUE(WriteFile(At("public"), "secret now", FileMode::kPrivate).ok());
  EXPECT_EQ(*PermissionsOf(At("public")), 0600);
  EXPECT_EQ(PermissionsOf(At("missing")).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(FilesTest, ReplacesTheFileRatherThanItsBytes) {
  ASSERT_TRUE(WriteFile(At("f"), "old", FileMode::kPrivate).ok());
  std::filesystem::create_hard_link(At("f"), At("link"));
  ASSERT_TRUE(WriteFile(At("f"), "new", FileMode::kPrivate).ok());
  // Whoever holds the old file still sees all of it.
  EXPECT_EQ(*ReadFile(At("link"), 10), "old");
  EXPECT_EQ(*ReadFile(At("f"), 10), "new");
}

TEST_F(FilesTest, SurvivesWhatACrashLeftBeside) {
  ASSERT_TRUE(WriteFile(At("f.new"), "half of something longer", FileMode::kPublic).ok());
  ASSERT_TRUE(WriteFile(At("f"), "whole", FileMode::kPrivate).ok());
  EXPECT_EQ(*ReadFile(At("f"), 100), "whole");
  EXPECT_EQ(*PermissionsOf(At("f")), 0600);
  EXPECT_THAT(*ListFolder(folder_), ElementsAre("f"));
}

TEST_F(FilesTest, LeavesTheOldFileWhenItCannotBeReplaced) {
  ASSERT_TRUE(MakeFolder(At("f"), FileMode::kPrivate).ok());
  ASSERT_TRUE(WriteFile(At("f/inside"), "kept", FileMode::kPrivate).ok());
  EXPECT_FALSE(WriteFile(At("f"), "x", FileMode::kPrivate).ok());
  EXPECT_EQ(*ReadFile(At("f/inside"), 10), "kept");
}

TEST_F(FilesTest, NamesThePathThatIsMissing) {
  const absl::Status status = ReadFile(At("missing"), 10).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(status), "FILE_MISSING");
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr(At("missing")));
  const absl::Status folder = WriteFile(At("missing/f"), "x", FileMode::kPrivate);
  EXPECT_EQ(folder.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(folder), "FOLDER_MISSING");
  EXPECT_EQ(folder.message(), At("missing") + ": there is no such folder");
  EXPECT_EQ(ListFolder(At("missing")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_FALSE(Exists(At("missing")));
  EXPECT_TRUE(Exists(folder_));
}

TEST_F(FilesTest, MakesFoldersWithTheirParents) {
  ASSERT_TRUE(MakeFolder(At("a/b/c"), FileMode::kPrivate).ok());
  ASSERT_TRUE(MakeFolder(At("a/b/c"), FileMode::kPrivate).ok());
  ASSERT_TRUE(MakeFolder(At("p/q/"), FileMode::kPublic).ok());
  EXPECT_EQ(*PermissionsOf(At("a")), 0700);
  EXPECT_EQ(*PermissionsOf(At("a/b/c")), 0700);
  EXPECT_EQ(*PermissionsOf(At("p/q")), 0755);
  ASSERT_TRUE(WriteFile(At("file"), "x", FileMode::kPrivate).ok());
  EXPECT_FALSE(MakeFolder(At("file"), FileMode::kPrivate).ok());
  EXPECT_FALSE(MakeFolder(At("file/below"), FileMode::kPrivate).ok());
}

TEST_F(FilesTest, ListsNamesInOrder) {
  for (const char* name : {"b", "a", "c.d"})
    ASSERT_TRUE(WriteFile(At(name), "", FileMode::kPrivate).ok());
  EXPECT_THAT(*ListFolder(folder_), ElementsAre("a", "b", "c.d"));
}

TEST_F(FilesTest, ALockKeepsOtherProcessesOutAsLongAsItLives) {
  const auto is_refused = [this] {
    return ReasonOf(FileLock::Acquire(At("lock")).status()) == "LOCKED";
  };
  const auto is_free = [this] { return FileLock::Acquire(At("lock")).ok(); };
  {
    auto lock = FileLock::Acquire(At("lock"));
    ASSERT_TRUE(lock.ok());
    EXPECT_EQ(*PermissionsOf(At("lock")), 0600);
    EXPECT_TRUE(InAnotherProcess(is_refused));
    EXPECT_TRUE(is_refused());
    const FileLock moved = *std::move(lock);
    EXPECT_TRUE(InAnotherProcess(is_refused));
  }
  EXPECT_TRUE(InAnotherProcess(is_free));
  EXPECT_TRUE(is_free());
}

TEST_F(FilesTest, AnAssignedLockTakesTheOtherOver) {
  FileLock second = *FileLock::Acquire(At("second"));
  {
    FileLock first = *FileLock::Acquire(At("first"));
    second = std::move(first);
  }
  EXPECT_TRUE(InAnotherProcess(
      [this] { return ReasonOf(FileLock::Acquire(At("first")).status()) == "LOCKED"; }));
  EXPECT_TRUE(InAnotherProcess([this] { return FileLock::Acquire(At("second")).ok(); }));
}

TEST_F(FilesTest, ALockDiesWithItsProcess) {
  EXPECT_TRUE(InAnotherProcess([this] {
    // The destructor does not run: _exit ends the process as a kill would.
    new FileLock(*FileLock::Acquire(At("lock")));
    return true;
  }));
  EXPECT_TRUE(FileLock::Acquire(At("lock")).ok());
}

}  // namespace
}  // namespace passerelle::gateway::base
