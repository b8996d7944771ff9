// Every operation on plain files fails in turn, in every way in which it can: a file is the old one
// or the new one, and what was answered with OK outlives a power cut.
#include <gtest/gtest.h>

#include <functional>

#include "absl/strings/str_cat.h"
#include "gateway/base/files.h"
#include "gateway/base/memory_file.h"
#include "gateway/base/status.h"
#include "gateway/base/stream_file.h"
#include "gateway/base/unsynced_file.h"
#include "tests/support/faulty_disk.h"
#include "tests/support/temp_folder.h"

namespace passerelle::gateway::base {
namespace {

using tests::FaultyDisk;
using tests::IoFault;
using tests::TempFolder;

constexpr IoFault kFaults[] = {IoFault::kErrorOnce,       IoFault::kErrorFromThenOn,
                               IoFault::kErrorThoughDone, IoFault::kTornWrite,
                               IoFault::kPowerCut,        IoFault::kNoSpace};

// What a path holds; "-" where nothing is.
std::string At(const std::string& path) {
  return Exists(path) ? ReadFile(path, 1 << 20).value_or("?") : "-";
}

// Runs a step in a fresh folder that holds `old`, "old", until no operation is left to fail. Then
// `name` holds `before` or `after`, and `after` if the step was answered with OK.
void Sweep(const std::string& name, const std::string& before, const std::string& after,
           const std::function<absl::Status(const TempFolder&)>& step) {
  for (const IoFault fault : kFaults) {
    bool struck = true;
    for (int operation = 1; struck; ++operation) {
      SCOPED_TRACE(absl::StrCat("fault ", static_cast<int>(fault), ", operation ", operation));
      // What is durable the model says: the files themselves are in memory.
      const TempFolder folder(kMemoryFolder);
      ASSERT_TRUE(WriteFile(folder / "old", "old", FileMode::kPrivate).ok());
      FaultyDisk disk(folder.path());
      disk.Arm(fault, operation);
      const absl::Status status = step(folder);
      struck = disk.struck();
      EXPECT_GT(disk.counts().plain, 0);
      // At any moment, not only at that of the fault.
      if (fault == IoFault::kPowerCut) disk.LoseUnsynced();
      disk.Disarm();
      const std::string found = At(folder / name);
      EXPECT_TRUE(found == after || (!status.ok() && found == before)) << status << found;
      EXPECT_TRUE(status.ok() || struck) << status;
    }
  }
}

// What the model takes, so that what it leaves means something.
TEST(FaultyDiskTest, TakesBytesAndNamesThatWereNotSynced) {
  const TempFolder folder(kMemoryFolder);
  for (const char* name : {"longer", "removed", "renamed"})
    ASSERT_TRUE(WriteFile(folder / name, "old", FileMode::kPrivate).ok());
  FaultyDisk disk(folder.path());
  ASSERT_TRUE(WriteUnsyncedFile(folder / "made", "new", FileMode::kPrivate).ok());
  ASSERT_TRUE(StreamWriter::Continue(folder / "longer")->Append("new").ok());
  disk.Arm(IoFault::kErrorOnce, 2);  // the sync of the folder
  EXPECT_FALSE(RemoveFile(folder / "removed").ok());
  disk.Arm(IoFault::kErrorOnce, 2);
  EXPECT_FALSE(RenameFile(folder / "renamed", folder / "longer").ok());
  EXPECT_EQ(At(folder / "made") + At(folder / "longer") + At(folder / "removed"), "newold-");
  disk.LoseUnsynced();
  EXPECT_EQ(At(folder / "made"), "-");
  for (const char* name : {"longer", "removed", "renamed"}) EXPECT_EQ(At(folder / name), "old");
}

TEST(FilesSweepTest, ReplacesAFileWholeOrNotAtAll) {
  const std::string content(10'000, 'x');
  Sweep("old", "old", content, [&](const TempFolder& folder) {
    return WriteFile(folder / "old", content, FileMode::kPrivate);
  });
}

TEST(FilesSweepTest, RenamesAFileForGood) {
  Sweep("renamed", "-", "old",
        [](const TempFolder& folder) { return RenameFile(folder / "old", folder / "renamed"); });
}

TEST(FilesSweepTest, RemovesAFileForGood) {
  Sweep("old", "old", "-", [](const TempFolder& folder) { return RemoveFile(folder / "old"); });
}

TEST(FilesSweepTest, KeepsAStreamThatItSynced) {
  // What an error leaves of it is nobody's: its name is given after the sync.
  Sweep("named", "-", std::string(20'000, 'x'), [](const TempFolder& folder) {
    {
      ASSIGN_OR_RETURN(StreamWriter writer, StreamWriter::Create(folder / "stream"));
      for (int i = 0; i < 2; ++i) RETURN_IF_ERROR(writer.Append(std::string(10'000, 'x')));
      RETURN_IF_ERROR(writer.Sync());
    }
    return RenameFile(folder / "stream", folder / "named");
  });
}

TEST(FilesSweepTest, MakesFoldersThatStay) {
  Sweep("a/b/file", "-", "x", [](const TempFolder& folder) {
    RETURN_IF_ERROR(MakeFolder(folder / "a/b", FileMode::kPrivate));
    return WriteFile(folder / "a/b/file", "x", FileMode::kPrivate);
  });
}

}  // namespace
}  // namespace passerelle::gateway::base
