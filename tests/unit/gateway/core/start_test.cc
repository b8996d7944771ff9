// What a start finds on disk: the log rebuilds the state, and vault and guard are held against it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "gateway/base/status.h"
#include "gateway/core/founding.h"
#include "tests/support/gateway_fixture.h"
#include "tests/support/sqlite_file.h"

namespace passerelle::gateway::core {
namespace {

namespace fs = std::filesystem;
using base::ReasonOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using tests::Progress;
using tests::RunSql;
using tests::SeededRandom;
using tests::TempFolder;
using tests::TestDraft;
using tests::TestEntry;
using tests::TestGateway;

// Replaces the files of one root that begin with `name` (a database and its WAL) by another's.
void TakeFiles(const std::string& from, const std::string& to, const std::string& name) {
  const std::string source = TestGateway::StorageAt(from).folder;
  const std::string target = TestGateway::StorageAt(to).folder;
  for (const auto& [folder, remove] : {std::pair(target, true), std::pair(source, false)})
    for (const auto& file : fs::directory_iterator(folder)) {
      const std::string leaf = file.path().filename().string();
      if (leaf.substr(0, name.size()) != name) continue;
      if (remove)
        fs::remove(file.path());
      else
        fs::copy(file.path(), absl::StrCat(target, "/", leaf));
    }
}

void TakeGuard(const std::string& from, const std::string& to) {
  fs::copy_file(TestGateway::StorageAt(from).guard, TestGateway::StorageAt(to).guard,
                fs::copy_options::overwrite_existing);
}

// A convention before and after one more statement, with the files of both moments.
class StartTest : public ::testing::Test {
 protected:
  void TakeOneStep() {
    gateway_.convention().Tick();
    gateway_.CopyTo(before());
    draft_ = gateway_.Declare("p001/agg-later", "Titre ultérieur (synthétique)");
    later_ = gateway_.Must(draft_, {"steward-p001"});
    gateway_.convention().Tick();
    gateway_.CopyTo(after());
  }
  std::string before() const { return folder_ / "before"; }
  std::string after() const { return folder_ / "after"; }

  const TempFolder folder_;
  TestGateway gateway_{Progress::kSent};
  TestDraft draft_;
  TestEntry later_;
};

TEST_F(StartTest, RebuildsTheStateFromTheLogAlone) {
  gateway_.Fetch("reader-p002", gateway_.transfer).IgnoreError();
  gateway_.Record(gateway_.Propose(), {"steward-p003"});
  const std::string dump = gateway_.Dump();
  const uint64_t size = gateway_.size();
  gateway_.Close();
  ASSERT_TRUE(gateway_.Open().ok());
  EXPECT_EQ(gateway_.Dump(), dump);
  EXPECT_EQ(gateway_.size(), size);
}

TEST_F(StartTest, FindsReceiptsOfBeforeTheStart) {
  TakeOneStep();
  gateway_.Close();
  ASSERT_TRUE(gateway_.Open().ok());
  const auto receipt =
      gateway_.convention().GetReceipt(*base::DigestFromBytes(later_.digest), later_.size);
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_EQ(gateway_.Verify(*receipt)->index, later_.index);
}

TEST_F(StartTest, RefusesALogWithoutAPayloadThatNothingErasedAndNamesTheEntry) {
  const uint64_t sent = gateway_.size() - 1;
  gateway_.Close();
  RunSql(TestGateway::StorageAt(gateway_.root()).folder + "/vault.db",
         "DELETE FROM items WHERE class = 1");
  const absl::Status status = gateway_.Open();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReasonOf(status), "VAULT_ROW_MISSING");
  EXPECT_THAT(std::string(status.message()), HasSubstr(absl::StrCat("entry ", sent, ":")));
}

TEST_F(StartTest, RefusesALogWithoutADocumentOfItsDecisionFileAndNamesTheEntry) {
  TakeOneStep();
  TakeFiles(before(), after(), "vault.db");
  const absl::Status status = gateway_.OpenAt(after()).status();
  EXPECT_EQ(ReasonOf(status), "VAULT_ROW_MISSING");
  EXPECT_THAT(std::string(status.message()), HasSubstr(absl::StrCat("entry ", later_.index, ":")));
}

TEST_F(StartTest, SweepsWhatACrashBetweenVaultAndLogLeft) {
  TakeOneStep();
  const base::Digest title = *base::DigestFromBytes(draft_.attachments[0].commitment());
  ASSERT_TRUE(gateway_.convention().FindDocument(title).ok());
  // The vault's commit was durable and the log's was not.
  TakeFiles(after(), before(), "vault.db");
  const std::string vault = TestGateway::StorageAt(before()).folder + "/vault.db";
  const std::string ciphertext = [&] {
    const std::string copy = folder_ / "vault-copy";
    fs::create_directory(copy);
    for (const char* file : {"/vault.db", "/vault.db-wal"})
      if (fs::exists(TestGateway::StorageAt(before()).folder + file))
        fs::copy(TestGateway::StorageAt(before()).folder + file, copy + file);
    return RunSql(copy + "/vault.db",
                  "SELECT ciphertext FROM items ORDER BY place DESC LIMIT 1")[0];
  }();
  EXPECT_THAT(tests::FilesWith(before(), ciphertext), ::testing::Not(IsEmpty()));
  const auto reopened = gateway_.OpenAt(before());
  ASSERT_TRUE(reopened.ok()) << reopened.status();
  EXPECT_TRUE(absl::IsNotFound((*reopened)->FindDocument(title).status()));
  EXPECT_THAT(tests::FilesWith(before(), ciphertext), IsEmpty());
}

TEST_F(StartTest, RefusesTheKeysOfAnotherInstallation) {
  SeededRandom random(99);
  const std::string other = folder_ / "other";
  ASSERT_TRUE(LockData(TestGateway::PathsAt(other)).ok());
  ASSERT_TRUE(
      CreateStorage(TestGateway::StorageAt(other), gateway_.convention().log().origin(), random)
          .ok());
  gateway_.Close();
  for (const auto& [name, reason] :
       {std::pair<std::string, std::string>{"statement.key", "STATEMENT_KEY"},
        {"checkpoint.key", "CHECKPOINT_KEY"},
        {"kek-1", "KEK_WRONG"}}) {
    const std::string key = TestGateway::StorageAt(gateway_.root()).folder + "/keys/" + name;
    fs::rename(key, folder_ / "ours");
    fs::copy_file(TestGateway::StorageAt(other).folder + "/keys/" + name, key);
    const absl::Status status = gateway_.Open();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << name;
    EXPECT_EQ(ReasonOf(status), reason);
    fs::rename(folder_ / "ours", key);
  }
  EXPECT_TRUE(gateway_.Open().ok());
}

TEST_F(StartTest, RefusesACheckpointKeyThatOthersMayRead) {
  const std::string key = TestGateway::StorageAt(gateway_.root()).folder + "/keys/checkpoint.key";
  gateway_.Close();
  fs::permissions(key, fs::perms(0644));
  EXPECT_EQ(ReasonOf(gateway_.Open()), "KEY_PERMISSIONS");
}

TEST_F(StartTest, RefusesALogBehindItsGuard) {
  TakeOneStep();
  TakeGuard(after(), before());
  const absl::Status status = gateway_.OpenAt(before()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReasonOf(status), "LOG_BEHIND_GUARD");
}

TEST_F(StartTest, OpensALogWhoseGuardIsBehind) {
  TakeOneStep();
  TakeGuard(before(), after());
  const auto reopened = gateway_.OpenAt(after());
  ASSERT_TRUE(reopened.ok()) << reopened.status();
  EXPECT_EQ((*reopened)->log().head().size, later_.size);
}

TEST_F(StartTest, RefusesALogWhoseGuardIsGone) {
  gateway_.Close();
  fs::remove(TestGateway::StorageAt(gateway_.root()).guard);
  EXPECT_EQ(ReasonOf(gateway_.Open()), "GUARD_MISSING");
}

TEST_F(StartTest, RefusesAnotherLogUnderItsKeys) {
  TestGateway other(Progress::kFounded);
  other.CopyTo(folder_ / "other");
  gateway_.CopyTo(folder_ / "mixed");
  TakeFiles(folder_ / "other", folder_ / "mixed", "audit.db");
  EXPECT_EQ(ReasonOf(gateway_.OpenAt(folder_ / "mixed").status()), "LOG_FORKED");
}

TEST(FoundingTest, RefusesToServeALogWithoutItsEntryZero) {
  TestGateway gateway(Progress::kFounded);
  const TempFolder folder;
  tests::SeededRandom random(3);
  const StoragePaths paths = TestGateway::StorageAt(folder.path());
  ASSERT_TRUE(LockData(TestGateway::PathsAt(folder.path())).ok());
  ASSERT_TRUE(CreateStorage(paths, "passerelle.example/other/test", random).ok());
  EXPECT_EQ(ReasonOf(gateway.OpenAt(folder.path()).status()), "NOT_ENACTED");
}

TEST(FoundingTest, NeverMakesKeysOverKeys) {
  TestGateway gateway(Progress::kFounded);
  tests::SeededRandom random(3);
  const absl::Status status =
      CreateStorage(TestGateway::StorageAt(gateway.root()), "passerelle.example/other", random);
  EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ReasonOf(status), "ALREADY_INITIALISED");
}

// Enacting entry 0 as the fixture did, in a folder of its own.
class EnactTest : public ::testing::Test {
 protected:
  EnactTest() {
    draft_.acts = gateway_.ActsAt(0);
    // A founding statement names no log and has seen none.
    gateway_.Close();
  }

  absl::Status EnactIn(const std::string& root) {
    return Enact(TestGateway::StorageAt(root),
                 gateway_.RequestOf(draft_, tests::Founders()).envelope, gateway_.clock(), random_)
        .status();
  }

  // The path of a new storage that holds the same keys, so that entry 0 names them.
  std::string SameKeys() {
    std::string root = folder_ / "same";
    EXPECT_TRUE(LockData(TestGateway::PathsAt(root)).ok());
    fs::create_directories(TestGateway::StorageAt(root).folder);
    fs::copy(TestGateway::StorageAt(gateway_.root()).folder + "/keys",
             TestGateway::StorageAt(root).folder + "/keys");
    return root;
  }

  const TempFolder folder_;
  tests::SeededRandom random_{4};
  TestGateway gateway_{Progress::kFounded};
  TestDraft draft_;
};

TEST_F(EnactTest, FoundsALogThatThenServes) {
  const std::string root = SameKeys();
  ASSERT_TRUE(EnactIn(root).ok());
  const auto convention = gateway_.OpenAt(root);
  ASSERT_TRUE(convention.ok()) << convention.status();
  EXPECT_EQ((*convention)->log().head().size, 1u);
  EXPECT_EQ((*convention)->log_name(), base::View(*(*convention)->log().RootAt(1)));
}

TEST_F(EnactTest, RefusesALogThatHasItsEntryZero) {
  EXPECT_EQ(ReasonOf(EnactIn(gateway_.root())), "ENACTED");
}

TEST_F(EnactTest, RefusesAnEntryZeroThatNamesOtherKeys) {
  const std::string root = folder_ / "other";
  ASSERT_TRUE(LockData(TestGateway::PathsAt(root)).ok());
  ASSERT_TRUE(
      CreateStorage(TestGateway::StorageAt(root), "passerelle.example/ctg-testville/test", random_)
          .ok());
  EXPECT_EQ(ReasonOf(EnactIn(root)), "CHECKPOINT_KEY");
}

TEST_F(EnactTest, RefusesAnEntryZeroOfAnotherOrigin) {
  const std::string root = SameKeys();
  draft_.acts[0].mutable_convention_enacted()->set_origin("passerelle.example/elsewhere");
  EXPECT_EQ(ReasonOf(EnactIn(root)), "ORIGIN");
}

TEST_F(EnactTest, RefusesAnEntryZeroThatAFounderDidNotSign) {
  const std::string root = SameKeys();
  const Request request = gateway_.RequestOf(draft_, {"gateway", "secretary-1", "counter-1"});
  EXPECT_EQ(
      ReasonOf(Enact(TestGateway::StorageAt(root), request.envelope, gateway_.clock(), random_)
                   .status()),
      "FOUNDERS_MISSING");
}

TEST_F(EnactTest, LeavesAnEmptyLogWhenTheRulesRefuse) {
  const std::string root = SameKeys();
  draft_.acts[0].mutable_convention_enacted()->mutable_convention()->clear_purposes();
  const absl::Status status = EnactIn(root);
  EXPECT_EQ(ReasonOf(status), "FOUNDING_REFUSED");
  EXPECT_EQ(ReasonOf(gateway_.OpenAt(root).status()), "NOT_ENACTED");
}

}  // namespace
}  // namespace passerelle::gateway::core
