// What happens under strain: groups larger than the log takes, stores that somebody else locks, two
// threads that destroy at once.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "tests/support/gateway_fixture.h"

namespace passerelle::gateway::core {
namespace {

using base::ReasonOf;
using passerelle::gateway::v1::Receipt;
using tests::Progress;
using tests::TestDraft;
using tests::TestEntry;
using tests::TestGateway;

constexpr int64_t kHourMs = int64_t{3600} * 1000;
constexpr int64_t kDestroyMs = tests::FakeClock::kStartMs + 30 * 24 * kHourMs;
const std::vector<std::string> kRepresentative = {"representative-p003"};

TestDraft Mandate(TestGateway& gateway, const std::string& name) {
  TestDraft draft;
  gateway.AddMandate(draft, "p003", name, statement::v1::ROLE_REQUESTER);
  return draft;
}

// Something to wait for.
class Gate {
 public:
  void Open() {
    base::MutexLock lock(mutex_);
    open_ = true;
    changed_.NotifyAll();
  }
  void Wait() {
    base::MutexLock lock(mutex_);
    while (!open_) changed_.Wait(mutex_);
  }

 private:
  base::Mutex mutex_;
  base::CondVar changed_;
  bool open_ GUARDED_BY(mutex_) = false;
};

// Holds the write lock of a database, as a tool of the operator could.
class ForeignLock {
 public:
  explicit ForeignLock(const std::string& path) {
    EXPECT_EQ(sqlite3_open_v2(path.c_str(), &database_, SQLITE_OPEN_READWRITE, nullptr), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database_, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  }
  ~ForeignLock() {
    sqlite3_exec(database_, "ROLLBACK", nullptr, nullptr, nullptr);
    sqlite3_close(database_);
  }
  ForeignLock(const ForeignLock&) = delete;
  ForeignLock& operator=(const ForeignLock&) = delete;

 private:
  sqlite3* database_ = nullptr;
};

// A statement of eight transfers whose refusal is far longer than the statement.
Request Talkative(TestGateway& gateway) {
  std::string heading = "c1", row = "185074299912375";  // nobody's number
  for (int i = 2; i <= static_cast<int>(base::kMaxColumns); ++i) {
    absl::StrAppend(&heading, ";c", i);
    absl::StrAppend(&row, ";185074299912375");
  }
  TestDraft draft = gateway.Send("2023", absl::StrCat(heading, "\n", row, "\n"), 0);
  for (int i = 1; i < 8; ++i) draft.acts.push_back(statement::v1::Act(draft.acts[0]));
  return gateway.RequestOf(draft, {"system-p001"});
}

TEST(StrainTest, SpreadsWhatOneGroupCannotHoldOverSeveral) {
  constexpr int kStatements = 150;
  TestGateway gateway(Progress::kRegistered);
  const uint64_t before = gateway.size();
  Gate sequencing, go_on;
  Request first = gateway.RequestOf(Mandate(gateway, "first"), kRepresentative);
  first.cancelled = [&] {
    sequencing.Open();
    go_on.Wait();
    return false;
  };
  std::thread sequencer([&] { EXPECT_TRUE(gateway.Record(first).accepted()); });
  sequencing.Wait();
  std::atomic<int> refused{0};
  for (int i = 0; i < kStatements; ++i)
    gateway.convention().Submit(Talkative(gateway), [&](absl::StatusOr<Receipt> receipt) {
      ASSERT_TRUE(receipt.ok()) << receipt.status();
      if (receipt->effect() == record::v1::EFFECT_REFUSED) ++refused;
    });
  go_on.Open();
  sequencer.join();
  gateway.convention().Drain();
  EXPECT_EQ(refused, kStatements);
  ASSERT_EQ(gateway.size(), before + 1 + kStatements);
  size_t bytes = 0;
  const auto entries = gateway.convention().log().ReadEntries(before + 1, gateway.size());
  ASSERT_TRUE(entries.ok());
  for (const std::string& entry : *entries) bytes += entry.size();
  EXPECT_GT(bytes, base::kMaxGroupBytes) << "they would have fitted one group";
}

// Holds the sequencer of a gateway from construction until Release.
class HeldSequencer {
 public:
  explicit HeldSequencer(TestGateway& gateway)
      : first_(gateway.RequestOf(Mandate(gateway, "first"), kRepresentative)) {
    first_.cancelled = [this] {
      sequencing_.Open();
      go_on_.Wait();
      return false;
    };
    thread_ = std::thread([this, &gateway] { EXPECT_TRUE(gateway.Record(first_).accepted()); });
    sequencing_.Wait();
  }
  ~HeldSequencer() { Release(); }
  HeldSequencer(const HeldSequencer&) = delete;
  HeldSequencer& operator=(const HeldSequencer&) = delete;
  void Release() {
    go_on_.Open();
    if (thread_.joinable()) thread_.join();
  }

 private:
  Request first_;
  Gate sequencing_, go_on_;
  std::thread thread_;
};

TEST(StrainTest, TakesAFreezeWhenTheQueueIsFullAndDecidesItFirst) {
  TestGateway gateway(Progress::kRegistered);
  const Request waiting = gateway.RequestOf(Mandate(gateway, "waiting"), kRepresentative);
  const Request freeze = gateway.RequestOf(gateway.FreezeExchange("p001"), {"dpo-p001"});
  HeldSequencer held(gateway);
  for (size_t i = 0; i < base::kMaxQueue; ++i)
    gateway.convention().Submit(waiting, [](const absl::StatusOr<Receipt>& receipt) {
      EXPECT_TRUE(receipt.ok()) << receipt.status();
    });
  EXPECT_EQ(ReasonOf(gateway.Submit(waiting).status()), "QUEUE_FULL");
  EXPECT_EQ(gateway.convention().vitals().queued, base::kMaxQueue);
  const uint64_t before = gateway.size();
  std::optional<absl::StatusOr<Receipt>> frozen;
  gateway.convention().Submit(
      freeze, [&](absl::StatusOr<Receipt> receipt) { frozen = std::move(receipt); });
  EXPECT_EQ(gateway.convention().vitals().queued, base::kMaxQueue + 1);
  held.Release();
  gateway.convention().Drain();
  ASSERT_TRUE(frozen.has_value() && frozen->ok());
  const TestEntry entry = gateway.Recorded(freeze.envelope, **frozen);
  EXPECT_TRUE(entry.accepted());
  EXPECT_EQ(entry.index, before + 1) << "behind the one that was being decided";
  EXPECT_EQ(gateway.convention().vitals().queued, 0u);
}

TEST(StrainTest, BoundsTheLaneOfFreezesToo) {
  TestGateway gateway(Progress::kRegistered);
  const Request freeze = gateway.RequestOf(gateway.FreezeExchange("p001"), {"dpo-p001"});
  HeldSequencer held(gateway);
  for (size_t i = 0; i < base::kMaxUrgentQueue; ++i)
    gateway.convention().Submit(freeze, [](const absl::StatusOr<Receipt>& receipt) {
      EXPECT_TRUE(receipt.ok()) << receipt.status();
    });
  EXPECT_EQ(ReasonOf(gateway.Submit(freeze).status()), "QUEUE_FULL");
}

TEST(StrainTest, KeepsTheFloorOfTheDiskForStopsAndErasures) {
  TestGateway gateway(Progress::kSent);
  const Request mandate = gateway.RequestOf(Mandate(gateway, "mandatee"), kRepresentative);
  const uint64_t before = gateway.size();
  gateway.SetFree(base::kDiskFloorBytes - 1);
  const absl::Status refused = gateway.Submit(mandate).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(refused), "DISK_FULL");
  EXPECT_EQ(ReasonOf(gateway.Fetch("reader-p002", gateway.transfer).status()), "DISK_FULL")
      << "a handover is an entry too";
  EXPECT_EQ(gateway.size(), before);
  EXPECT_TRUE(gateway.Record(gateway.FreezeExchange("p001"), {"dpo-p001"}).accepted());
  // Space is there again: the very statement that was refused goes through.
  gateway.SetFree(base::kDiskFloorBytes);
  EXPECT_TRUE(gateway.Record(mandate).accepted());
}

TEST(StrainTest, ErasesOnADiskThatIsFull) {
  TestGateway::Options options;
  options.destroy_after_ms = kDestroyMs;
  TestGateway gateway(Progress::kSent, options);
  gateway.SetFree(0);
  gateway.clock().Advance(kDestroyMs - tests::FakeClock::kStartMs + kHourMs);
  gateway.Settle();
  EXPECT_TRUE(gateway.ActsAt(gateway.size() - 1).at(0).has_payload_erased());
}

TEST(StrainTest, TellsWhatItsGroupsDid) {
  TestGateway gateway(Progress::kRegistered);
  const size_t before = gateway.carried().size();
  const Request request = gateway.RequestOf(Mandate(gateway, "mandatee"), kRepresentative);
  const TestEntry accepted = gateway.Record(request);
  gateway.Record(request);
  gateway.Record(gateway.Send("2023", "not a table", 0), {"system-p001"});
  const std::vector<Carried> carried = gateway.carried();
  ASSERT_EQ(carried.size(), before + 3);
  EXPECT_EQ(carried[before].accepted, 1u);
  EXPECT_GT(carried[before].log_bytes, 0u);
  EXPECT_EQ(carried[before + 1].repeated, 1u);
  EXPECT_EQ(carried[before + 1].log_bytes, 0u);
  EXPECT_EQ(carried[before + 2].refused.size(), 1u);
  EXPECT_EQ(carried[before + 2].accepted, 0u);
}

TEST(StrainTest, EndsTheProcessWhenTheVaultLeavesItInDoubt) {
  TestGateway gateway(Progress::kAdhered);
  const Request request = gateway.RequestOf(Mandate(gateway, "mandatee"), kRepresentative);
  const uint64_t before = gateway.size();
  {
    const ForeignLock lock(TestGateway::StorageAt(gateway.root()).folder + "/vault.db");
    EXPECT_EQ(ReasonOf(gateway.Submit(request).status()), "VAULT_UNKNOWN");
  }
  EXPECT_TRUE(gateway.ended());
  EXPECT_EQ(gateway.size(), before);
  EXPECT_EQ(ReasonOf(gateway.Submit(request).status()), "DRAINING");
  // The start finds its way back.
  gateway.Close();
  ASSERT_TRUE(gateway.Open().ok());
  EXPECT_TRUE(gateway.Record(request).accepted());
}

TEST(StrainTest, FillsTheIndexOfStatementsOnceItCanAgain) {
  TestGateway gateway(Progress::kAdhered);
  gateway.convention().Tick();
  const TestEntry first = gateway.Record(Mandate(gateway, "first"), kRepresentative);
  {
    const ForeignLock lock(TestGateway::StorageAt(gateway.root()).folder + "/audit.db");
    gateway.convention().Tick();
  }
  ASSERT_EQ(gateway.faults(), std::vector<Fault>{Fault::kIndex});
  const TestEntry second = gateway.Record(Mandate(gateway, "second"), kRepresentative);
  gateway.convention().Tick();
  // Past their end the state forgets the statements: the index alone knows them, after a restart
  // too.
  gateway.clock().Advance(base::kDefaultStatementLifeMs + kHourMs);
  gateway.Record(Mandate(gateway, "third"), kRepresentative);
  gateway.Close();
  ASSERT_TRUE(gateway.Open().ok());
  for (const TestEntry* entry : {&first, &second})
    EXPECT_TRUE(
        gateway.convention().GetReceipt(*base::DigestFromBytes(entry->digest), 0).status().ok());
}

// Pauses whoever draws the n-th time.
class PausingRandom final : public base::Random {
 public:
  explicit PausingRandom(int pause_at) : pause_at_(pause_at) {}

  std::string Bytes(size_t size) override {
    if (++draws_ == pause_at_) {
      paused.Open();
      resume.Wait();
    }
    return random_.Bytes(size);
  }

  Gate paused, resume;

 private:
  const int pause_at_;
  std::atomic<int> draws_{0};
  tests::SeededRandom random_{9};
};

// The closed gateway's convention, with randomness and a pool that the test holds in its hands.
auto OpenOn(TestGateway& gateway, base::Random& random, Pool& pool) {
  return Convention::Open(TestGateway::StorageAt(gateway.root()),
                          {gateway.clock(), random, pool, [](const absl::Status&) { FAIL(); },
                           [](Fault, const absl::Status& status) { ADD_FAILURE() << status; }});
}

TEST(StrainTest, RecordsARetentionOnceWhenTwoThreadsLookAtOnce) {
  TestGateway::Options options;
  options.destroy_after_ms = kDestroyMs;
  TestGateway gateway(Progress::kSent, options);
  gateway.Must(gateway.Send("2022", gateway.Payload("2022"), kDestroyMs), {"system-p001"});
  const uint64_t before = gateway.size();
  gateway.Close();
  gateway.clock().Advance(kDestroyMs + 1 - gateway.clock().WallMs());

  PausingRandom random(1);
  Pool pool(1);
  Gate pool_done;
  {
    const auto convention = OpenOn(gateway, random, pool);
    ASSERT_TRUE(convention.ok()) << convention.status();
    std::thread ticker([&] { (*convention)->Tick(); });
    // It has both on its list and signs for the first one.
    random.paused.Wait();
    gateway.clock().Advance(1000);
    (*convention)->Tick();
    pool.Post([&] { pool_done.Open(); });
    pool_done.Wait();
    random.resume.Open();
    ticker.join();
  }
  ASSERT_TRUE(gateway.Open().ok());
  int reached = 0;
  for (uint64_t index = before; index < gateway.size(); ++index) {
    ASSERT_TRUE(gateway.EntryAt(index).has_recorded()) << tests::RefusalsOf(gateway.EntryAt(index));
    reached += gateway.ActsAt(index)[0].has_retention_reached() ? 1 : 0;
  }
  EXPECT_EQ(reached, 2);
}

TEST(StrainTest, DestroysOnceWhenTwoThreadsDestroyAtOnce) {
  TestGateway::Options options;
  options.destroy_after_ms = kDestroyMs;
  TestGateway gateway(Progress::kSent, options);
  gateway.Must(gateway.Send("2022", gateway.Payload("2022"), kDestroyMs), {"system-p001"});
  const uint64_t before = gateway.size();
  gateway.Close();
  gateway.clock().Advance(kDestroyMs + 1 - gateway.clock().WallMs());

  // Two retentions draw a nonce and a salt each; the fifth draw is the first erasure's.
  PausingRandom random(5);
  Pool pool(1);
  Gate pool_free, pool_done;
  pool.Post([&] { pool_free.Wait(); });
  {
    const auto convention = OpenOn(gateway, random, pool);
    ASSERT_TRUE(convention.ok()) << convention.status();
    std::thread ticker([&] { (*convention)->Tick(); });
    random.paused.Wait();
    // Meanwhile the pool destroys the other one, which stands on the ticker's list too.
    pool_free.Open();
    pool.Post([&] { pool_done.Open(); });
    pool_done.Wait();
    random.resume.Open();
    ticker.join();
  }
  ASSERT_TRUE(gateway.Open().ok());
  // Two grounds, two erasures, and the heads of the chains.
  EXPECT_EQ(gateway.size(), before + 5);
  for (uint64_t index = before; index < gateway.size(); ++index)
    EXPECT_TRUE(gateway.EntryAt(index).has_recorded()) << tests::RefusalsOf(gateway.EntryAt(index));
}

}  // namespace
}  // namespace passerelle::gateway::core
