// What a host knows of a convention that rests.
#include "gateway/core/card.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "tests/support/gateway_fixture.h"

namespace passerelle::gateway::core {
namespace {

using base::ReasonOf;
using tests::Progress;
using tests::TempFolder;
using tests::TestGateway;

record::v1::Card CardAt(TestGateway& gateway, int64_t wake_ms) {
  record::v1::Card card;
  gateway.convention().Read(
      [&](const policy::state::State& state) { card = CardOf(state, wake_ms); });
  return card;
}

TEST(CardTest, NamesTheLogItsAnchorsAndWhenItWakes) {
  TestGateway gateway(Progress::kAdhered);
  const record::v1::Card card = CardAt(gateway, 12);
  EXPECT_EQ(card.log(), gateway.convention().log_name());
  EXPECT_EQ(card.wake_ms(), 12);
  EXPECT_EQ(card.tls_trust_anchors_size(), 1);
}

TEST(CardTest, KnowsEveryKeyThatWasEverEnrolledAndNoOther) {
  TestGateway gateway(Progress::kStaffed);
  gateway.Must(gateway.StopKey("p001", "decider-p001", statement::v1::STOP_CAUSE_LOST, 0),
               {"dpo-p001"});
  const record::v1::Card card = CardAt(gateway, 0);
  for (const char* name : {"representative-p001", "decider-p001", "dpo-p001", "secretary-1"})
    EXPECT_TRUE(MayKnow(card, gateway.KeyOf(name).public_key().fingerprint())) << name;
  for (int i = 0; i < 100; ++i)
    EXPECT_FALSE(
        MayKnow(card, gateway.KeyOf("stranger-" + std::to_string(i)).public_key().fingerprint()));
  EXPECT_FALSE(MayKnow(record::v1::Card(), gateway.KeyOf("dpo-p001").public_key().fingerprint()));
}

TEST(CardTest, IsReadAsItWasWritten) {
  const TempFolder folder;
  TestGateway gateway(Progress::kAdhered);
  const record::v1::Card card = CardAt(gateway, 12);
  ASSERT_TRUE(WriteCard(folder.path(), card).ok());
  const auto read = ReadCard(folder.path());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->SerializeAsString(), card.SerializeAsString());
  EXPECT_EQ(*base::PermissionsOf(folder / "card"), 0600);
}

TEST(CardTest, IsNotBelievedOnceItIsDamaged) {
  const TempFolder folder;
  EXPECT_TRUE(absl::IsNotFound(ReadCard(folder.path()).status()));
  TestGateway gateway(Progress::kAdhered);
  ASSERT_TRUE(WriteCard(folder.path(), CardAt(gateway, 12)).ok());
  const std::string bytes = *base::ReadFile(folder / "card", 1 << 20);
  for (size_t at = 0; at < bytes.size(); at += 7) {
    std::string bent = bytes;
    bent[at] ^= 1;
    ASSERT_TRUE(base::WriteFile(folder / "card", bent, base::FileMode::kPrivate).ok());
    EXPECT_EQ(ReasonOf(ReadCard(folder.path()).status()), "CARD") << at;
    ASSERT_TRUE(
        base::WriteFile(folder / "card", bytes.substr(0, at), base::FileMode::kPrivate).ok());
    EXPECT_EQ(ReasonOf(ReadCard(folder.path()).status()), "CARD") << at;
  }
}

}  // namespace
}  // namespace passerelle::gateway::core
