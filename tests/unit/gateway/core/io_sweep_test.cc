// Every operation of the disk fails in turn, in every way in which it can, under an act, an
// upload, a start, an erasure and a founding. The process ends, another one starts on what is left,
// and what was acknowledged holds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>

#include "absl/strings/str_cat.h"
#include "audit/log/sqlite_store.h"
#include "gateway/base/files.h"
#include "gateway/base/memory_file.h"
#include "gateway/base/status.h"
#include "gateway/core/founding.h"
#include "gateway/core/replay.h"
#include "policy/state/indexes.h"
#include "tests/support/faulty_disk.h"
#include "tests/support/gateway_fixture.h"
#include "tests/support/sqlite_file.h"

namespace passerelle::gateway::core {
namespace {

namespace fs = std::filesystem;
using passerelle::gateway::v1::Receipt;
using ::testing::IsEmpty;
using tests::FaultyDisk;
using tests::FilesWith;
using tests::IoFault;
using tests::Progress;
using tests::TempFolder;
using tests::TestEntry;
using tests::TestGateway;

constexpr int64_t kHourMs = int64_t{3600} * 1000;
constexpr int64_t kDestroyMs = tests::FakeClock::kStartMs + 2 * kHourMs;

struct Way {
  const char* name;
  IoFault fault;
  // Whether the process is killed in the end; else it closes, unless the fault has ended it.
  bool killed;
};
constexpr Way kWays[] = {
    {"fails", IoFault::kErrorOnce, false},
    {"fails, and all after it", IoFault::kErrorFromThenOn, false},
    {"fails, yet is done", IoFault::kErrorThoughDone, true},
    {"meets a power cut", IoFault::kPowerCut, false},
    // These count writes and reads alone.
    {"is torn", IoFault::kTornWrite, true},
    {"reads nothing", IoFault::kReadError, false},
};

// The first four ways begin one operation after the other: if each takes every fourth one, all are
// struck. Under a sanitizer a run takes some ten times as long, and what it looks at is how a fault
// is handled, not what the disk holds then: fewer are struck.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PASSERELLE_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define PASSERELLE_SANITIZED 1
#endif
#endif
#ifdef PASSERELLE_SANITIZED
constexpr int kStep = 32;
#else
constexpr int kStep = 4;
#endif
// Fewer calls of the disk than any of them needs.
constexpr int kFewest = 15;

// Sweeps over one operation of a convention; which, the tests below say.
class IoSweepTest : public ::testing::Test {
 protected:
  explicit IoSweepTest(Progress progress) : gateway_(progress) {}

  // What happens while the disk is faulty. The convention is open unless StartsUnderFault.
  virtual void Act() = 0;
  virtual bool StartsUnderFault() const { return false; }
  // Looks at the files that are left, before a new process starts on them; then at that process.
  virtual void LookAtFiles() {}
  virtual void LookAtStart() = 0;
  // Whether a new process has to find a convention there.
  virtual bool HasToStart() const { return true; }
  // Whether what Act wants was answered for: without a fault it is.
  virtual bool IsDone() const = 0;

  // Every operation meets some fault; with PASSERELLE_SWEEP=whole, in the long run, every fault.
  void Sweep() {
    gateway_.Abandon();
    const char* const wanted = std::getenv("PASSERELLE_SWEEP");
    const int step = wanted != nullptr && std::string_view(wanted) == "whole" ? 1 : kStep;
    for (size_t i = 0; i < std::size(kWays); ++i) {
      FaultyDisk::Counts met;
      int operation = 1 + static_cast<int>(i) % step;
      while (Run(kWays[i], operation, met) && !HasFailure()) operation += step;
      if (HasFailure()) return;
      // The last run met no fault, and every operation.
      EXPECT_GT(operation, kFewest) << kWays[i].name;
      EXPECT_GT(met.database, kFewest) << kWays[i].name;
      EXPECT_GT(met.plain, 0) << kWays[i].name;
    }
  }

  // Remembers an answer; its receipt has to verify.
  void Acknowledge(const Request& request, const absl::StatusOr<Receipt>& receipt) {
    if (receipt.ok()) acknowledged_.push_back(gateway_.Recorded(request.envelope, *receipt));
  }

  // A copy of the convention's root, from which each run begins.
  std::string prepared() const { return folder_ / "prepared"; }

  const TempFolder folder_;
  TestGateway gateway_;
  // When each run begins.
  int64_t start_ms_ = tests::FakeClock::kStartMs;
  // What every run finds acknowledged, and what it has acknowledged itself.
  std::vector<TestEntry> known_;
  std::vector<TestEntry> acknowledged_;

 private:
  // One run; whether the fault struck.
  bool Run(const Way& way, int operation, FaultyDisk::Counts& met) {
    SCOPED_TRACE(absl::StrCat("operation ", operation, " ", way.name));
    // What is durable the model says: the files themselves are in memory.
    const TempFolder folder(base::kMemoryFolder);
    const std::string root = folder / "root";
    fs::copy(prepared(), root, fs::copy_options::recursive);
    gateway_.clock().SetWall(start_ms_);
    acknowledged_ = known_;
    signed_.reset();
    FaultyDisk disk(root);
    gateway_.MoveTo(root);
    gateway_.SetAtEnd([&disk] { disk.Stop(); });
    if (!StartsUnderFault() && !gateway_.Open().ok()) {
      ADD_FAILURE() << "the prepared root does not open";
      return false;
    }
    disk.Arm(way.fault, operation);
    Act();
    gateway_.WaitForPool();
    if (gateway_.held() != nullptr) signed_ = gateway_.convention().log().signed_head();
    const bool done = IsDone();
    if (way.killed) disk.Stop();
    gateway_.Abandon();
    gateway_.SetAtEnd(nullptr);
    const bool struck = disk.struck();
    met = disk.counts();
    if (way.fault == IoFault::kPowerCut) disk.LoseUnsynced();
    disk.Disarm();
    EXPECT_TRUE(done || struck) << "nothing was in the way";
    LookAtFiles();
    if (HasToStart()) Restart();
    gateway_.Abandon();
    return struck;
  }

  // Starts a new process on what is left and holds it against what the old one said.
  void Restart() {
    gateway_.MoveTo(gateway_.root());
    const absl::Status opened = gateway_.Open();
    ASSERT_TRUE(opened.ok()) << opened;
    const audit::log::Log& log = gateway_.convention().log();
    if (signed_.has_value()) {
      ASSERT_GE(log.head().size, signed_->head.size) << "a signed checkpoint is ahead of the log";
      EXPECT_EQ(*log.RootAt(signed_->head.size), signed_->head.root);
    }
    for (const TestEntry& one : acknowledged_) {
      ASSERT_GE(log.head().size, one.size) << "an acknowledged entry is lost";
      EXPECT_EQ(*log.RootAt(one.size), one.root);
      const auto receipt =
          gateway_.convention().GetReceipt(*base::DigestFromBytes(one.digest), one.size);
      ASSERT_TRUE(receipt.ok()) << receipt.status();
      EXPECT_EQ(gateway_.Verify(*receipt)->index, one.index);
    }
    LookAtStart();
    EXPECT_THAT(gateway_.faults(), IsEmpty());
    EXPECT_FALSE(gateway_.ended());
    EXPECT_EQ(gateway_.Dump(), ReplayedDump());
    const absl::Status audited = gateway_.Audit();
    EXPECT_TRUE(audited.ok()) << audited;
  }

  // The state as the log alone gives it.
  std::string ReplayedDump() const {
    const StoragePaths paths = TestGateway::StorageAt(gateway_.root());
    policy::state::State state;
    Replay replay(state);
    const auto signer = LoadSigner(paths.folder);
    const auto store = audit::log::OpenSqliteStore(paths.folder + "/audit.db");
    if (!signer.ok() || !store.ok()) return "";
    const auto log = replay.ReadAll(**store, **signer);
    return log.ok() ? state.Dump() : log.status().ToString();
  }

  // The last checkpoint that the old process signed.
  std::optional<audit::log::SignedHead> signed_;
};

// A transfer, its payload within the request or as a stream.
class AppendSweepTest : public IoSweepTest {
 protected:
  AppendSweepTest() : IoSweepTest(Progress::kRegistered) {
    known_.push_back(
        gateway_.Must(gateway_.Send("2022", gateway_.Payload("2022"), 0), {"system-p001"}));
    request_ =
        gateway_.RequestOf(gateway_.Send("2023", gateway_.Payload("2023"), 0), {"system-p001"});
    gateway_.CopyTo(prepared());
  }

  virtual absl::StatusOr<Receipt> Send() { return gateway_.Submit(request_); }

  void Act() override {
    Acknowledge(request_, Send());
    gateway_.convention().Tick();
  }
  bool IsDone() const override { return acknowledged_.size() > known_.size(); }

  // The same statement again is the same entry, whether or not it was answered before.
  void LookAtStart() override {
    const auto again = Send();
    ASSERT_TRUE(again.ok()) << again.status();
    const TestEntry entry = gateway_.Recorded(request_.envelope, *again);
    EXPECT_TRUE(entry.accepted());
    if (acknowledged_.size() > known_.size()) EXPECT_EQ(entry.index, acknowledged_.back().index);
    const uint64_t size = gateway_.size();
    const auto third = Send();
    ASSERT_TRUE(third.ok()) << third.status();
    EXPECT_EQ(gateway_.Recorded(request_.envelope, *third).index, entry.index);
    EXPECT_EQ(gateway_.size(), size);
    const auto fetched = gateway_.Fetch("reader-p002", entry.Ref());
    ASSERT_TRUE(fetched.ok()) << fetched.status();
    EXPECT_EQ(fetched->payload.content(), gateway_.Payload("2023"));
  }

  Request request_;
};

TEST_F(AppendSweepTest, KeepsWhatItAcknowledgedWhicheverOperationFails) { Sweep(); }

class UploadSweepTest : public AppendSweepTest {
 protected:
  absl::StatusOr<Receipt> Send() override { return gateway_.Upload(request_); }
};

TEST_F(UploadSweepTest, KeepsWhatItAcknowledgedWhicheverOperationFails) { Sweep(); }

// What only its destruction can take away of a payload in a root: the ciphertext and wrapped key of
// its row, and the bytes of its object where it has one.
std::vector<std::string> PayloadBytes(const std::string& root, const TestEntry& sent) {
  const TempFolder folder;
  fs::copy(root, folder / "copy", fs::copy_options::recursive);
  const std::string storage = TestGateway::StorageAt(folder / "copy").folder;
  const auto select = [&](const char* column) {
    return tests::RunSql(storage + "/vault.db", absl::StrCat("SELECT ", column,
                                                             " FROM items WHERE class = 1 AND "
                                                             "place >> 20 = ",
                                                             sent.index));
  };
  std::vector<std::string> bytes = {select("ciphertext")[0], select("wrapped")[0]};
  const std::string object = select("object")[0];
  if (!object.empty()) bytes.push_back(*base::ReadFile(storage + "/objects/" + object, 1 << 20));
  return bytes;
}

bool AreAnywhere(const std::vector<std::string>& bytes, const std::string& folder) {
  return std::any_of(bytes.begin(), bytes.end(),
                     [&](const std::string& one) { return !FilesWith(folder, one).empty(); });
}

// A start after a crash: write-ahead logs to recover, a guard and an index that are behind, a vault
// that is ahead of the log by a group.
class StartSweepTest : public IoSweepTest {
 protected:
  StartSweepTest() : IoSweepTest(Progress::kRegistered) {
    known_.push_back(gateway_.Must(Send("2021"), {"system-p001"}));
    gateway_.convention().Tick();
    known_.push_back(gateway_.Must(Send("2022"), {"system-p001"}));
    gateway_.CopyTo(prepared());
    const Request later = gateway_.RequestOf(Send("2023"), {"system-p001"});
    const TestEntry uploaded = gateway_.Recorded(later.envelope, *gateway_.Upload(later));
    EXPECT_TRUE(uploaded.accepted());
    const std::string ahead = folder_ / "ahead";
    gateway_.CopyTo(ahead);
    const std::string from = TestGateway::StorageAt(ahead).folder;
    const std::string to = TestGateway::StorageAt(prepared()).folder;
    for (const char* name : {"/vault.db", "/vault.db-wal", "/objects"})
      fs::copy(from + name, to + name,
               fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    ahead_ = PayloadBytes(prepared(), uploaded);
    EXPECT_EQ(ahead_.size(), 3u);
    EXPECT_TRUE(AreAnywhere(ahead_, prepared()));
  }

  tests::TestDraft Send(std::string_view year) {
    return gateway_.Send(year, gateway_.Payload(year), 0);
  }

  bool StartsUnderFault() const override { return true; }
  void Act() override {
    const absl::Status opened = gateway_.Open();
    EXPECT_FALSE(absl::IsDataLoss(opened)) << "an error is taken for damage: " << opened;
  }
  bool IsDone() const override { return gateway_.held() != nullptr; }

  void LookAtStart() override {
    EXPECT_FALSE(AreAnywhere(ahead_, gateway_.root())) << "what nobody acknowledged is still there";
    for (const TestEntry& sent : known_) {
      const auto fetched = gateway_.Fetch("reader-p002", sent.Ref());
      ASSERT_TRUE(fetched.ok()) << fetched.status();
      EXPECT_THAT(fetched->findings, IsEmpty());
    }
  }

  std::vector<std::string> ahead_;
};

TEST_F(StartSweepTest, RecoversWhicheverOperationFailsAndTheNextTimeForGood) { Sweep(); }

// The end of two payloads' terms, of one in the vault and one in a file of its own.
class ErasureSweepTest : public IoSweepTest {
 protected:
  ErasureSweepTest() : IoSweepTest(Progress::kRegistered) {
    for (const char* year : {"2022", "2023"}) {
      const Request request = gateway_.RequestOf(
          gateway_.Send(year, gateway_.Payload(year), kDestroyMs), {"system-p001"});
      known_.push_back(gateway_.Recorded(
          request.envelope,
          *(known_.empty() ? gateway_.Submit(request) : gateway_.Upload(request))));
    }
    gateway_.CopyTo(prepared());
    for (const TestEntry& sent : known_) bytes_.push_back(PayloadBytes(prepared(), sent));
    start_ms_ = kDestroyMs;
  }

  static constexpr int kRounds = 4;
  void Act() override {
    for (int round = 0; round < kRounds && !gateway_.ended(); ++round) {
      gateway_.clock().Advance(1000);
      gateway_.convention().Tick();
      gateway_.WaitForPool();
    }
  }
  bool IsDone() const override { return Erased() == std::vector<bool>(known_.size(), true); }

  // Of each payload, whether the log says that it is erased; whether its bytes are in any file.
  std::vector<bool> Erased() const {
    std::vector<bool> erased;
    gateway_.held()->Read([&](const policy::state::State& state) {
      for (const TestEntry& sent : known_)
        erased.push_back(state.transfers.Find(policy::state::KeyOf(sent.Ref()))->phase() ==
                         record::v1::TRANSFER_PHASE_ERASED);
    });
    return erased;
  }
  std::vector<bool> Left() const {
    std::vector<bool> left;
    for (const std::vector<std::string>& bytes : bytes_)
      left.push_back(AreAnywhere(bytes, gateway_.root()));
    return left;
  }

  void LookAtFiles() override { left_ = Left(); }

  void LookAtStart() override {
    const std::vector<bool> claimed = Erased();
    for (size_t i = 0; i < known_.size(); ++i)
      EXPECT_FALSE(claimed[i] && left_[i]) << "the log claims an erasure that was not durable";
    gateway_.Settle();
    EXPECT_TRUE(IsDone());
    EXPECT_EQ(Left(), std::vector<bool>(known_.size(), false));
    for (const TestEntry& sent : known_) {
      const auto content = gateway_.convention().ReadContent({sent.index, 0, 0}, PayloadOf(sent));
      EXPECT_TRUE(absl::IsNotFound(content.status())) << content.status();
    }
    // Each ground and each erasure is on record once.
    EXPECT_EQ(gateway_.size(), known_.back().index + 1 + 2 * known_.size());
  }

  base::Digest PayloadOf(const TestEntry& sent) const {
    return *base::DigestFromBytes(
        gateway_.ActsAt(sent.index)[0].transfer_submitted().payload().digest());
  }

  std::vector<std::vector<std::string>> bytes_;
  std::vector<bool> left_;
};

TEST_F(ErasureSweepTest, ClaimsNoErasureEarlyAndCompletesEachWhicheverOperationFails) { Sweep(); }

// The founding of the fixture's convention: its folders, keys, databases, guard, card and entry 0.
class FoundingSweepTest : public IoSweepTest {
 protected:
  FoundingSweepTest() : IoSweepTest(Progress::kFounded) {
    draft_.acts = gateway_.ActsAt(0);
    // A founding statement names no log and has seen none.
    gateway_.Abandon();
    request_ = gateway_.RequestOf(draft_, tests::Founders());
    fs::create_directory(prepared());
  }

  bool StartsUnderFault() const override { return true; }
  void Act() override {
    // As the fixture has it, so that the keys are those that entry 0 names.
    tests::SeededRandom random(1);
    const StoragePaths paths = TestGateway::StorageAt(gateway_.root());
    const auto lock = LockData(TestGateway::PathsAt(gateway_.root()));
    if (!lock.ok() || !CreateStorage(paths, "passerelle.example/ctg-testville/test", random).ok())
      return;
    const auto founded = Enact(paths, request_.envelope, gateway_.clock(), random);
    if (founded.ok())
      acknowledged_.push_back(gateway_.Recorded(request_.envelope, founded->receipt));
  }
  bool IsDone() const override { return !acknowledged_.empty(); }
  // Before, whoever founds begins anew.
  bool HasToStart() const override { return IsDone(); }
  void LookAtStart() override { EXPECT_EQ(gateway_.size(), 1u); }

  tests::TestDraft draft_;
  Request request_;
};

TEST_F(FoundingSweepTest, KeepsAConventionThatItFoundedWhicheverOperationFails) { Sweep(); }

}  // namespace
}  // namespace passerelle::gateway::core
