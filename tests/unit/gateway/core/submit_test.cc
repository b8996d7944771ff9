// Statements through the hall: what is recorded, what is refused, and what leaves no trace.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "audit/merkle/merkle.h"
#include "gateway/base/commitment.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "tests/support/gateway_fixture.h"

namespace passerelle::gateway::core {
namespace {

using base::PathOf;
using base::ReasonOf;
using passerelle::gateway::v1::Receipt;
using ::testing::HasSubstr;
using tests::Progress;
using tests::TestDraft;
using tests::TestEntry;
using tests::TestGateway;

// A mandate that p003's representative gives to a new agent: accepted once p003 has adhered.
TestDraft Mandate(TestGateway& gateway, const std::string& name) {
  TestDraft draft;
  gateway.AddMandate(draft, "p003", name, statement::v1::ROLE_REQUESTER);
  return draft;
}

const std::vector<std::string> kRepresentative = {"representative-p003"};

TEST(SubmitTest, RecordsAnAcceptedStatementWithAReceiptThatVerifies) {
  TestGateway gateway(Progress::kAdhered);
  const uint64_t before = gateway.size();
  const TestEntry recorded = gateway.Record(Mandate(gateway, "mandatee"), kRepresentative);
  EXPECT_TRUE(recorded.accepted()) << tests::RefusalsOf(recorded.entry);
  EXPECT_EQ(recorded.receipt.effect(), record::v1::EFFECT_ACCEPTED);
  EXPECT_EQ(recorded.index, before);
  EXPECT_EQ(recorded.size, before + 1);
  EXPECT_EQ(gateway.size(), before + 1);
  EXPECT_TRUE(recorded.receipt.refused_salt().empty());
}

TEST(SubmitTest, AnswersTheSameStatementWithTheSameEntryAndAFreshProof) {
  TestGateway gateway(Progress::kAdhered);
  const Request request = gateway.RequestOf(Mandate(gateway, "first"), kRepresentative);
  const TestEntry first = gateway.Record(request);
  gateway.Record(Mandate(gateway, "second"), kRepresentative);
  const std::string dump = gateway.Dump();
  const TestEntry again = gateway.Record(request);
  EXPECT_EQ(again.index, first.index);
  EXPECT_EQ(again.entry.SerializeAsString(), first.entry.SerializeAsString());
  EXPECT_EQ(again.receipt.effect(), record::v1::EFFECT_ACCEPTED);
  EXPECT_EQ(again.size, first.size + 1);
  EXPECT_EQ(gateway.size(), again.size);
  EXPECT_EQ(gateway.Dump(), dump);
}

TEST(SubmitTest, AnswersARefusedStatementAgainWithTheSameEntryAndSalt) {
  TestGateway gateway(Progress::kAdhered);
  const Request request = gateway.RequestOf(Mandate(gateway, "mandatee"), {"representative-p001"});
  const TestEntry first = gateway.Record(request);
  ASSERT_FALSE(first.accepted());
  EXPECT_EQ(first.receipt.effect(), record::v1::EFFECT_REFUSED);
  ASSERT_EQ(first.receipt.refused_salt().size(), 32u);
  EXPECT_EQ(base::View(base::RefusedDigest(first.receipt.refused_salt(),
                                           *base::DigestFromBytes(first.digest))),
            first.entry.refused().salted_digest());
  // A cause once mended needs a new statement: the repetition is not decided again.
  gateway.Record(Mandate(gateway, "other"), kRepresentative);
  const TestEntry again = gateway.Record(request);
  EXPECT_EQ(again.index, first.index);
  EXPECT_EQ(again.receipt.refused_salt(), first.receipt.refused_salt());
}

TEST(SubmitTest, AnswersARefusedStatementAgainAfterARestart) {
  TestGateway gateway(Progress::kAdhered);
  const Request request = gateway.RequestOf(Mandate(gateway, "mandatee"), {"representative-p001"});
  const TestEntry first = gateway.Record(request);
  gateway.Close();
  ASSERT_TRUE(gateway.Open().ok());
  const TestEntry again = gateway.Record(request);
  EXPECT_EQ(again.index, first.index);
  EXPECT_EQ(again.receipt.refused_salt(), first.receipt.refused_salt());
}

TEST(SubmitTest, RefusesAStatementPastItsEndThoughItIsRecorded) {
  TestGateway gateway(Progress::kAdhered);
  const Request request = gateway.RequestOf(Mandate(gateway, "mandatee"), kRepresentative);
  gateway.Record(request);
  gateway.clock().Advance(base::kDefaultStatementLifeMs + 1);
  const TestEntry late = gateway.Record(request);
  EXPECT_FALSE(late.accepted());
  EXPECT_THAT(tests::RefusalsOf(late.entry), HasSubstr("wire.time/expired"));
}

TEST(SubmitTest, ProvesConsistencyWithTheCheckpointTheCallerSaw) {
  TestGateway gateway(Progress::kAdhered);
  const TestEntry first = gateway.Record(Mandate(gateway, "first"), kRepresentative);
  Request request = gateway.RequestOf(Mandate(gateway, "second"), kRepresentative);
  request.seen_size = first.size;
  const TestEntry second = gateway.Record(request);
  std::vector<base::Digest> proof;
  const std::string& bytes = second.receipt.consistency();
  ASSERT_EQ(bytes.size() % 32, 0u);
  for (size_t at = 0; at < bytes.size(); at += 32)
    proof.push_back(*base::DigestFromBytes(bytes.substr(at, 32)));
  EXPECT_TRUE(
      audit::merkle::VerifyConsistency(first.size, second.size, proof, first.root, second.root)
          .ok());
}

// What the hall turns away at its door: an error, no entry, and nothing changed.
class TurnedAwayTest : public ::testing::Test {
 protected:
  // The error of a request that must leave no trace.
  absl::Status TurnAway(const Request& request) {
    const std::string dump = gateway_.Dump();
    const uint64_t size = gateway_.size();
    const absl::StatusOr<Receipt> receipt = gateway_.Submit(request);
    EXPECT_EQ(gateway_.Dump(), dump);
    EXPECT_EQ(gateway_.size(), size);
    return receipt.status();
  }

  // The reason of such a request's error; whoever is answered lets go of the convention.
  std::string TurnAwayLastOfAll(const Request& request) {
    std::string reason;
    gateway_.convention().Submit(request, [&](const absl::StatusOr<Receipt>& receipt) {
      reason = ReasonOf(receipt.status());
      gateway_.Abandon();
    });
    return reason;
  }

  TestGateway gateway_{Progress::kRegistered};
};

TEST_F(TurnedAwayTest, RefusesATransferThroughTheDoorOfActs) {
  Request request =
      gateway_.RequestOf(gateway_.Send("2023", gateway_.Payload("2023"), 0), {"system-p001"});
  request.door = Door::kActs;
  const absl::Status status = TurnAway(request);
  EXPECT_EQ(ReasonOf(status), "WRONG_DOOR");
  EXPECT_EQ(PathOf(status), "statement.acts[0]");
}

TEST_F(TurnedAwayTest, RefusesAnActThroughTheDoorOfTransfers) {
  Request request = gateway_.RequestOf(Mandate(gateway_, "mandatee"), kRepresentative);
  request.door = Door::kTransfers;
  EXPECT_EQ(ReasonOf(TurnAway(request)), "WRONG_DOOR");
}

TEST_F(TurnedAwayTest, RefusesTheGatewaysActsFromAnyoneElse) {
  TestDraft draft;
  *draft.acts.emplace_back().mutable_retention_reached()->mutable_transfer() = gateway_.exchange;
  EXPECT_EQ(ReasonOf(TurnAway(gateway_.RequestOf(draft, {"gateway"}))), "WRONG_DOOR");
}

TEST_F(TurnedAwayTest, RefusesASecondFounding) {
  TestDraft draft;
  draft.acts = gateway_.ActsAt(0);
  EXPECT_EQ(ReasonOf(TurnAway(gateway_.RequestOf(draft, tests::Founders()))), "WRONG_DOOR");
}

TEST_F(TurnedAwayTest, LeavesNoTraceOfAnUnenrolledKey) {
  const absl::Status status =
      TurnAway(gateway_.RequestOf(Mandate(gateway_, "mandatee"), {"stranger"}));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(ReasonOf(status), "KEY_NOT_ENROLLED");
  EXPECT_EQ(PathOf(status), "statement.header.signers");
}

TEST_F(TurnedAwayTest, RefusesASignatureOfAnotherKey) {
  const TestDraft draft = Mandate(gateway_, "mandatee");
  const absl::Status status = TurnAway(
      gateway_.Sign(gateway_.StatementOf(draft, kRepresentative), draft, {"representative-p001"}));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(ReasonOf(status), "SIGNATURE_INVALID");
  EXPECT_EQ(PathOf(status), "envelope.signatures[0]");
}

TEST_F(TurnedAwayTest, RefusesAStatementThatLacksASignersSignature) {
  const TestDraft draft = Mandate(gateway_, "mandatee");
  EXPECT_EQ(ReasonOf(TurnAway(
                gateway_.Sign(gateway_.StatementOf(draft, {"representative-p003", "secretary-1"}),
                              draft, kRepresentative))),
            "SIGNATURE_COUNT");
}

TEST_F(TurnedAwayTest, RefusesBytesThatAreNoEnvelope) {
  Request request = gateway_.RequestOf(Mandate(gateway_, "mandatee"), kRepresentative);
  request.envelope.pop_back();
  EXPECT_EQ(TurnAway(request).code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(TurnedAwayTest, RefusesAMissingAttachmentAndNamesItsCommitment) {
  Request request = gateway_.RequestOf(Mandate(gateway_, "mandatee"), kRepresentative);
  request.attachments.clear();
  const absl::Status status = TurnAway(request);
  EXPECT_EQ(ReasonOf(status), "ATTACHMENT_MISSING");
  EXPECT_EQ(PathOf(status), "statement.acts[0].mandate_given.person");
}

TEST_F(TurnedAwayTest, RefusesAnAttachmentThatOpensNoCommitment) {
  Request request = gateway_.RequestOf(Mandate(gateway_, "mandatee"), kRepresentative);
  record::v1::Attachment& stray = request.attachments.emplace_back();
  stray.set_commitment(std::string(32, 'c'));
  stray.set_nonce(std::string(32, 'n'));
  const absl::Status status = TurnAway(request);
  EXPECT_EQ(ReasonOf(status), "ATTACHMENT_UNKNOWN");
  EXPECT_EQ(PathOf(status), "attachments[1]");
}

TEST_F(TurnedAwayTest, RefusesAttachmentsThatDoNotOpenTheirCommitments) {
  const Request request = gateway_.RequestOf(Mandate(gateway_, "mandatee"), kRepresentative);
  Request bytes = request;
  bytes.attachments[0].mutable_content()->push_back('!');
  EXPECT_EQ(ReasonOf(TurnAway(bytes)), "ATTACHMENT_MISMATCH");
  Request nonce = request;
  nonce.attachments[0].mutable_nonce()->back() ^= 1;
  const absl::Status status = TurnAway(nonce);
  EXPECT_EQ(ReasonOf(status), "ATTACHMENT_MISMATCH");
  EXPECT_EQ(PathOf(status), "attachments[0].content");
  Request shorter = request;
  shorter.attachments[0].mutable_nonce()->pop_back();
  EXPECT_EQ(ReasonOf(TurnAway(shorter)), "ATTACHMENT_NONCE");
  Request twice = request;
  twice.attachments.push_back(twice.attachments[0]);
  EXPECT_EQ(ReasonOf(TurnAway(twice)), "ATTACHMENT_TWICE");
}

TEST_F(TurnedAwayTest, RefusesADocumentLargerThanADecisionFileHolds) {
  const std::string large(base::kMaxDocumentBytes + 1, 'x');
  const absl::Status status =
      TurnAway(gateway_.RequestOf(gateway_.Declare("p003/large", large), {"steward-p003"}));
  EXPECT_EQ(ReasonOf(status), "ATTACHMENT_TOO_LARGE");
}

TEST_F(TurnedAwayTest, RefusesADocumentThatSaysNothing) {
  const absl::Status status =
      TurnAway(gateway_.RequestOf(gateway_.Declare("p003/untitled", ""), {"steward-p003"}));
  EXPECT_EQ(ReasonOf(status), "ATTACHMENT_EMPTY");
  EXPECT_EQ(PathOf(status), "attachments[0].content");
}

TEST_F(TurnedAwayTest, WithdrawsAStatementWhoseCallerHasGone) {
  Request request = gateway_.RequestOf(Mandate(gateway_, "mandatee"), kRepresentative);
  request.cancelled = [] { return true; };
  EXPECT_EQ(ReasonOf(TurnAway(request)), "CANCELLED");
  // Its words were not used up: the same statement may still come.
  request.cancelled = nullptr;
  EXPECT_TRUE(gateway_.Record(request).accepted());
}

TEST_F(TurnedAwayTest, StopsActsWhenTheClockIsMoreThanTwoMinutesBehind) {
  const int64_t last = gateway_.clock().WallMs();
  const Request request = gateway_.RequestOf(Mandate(gateway_, "mandatee"), kRepresentative);
  gateway_.clock().SetWall(last - base::kMaxClockRetreatMs - 1);
  const absl::Status status = TurnAway(request);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(status), "CLOCK_BEHIND");
  // Two minutes are borne: the record time stands still.
  gateway_.clock().SetWall(last - base::kMaxClockRetreatMs);
  EXPECT_EQ(gateway_.Record(request).entry.time_ms(), last);
}

TEST_F(TurnedAwayTest, RefusesNewStatementsOnceItDrains) {
  const Request request = gateway_.RequestOf(Mandate(gateway_, "mandatee"), kRepresentative);
  gateway_.convention().Drain();
  EXPECT_EQ(ReasonOf(TurnAway(request)), "DRAINING");
}

// Whoever is turned away may be the last who held the convention: nothing of it is touched after
// the answer. AddressSanitizer sees it where it is.
TEST_F(TurnedAwayTest, IsAnsweredLastOfAllWhereItIsNotAdmitted) {
  Request request =
      gateway_.RequestOf(gateway_.Send("2023", gateway_.Payload("2023"), 0), {"system-p001"});
  request.door = Door::kActs;
  EXPECT_EQ(TurnAwayLastOfAll(request), "WRONG_DOOR");
}

TEST_F(TurnedAwayTest, IsAnsweredLastOfAllWhereTheConventionCloses) {
  const Request request = gateway_.RequestOf(Mandate(gateway_, "mandatee"), kRepresentative);
  gateway_.convention().Drain();
  EXPECT_EQ(TurnAwayLastOfAll(request), "DRAINING");
}

TEST(QueueTest, RefusesWhenTheQueueIsFullAndServesWhatWaits) {
  TestGateway gateway(Progress::kAdhered);
  base::Mutex mutex;
  base::CondVar changed;
  bool sequencing = false, go_on = false;
  // The first caller holds the sequencer while it is asked whether it is still there.
  Request first = gateway.RequestOf(Mandate(gateway, "first"), kRepresentative);
  first.cancelled = [&] {
    base::MutexLock lock(mutex);
    sequencing = true;
    changed.NotifyAll();
    while (!go_on) changed.Wait(mutex);
    return false;
  };
  std::thread sequencer([&] { EXPECT_TRUE(gateway.Record(first).accepted()); });
  {
    base::MutexLock lock(mutex);
    while (!sequencing) changed.Wait(mutex);
  }
  const Request waiting = gateway.RequestOf(Mandate(gateway, "waiting"), kRepresentative);
  std::atomic<size_t> answered{0};
  for (size_t i = 0; i < base::kMaxQueue; ++i)
    gateway.convention().Submit(waiting, [&](const absl::StatusOr<Receipt>& receipt) {
      EXPECT_TRUE(receipt.ok()) << receipt.status();
      ++answered;
    });
  EXPECT_EQ(answered, 0u);
  EXPECT_EQ(ReasonOf(gateway.Submit(waiting).status()), "QUEUE_FULL");
  {
    base::MutexLock lock(mutex);
    go_on = true;
    changed.NotifyAll();
  }
  sequencer.join();
  gateway.convention().Drain();
  EXPECT_EQ(answered, base::kMaxQueue);
}

}  // namespace
}  // namespace passerelle::gateway::core
