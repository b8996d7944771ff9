// The bar of long work: on a terminal only, and only when it would look different.
#include "gateway/cli/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <unistd.h>

#include <string>

#include "gateway/base/descriptor.h"

namespace passerelle::gateway::cli {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

// Standard error as a terminal or a pipe, given back at the end.
class ProgressBarTest : public testing::Test {
 protected:
  // What `work` writes to a standard error that is a terminal, or is none.
  template <typename Work>
  static std::string Said(bool terminal, Work work) {
    int far = -1;
    int near = -1;
    if (terminal) {
      EXPECT_EQ(openpty(&far, &near, nullptr, nullptr, nullptr), 0);
    } else {
      int ends[2];
      EXPECT_EQ(pipe(ends), 0);
      far = ends[0];
      near = ends[1];
    }
    const base::Descriptor reader(far);
    const base::Descriptor before(dup(STDERR_FILENO));
    dup2(near, STDERR_FILENO);
    work();
    // So that there is something to read where the bar is silent.
    EXPECT_EQ(write(STDERR_FILENO, ".", 1), 1);
    dup2(before.get(), STDERR_FILENO);
    close(near);
    // A terminal gives what was written in pieces, and ends in an error.
    std::string said;
    char piece[4096];
    for (ssize_t got = 0; (got = read(reader.get(), piece, sizeof(piece))) > 0;)
      said.append(piece, static_cast<size_t>(got));
    return said;
  }
};

TEST_F(ProgressBarTest, FillsOnATerminal) {
  const std::string said = Said(true, [] {
    const ProgressBar bar("sending");
    bar(0, 200);
    bar(100, 200);
    bar(200, 200);
  });
  EXPECT_THAT(said, StartsWith("\rsending [" + std::string(40, '.') + "] 0 / 200"));
  EXPECT_THAT(
      said, HasSubstr("\rsending [" + std::string(20, '#') + std::string(20, '.') + "] 100 / 200"));
  EXPECT_THAT(said, EndsWith("] 200 / 200\r\n."));
}

TEST_F(ProgressBarTest, IsSilentWhereThereIsNoTerminal) {
  EXPECT_EQ(Said(false,
                 [] {
                   const ProgressBar bar("sending");
                   bar(1, 2);
                   bar(2, 2);
                 }),
            ".");
}

TEST_F(ProgressBarTest, WritesNothingThatLooksTheSame) {
  const std::string said = Said(true, [] {
    const ProgressBar bar("sending");
    for (uint64_t done = 5'000; done < 5'010; ++done) bar(done, 10'000'000);
  });
  EXPECT_EQ(said.find("5000"), said.rfind("500"));
}

TEST_F(ProgressBarTest, ShowsWorkOfNothingAsDone) {
  EXPECT_THAT(Said(true,
                   [] {
                     const ProgressBar bar("sending");
                     bar(0, 0);
                   }),
              HasSubstr("[" + std::string(40, '#') + "] 0 / 0"));
}

}  // namespace
}  // namespace passerelle::gateway::cli
