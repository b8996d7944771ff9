#include "gateway/client/checkpoint_memory.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "tests/support/fakes.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/gateway/client/fake_gateway.h"

namespace passerelle::gateway::client {
namespace {

using base::ReasonOf;
using tests::FakeGateway;

class CheckpointMemoryTest : public testing::Test {
 protected:
  CheckpointMemory Open() { return *CheckpointMemory::Open(file_, pins_, clock_); }

  void Append() {
    gateway_.log.Append(
        tests::RecordedEntry("an envelope", 1, record::v1::EFFECT_ACCEPTED, random_));
  }

  // The log grows by one entry and `memory` hears of it.
  absl::Status Grow(CheckpointMemory& memory) {
    const uint64_t before = gateway_.log.size();
    Append();
    return memory.Advance(gateway_.log.Checkpoint(), gateway_.log.Consistency(before)).status();
  }

  std::string Stored() const { return *base::ReadFile(file_, base::kMaxNoteBytes); }

  tests::TempFolder folder_;
  const std::string file_ = folder_ / "checkpoint";
  tests::SeededRandom random_{5};
  tests::FakeClock clock_;
  FakeGateway gateway_;
  const Pins pins_ = *PinsOf(gateway_.ProfileIn(file_));
};

TEST_F(CheckpointMemoryTest, RejectsAConsistencyProofOfWhichAnyByteChanged) {
  CheckpointMemory memory = Open();
  for (int i = 0; i < 4; ++i) Append();
  ASSERT_TRUE(memory.Advance(gateway_.log.Checkpoint(), "").ok());
  for (int i = 0; i < 3; ++i) Append();
  const std::string proof = gateway_.log.Consistency(5);
  ASSERT_FALSE(proof.empty());
  const std::string before = Stored();
  std::vector<std::string> wrong = {"", proof + proof.substr(0, 32), proof.substr(32),
                                    proof.substr(1), std::string(129 * 32, 'x')};
  for (size_t i = 0; i < proof.size(); ++i) {
    wrong.push_back(proof);
    wrong.back()[i] ^= 0x40;
  }
  for (const std::string& bytes : wrong) {
    // A person who removes the evidence lets the next attempt be judged.
    CheckpointMemory fresh = Open();
    EXPECT_EQ(ReasonOf(fresh.Advance(gateway_.log.Checkpoint(), bytes).status()), "FORK");
    EXPECT_EQ(Stored(), before);
    ASSERT_EQ(unlink((file_ + ".fork").c_str()), 0);
  }
  ASSERT_TRUE(memory.Advance(gateway_.log.Checkpoint(), proof).ok());
  ASSERT_TRUE(memory.Keep().ok());
  EXPECT_EQ(Stored(), gateway_.log.Checkpoint());
}

TEST_F(CheckpointMemoryTest, WritesTheFirstAtOnceAndLaterOnesOnceASecond) {
  CheckpointMemory memory = Open();
  ASSERT_TRUE(Grow(memory).ok());
  const std::string first = gateway_.log.Checkpoint();
  EXPECT_EQ(Stored(), first);
  clock_.Advance(999);
  ASSERT_TRUE(Grow(memory).ok());
  EXPECT_EQ(Stored(), first);
  clock_.Advance(1);
  ASSERT_TRUE(Grow(memory).ok());
  EXPECT_EQ(Stored(), gateway_.log.Checkpoint());
}

TEST_F(CheckpointMemoryTest, RemembersWhatIsNotYetWrittenAndKeepsItWhenAsked) {
  CheckpointMemory memory = Open();
  ASSERT_TRUE(Grow(memory).ok());
  ASSERT_TRUE(Grow(memory).ok());
  EXPECT_EQ((*memory.Last())->size, gateway_.log.size());
  EXPECT_NE(Stored(), gateway_.log.Checkpoint());
  ASSERT_TRUE(memory.Keep().ok());
  EXPECT_EQ(Stored(), gateway_.log.Checkpoint());
}

TEST_F(CheckpointMemoryTest, SaysThatItsFileCannotBeWrittenAndTriesAgain) {
  CheckpointMemory memory = Open();
  ASSERT_EQ(mkdir(file_.c_str(), 0700), 0);
  EXPECT_FALSE(Grow(memory).ok());
  EXPECT_FALSE(Grow(memory).ok());
  ASSERT_EQ(rmdir(file_.c_str()), 0);
  ASSERT_TRUE(Grow(memory).ok());
  EXPECT_EQ(Stored(), gateway_.log.Checkpoint());
}

TEST_F(CheckpointMemoryTest, AForkLeavesBothNotesThoughTheLastWasNotYetWritten) {
  CheckpointMemory memory = Open();
  ASSERT_TRUE(Grow(memory).ok());
  ASSERT_TRUE(Grow(memory).ok());
  const std::string before = gateway_.log.Checkpoint();
  EXPECT_NE(Stored(), before);
  gateway_.log.Truncate(1);
  Append();
  Append();
  const std::string after = gateway_.log.Checkpoint();
  EXPECT_EQ(ReasonOf(memory.Advance(after, gateway_.log.Consistency(2)).status()), "FORK");
  EXPECT_EQ(Stored(), before);
  EXPECT_EQ(*base::ReadFile(file_ + ".fork", base::kMaxNoteBytes), after);
  // At once, not a second later.
  EXPECT_EQ(ReasonOf(memory.Last().status()), "FORK");
}

TEST_F(CheckpointMemoryTest, HearsWithinASecondOfAForkThatAnotherProcessFound) {
  CheckpointMemory memory = Open();
  ASSERT_TRUE(Grow(memory).ok());
  ASSERT_TRUE(memory.Last().ok());
  ASSERT_TRUE(base::WriteFile(file_ + ".fork", "a note", base::FileMode::kPrivate).ok());
  clock_.Advance(1000);
  EXPECT_EQ(ReasonOf(memory.Last().status()), "FORK");
  EXPECT_EQ(ReasonOf(memory.Last().status()), "FORK");
  ASSERT_EQ(unlink((file_ + ".fork").c_str()), 0);
  EXPECT_TRUE(memory.Last().ok());
}

TEST_F(CheckpointMemoryTest, TwoOfOneFileNeverSetItBack) {
  CheckpointMemory memory = Open();
  ASSERT_TRUE(memory.Advance(gateway_.log.Checkpoint(), "").ok());
  CheckpointMemory other = Open();
  Append();
  const std::string middle = gateway_.log.Checkpoint();
  const std::string to_middle = gateway_.log.Consistency(1);
  Append();
  const std::string last = gateway_.log.Checkpoint();
  ASSERT_TRUE(other.Advance(last, gateway_.log.Consistency(1)).ok());
  // An answer that was on its way when the other process moved the file.
  ASSERT_TRUE(memory.Advance(middle, to_middle).ok());
  ASSERT_TRUE(memory.Keep().ok());
  EXPECT_EQ(Stored(), last);
  clock_.Advance(1000);
  EXPECT_EQ((*memory.Last())->size, 3u);
}

TEST_F(CheckpointMemoryTest, AnEmptyLogIsNothingToRemember) {
  CheckpointMemory memory = Open();
  gateway_.log.Truncate(0);
  EXPECT_EQ(ReasonOf(memory.Advance(gateway_.log.Checkpoint(), "").status()), "LOG_EMPTY");
  EXPECT_FALSE(base::Exists(file_));
}

}  // namespace
}  // namespace passerelle::gateway::client
