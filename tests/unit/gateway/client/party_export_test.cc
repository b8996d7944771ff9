#include "gateway/client/party_export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "certs/x509/tls_policy.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/verify/party_folder.h"
#include "gateway/verify/verify.h"
#include "policy/state/state.h"
#include "tests/support/served_gateway.h"
#include "tests/support/temp_folder.h"

namespace passerelle::gateway::client {
namespace {

using base::ReasonOf;
using testing::HasSubstr;
using tests::Progress;
using tests::ServedGateway;
using verify::PartyVerdict;

constexpr int64_t kDayMs = int64_t{24} * 3600 * 1000;

void Unheard(uint64_t, uint64_t) {}

class PartyExportTest : public testing::Test {
 protected:
  tests::TestGateway& gateway() { return served_.gateway(); }

  Profile ProfileOf(const std::string& name) {
    Profile profile;
    profile.target = "unused";
    profile.log = gateway().convention().log_name();
    gateway().convention().Read([&](const policy::state::State& state) {
      profile.origin = state.founding()->origin();
      profile.checkpoint_vkey = state.founding()->checkpoint_vkey();
    });
    profile.checkpoint_file = folder_ / (name + ".checkpoint");
    return profile;
  }

  absl::StatusOr<PartyExport> Take(const std::string& name, const std::string& party,
                                   const std::string& folder) {
    const Profile profile = ProfileOf(name);
    absl::StatusOr<std::unique_ptr<Session>> session =
        Session::OpenOver(profile, served_.ClientOf(name),
                          *certs::keys::PrivateKey::FromEd25519Seed(std::string(32, 'k')),
                          gateway().clock(), random_);
    if (!session.ok()) return session.status();
    return WritePartyExport(**session, profile, folder, party, Unheard);
  }

  PartyExport MustTake() {
    const absl::StatusOr<PartyExport> done = Take("steward-p001", "p001", export_);
    EXPECT_TRUE(done.ok()) << done.status();
    return done.value_or(PartyExport());
  }

  PartyVerdict Verify(const std::string& folder) {
    const absl::StatusOr<base::Digest> log =
        base::DigestFromBytes(gateway().convention().log_name());
    const absl::StatusOr<PartyVerdict> verdict = verify::VerifyPartyExport(folder, &*log, Unheard);
    EXPECT_TRUE(verdict.ok()) << verdict.status();
    return verdict.value_or(PartyVerdict());
  }

  uint64_t LengthOf(const std::string& chain) {
    uint64_t length = 0;
    gateway().convention().Read(
        [&](const policy::state::State& state) { length = state.chains.Find(chain)->length(); });
    return length;
  }

  // The gateway states the heads, a day later. Returns the index of that entry.
  uint64_t StateHeads() {
    gateway().clock().Advance(kDayMs);
    gateway().Settle();
    gateway().WaitForPool();
    uint64_t index = 0;
    gateway().convention().Read(
        [&](const policy::state::State& state) { index = state.stated_heads.Find("")->index(); });
    return index;
  }

  // Every file of the export, relative to it.
  std::vector<std::string> Files() const {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(export_))
      if (entry.is_regular_file())
        files.push_back(entry.path().lexically_relative(export_).generic_string());
    std::sort(files.begin(), files.end());
    return files;
  }

  // A copy to be spoilt.
  std::string Copy() {
    std::filesystem::remove_all(folder_ / "copy");
    std::filesystem::copy(export_, folder_ / "copy", std::filesystem::copy_options::recursive);
    return folder_ / "copy";
  }

  static void SetUpTestSuite() { ASSERT_TRUE(certs::x509::RequireTls13().ok()); }

  ServedGateway served_{Progress::kSent};
  tests::TempFolder folder_;
  tests::SeededRandom random_{9};
  const std::string export_ = folder_ / "export";
};

TEST_F(PartyExportTest, HoldsWhatConcernsThePartyOrEveryoneAndVerifies) {
  const PartyExport done = MustTake();
  const PartyVerdict verdict = Verify(export_);
  ASSERT_TRUE(verdict.accepted) << verdict.fault_en;
  EXPECT_EQ(verdict.own, LengthOf("p001"));
  EXPECT_EQ(verdict.common, LengthOf("all"));
  EXPECT_EQ(verdict.size, gateway().size());
  EXPECT_EQ(done.fetched, done.entries);
  EXPECT_GT(verdict.signatures, done.entries);
  // Nobody stated where the chains end.
  EXPECT_FALSE(verdict.complete_before.has_value());
  EXPECT_FALSE(base::Exists(export_ + "/heads"));
}

TEST_F(PartyExportTest, HoldsNothingOfTheOthers) {
  gateway().exchange = gateway().Must(gateway().Propose(), {"requester-p002"}).Ref();
  const absl::StatusOr<PartyExport> done = Take("steward-p003", "p003", export_);
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_TRUE(Verify(export_).accepted);
  for (uint64_t index = 0; index < gateway().size(); ++index) {
    const record::v1::Entry entry = gateway().EntryAt(index);
    bool concerns = false;
    for (const auto& link : entry.links())
      concerns = concerns || link.party() == "p003" || link.party() == "all";
    EXPECT_EQ(base::Exists(export_ + "/" + verify::PartyEntryPath(index)), concerns) << index;
  }
}

TEST_F(PartyExportTest, ShowsThatNothingIsMissingOnceHeadsAreStated) {
  const uint64_t stated = StateHeads();
  gateway().Must(gateway().FreezeExchange("p001"), {"steward-p001"});
  MustTake();
  const PartyVerdict verdict = Verify(export_);
  ASSERT_TRUE(verdict.accepted) << verdict.fault_en;
  EXPECT_EQ(verdict.complete_before, stated);
  EXPECT_EQ(verdict.beyond, 1u);
}

TEST_F(PartyExportTest, IsBroughtUpToDateWithWhatIsNewAlone) {
  const PartyExport first = MustTake();
  EXPECT_EQ(MustTake().fetched, 0u);
  gateway().Must(gateway().FreezeExchange("p001"), {"steward-p001"});
  StateHeads();
  const PartyExport second = MustTake();
  EXPECT_EQ(second.fetched, 2u);
  EXPECT_EQ(second.entries, first.entries + 2);
  const PartyVerdict verdict = Verify(export_);
  EXPECT_TRUE(verdict.accepted) << verdict.fault_en;
  EXPECT_EQ(verify::ListPartyCheckpoints(export_)->size(), 2u);
}

TEST_F(PartyExportTest, GoesOnWhereItWasInterrupted) {
  const PartyExport whole = MustTake();
  const std::vector<uint64_t> indexes = verify::ListPartyEntries(export_)->indexes;
  ASSERT_GT(indexes.size(), 4u);
  for (size_t i = indexes.size() - 3; i < indexes.size(); ++i)
    std::filesystem::remove(export_ + "/" + verify::PartyEntryPath(indexes[i]));
  std::filesystem::remove(export_ + "/checkpoint");
  EXPECT_FALSE(Verify(export_).accepted);
  EXPECT_EQ(MustTake().fetched, 3u);
  EXPECT_TRUE(Verify(export_).accepted);
  EXPECT_EQ(MustTake().entries, whole.entries);
}

TEST_F(PartyExportTest, EveryFileThatIsMissingOrAlteredIsFound) {
  MustTake();
  StateHeads();
  gateway().Must(gateway().FreezeExchange("p001"), {"steward-p001"});
  MustTake();
  ASSERT_TRUE(Verify(export_).accepted);
  for (const std::string& file : Files()) {
    const std::string copy = Copy();
    const std::string bytes = *base::ReadFile(copy + "/" + file, base::kMaxProofBytes);
    for (const size_t at : {size_t{0}, bytes.size() / 2, bytes.size() - 2}) {
      std::string altered = bytes;
      altered[at] = altered[at] == 'A' ? 'B' : 'A';
      ASSERT_TRUE(base::WriteFile(copy + "/" + file, altered, base::FileMode::kPrivate).ok());
      EXPECT_FALSE(Verify(copy).accepted) << file << " at " << at;
    }
    std::filesystem::remove(copy + "/" + file);
    // Without the last entry the chains have no gap: the heads do not cover it yet.
    const bool last = file == verify::PartyEntryPath(gateway().size() - 1);
    if (file != "party") EXPECT_EQ(Verify(copy).accepted, last) << file;
  }
  for (const char* stranger : {"/entries/x", "/x", "/checkpoints/x", "/entries/0.tlog-proof"}) {
    const std::string copy = Copy();
    ASSERT_TRUE(base::WriteFile(copy + stranger, "a stranger", base::FileMode::kPrivate).ok());
    EXPECT_FALSE(Verify(copy).accepted) << stranger;
  }
}

// What DESIGN calls the operator's temptation: a paper transcribed in a party's name, withheld from
// that party alone.
TEST_F(PartyExportTest, ADeedWithheldFromThePartyAloneIsFoundByName) {
  const tests::TestEntry deed = gateway().Must(gateway().Adhesion("p004"), tests::Transcribers());
  const uint64_t stated = StateHeads();
  const std::string folder = folder_ / "p004";
  ASSERT_TRUE(Take("log-auditor", "p004", folder).ok());
  ASSERT_TRUE(Verify(folder).accepted);
  std::filesystem::remove(folder + "/" + verify::PartyEntryPath(deed.index));
  const PartyVerdict verdict = Verify(folder);
  EXPECT_FALSE(verdict.accepted);
  EXPECT_EQ(verdict.index, stated) << verdict.fault_en;
  EXPECT_THAT(verdict.fault_en, HasSubstr("an entry of the chain of all is missing before it"));
}

TEST_F(PartyExportTest, AnEntryWithheldAtTheEndOfTheChainIsFoundByTheHeads) {
  const tests::TestEntry frozen =
      gateway().Must(gateway().FreezeExchange("p001"), {"steward-p001"});
  StateHeads();
  MustTake();
  // No later entry of its chain tells of it.
  std::filesystem::remove(export_ + "/" + verify::PartyEntryPath(frozen.index));
  const PartyVerdict verdict = Verify(export_);
  EXPECT_FALSE(verdict.accepted);
  EXPECT_THAT(verdict.fault_en, HasSubstr("An entry of the chain of p001 is missing before"));
}

TEST_F(PartyExportTest, IsRefusedToThoseOfOtherParties) {
  EXPECT_EQ(ReasonOf(Take("requester-p002", "p001", export_).status()), "NOT_OF_PARTY");
}

TEST_F(PartyExportTest, RefusesAFolderOfSomethingElse) {
  MustTake();
  EXPECT_EQ(ReasonOf(Take("requester-p002", "p002", export_).status()), "EXPORT_OTHER_PARTY");
  const std::string other = folder_ / "other";
  ASSERT_TRUE(base::MakeFolder(other, base::FileMode::kPrivate).ok());
  ASSERT_TRUE(base::WriteFile(other + "/notes", "of mine", base::FileMode::kPrivate).ok());
  EXPECT_EQ(ReasonOf(Take("steward-p001", "p001", other).status()), "EXPORT_NOT_EMPTY");
  ASSERT_TRUE(base::WriteFile(export_ + "/log.vkey", "another\n", base::FileMode::kPrivate).ok());
  EXPECT_EQ(ReasonOf(Take("steward-p001", "p001", export_).status()), "EXPORT_OTHER_LOG");
}

}  // namespace
}  // namespace passerelle::gateway::client
