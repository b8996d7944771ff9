#include "gateway/base/machine.h"

#include <gtest/gtest.h>
#include <sys/timex.h>

#include "gateway/base/status.h"
#include "tests/support/temp_folder.h"

namespace passerelle::gateway::base {
namespace {

TEST(Machine, TellsTheSpaceOfTheFileSystem) {
  const tests::TempFolder folder;
  const auto space = SpaceAt(folder.path());
  ASSERT_TRUE(space.ok()) << space.status();
  EXPECT_GT(space->bytes, 0u);
  EXPECT_LE(space->files, space->all_files);
  EXPECT_EQ(ReasonOf(SpaceAt(folder / "none").status()), "FILE_MISSING");
}

TEST(Machine, TellsOfTheClockWhatTheKernelDoes) {
  timex clock{};
  const int state = adjtimex(&clock);
  EXPECT_EQ(IsClockKept(), state != TIME_ERROR && (clock.status & STA_UNSYNC) == 0);
}

}  // namespace
}  // namespace passerelle::gateway::base
