// Witnesses asked by a convention, over real witnesses in this process.
#include "gateway/core/evidence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/core/convention.h"
#include "tests/support/gateway_fixture.h"
#include "tests/support/partners.h"

namespace passerelle::gateway::core {
namespace {

using audit::checkpoint::CheckQuorum;
using base::ReasonOf;
using testing::Contains;
using testing::HasSubstr;
using tests::Partners;
using tests::Progress;
using tests::TempFolder;
using tests::TestGateway;

constexpr int64_t kHourMs = 3600 * 1000;
constexpr int64_t kMinuteMs = 60 * 1000;

class EvidenceTest : public testing::Test {
 protected:
  ~EvidenceTest() override { gateway_.Close(); }

  void Freeze() { gateway_.Must(gateway_.FreezeExchange("p001"), {"steward-p001"}); }
  std::optional<audit::log::SignedHead> witnessed() {
    return gateway_.convention().evidence().witnessed();
  }
  // Size of the last checkpoint that the quorum cosigned.
  uint64_t WitnessedSize() {
    const auto head = witnessed();
    return head.has_value() ? head->head.size : 0;
  }
  absl::StatusOr<passerelle::gateway::v1::Receipt> SubmitFreeze() {
    return gateway_.Submit(gateway_.RequestOf(gateway_.FreezeExchange("p001"), {"steward-p001"}));
  }

  TestGateway gateway_{Progress::kRegistered};
  Partners partners_{gateway_, 3};
};

TEST_F(EvidenceTest, AHeadIsCosignedByAllWhoAreNamed) {
  partners_.Enact(2);
  EXPECT_FALSE(witnessed().has_value());
  partners_.Settle();
  ASSERT_EQ(WitnessedSize(), gateway_.size());
  const std::string note = witnessed()->checkpoint;
  const auto time_s = CheckQuorum(note, partners_.verifiers(), 3);
  ASSERT_TRUE(time_s.ok()) << time_s.status();
  EXPECT_EQ(*time_s, static_cast<uint64_t>(gateway_.clock().WallMs() / 1000));
  // Nobody is asked again for what they cosigned.
  const size_t asked = partners_.asked(0);
  partners_.Settle();
  EXPECT_EQ(partners_.asked(0), asked);
  Freeze();
  partners_.Settle();
  EXPECT_EQ(WitnessedSize(), gateway_.size());
  EXPECT_THAT(gateway_.faults(), testing::IsEmpty());
}

TEST_F(EvidenceTest, IsKeptAcrossAnEndAndTakenUpOnlyIfItIsOfThisLog) {
  partners_.Enact(2);
  partners_.Settle();
  const std::string note = witnessed()->checkpoint;
  gateway_.Close();
  ASSERT_TRUE(gateway_.Open().ok());
  ASSERT_TRUE(witnessed().has_value());
  EXPECT_EQ(witnessed()->checkpoint, note);
  const std::string file = TestGateway::StorageAt(gateway_.root()).folder + "/witnessed";
  for (const std::string& bytes : {std::string("nonsense"), note.substr(1), std::string()}) {
    gateway_.Close();
    ASSERT_TRUE(base::WriteFile(file, bytes, base::FileMode::kPrivate).ok());
    ASSERT_TRUE(gateway_.Open().ok());
    EXPECT_FALSE(witnessed().has_value());
  }
}

TEST_F(EvidenceTest, CountsNothingAsWitnessedBelowTheQuorum) {
  partners_.Enact(2);
  partners_.SetReachable(0, false);
  partners_.SetReachable(2, false);
  partners_.Settle();
  EXPECT_FALSE(witnessed().has_value());
  EXPECT_THAT(gateway_.faults(), Contains(Fault::kWitness));
  // One that comes back is asked again once some time is over, and it is enough.
  partners_.SetReachable(2, true);
  partners_.Settle();
  EXPECT_FALSE(witnessed().has_value());
  gateway_.clock().Advance(2000);
  partners_.Settle();
  EXPECT_EQ(WitnessedSize(), gateway_.size());
  EXPECT_TRUE(CheckQuorum(witnessed()->checkpoint, partners_.verifiers(), 2).ok());
  EXPECT_FALSE(CheckQuorum(witnessed()->checkpoint, partners_.verifiers(), 3).ok());
}

TEST_F(EvidenceTest, LeavesAWitnessAloneForLongerEachTimeItFails) {
  partners_.Enact(2);
  partners_.SetReachable(0, false);
  for (int i = 0; i < 300; ++i) {
    gateway_.clock().Advance(1000);
    partners_.Settle();
  }
  // 1, 2, 4, ... 64 seconds, then every 64.
  EXPECT_GE(partners_.asked(0), 8u);
  EXPECT_LE(partners_.asked(0), 13u);
}

TEST_F(EvidenceTest, AnIdleLogIsCosignedAgainHourly) {
  partners_.Enact(2);
  partners_.Settle();
  const uint64_t size = gateway_.size();
  gateway_.clock().Advance(kHourMs - kMinuteMs);
  partners_.Settle();
  const auto early = CheckQuorum(witnessed()->checkpoint, partners_.verifiers(), 3);
  gateway_.clock().Advance(kMinuteMs);
  partners_.Settle();
  const auto late = CheckQuorum(witnessed()->checkpoint, partners_.verifiers(), 3);
  ASSERT_TRUE(early.ok() && late.ok());
  EXPECT_EQ(*late - *early, 3600u);
  EXPECT_EQ(gateway_.size(), size);
}

TEST_F(EvidenceTest, WhoWaitsIsAnsweredOnceItIsCosignedOrTimeIsOver) {
  partners_.Enact(2);
  partners_.Settle();
  Freeze();
  bool cosigned = false, over = false;
  Evidence& evidence = gateway_.convention().evidence();
  evidence.Await(gateway_.size() - 1, [&] { cosigned = true; });
  EXPECT_FALSE(cosigned);
  partners_.Settle();
  EXPECT_TRUE(cosigned);
  // At once, where it is reached already.
  cosigned = false;
  evidence.Await(gateway_.size() - 1, [&] { cosigned = true; });
  EXPECT_TRUE(cosigned);
  for (size_t i = 0; i < 3; ++i) partners_.SetReachable(i, false);
  Freeze();
  evidence.Await(gateway_.size() - 1, [&] { over = true; });
  gateway_.clock().Advance(base::kLevelWaitMs - 1);
  partners_.Settle();
  EXPECT_FALSE(over);
  gateway_.clock().Advance(1);
  partners_.Settle();
  EXPECT_TRUE(over);
}

TEST_F(EvidenceTest, WithoutWitnessesNobodyWaits) {
  bool answered = false;
  gateway_.convention().evidence().Await(0, [&] { answered = true; });
  EXPECT_TRUE(answered);
}

TEST_F(EvidenceTest, ARolledBackLogIsRefusedAtStartWhateverItsGuardSays) {
  partners_.Enact(2);
  partners_.Settle();
  const TempFolder older;
  gateway_.CopyTo(older / "copy");
  const uint64_t size = gateway_.size();
  Freeze();
  partners_.Settle();
  const auto opened = gateway_.OpenAt(older / "copy");
  ASSERT_EQ(ReasonOf(opened.status()), "LOG_BEHIND_WITNESS");
  EXPECT_THAT(std::string(opened.status().message()),
              HasSubstr("entry " + std::to_string(size) + " and those after it are lost"));
  // One witness who answers is enough.
  partners_.SetReachable(0, false);
  partners_.SetReachable(1, false);
  EXPECT_EQ(ReasonOf(gateway_.OpenAt(older / "copy").status()), "LOG_BEHIND_WITNESS");
}

TEST_F(EvidenceTest, AForkedLogTakesNoActOnceAWitnessIsReached) {
  partners_.Enact(2);
  partners_.Settle();
  const TempFolder older;
  gateway_.CopyTo(older / "copy");
  Freeze();
  partners_.Settle();
  for (size_t i = 0; i < 3; ++i) partners_.SetReachable(i, false);
  const auto fork = gateway_.OpenAt(older / "copy");
  ASSERT_TRUE(fork.ok()) << fork.status();
  const auto submit = [&] {
    absl::StatusOr<passerelle::gateway::v1::Receipt> receipt;
    Request request = gateway_.RequestOf(gateway_.FreezeExchange("p001"), {"steward-p001"});
    (*fork)->Submit(request, [&](auto answer) { receipt = std::move(answer); });
    return receipt;
  };
  // What they see of the true log is not what this one holds: their statements are of no use here.
  EXPECT_TRUE((*fork)->evidence().CheckUnbroken().ok());
  partners_.SetReachable(1, true);
  (*fork)->Tick();
  partners_.WaitForAnswers();
  EXPECT_EQ(ReasonOf((*fork)->evidence().CheckUnbroken()), "LOG_BEHIND_WITNESS");
  EXPECT_EQ(ReasonOf(submit().status()), "LOG_BEHIND_WITNESS");
}

TEST_F(EvidenceTest, TransfersStopWhileAnEntryWaitsTooLong) {
  partners_.Enact(2, 5);
  partners_.Settle();
  for (size_t i = 0; i < 3; ++i) partners_.SetReachable(i, false);
  const auto send = [&] {
    return gateway_.Submit(
        gateway_.RequestOf(gateway_.Send("2023", gateway_.Payload("2023"), 0), {"system-p001"}));
  };
  Freeze();
  gateway_.clock().Advance(5 * kMinuteMs + 1);
  EXPECT_EQ(ReasonOf(send().status()), "EVIDENCE_LAGS");
  EXPECT_EQ(send().status().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(SubmitFreeze().ok());
  for (size_t i = 0; i < 3; ++i) partners_.SetReachable(i, true);
  gateway_.clock().Advance(kMinuteMs * 2);
  partners_.Settle();
  EXPECT_TRUE(send().ok());
}

TEST_F(EvidenceTest, SettingsNameNoWitnessWhoseKeyIsNone) {
  tests::TestDraft draft = gateway_.EnactSettings();
  convention::v1::Witness& witness =
      *draft.acts[0].mutable_settings_enacted()->mutable_settings()->add_witnesses();
  witness.set_url("https://witness.example");
  const std::string vkey = partners_.verifiers()[0].ToVkey();
  witness.set_vkey(vkey);
  EXPECT_TRUE(gateway_.Submit(gateway_.RequestOf(draft, tests::Transcribers())).ok());
  // Another id than the key's.
  std::string bent = vkey;
  char& digit = bent[bent.find('+') + 1];
  digit = digit == '0' ? '1' : '0';
  witness.set_vkey(bent);
  const absl::Status refused =
      gateway_.Submit(gateway_.RequestOf(draft, tests::Transcribers())).status();
  EXPECT_EQ(ReasonOf(refused), "WITNESS_KEY");
  EXPECT_EQ(base::PathOf(refused), "statement.acts[0].settings_enacted.settings.witnesses[0].vkey");
}

}  // namespace
}  // namespace passerelle::gateway::core
