// A log that loses its end and goes on under another key, and one whose key is changed.
#include "gateway/core/succession.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/checkpoint.h"
#include "audit/entry/codec.h"
#include "audit/merkle/merkle.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/core/convention.h"
#include "gateway/verify/verify.h"
#include "tests/support/gateway_fixture.h"
#include "tests/support/succession.h"

namespace passerelle::gateway::core {
namespace {

using base::ReasonOf;
using statement::v1::SHARD_CAUSE_KEY_CHANGE;
using statement::v1::SHARD_CAUSE_LOSS;
using tests::kNextOrigin;
using tests::NoteOf;
using tests::PresentOf;
using tests::Progress;
using tests::TempFolder;
using tests::TestDraft;
using tests::TestEntry;
using tests::TestGateway;

constexpr int64_t kHourMs = 3600 * 1000;

class SuccessionTest : public testing::Test {
 protected:
  StoragePaths paths() { return TestGateway::StorageAt(gateway_.root()); }

  TestEntry Freeze() {
    return gateway_.Record(gateway_.RequestOf(gateway_.FreezeExchange("p001"), {"steward-p001"}));
  }

  absl::StatusOr<Opened> GoOn(statement::v1::ShardCause cause,
                              const std::vector<std::string>& closings) {
    return tests::GoOn(gateway_, cause, closings);
  }

  size_t Freezes() {
    size_t freezes = 0;
    gateway_.convention().Read([&](const policy::state::State& state) {
      state.freezes.Scan(
          "", [&](const std::string&, const record::v1::FreezeRow&) { return ++freezes > 0; });
    });
    return freezes;
  }

  std::optional<verify::Lost> LostOf() {
    const TempFolder folder;
    gateway_.Export(folder / "log");
    const auto verdict =
        verify::VerifyExport(folder / "log", {.redecide = true}, [](uint64_t, uint64_t) {});
    EXPECT_TRUE(verdict.ok() && verdict->accepted) << verdict->fault_en;
    return verdict->lost;
  }

  TestGateway gateway_{Progress::kRegistered};
  const TempFolder copies_;
};

TEST_F(SuccessionTest, ALossIsClosedWhereSomebodySawTheLogLast) {
  const uint64_t left = gateway_.size();
  gateway_.CopyTo(copies_ / "night");
  const TestEntry freeze = Freeze();
  gateway_.Restore(copies_ / "night");
  const absl::StatusOr<Opened> opened = GoOn(SHARD_CAUSE_LOSS, {NoteOf(freeze)});
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->index, left);
  EXPECT_EQ(opened->closed_size, left + 1);
  EXPECT_EQ(opened->founding.origin(), kNextOrigin);
  ASSERT_TRUE(gateway_.Open().ok());
  EXPECT_EQ(gateway_.convention().log().origin(), kNextOrigin);
  const std::optional<verify::Lost> lost = LostOf();
  ASSERT_TRUE(lost.has_value());
  EXPECT_EQ(lost->missing, (std::vector<std::pair<uint64_t, uint64_t>>{{left, left + 1}}));
}

TEST_F(SuccessionTest, AFreezeThatWasLostBindsAsSoonAsItsReceiptIsPresented) {
  gateway_.CopyTo(copies_ / "night");
  const TestEntry freeze = Freeze();
  gateway_.Restore(copies_ / "night");
  ASSERT_TRUE(GoOn(SHARD_CAUSE_LOSS, {NoteOf(freeze)}).ok());
  ASSERT_TRUE(gateway_.Open().ok());
  EXPECT_EQ(Freezes(), 0u);
  gateway_.Must(PresentOf(freeze), {"steward-p001"});
  EXPECT_EQ(Freezes(), 1u);
  const TestEntry send = gateway_.Record(
      gateway_.RequestOf(gateway_.Send("2023", gateway_.Payload("2023"), 0), {"system-p001"}));
  EXPECT_FALSE(send.accepted());
  // Once is enough.
  EXPECT_FALSE(gateway_.Record(gateway_.RequestOf(PresentOf(freeze), {"steward-p001"})).accepted());
  const std::optional<verify::Lost> lost = LostOf();
  ASSERT_TRUE(lost.has_value());
  EXPECT_EQ(lost->presented, 1u);
  EXPECT_EQ(lost->recorded, 1u);
  EXPECT_TRUE(lost->missing.empty());
}

TEST_F(SuccessionTest, AStatementThatWasLostIsRecordedAgainUnderItsNameThoughItIsOver) {
  gateway_.CopyTo(copies_ / "night");
  const Request request = gateway_.RequestOf(gateway_.Propose(), {"requester-p002"});
  const TestEntry proposed = gateway_.Record(request);
  ASSERT_TRUE(proposed.accepted());
  gateway_.Restore(copies_ / "night");
  ASSERT_TRUE(GoOn(SHARD_CAUSE_LOSS, {NoteOf(proposed)}).ok());
  ASSERT_TRUE(gateway_.Open().ok());
  gateway_.clock().Advance(48 * kHourMs);
  // Over, and of a history that this log cannot show.
  EXPECT_FALSE(gateway_.Record(request).accepted());
  gateway_.Must(PresentOf(proposed), {"steward-p001"});
  const TestEntry again = gateway_.Record(request);
  EXPECT_TRUE(again.accepted()) << tests::RefusalsOf(again.entry);
  EXPECT_EQ(again.digest, proposed.digest);
  const std::optional<verify::Lost> lost = LostOf();
  ASSERT_TRUE(lost.has_value());
  EXPECT_EQ(lost->recorded, 1u);
}

// Whoever stole the old key can sign an entry, and not what somebody else says in it.
TEST_F(SuccessionTest, NothingBindsThatItsNamedSignersDidNotSign) {
  gateway_.CopyTo(copies_ / "night");
  const TestEntry freeze = Freeze();
  gateway_.Restore(copies_ / "night");
  ASSERT_TRUE(GoOn(SHARD_CAUSE_LOSS, {NoteOf(freeze)}).ok());
  ASSERT_TRUE(gateway_.Open().ok());
  TestDraft draft = PresentOf(freeze);
  auto& presented = *draft.acts[0].mutable_receipt_presented();
  record::v1::Entry entry = *audit::entry::DecodeLeaf(presented.entry());
  statement::v1::Envelope envelope;
  ASSERT_TRUE(envelope.ParseFromString(entry.recorded().envelope()));
  envelope.mutable_signatures(0)->mutable_raw()->front() ^= 1;
  entry.mutable_recorded()->set_envelope(envelope.SerializeAsString());
  presented.set_entry(*audit::entry::EncodeLeaf(entry));
  const uint64_t size = presented.index() + 1;
  const auto tree = audit::merkle::Frontier::FromLastLeaf(
      size, audit::merkle::LeafHash(presented.entry()),
      *base::DigestsFromBytes(presented.path(), base::kMaxProofHashes));
  ASSERT_TRUE(tree.ok()) << tree.status();
  const auto stolen = LoadSignerFrom(SignerFile(paths()) + ".closed");
  ASSERT_TRUE(stolen.ok()) << stolen.status();
  presented.set_checkpoint(
      *audit::checkpoint::SignCheckpoint(*stolen, {stolen->verifier().name(), size, tree->Root()}));
  gateway_.Must(draft, {"steward-p001"});
  EXPECT_EQ(Freezes(), 0u);
  // The true one still counts.
  gateway_.Must(PresentOf(freeze), {"steward-p001"});
  EXPECT_EQ(Freezes(), 1u);
}

TEST_F(SuccessionTest, OpensNothingByAStatementOfAnotherTime) {
  gateway_.CopyTo(copies_ / "night");
  const std::string other =
      gateway_.RequestOf(gateway_.FreezeExchange("p001"), {"steward-p001"}).envelope;
  gateway_.Close();
  EXPECT_EQ(
      ReasonOf(OpenSuccession(paths(), other, gateway_.clock(), gateway_.surroundings().random)
                   .status()),
      "SUCCESSION");
  ASSERT_TRUE(gateway_.Open().ok());
}

TEST_F(SuccessionTest, ACheckpointOfAnotherHistoryOpensNothing) {
  gateway_.CopyTo(copies_ / "night");
  const TestEntry one = Freeze();
  gateway_.Restore(copies_ / "night");
  ASSERT_TRUE(gateway_.Open().ok());
  const TestEntry other = Freeze();
  gateway_.Close();
  EXPECT_EQ(ReasonOf(GoOn(SHARD_CAUSE_LOSS, {NoteOf(one)}).status()), "LOG_FORKED");
  EXPECT_TRUE(GoOn(SHARD_CAUSE_LOSS, {NoteOf(other)}).ok());
}

TEST_F(SuccessionTest, AKeyIsChangedWhereNothingIsLost) {
  gateway_.CopyTo(copies_ / "night");
  const TestEntry freeze = Freeze();
  const uint64_t size = gateway_.size();
  gateway_.Close();
  const absl::StatusOr<Opened> opened = GoOn(SHARD_CAUSE_KEY_CHANGE, {NoteOf(freeze)});
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->index, size);
  EXPECT_EQ(opened->closed_size, size);
  ASSERT_TRUE(gateway_.Open().ok());
  EXPECT_EQ(Freezes(), 1u);
  EXPECT_FALSE(LostOf().has_value());
  gateway_.Restore(copies_ / "night");
  EXPECT_EQ(ReasonOf(GoOn(SHARD_CAUSE_KEY_CHANGE, {NoteOf(freeze)}).status()), "CLOSING");
}

TEST_F(SuccessionTest, IsGoneOnWithWhereItWasInterrupted) {
  gateway_.Close();
  const auto opened = DraftSuccession(paths(), {SHARD_CAUSE_KEY_CHANGE, kNextOrigin, {}},
                                      gateway_.surroundings().random);
  ASSERT_TRUE(opened.ok()) << opened.status();
  ASSERT_TRUE(gateway_.Open().ok());
  const std::string envelope = tests::SignedSuccession(gateway_, *opened, tests::Transcribers());
  gateway_.Close();
  const auto open = [&] {
    return OpenSuccession(paths(), envelope, gateway_.clock(), gateway_.surroundings().random);
  };
  const absl::StatusOr<Opened> first = open();
  ASSERT_TRUE(first.ok()) << first.status();
  const absl::StatusOr<Opened> again = open();
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->index, first->index);
  // The entry stands, and the keys had not changed places yet.
  const std::string keys = paths().folder + "/keys/checkpoint.key";
  const std::string next = *base::ReadFile(keys, 1000);
  const std::string closed = *base::ReadFile(keys + ".closed", 1000);
  ASSERT_TRUE(base::WriteFile(keys, closed, base::FileMode::kPrivate).ok());
  ASSERT_TRUE(base::WriteFile(keys + ".next", next, base::FileMode::kPrivate).ok());
  const absl::StatusOr<Opened> third = open();
  ASSERT_TRUE(third.ok()) << third.status();
  EXPECT_EQ(third->index, first->index);
  ASSERT_TRUE(gateway_.Open().ok());
}

TEST_F(SuccessionTest, IsRefusedUnderOneSignature) {
  gateway_.Close();
  const auto opened = DraftSuccession(paths(), {SHARD_CAUSE_KEY_CHANGE, kNextOrigin, {}},
                                      gateway_.surroundings().random);
  ASSERT_TRUE(opened.ok()) << opened.status();
  ASSERT_TRUE(gateway_.Open().ok());
  const std::string envelope =
      tests::SignedSuccession(gateway_, *opened, {tests::Transcribers()[0]});
  const uint64_t size = gateway_.size();
  gateway_.Close();
  const absl::Status refused =
      OpenSuccession(paths(), envelope, gateway_.clock(), gateway_.surroundings().random).status();
  EXPECT_EQ(ReasonOf(refused), "SUCCESSION_REFUSED") << refused;
  ASSERT_TRUE(gateway_.Open().ok());
  EXPECT_EQ(gateway_.size(), size);
}

// What was erased after the copy was made lies in the copy again.
TEST_F(SuccessionTest, ErasesWhatIsOverBeforeAnythingIsServed) {
  const int64_t destroy_ms = gateway_.clock().WallMs() + 24 * kHourMs;
  const statement::v1::ActRef transfer =
      gateway_.Must(gateway_.Send("2023", gateway_.Payload("2023"), destroy_ms), {"system-p001"})
          .Ref();
  gateway_.CopyTo(copies_ / "night");
  const TestEntry freeze = Freeze();
  gateway_.Restore(copies_ / "night");
  gateway_.clock().Advance(25 * kHourMs);
  ASSERT_TRUE(GoOn(SHARD_CAUSE_LOSS, {NoteOf(freeze)}).ok());
  ASSERT_TRUE(gateway_.Open().ok());
  gateway_.convention().Read([&](const policy::state::State& state) {
    const record::v1::TransferRow* row = state.transfers.Find(policy::state::KeyOf(transfer));
    ASSERT_NE(row, nullptr);
    EXPECT_EQ(row->phase(), record::v1::TRANSFER_PHASE_ERASED);
  });
}

TEST_F(SuccessionTest, NeverComesThroughACall) {
  gateway_.Close();
  const auto opened = DraftSuccession(paths(), {SHARD_CAUSE_KEY_CHANGE, kNextOrigin, {}},
                                      gateway_.surroundings().random);
  ASSERT_TRUE(opened.ok()) << opened.status();
  ASSERT_TRUE(gateway_.Open().ok());
  TestDraft draft;
  statement::v1::Act& act = draft.acts.emplace_back();
  act.set_party("p002");
  *act.mutable_shard_opened() = *opened;
  EXPECT_EQ(ReasonOf(gateway_.Submit(gateway_.RequestOf(draft, tests::Transcribers())).status()),
            "WRONG_DOOR");
}

}  // namespace
}  // namespace passerelle::gateway::core
