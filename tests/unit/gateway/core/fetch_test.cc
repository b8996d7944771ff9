// Handovers: judged, recorded, and only then the content.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "audit/entry/codec.h"
#include "gateway/base/status.h"
#include "tests/support/gateway_fixture.h"
#include "tests/support/sqlite_file.h"

namespace passerelle::gateway::core {
namespace {

using base::ReasonOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using tests::Progress;
using tests::TestEntry;
using tests::TestGateway;

constexpr int64_t kDayMs = int64_t{24} * 3600 * 1000;

// The first reason of a fetch that is refused in words; it must leave no entry and no content.
std::string Refusal(TestGateway& gateway, std::string_view reader,
                    const statement::v1::ActRef& transfer) {
  const std::string dump = gateway.Dump();
  const uint64_t size = gateway.size();
  const absl::StatusOr<tests::TestFetch> answer = gateway.Fetch(reader, transfer);
  if (!answer.ok()) return answer.status().ToString();
  EXPECT_EQ(answer->payload.ByteSizeLong(), 0u);
  EXPECT_EQ(answer->receipt.ByteSizeLong(), 0u);
  EXPECT_EQ(gateway.Dump(), dump);
  EXPECT_EQ(gateway.size(), size);
  if (answer->findings.empty()) return "not refused";
  return answer->findings[0].rule() + "/" + answer->findings[0].code();
}

TEST(FetchTest, RecordsTheHandoverAndGivesThePayload) {
  TestGateway gateway(Progress::kSent);
  const uint64_t before = gateway.size();
  const absl::StatusOr<tests::TestFetch> answer = gateway.Fetch("reader-p002", gateway.transfer);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_TRUE(answer->findings.empty());
  EXPECT_EQ(answer->payload.content(), gateway.Payload("2023"));
  EXPECT_EQ(answer->payload.media_type(), "text/csv");
  EXPECT_EQ(base::View(base::Commit(base::CommitmentKind::kPayload, answer->payload.nonce(),
                                    answer->payload.content())),
            answer->payload.commitment());
  const auto verified = gateway.Verify(answer->receipt);
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_EQ(verified->index, before);
  const auto acts = gateway.ActsAt(before);
  ASSERT_EQ(acts.size(), 1u);
  EXPECT_EQ(acts[0].content_handed_over().transfer().SerializeAsString(),
            gateway.transfer.SerializeAsString());
}

TEST(FetchTest, RecordsThePartyAndUnitButNotTheAgentWhoReads) {
  TestGateway gateway(Progress::kSent);
  ASSERT_TRUE(gateway.Fetch("reader-p002", gateway.transfer).ok());
  const uint64_t index = gateway.size() - 1;
  const record::v1::Entry entry = gateway.EntryAt(index);
  EXPECT_EQ(entry.observed().acts(0).reader().party(), "p002");
  EXPECT_EQ(entry.observed().acts(0).reader().unit(), "stats");
  EXPECT_THAT(entry.SerializeAsString(), Not(HasSubstr(TestGateway::AgentOf("reader-p002"))));
}

TEST(FetchTest, ForgetsWhoReadWhenTheOpeningExpires) {
  TestGateway gateway(Progress::kSent);
  ASSERT_TRUE(gateway.Fetch("reader-p002", gateway.transfer).ok());
  const uint64_t index = gateway.size() - 1;
  const vault::Position position{index, 0, 0};
  const base::Digest commitment =
      *base::DigestFromBytes(gateway.ActsAt(index)[0].content_handed_over().reader().digest());
  const auto opening = gateway.convention().ReadContent(position, commitment);
  ASSERT_TRUE(opening.ok()) << opening.status();
  EXPECT_EQ(opening->content(), TestGateway::AgentOf("reader-p002"));
  gateway.clock().Advance(365 * kDayMs);
  gateway.convention().Tick();
  EXPECT_TRUE(gateway.convention().ReadContent(position, commitment).ok());
  gateway.clock().Advance(kDayMs);
  gateway.convention().Tick();
  EXPECT_TRUE(absl::IsNotFound(gateway.convention().ReadContent(position, commitment).status()));
  // Nothing is missing that should be there.
  gateway.Close();
  EXPECT_TRUE(gateway.Open().ok());
}

TEST(FetchTest, GivesThePayloadEachTimeItIsFetchedAndRecordsEachHandover) {
  TestGateway gateway(Progress::kSent);
  const uint64_t before = gateway.size();
  for (int i = 0; i < 3; ++i) {
    const absl::StatusOr<tests::TestFetch> answer = gateway.Fetch("reader-p002", gateway.transfer);
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->payload.content(), gateway.Payload("2023"));
  }
  EXPECT_EQ(gateway.size(), before + 3);
}

TEST(FetchTest, GivesNothingWhenTheHandoverCannotBeRecorded) {
  TestGateway gateway(Progress::kSent);
  gateway.convention().Drain();
  const absl::StatusOr<tests::TestFetch> answer = gateway.Fetch("reader-p002", gateway.transfer);
  EXPECT_EQ(ReasonOf(answer.status()), "DRAINING");
}

TEST(FetchTest, GivesNothingWhenTheClockIsBehind) {
  TestGateway gateway(Progress::kSent);
  gateway.clock().SetWall(gateway.clock().WallMs() - kDayMs);
  EXPECT_EQ(ReasonOf(gateway.Fetch("reader-p002", gateway.transfer).status()), "CLOCK_BEHIND");
}

TEST(FetchTest, RefusesWhoHasNoMandateToReadAndLeavesNoEntry) {
  TestGateway gateway(Progress::kSent);
  EXPECT_EQ(Refusal(gateway, "reader-p003", gateway.transfer), "IX.5d/no-reader-mandate");
  EXPECT_EQ(Refusal(gateway, "steward-p002", gateway.transfer), "IX.5d/no-reader-mandate");
  EXPECT_EQ(Refusal(gateway, "dpo-p001", gateway.transfer), "IX.5d/no-reader-mandate");
  EXPECT_EQ(Refusal(gateway, "stranger", gateway.transfer), "IX.5d/no-reader-mandate");
}

TEST(FetchTest, RefusesWhatIsNoTransferAndLeavesNoEntry) {
  TestGateway gateway(Progress::kSent);
  EXPECT_EQ(Refusal(gateway, "reader-p002", gateway.exchange), "wire.reference/unknown");
  statement::v1::ActRef unknown = gateway.transfer;
  unknown.set_ordinal(7);
  EXPECT_EQ(Refusal(gateway, "reader-p002", unknown), "wire.reference/unknown");
}

TEST(FetchTest, RefusesATransferThatTheDpoHolds) {
  TestGateway::Options options;
  options.conditions.set_release(statement::v1::RELEASE_EACH_RULED);
  TestGateway gateway(Progress::kSent, options);
  EXPECT_EQ(Refusal(gateway, "reader-p002", gateway.transfer), "gateway.handover/held");
  gateway.Must(gateway.Rule(gateway.transfer, statement::v1::RULING_RELEASED), {"dpo-p001"});
  EXPECT_EQ(gateway.Fetch("reader-p002", gateway.transfer)->payload.content(),
            gateway.Payload("2023"));
}

TEST(FetchTest, TakesTheAcknowledgementOfWhatWasHandedOver) {
  TestGateway gateway(Progress::kSent);
  const TestEntry early = gateway.Record(gateway.Acknowledge(gateway.transfer), {"reader-p002"});
  EXPECT_THAT(tests::RefusalsOf(early.entry), HasSubstr("not-handed-over"));
  ASSERT_TRUE(gateway.Fetch("reader-p002", gateway.transfer).ok());
  EXPECT_TRUE(gateway.Record(gateway.Acknowledge(gateway.transfer), {"reader-p002"}).accepted());
}

TEST(FetchTest, NeverStoresThePayloadOfARefusedTransfer) {
  TestGateway gateway(Progress::kRegistered);
  const std::string payload = "annee;code_insee;foyers;mineurs\n2023;01991;3;31\n";
  const TestEntry refused = gateway.Record(gateway.Send("2023", payload, 0), {"system-p001"});
  ASSERT_FALSE(refused.accepted());
  EXPECT_THAT(tests::RefusalsOf(refused.entry), HasSubstr("IX.5f/cell-threshold"));
  gateway.Close();
  EXPECT_THAT(tests::RunSql(TestGateway::StorageAt(gateway.root()).folder + "/vault.db",
                            "SELECT ciphertext FROM items WHERE class = 1"),
              IsEmpty());
}

}  // namespace
}  // namespace passerelle::gateway::core
