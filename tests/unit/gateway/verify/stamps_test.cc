// The stamps that a log states, held against those that are kept, and the record times between
// them. Whoever lies here is the operator: hashes and signatures of the log itself are right.
#include "gateway/verify/stamps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/checkpoint.h"
#include "audit/checkpoint/note.h"
#include "audit/checkpoint/stamp_files.h"
#include "audit/merkle/memory_tree.h"
#include "audit/merkle/merkle.h"
#include "certs/x509/certificate.h"
#include "certs/x509/revocation.h"
#include "certs/x509/time_stamp.h"
#include "gateway/base/secret.h"
#include "tests/support/fakes.h"
#include "tests/support/stamp_authority.h"
#include "tests/support/temp_folder.h"

namespace passerelle::gateway::verify {
namespace {

using audit::checkpoint::KeptStamp;
using audit::checkpoint::NoteSigner;
using testing::HasSubstr;
using tests::StampAuthority;

constexpr char kOrigin[] = "passerelle.example/synthetic/test";
constexpr int64_t kStart = tests::FakeClock::kStartMs;
constexpr int64_t kMinute = 60'000;
constexpr int64_t kTolerance = 1000;

class StampCheckTest : public testing::Test {
 protected:
  StampCheckTest() {
    convention::v1::TimeStampAuthority& authority = *settings_.add_time_stamp_authorities();
    authority.add_trust_anchors(authority_.root().ToDer());
    settings_.set_time_stamp_tolerance_ms(kTolerance);
    founding_.set_origin(kOrigin);
    founding_.set_checkpoint_vkey(signer_.verifier().ToVkey());
  }

  // Records something at a time.
  Check Record(int64_t time_ms) {
    record::v1::Entry entry;
    entry.set_time_ms(time_ms);
    entry.mutable_recorded()->add_decisions()->set_effect(record::v1::EFFECT_ACCEPTED);
    return Take(entry, nullptr);
  }

  // Has the log stamped as it stands, and keeps what came of it.
  KeptStamp Stamp(int64_t time_ms) {
    KeptStamp kept;
    kept.size = tree_.size();
    kept.checkpoint =
        *audit::checkpoint::SignCheckpoint(signer_, {kOrigin, tree_.size(), tree_.Root()});
    kept.time_stamp = authority_.Answer(
        certs::x509::TimeStampQuery(kept.checkpoint, "0123456789abcdef"), time_ms);
    kept.chain = absl::StrCat(
        authority_.signer().ToPem(), authority_.intermediate().ToPem(), authority_.root().ToPem(),
        certs::x509::RevocationList::FromText(authority_.SignerList(time_ms))->ToPem(),
        certs::x509::RevocationList::FromText(authority_.IntermediateList(time_ms))->ToPem());
    return kept;
  }
  void Keep(const KeptStamp& kept) {
    ASSERT_TRUE(audit::checkpoint::WriteStamp(folder_ / "stamps", kept).ok());
  }

  // Records the entry that states a stamp.
  Check State(const KeptStamp& kept, int64_t stamped_ms, int64_t time_ms) {
    record::v1::Entry entry;
    entry.set_time_ms(time_ms);
    entry.mutable_recorded()->add_decisions()->set_effect(effect_);
    statement::v1::Statement statement;
    auto& stamped = *statement.add_acts()->mutable_checkpoint_stamped();
    stamped.set_size(kept.size);
    stamped.set_checkpoint(base::ToBytes(base::Sha256(kept.checkpoint)));
    stamped.set_time_stamp(base::ToBytes(base::Sha256(kept.time_stamp)));
    stamped.set_time_ms(stamped_ms);
    return Take(entry, &statement);
  }

  Check Take(const record::v1::Entry& entry, const statement::v1::Statement* statement) {
    const uint64_t index = tree_.size();
    Check fault = check_.Take(index, entry, statement, &founding_);
    tree_.Append(audit::merkle::LeafHash(absl::StrCat("entry ", index)));
    return fault;
  }

  static void ExpectFault(const Check& fault, uint64_t index, const std::string& en) {
    ASSERT_TRUE(fault.has_value());
    EXPECT_EQ(fault->index, index) << fault->en;
    EXPECT_THAT(fault->en, HasSubstr(en));
  }

  const tests::TempFolder folder_;
  const NoteSigner signer_ = *NoteSigner::FromSeed(kOrigin, base::Secret(std::string(32, 's')));
  StampAuthority authority_;
  record::v1::FoundingRow founding_;
  convention::v1::Settings& settings_ = *founding_.mutable_settings();
  record::v1::Effect effect_ = record::v1::EFFECT_ACCEPTED;
  audit::merkle::MemoryTree tree_;
  StampCheck check_{folder_ / "stamps", [this](uint64_t size) { return tree_.RootAt(size); }};
};

TEST_F(StampCheckTest, AcceptsTimesBetweenTheStampsAroundThem) {
  for (int i = 0; i < 3; ++i) {
    const int64_t now = kStart + i * 10 * kMinute;
    EXPECT_FALSE(Record(now).has_value());
    EXPECT_FALSE(Record(now + kMinute).has_value());
    const KeptStamp kept = Stamp(now + 2 * kMinute);
    Keep(kept);
    // Something is recorded before the stamp comes back.
    EXPECT_FALSE(Record(now + 2 * kMinute).has_value());
    const Check fault = State(kept, now + 2 * kMinute, now + 3 * kMinute);
    EXPECT_FALSE(fault.has_value()) << fault->en;
  }
  EXPECT_EQ(check_.verified(), 3u);
  EXPECT_EQ(check_.last_ms(), kStart + 22 * kMinute);
  EXPECT_FALSE(check_.first_missing().has_value());
}

TEST_F(StampCheckTest, NamesTheEntryThatIsDatedAfterAStampThatCoversIt) {
  EXPECT_FALSE(Record(kStart).has_value());
  EXPECT_FALSE(Record(kStart + kMinute + kTolerance + 1).has_value());
  const KeptStamp kept = Stamp(kStart + kMinute);
  Keep(kept);
  ExpectFault(State(kept, kStart + kMinute, kStart + 2 * kMinute), 1,
              "dated after an authority stamped a checkpoint that holds it");
}

TEST_F(StampCheckTest, NamesTheEntryThatIsDatedBeforeAStampThatItFollows) {
  EXPECT_FALSE(Record(kStart).has_value());
  const KeptStamp kept = Stamp(kStart + 10 * kMinute);
  Keep(kept);
  EXPECT_FALSE(State(kept, kStart + 10 * kMinute, kStart + 10 * kMinute).has_value());
  EXPECT_FALSE(Record(kStart + 10 * kMinute - kTolerance).has_value());
  ExpectFault(Record(kStart + 10 * kMinute - kTolerance - 1), 3,
              "dated before the time stamp that entry 1 states");
}

TEST_F(StampCheckTest, CountsTheShiftOfALogsClock) {
  constexpr int64_t kShift = int64_t{24} * 60 * kMinute;
  settings_.set_clock_shift_ms(kShift);
  EXPECT_FALSE(Record(kStart + kShift).has_value());
  const KeptStamp kept = Stamp(kStart + kMinute);
  Keep(kept);
  EXPECT_FALSE(State(kept, kStart + kMinute, kStart + kShift + kMinute).has_value());
  EXPECT_EQ(check_.verified(), 1u);
  ExpectFault(Record(kStart + 2 * kMinute), 2, "dated before the time stamp");
}

TEST_F(StampCheckTest, TellsOfStampsThatAreNotAtHand) {
  EXPECT_FALSE(Record(kStart).has_value());
  const KeptStamp kept = Stamp(kStart + kMinute);
  EXPECT_FALSE(State(kept, kStart + kMinute, kStart + 2 * kMinute).has_value());
  EXPECT_EQ(check_.verified(), 0u);
  EXPECT_EQ(check_.missing(), 1u);
  EXPECT_EQ(check_.first_missing(), 1u);
}

TEST_F(StampCheckTest, NamesAStampOrCheckpointThatIsNotTheOneStated) {
  EXPECT_FALSE(Record(kStart).has_value());
  const KeptStamp kept = Stamp(kStart + kMinute);
  KeptStamp other = kept;
  other.time_stamp = Stamp(kStart + kMinute + 1).time_stamp;
  Keep(other);
  ExpectFault(State(kept, kStart + kMinute, kStart + 2 * kMinute), 1,
              "the time stamp that is kept is not the one that it states");
}

TEST_F(StampCheckTest, NamesACheckpointThatIsNotTheOneStated) {
  EXPECT_FALSE(Record(kStart).has_value());
  const KeptStamp kept = Stamp(kStart + kMinute);
  KeptStamp other = kept;
  other.checkpoint = *audit::checkpoint::SignCheckpoint(signer_, {kOrigin, 1, base::Sha256("no")});
  Keep(other);
  ExpectFault(State(kept, kStart + kMinute, kStart + 2 * kMinute), 1,
              "the checkpoint kept beside its time stamp is not the one that it states");
}

TEST_F(StampCheckTest, NamesAForkThatAnAuthorityStamped) {
  EXPECT_FALSE(Record(kStart).has_value());
  KeptStamp kept = Stamp(kStart + kMinute);
  kept.checkpoint = *audit::checkpoint::SignCheckpoint(signer_, {kOrigin, 1, base::Sha256("no")});
  kept.time_stamp = authority_.Answer(
      certs::x509::TimeStampQuery(kept.checkpoint, "0123456789abcdef"), kStart + kMinute);
  Keep(kept);
  ExpectFault(State(kept, kStart + kMinute, kStart + 2 * kMinute), 1, "it has forked");
}

TEST_F(StampCheckTest, NamesATimeThatIsNotTheStamps) {
  EXPECT_FALSE(Record(kStart).has_value());
  const KeptStamp kept = Stamp(kStart + kMinute);
  Keep(kept);
  ExpectFault(State(kept, kStart + kMinute + 1, kStart + 2 * kMinute), 1,
              "states another time than its time stamp");
}

TEST_F(StampCheckTest, NamesAStampOfAnAuthorityThatTheSettingsDoNotName) {
  const StampAuthority other;
  *settings_.mutable_time_stamp_authorities(0)->mutable_trust_anchors(0) = other.root().ToDer();
  EXPECT_FALSE(Record(kStart).has_value());
  const KeptStamp kept = Stamp(kStart + kMinute);
  Keep(kept);
  ExpectFault(State(kept, kStart + kMinute, kStart + 2 * kMinute), 1, "does not verify");
}

TEST_F(StampCheckTest, NamesAStampWhoseSignerWasRevokedOrWhoseListIsMissing) {
  EXPECT_FALSE(Record(kStart).has_value());
  KeptStamp kept = Stamp(kStart + kMinute);
  kept.chain += certs::x509::RevocationList::FromText(authority_.SignerList(kStart, true))->ToPem();
  Keep(kept);
  ExpectFault(State(kept, kStart + kMinute, kStart + 2 * kMinute), 1, "revoked");
  KeptStamp bare = Stamp(kStart + 3 * kMinute);
  bare.chain = authority_.root().ToPem();
  Keep(bare);
  ExpectFault(State(bare, kStart + 3 * kMinute, kStart + 4 * kMinute), 2, "no revocation list");
}

TEST_F(StampCheckTest, NamesASizeThatWasStampedBeforeOrIsNotThereYet) {
  EXPECT_FALSE(Record(kStart).has_value());
  const KeptStamp kept = Stamp(kStart + kMinute);
  Keep(kept);
  EXPECT_FALSE(State(kept, kStart + kMinute, kStart + 2 * kMinute).has_value());
  ExpectFault(State(kept, kStart + kMinute, kStart + 2 * kMinute), 2, "came before the last one");
  KeptStamp ahead = kept;
  ahead.size = 9;
  ExpectFault(State(ahead, kStart + kMinute, kStart + 2 * kMinute), 3, "did not have yet");
}

TEST_F(StampCheckTest, PassesOverWhatTheRulesRefused) {
  effect_ = record::v1::EFFECT_REFUSED;
  EXPECT_FALSE(Record(kStart).has_value());
  EXPECT_FALSE(State(Stamp(kStart), kStart + kMinute, kStart + kMinute).has_value());
  EXPECT_EQ(check_.verified() + check_.missing(), 0u);
}

}  // namespace
}  // namespace passerelle::gateway::verify
