// Time stamps collected by a convention from a real authority in this process.
#include "gateway/core/stamps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/checkpoint.h"
#include "audit/checkpoint/cosignature.h"
#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "gateway/core/convention.h"
#include "gateway/verify/vouched.h"
#include "tests/support/gateway_fixture.h"
#include "tests/support/partners.h"
#include "tests/unit/certs/command.h"

namespace passerelle::gateway::core {
namespace {

using audit::checkpoint::KeptStamp;
using base::ReasonOf;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using tests::Partners;
using tests::Progress;
using tests::TestGateway;

constexpr int64_t kHourMs = 3600 * 1000;
constexpr int64_t kMinuteMs = 60 * 1000;

class StampsTest : public testing::Test {
 protected:
  ~StampsTest() override { gateway_.Close(); }

  void Freeze() { gateway_.Must(gateway_.FreezeExchange("p001"), {"steward-p001"}); }
  // Lets the gateway look, ask, and record what came of it.
  void Settle() {
    for (int i = 0; i < 2; ++i) {
      gateway_.clock().Advance(1000);
      partners_.Settle();
      gateway_.WaitForPool();
    }
  }
  std::optional<record::v1::StampedRow> Last() {
    std::optional<record::v1::StampedRow> last;
    gateway_.convention().Read([&](const policy::state::State& state) {
      if (const record::v1::StampedRow* row = state.stamped.Find(""); row != nullptr) last = *row;
    });
    return last;
  }
  const Stamps& stamps() { return gateway_.convention().evidence().stamps(); }
  absl::StatusOr<verify::StampedNote> Verify(const KeptStamp& kept) {
    return verify::VerifyStamp(kept.checkpoint, Log(), kept.time_stamp,
                               {partners_.authority().root()}, kept.chain);
  }
  audit::checkpoint::NoteVerifier Log() {
    std::string vkey;
    gateway_.convention().Read(
        [&](const policy::state::State& state) { vkey = state.founding()->checkpoint_vkey(); });
    return *audit::checkpoint::NoteVerifier::FromVkey(vkey);
  }

  TestGateway gateway_{Progress::kRegistered};
  Partners partners_{gateway_, 2};
};

TEST_F(StampsTest, AnAuthorityStampsTheCheckpointAndTheLogSaysSo) {
  partners_.Enact(0, 0, true);
  const uint64_t size = gateway_.size();
  Settle();
  ASSERT_EQ(gateway_.size(), size + 1);
  const auto last = Last();
  ASSERT_TRUE(last.has_value());
  EXPECT_EQ(last->size(), size);
  EXPECT_EQ(last->index(), size);
  const absl::StatusOr<KeptStamp> kept = stamps().Read(size);
  ASSERT_TRUE(kept.ok()) << kept.status();
  const auto stamped = Verify(*kept);
  ASSERT_TRUE(stamped.ok()) << stamped.status();
  EXPECT_EQ(stamped->time_ms, last->time_ms());
  EXPECT_EQ(stamped->checkpoint, kept->checkpoint);
  const auto checkpoint = audit::checkpoint::OpenCheckpoint(kept->checkpoint, Log(),
                                                            gateway_.convention().log().origin());
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
  EXPECT_EQ(checkpoint->root, *gateway_.convention().log().RootAt(size));
  EXPECT_EQ(last->time_stamp(), base::View(base::Sha256(kept->time_stamp)));
  EXPECT_TRUE(kept->cosigned.empty());
  EXPECT_THAT(gateway_.faults(), IsEmpty());
}

TEST_F(StampsTest, OpensslAloneVerifiesWhatIsKept) {
  partners_.Enact(0, 0, true);
  const uint64_t size = gateway_.size();
  Settle();
  const std::string folder = TestGateway::StorageAt(gateway_.root()).folder + "/stamps/";
  const tests::CommandFolder files;
  // The anchor, as an auditor holds it from elsewhere; and the lists that lie beside the stamp.
  files.Write("anchor.pem",
              partners_.authority().root().ToPem() +
                  *base::ReadFile(absl::StrCat(folder, size, ".chain.pem"), size_t{1} << 20));
  const std::string command = absl::StrCat(
      "ts -verify -in ", folder, size, ".tsr -data ", folder, size,
      ".checkpoint -CAfile anchor.pem -crl_check_all -attime ", Last()->time_ms() / 1000 + 1);
  const tests::CommandResult verified = files.Openssl(command);
  EXPECT_EQ(verified.exit_code, 0) << verified.output;
  EXPECT_THAT(verified.output, testing::HasSubstr("Verification: OK"));
}

TEST_F(StampsTest, IsHourlyWhileSomethingElseThanAStampIsNew) {
  partners_.Enact(0, 0, true);
  Settle();
  ASSERT_EQ(partners_.stamps_asked(), 1u);
  // Its own entry calls for no stamp.
  gateway_.clock().Advance(2 * kHourMs);
  Settle();
  EXPECT_EQ(partners_.stamps_asked(), 1u);
  Freeze();
  Settle();
  EXPECT_EQ(partners_.stamps_asked(), 2u);
  Freeze();
  Settle();
  EXPECT_EQ(partners_.stamps_asked(), 2u);
  gateway_.clock().Advance(kHourMs);
  Settle();
  EXPECT_EQ(partners_.stamps_asked(), 3u);
  EXPECT_EQ(stamps().Sizes()->size(), 3u);
}

// Heads of the chains and stamps do not call for one another for ever.
TEST_F(StampsTest, ComesToRestWithTheHeadsOfTheChains) {
  partners_.Enact(0, 0, true);
  for (int day = 0; day < 3; ++day) {
    gateway_.clock().Advance(24 * kHourMs);
    Settle();
    gateway_.clock().Advance(kHourMs);
    Settle();
  }
  const uint64_t size = gateway_.size();
  for (int day = 0; day < 5; ++day) {
    gateway_.clock().Advance(25 * kHourMs);
    Settle();
  }
  EXPECT_EQ(gateway_.size(), size);
}

TEST_F(StampsTest, IsSoonerWhereTheSettingsAllowLessLag) {
  partners_.Enact(0, 10, true);
  Settle();
  Freeze();
  gateway_.clock().Advance(5 * kMinuteMs);
  Settle();
  EXPECT_EQ(partners_.stamps_asked(), 2u);
}

TEST_F(StampsTest, GoesOnAfterAStartWhereItWas) {
  partners_.Enact(0, 0, true);
  Settle();
  Freeze();
  gateway_.Close();
  ASSERT_TRUE(gateway_.Open().ok());
  Settle();
  EXPECT_EQ(partners_.stamps_asked(), 1u);
  gateway_.clock().Advance(kHourMs);
  Settle();
  EXPECT_EQ(partners_.stamps_asked(), 2u);
}

TEST_F(StampsTest, StampsWhatTheQuorumCosigned) {
  partners_.Enact(2, 0, true);
  partners_.SetReachable(0, false);
  Settle();
  EXPECT_EQ(partners_.stamps_asked(), 0u);
  partners_.SetReachable(0, true);
  gateway_.clock().Advance(kMinuteMs);
  Settle();
  Settle();
  ASSERT_EQ(partners_.stamps_asked(), 1u);
  const absl::StatusOr<KeptStamp> kept = stamps().Read(Last()->size());
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_TRUE(audit::checkpoint::CheckQuorum(kept->cosigned, partners_.verifiers(), 2).ok());
  EXPECT_TRUE(Verify(*kept).ok());
}

TEST_F(StampsTest, AsksAgainLaterWhenTheAuthorityIsSilent) {
  partners_.Enact(0, 0, true);
  partners_.SetAuthority({.reachable = false});
  Settle();
  Settle();
  EXPECT_EQ(partners_.stamps_asked(), 1u);
  EXPECT_THAT(gateway_.faults(), ElementsAre(Fault::kStamp));
  partners_.SetAuthority({});
  gateway_.clock().Advance(kMinuteMs);
  Settle();
  EXPECT_TRUE(Last().has_value());
}

TEST_F(StampsTest, BelievesNoClockFartherAwayThanTolerated) {
  partners_.Enact(0, 0, true);
  for (const int64_t ahead_ms : {kMinuteMs + 1000, -kMinuteMs - 1000}) {
    partners_.SetAuthority({.ahead_ms = ahead_ms});
    gateway_.clock().Advance(kHourMs);
    const uint64_t size = gateway_.size();
    Settle();
    EXPECT_EQ(gateway_.size(), size) << ahead_ms;
    EXPECT_THAT(*stamps().Sizes(), IsEmpty());
  }
  EXPECT_THAT(gateway_.faults(), Contains(Fault::kStamp));
  partners_.SetAuthority({.ahead_ms = kMinuteMs - 1000});
  gateway_.clock().Advance(kHourMs);
  Settle();
  EXPECT_TRUE(Last().has_value());
}

TEST_F(StampsTest, BelievesNoAuthorityThatIsRevokedOrWhoseListIsMissing) {
  partners_.Enact(0, 0, true);
  for (const Partners::AuthorityWays& ways : {Partners::AuthorityWays{.revoked = true},
                                              Partners::AuthorityWays{.publishes_lists = false}}) {
    partners_.SetAuthority(ways);
    gateway_.clock().Advance(kHourMs);
    Settle();
    EXPECT_FALSE(Last().has_value());
  }
  EXPECT_EQ(partners_.stamps_asked(), 2u);
}

TEST_F(StampsTest, ServesWhoWaitsForOneAndLetsHimGoInTheEnd) {
  partners_.Enact(0, 0, true);
  Settle();
  gateway_.clock().Advance(2 * kMinuteMs);
  Freeze();
  const uint64_t index = gateway_.size() - 1;
  bool served = false;
  gateway_.convention().evidence().stamps().Await(index, [&] { served = true; });
  EXPECT_FALSE(served);
  // Brought forward, for the last one is longer ago than a minute.
  Settle();
  EXPECT_TRUE(served);
  EXPECT_GT(Last()->size(), index);
  partners_.SetAuthority({.reachable = false});
  Freeze();
  bool let_go = false;
  gateway_.convention().evidence().stamps().Await(gateway_.size() - 1, [&] { let_go = true; });
  Settle();
  EXPECT_FALSE(let_go);
  gateway_.clock().Advance(30'000);
  Settle();
  EXPECT_TRUE(let_go);
}

TEST_F(StampsTest, TransfersStopWhileAnEntryWaitsTooLongForOne) {
  partners_.Enact(0, 10, true);
  Settle();
  partners_.SetAuthority({.reachable = false});
  const auto send = [&] {
    return gateway_.Submit(
        gateway_.RequestOf(gateway_.Send("2023", gateway_.Payload("2023"), 0), {"system-p001"}));
  };
  // The entry that states the last stamp waits for none.
  gateway_.clock().Advance(11 * kMinuteMs);
  Freeze();
  gateway_.clock().Advance(10 * kMinuteMs + 1);
  EXPECT_EQ(ReasonOf(send().status()), "EVIDENCE_LAGS");
  partners_.SetAuthority({});
  Settle();
  EXPECT_TRUE(send().ok());
}

TEST_F(StampsTest, ClosesWhileOneIsUnderWay) {
  partners_.Enact(0, 0, true);
  gateway_.clock().Advance(1000);
  gateway_.convention().Tick();
  gateway_.Close();
  ASSERT_TRUE(gateway_.Open().ok());
  Settle();
  EXPECT_TRUE(Last().has_value());
}

}  // namespace
}  // namespace passerelle::gateway::core
