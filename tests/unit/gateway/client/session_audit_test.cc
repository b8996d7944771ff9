#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "audit/checkpoint/checkpoint.h"
#include "audit/merkle/merkle.h"
#include "gateway/base/status.h"
#include "gateway/client/session.h"
#include "tests/unit/gateway/client/session_fixture.h"

namespace passerelle::gateway::client {
namespace {

using audit::checkpoint::Checkpoint;
using base::ReasonOf;
using tests::SmallLog;

class SessionAuditTest : public SessionTest {
 protected:
  // Grows the log to this size.
  void Grow(uint64_t size) {
    while (gateway_.log.size() < size)
      gateway_.log.AppendBytes("entry " + std::to_string(gateway_.log.size()));
  }
};

TEST_F(SessionAuditTest, JoinsStreamsAndLeavesNoEntryOut) {
  const std::unique_ptr<Session> session = Open();
  ASSERT_TRUE(session->Submit(Opinion()).ok());
  ASSERT_TRUE(session->Submit(Opinion()).ok());
  std::vector<std::string> entries;
  const auto keep = [&](std::string entry) {
    entries.push_back(std::move(entry));
    return absl::OkStatus();
  };
  ASSERT_TRUE(session->ReadEntries(0, 3, keep).ok());
  EXPECT_THAT(entries, testing::ElementsAre(gateway_.log.entry(0), gateway_.log.entry(1),
                                            gateway_.log.entry(2)));
  gateway_.left_out = 1;
  EXPECT_EQ(base::ReasonOf(session->ReadEntries(0, 3, keep)), "ENTRIES");
}

TEST_F(SessionAuditTest, WatchesTheLogGrowAndVerifiesEachCheckpoint) {
  const std::unique_ptr<Session> session = Open();
  std::vector<uint64_t> sizes;
  const absl::Status ended = session->WatchCheckpoint(5000, [&](const Checkpoint& checkpoint) {
    sizes.push_back(checkpoint.size);
    EXPECT_EQ(checkpoint.root, gateway_.log.RootAt(checkpoint.size));
    return absl::OkStatus();
  });
  EXPECT_TRUE(absl::IsDeadlineExceeded(ended)) << ended;
  EXPECT_THAT(sizes, testing::ElementsAre(1, 2, 3));
  EXPECT_EQ(gateway_.watch_deadline_ms, 5000);
  // It is remembered: a log that became smaller is found.
  gateway_.log.Truncate(2);
  EXPECT_EQ(ReasonOf(session->UpdateCheckpoint().status()), "FORK");
}

TEST_F(SessionAuditTest, AWatchEndsWhenTheLogForks) {
  const std::unique_ptr<Session> session = Open();
  const absl::Status ended = session->WatchCheckpoint(0, [&](const Checkpoint& checkpoint) {
    if (checkpoint.size == 2) {
      gateway_.log.Truncate(1);
      gateway_.log.AppendBytes("another second entry");
    }
    return absl::OkStatus();
  });
  EXPECT_EQ(ReasonOf(ended), "FORK");
}

TEST_F(SessionAuditTest, ProvesAnyTwoSizesUpToTheSignedOne) {
  Grow(40);
  const std::unique_ptr<Session> session = Open();
  for (const auto& [from, to] : std::vector<std::pair<uint64_t, uint64_t>>{
           {1, 1}, {1, 40}, {7, 23}, {23, 23}, {39, 40}, {40, 40}}) {
    const absl::StatusOr<Continued> proved = session->ProveConsistency(from, to);
    ASSERT_TRUE(proved.ok()) << from << " " << to << proved.status();
    EXPECT_EQ(proved->from_root, gateway_.log.RootAt(from));
    EXPECT_EQ(proved->to_root, gateway_.log.RootAt(to));
    EXPECT_TRUE(audit::merkle::VerifyConsistency(from, to, proved->proof, proved->from_root,
                                                 proved->to_root)
                    .ok());
  }
  for (const auto& [from, to] :
       std::vector<std::pair<uint64_t, uint64_t>>{{0, 5}, {6, 5}, {1, 41}, {41, 41}})
    EXPECT_EQ(ReasonOf(session->ProveConsistency(from, to).status()), "RANGE") << from << " " << to;
}

TEST_F(SessionAuditTest, BelievesNoProofThatTheSignedCheckpointDoesNotContinue) {
  Grow(40);
  const std::unique_ptr<Session> session = Open();
  // A hash less; a root that is another; roots of another log that agree with one another.
  gateway_.bend_consistency = [](const auto&, auto& response) {
    response.set_consistency(response.consistency().substr(32));
  };
  EXPECT_EQ(ReasonOf(session->ProveConsistency(7, 23).status()), "CONSISTENCY");
  gateway_.bend_consistency = [](const auto&, auto& response) {
    response.mutable_from_root()->front() ^= 1;
  };
  EXPECT_EQ(ReasonOf(session->ProveConsistency(7, 23).status()), "CONSISTENCY");
  SmallLog other('o');
  while (other.size() < 40) other.AppendBytes("other " + std::to_string(other.size()));
  gateway_.bend_consistency = [&other](const auto& request, auto& response) {
    response.set_consistency(other.Consistency(request.from(), request.to()));
    response.set_from_root(base::ToBytes(other.RootAt(request.from())));
    response.set_to_root(base::ToBytes(other.RootAt(request.to())));
  };
  EXPECT_EQ(ReasonOf(session->ProveConsistency(7, 23).status()), "CONSISTENCY");
}

TEST_F(SessionAuditTest, TakesUpTheTreeAtAnySize) {
  Grow(40);
  const std::unique_ptr<Session> session = Open();
  for (uint64_t size = 1; size <= 40; ++size) {
    absl::StatusOr<audit::merkle::Frontier> frontier = session->TakeUp(size);
    ASSERT_TRUE(frontier.ok()) << size << frontier.status();
    for (uint64_t i = size; i < 40; ++i) frontier->Append(gateway_.log.Leaf(i));
    EXPECT_EQ(frontier->Root(), gateway_.log.RootAt(40)) << size;
  }
}

TEST_F(SessionAuditTest, TakesUpNoTreeWithoutItsProof) {
  Grow(40);
  const std::unique_ptr<Session> session = Open();
  gateway_.cut_path = 32;
  EXPECT_EQ(ReasonOf(session->TakeUp(23).status()), "INCLUSION");
  gateway_.cut_path = 1;
  EXPECT_EQ(ReasonOf(session->TakeUp(23).status()), "INCLUSION");
}

}  // namespace
}  // namespace passerelle::gateway::client
