// Payloads are destroyed on a recorded ground, leave no byte behind, and what is on record still
// proves that they were there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/base/civil.h"
#include "gateway/base/status.h"
#include "tests/support/gateway_fixture.h"
#include "tests/support/sqlite_file.h"

namespace passerelle::gateway::core {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;
using tests::FilesWith;
using tests::Progress;
using tests::RunSql;
using tests::TempFolder;
using tests::TestEntry;
using tests::TestGateway;

constexpr int64_t kHourMs = int64_t{3600} * 1000;
constexpr int64_t kDestroyMs = tests::FakeClock::kStartMs + 30 * 24 * kHourMs;

TestGateway::Options DestroyLater() {
  TestGateway::Options options;
  options.destroy_after_ms = kDestroyMs;
  return options;
}

// What of the payloads' rows only their destruction can take away: their ciphertexts and wrapped
// keys, read from a copy of the files.
std::vector<std::string> PayloadBytes(const TestGateway& gateway) {
  const TempFolder folder;
  gateway.CopyTo(folder / "copy");
  const std::string vault = TestGateway::StorageAt(folder / "copy").folder + "/vault.db";
  std::vector<std::string> bytes = RunSql(vault, "SELECT ciphertext FROM items WHERE class = 1");
  for (std::string& wrapped : RunSql(vault, "SELECT wrapped FROM items WHERE class = 1"))
    bytes.push_back(std::move(wrapped));
  return bytes;
}

record::v1::TransferPhase PhaseOf(const TestGateway& gateway, Convention& convention) {
  record::v1::TransferPhase phase = record::v1::TRANSFER_PHASE_UNSPECIFIED;
  convention.Read([&](const policy::state::State& state) {
    const auto* row = state.transfers.Find(policy::state::KeyOf(gateway.transfer));
    if (row != nullptr) phase = row->phase();
  });
  return phase;
}

TEST(ErasureTest, DestroysAPayloadWhenItsTimeIsOverInEveryFile) {
  TestGateway gateway(Progress::kSent, DestroyLater());
  const std::vector<std::string> bytes = PayloadBytes(gateway);
  ASSERT_EQ(bytes.size(), 2u);
  for (const std::string& one : bytes) EXPECT_THAT(FilesWith(gateway.root(), one), Not(IsEmpty()));
  EXPECT_THAT(FilesWith(gateway.root(), gateway.Payload("2023")), IsEmpty());

  gateway.clock().Advance(kDestroyMs - gateway.clock().WallMs());
  gateway.convention().Tick();
  EXPECT_EQ(PhaseOf(gateway, gateway.convention()), record::v1::TRANSFER_PHASE_KEPT);

  gateway.Settle();
  EXPECT_EQ(PhaseOf(gateway, gateway.convention()), record::v1::TRANSFER_PHASE_ERASED);
  for (const std::string& one : bytes) EXPECT_THAT(FilesWith(gateway.root(), one), IsEmpty());
  EXPECT_THAT(gateway.faults(), IsEmpty());
}

TEST(ErasureTest, RecordsTheGroundThenTheErasure) {
  TestGateway gateway(Progress::kSent, DestroyLater());
  const uint64_t before = gateway.size();
  gateway.clock().Advance(kDestroyMs - gateway.clock().WallMs());
  gateway.Settle();
  // But for the heads of the chains, which are stated daily.
  std::vector<statement::v1::Act> acts;
  for (uint64_t index = before; index < gateway.size(); ++index)
    if (!gateway.ActsAt(index)[0].has_party_heads()) acts.push_back(gateway.ActsAt(index)[0]);
  ASSERT_EQ(acts.size(), 2u);
  EXPECT_TRUE(acts[0].has_retention_reached());
  ASSERT_TRUE(acts[1].has_payload_erased());
  EXPECT_EQ(acts[1].payload_erased().transfer().SerializeAsString(),
            gateway.transfer.SerializeAsString());
  // Nothing more comes of it.
  const uint64_t after = gateway.size();
  gateway.Settle();
  EXPECT_EQ(gateway.size(), after);
}

TEST(ErasureTest, LeavesTheReceiptsOfAnErasedTransferValid) {
  TestGateway gateway(Progress::kRegistered);
  const Request request =
      gateway.RequestOf(gateway.Send("2023", gateway.Payload("2023"), kDestroyMs), {"system-p001"});
  const TestEntry sent = gateway.Record(request);
  ASSERT_TRUE(sent.accepted());
  gateway.clock().Advance(kDestroyMs - gateway.clock().WallMs());
  gateway.Settle();
  EXPECT_TRUE(gateway.Verify(sent.receipt).ok());
  const auto fresh =
      gateway.convention().GetReceipt(*base::DigestFromBytes(sent.digest), sent.size);
  ASSERT_TRUE(fresh.ok()) << fresh.status();
  const auto verified = gateway.Verify(*fresh);
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_EQ(verified->index, sent.index);
  EXPECT_EQ(verified->checkpoint.size, gateway.size());
}

TEST(ErasureTest, RefusesToHandOverWhatIsErased) {
  TestGateway gateway(Progress::kSent, DestroyLater());
  gateway.clock().Advance(kDestroyMs - gateway.clock().WallMs());
  gateway.Settle();
  const uint64_t size = gateway.size();
  const absl::StatusOr<tests::TestFetch> answer = gateway.Fetch("reader-p002", gateway.transfer);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_FALSE(answer->findings.empty());
  EXPECT_EQ(answer->findings[0].code(), "erased");
  EXPECT_EQ(gateway.size(), size);
}

TEST(ErasureTest, CountsTheRetentionDateInTheConventionsZone) {
  TestGateway gateway(Progress::kSent);
  // The last day is 2026-12-31; in Europe/Paris it ends an hour before the day of UTC.
  gateway.clock().Advance(*base::FromIsoInstant("2026-12-31T22:59:58Z") - gateway.clock().WallMs());
  gateway.convention().Tick();
  gateway.WaitForPool();
  EXPECT_EQ(PhaseOf(gateway, gateway.convention()), record::v1::TRANSFER_PHASE_KEPT);
  gateway.clock().Advance(*base::FromIsoInstant("2026-12-31T23:00:00Z") - gateway.clock().WallMs());
  gateway.Settle();
  EXPECT_EQ(PhaseOf(gateway, gateway.convention()), record::v1::TRANSFER_PHASE_ERASED);
}

class RefusedRulingTest : public ::testing::Test {
 protected:
  static TestGateway::Options EachRuled() {
    TestGateway::Options options;
    options.conditions.set_release(statement::v1::RELEASE_EACH_RULED);
    return options;
  }
  TestGateway gateway_{Progress::kSent, EachRuled()};
};

TEST_F(RefusedRulingTest, DestroysThePayloadWithoutWaitingForATick) {
  const std::vector<std::string> bytes = PayloadBytes(gateway_);
  const TestEntry ruled =
      gateway_.Must(gateway_.Rule(gateway_.transfer, statement::v1::RULING_REFUSED), {"dpo-p001"});
  gateway_.WaitForPool();
  EXPECT_EQ(PhaseOf(gateway_, gateway_.convention()), record::v1::TRANSFER_PHASE_ERASED);
  for (const std::string& one : bytes) EXPECT_THAT(FilesWith(gateway_.root(), one), IsEmpty());
  const auto erased = gateway_.ActsAt(ruled.index + 1)[0].payload_erased();
  EXPECT_EQ(erased.ground().SerializeAsString(), ruled.Ref().SerializeAsString());
}

TEST_F(RefusedRulingTest, RedoesAnErasureThatACrashInterrupted) {
  const std::vector<std::string> bytes = PayloadBytes(gateway_);
  const TempFolder folder;
  const Request request = gateway_.RequestOf(
      gateway_.Rule(gateway_.transfer, statement::v1::RULING_REFUSED), {"dpo-p001"});
  bool accepted = false;
  // When the ruling is answered it is on record, and its order is not carried out yet.
  gateway_.convention().Submit(request, [&](const auto& receipt) {
    accepted = receipt.ok() && receipt->effect() == record::v1::EFFECT_ACCEPTED;
    gateway_.CopyTo(folder / "crashed");
  });
  ASSERT_TRUE(accepted);
  for (const std::string& one : bytes)
    EXPECT_THAT(FilesWith(folder / "crashed", one), Not(IsEmpty()));
  const auto reopened = gateway_.OpenAt(folder / "crashed");
  ASSERT_TRUE(reopened.ok()) << reopened.status();
  EXPECT_EQ(PhaseOf(gateway_, **reopened), record::v1::TRANSFER_PHASE_ERASURE_DUE);
  (*reopened)->Tick();
  gateway_.WaitForPool();
  EXPECT_EQ(PhaseOf(gateway_, **reopened), record::v1::TRANSFER_PHASE_ERASED);
  for (const std::string& one : bytes) EXPECT_THAT(FilesWith(folder / "crashed", one), IsEmpty());
}

}  // namespace
}  // namespace passerelle::gateway::core
