// Starts that read no entry before the snapshot.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "audit/log/log.h"
#include "audit/log/seal.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "tests/unit/audit/log/fixture.h"
#include "tests/unit/audit/log/forwarding_store.h"

namespace passerelle::audit::log {
namespace {

using gateway::base::ReasonOf;

// Remembers the first entry that was read.
class CountingStore final : public ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;
  absl::StatusOr<std::vector<std::string>> ReadEntries(uint64_t begin,
                                                       uint64_t end) const override {
    if (begin < end) first_ = std::min(first_, begin);
    return ForwardingStore::ReadEntries(begin, end);
  }
  uint64_t first() const { return first_; }

 private:
  mutable uint64_t first_ = ~uint64_t{0};
};

class LogFromSnapshotTest : public LogTest {
 protected:
  // A log of `size` entries with a snapshot of the first `at`, and its guard.
  void Make(int size, int at) {
    ASSERT_TRUE(Start().ok());
    AppendNumbered(0, at);
    const Head head = log_->head();
    AppendNumbered(at, size);
    ASSERT_TRUE(log_->KeepSnapshot(head, "state of " + std::to_string(at)).ok());
    ASSERT_TRUE(log_->WriteGuard().ok());
  }

  // Starts on what is left of the disk once it is damaged.
  template <typename Damage>
  absl::Status StartOnDamaged(Damage damage) {
    Stop();
    tests::MemoryImage image = disk_->image();
    damage(image);
    disk_->Restore(std::move(image));
    return StartFromSnapshot();
  }
};

TEST_F(LogFromSnapshotTest, AtEverySizeIsTheLogThatReadItsEntries) {
  constexpr int kSize = 20;
  for (int at = 0; at <= kSize; ++at) {
    disk_ = std::make_shared<tests::MemoryDisk>();
    std::filesystem::remove(guard_path());
    Make(kSize, at);
    ASSERT_TRUE(Start().ok());
    const SignedHead read = log_->signed_head();
    ASSERT_TRUE(StartFromSnapshot().ok());
    ASSERT_TRUE(heard_.snapshot.has_value());
    EXPECT_EQ(heard_.snapshot->bytes, "state of " + std::to_string(at));
    EXPECT_EQ(heard_.snapshot->size, static_cast<uint64_t>(at));
    EXPECT_EQ(heard_.entries.size(), static_cast<size_t>(kSize - at));
    EXPECT_EQ(log_->start().first, static_cast<uint64_t>(at));
    EXPECT_TRUE(log_->start().passed_over.ok());
    EXPECT_EQ(log_->head(), read.head);
    EXPECT_EQ(log_->signed_head().checkpoint, read.checkpoint);
    for (uint64_t i = 0; i < kSize; ++i)
      EXPECT_TRUE(merkle::VerifyInclusion(i, kSize, merkle::LeafHash("entry " + std::to_string(i)),
                                          *log_->InclusionProof(i, kSize), read.head.root)
                      .ok());
    // What is appended to either comes to the same.
    AppendNumbered(kSize, kSize + 3);
    const SignedHead grown = log_->signed_head();
    EXPECT_TRUE(merkle::VerifyConsistency(kSize, kSize + 3,
                                          *log_->ConsistencyProof(kSize, kSize + 3), read.head.root,
                                          grown.head.root)
                    .ok());
    ASSERT_TRUE(Start().ok());
    EXPECT_EQ(log_->signed_head().checkpoint, grown.checkpoint);
    EXPECT_EQ(heard_.entries.size(), static_cast<size_t>(kSize + 3));
  }
}

TEST_F(LogFromSnapshotTest, ReadsNoEntryBeforeIt) {
  Make(9, 6);
  tests::MemoryStore memory(disk_);
  CountingStore store(memory);
  Stop();
  ASSERT_TRUE(StartFromSnapshotOn(store).ok());
  EXPECT_EQ(store.first(), 6u);
  EXPECT_EQ(heard_.entries, (std::vector<std::string>{"entry 6", "entry 7", "entry 8"}));
  Stop();
}

TEST_F(LogFromSnapshotTest, ReadsNoneAtAllWhenItIsOfTheHead) {
  Make(6, 6);
  tests::MemoryStore memory(disk_);
  CountingStore store(memory);
  Stop();
  ASSERT_TRUE(StartFromSnapshotOn(store).ok());
  EXPECT_EQ(store.first(), ~uint64_t{0});
  Stop();
}

TEST_F(LogFromSnapshotTest, ReadsEveryEntryWhenThereIsNoneOrNobodyTakesIt) {
  ASSERT_TRUE(Start().ok());
  AppendNumbered(0, 4);
  ASSERT_TRUE(StartFromSnapshot().ok());
  EXPECT_EQ(heard_.snapshot, std::nullopt);
  EXPECT_EQ(heard_.entries.size(), 4u);
  EXPECT_EQ(log_->start().first, 0u);

  ASSERT_TRUE(log_->KeepSnapshot(log_->head(), "of another version").ok());
  restores_ = false;
  ASSERT_TRUE(StartFromSnapshot().ok());
  EXPECT_EQ(heard_.snapshot->bytes, "of another version");
  EXPECT_EQ(heard_.entries.size(), 4u);
  EXPECT_EQ(log_->start().first, 0u);
  EXPECT_TRUE(log_->start().passed_over.ok());

  restores_ = gateway::base::Corrupt("STATE", "does not stand");
  EXPECT_EQ(ReasonOf(StartFromSnapshot()), "STATE");
}

TEST_F(LogFromSnapshotTest, ReadsEveryEntryWhenItsSealIsBrokenAndSaysSo) {
  Make(9, 6);
  const auto expect_passed_over = [&](auto damage) {
    const absl::Status status = StartOnDamaged(damage);
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_EQ(heard_.snapshot, std::nullopt);
    EXPECT_EQ(heard_.entries.size(), 9u);
    EXPECT_EQ(log_->start().first, 0u);
    EXPECT_EQ(log_->start().passed_over.code(), absl::StatusCode::kDataLoss);
    EXPECT_EQ(ReasonOf(log_->start().passed_over), "SNAPSHOT_DAMAGED");
  };
  const StateSnapshot sound = *disk_->image().snapshot;
  expect_passed_over([](tests::MemoryImage& image) { image.snapshot->bytes.back() ^= 1; });
  expect_passed_over([](tests::MemoryImage& image) { image.snapshot->bytes.clear(); });
  // A state of somebody's making, the right head beside it.
  expect_passed_over([&](tests::MemoryImage& image) {
    image.snapshot = sound;
    image.snapshot->bytes = "state in which I am the DPO";
  });
  expect_passed_over([&](tests::MemoryImage& image) {
    image.snapshot = sound;
    image.snapshot->size = 90;
  });
  // Another log's.
  const auto stranger =
      *checkpoint::NoteSigner::FromSeed(kOrigin, gateway::base::Secret(std::string(32, 't')));
  expect_passed_over([&](tests::MemoryImage& image) {
    image.snapshot = *Seal(
        stranger, kOrigin,
        {.size = sound.size, .root = sound.root, .time_ms = sound.time_ms, .bytes = "state of 6"});
  });
}

TEST_F(LogFromSnapshotTest, RefusesALogThatEndsBeforeItsSnapshot) {
  Make(4, 4);
  const tests::MemoryImage older = disk_->image();
  AppendNumbered(4, 9);
  ASSERT_TRUE(log_->KeepSnapshot(log_->head(), "state of 9").ok());
  // The guard is behind: the snapshot alone knows.
  const absl::Status status = StartOnDamaged([&](tests::MemoryImage& image) {
    const auto snapshot = image.snapshot;
    image = older;
    image.snapshot = snapshot;
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReasonOf(status), "LOG_SNAPSHOT");
  EXPECT_EQ(status.message(),
            "entry 4 is missing: the log ends there, its snapshot was made of 9 entries; put back "
            "the newest copy of this log");
}

TEST_F(LogFromSnapshotTest, RefusesALogThatForkedBeforeItsSnapshot) {
  Make(4, 4);
  const tests::MemoryImage older = disk_->image();
  AppendNumbered(4, 6);
  ASSERT_TRUE(log_->KeepSnapshot(log_->head(), "state of 6").ok());
  const StateSnapshot snapshot = *disk_->image().snapshot;
  disk_->Restore(older);
  ASSERT_TRUE(Start().ok());
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(log_->Append({"another"}, 5000).ok());
  const absl::Status status =
      StartOnDamaged([&](tests::MemoryImage& image) { image.snapshot = snapshot; });
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReasonOf(status), "LOG_SNAPSHOT");
  EXPECT_EQ(status.message(),
            "an entry before entry 6 is not the one that the snapshot was made of");
}

TEST_F(LogFromSnapshotTest, KnowsDamageAfterItAtOnceAndBeforeItWhenReading) {
  Make(9, 6);
  const tests::MemoryImage sound = disk_->image();
  absl::Status status =
      StartOnDamaged([](tests::MemoryImage& image) { image.entries[7]->back() ^= 1; });
  EXPECT_EQ(ReasonOf(status), "LOG_ROOT");
  EXPECT_EQ(status.message(), "entry 7 is not the one whose hash the log holds");
  status = StartOnDamaged([&](tests::MemoryImage& image) {
    image = sound;
    image.entries[8].reset();
  });
  EXPECT_EQ(status.message(), "entry 8 is missing");

  disk_->Restore(sound);
  status = StartOnDamaged([&](tests::MemoryImage& image) { image.entries[2]->back() ^= 1; });
  ASSERT_TRUE(status.ok()) << status;
  status = log_->ReadEntries(0, 9).status();
  EXPECT_EQ(ReasonOf(status), "LOG_ENTRY_DAMAGED");
  EXPECT_EQ(status.message(), "entry 2 is not the one whose hash the log holds");
}

// The guard is as strict, be its head before the snapshot, at it or after it.
TEST_F(LogFromSnapshotTest, HoldsTheLogToItsGuardAllTheSame) {
  for (const int guarded : {3, 6, 8}) {
    disk_ = std::make_shared<tests::MemoryDisk>();
    std::filesystem::remove(guard_path());
    ASSERT_TRUE(Start().ok());
    AppendNumbered(0, guarded);
    ASSERT_TRUE(log_->WriteGuard().ok());
    AppendNumbered(guarded, 9);
    const Head six{.size = 6, .root = *log_->RootAt(6), .time_ms = 1005, .epoch = 0};
    ASSERT_TRUE(log_->KeepSnapshot(six, "state of 6").ok());
    ASSERT_TRUE(StartFromSnapshot().ok());
    EXPECT_EQ(log_->start().first, 6u);
    EXPECT_EQ(guard_->last(), log_->head());

    // A guard that saw another past.
    Head other = *guard_->last();
    other.size = static_cast<uint64_t>(guarded);
    other.root = merkle::LeafHash("another past");
    ASSERT_TRUE(guard_->Write(other).ok());
    EXPECT_EQ(ReasonOf(StartFromSnapshot()), "LOG_FORKED");
    // A longer one.
    other.size = 10;
    ASSERT_TRUE(guard_->Write(other).ok());
    EXPECT_EQ(ReasonOf(StartFromSnapshot()), "LOG_BEHIND_GUARD");
    Stop();
    std::filesystem::remove(guard_path());
    EXPECT_EQ(ReasonOf(StartFromSnapshot()), "GUARD_MISSING");
  }
}

TEST_F(LogFromSnapshotTest, IsKeptOfThisLogsPastOnly) {
  ASSERT_TRUE(Start().ok());
  AppendNumbered(0, 3);
  Head other = log_->head();
  other.root = merkle::EmptyRoot();
  const absl::Status status = log_->KeepSnapshot(other, "state");
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_EQ(ReasonOf(status), "LOG_SNAPSHOT");
  other = log_->head();
  other.size = 4;
  EXPECT_TRUE(absl::IsOutOfRange(log_->KeepSnapshot(other, "state")));
  EXPECT_FALSE(disk_->image().snapshot.has_value());
}

TEST_F(LogFromSnapshotTest, ThatCannotBeKeptLetsTheLogGoOn) {
  ASSERT_TRUE(Start().ok());
  AppendNumbered(0, 3);
  disk_->Inject(tests::DiskFault::kFull);
  EXPECT_EQ(log_->KeepSnapshot(log_->head(), "state").code(), absl::StatusCode::kResourceExhausted);
  disk_->Inject(tests::DiskFault::kLost);
  EXPECT_EQ(log_->KeepSnapshot(log_->head(), "state").code(), absl::StatusCode::kUnavailable);
  disk_->Inject(tests::DiskFault::kNone);
  AppendNumbered(3, 5);
  ASSERT_TRUE(log_->KeepSnapshot(log_->head(), "state of 5").ok());
  ASSERT_TRUE(StartFromSnapshot().ok());
  EXPECT_EQ(heard_.snapshot->bytes, "state of 5");
}

}  // namespace
}  // namespace passerelle::audit::log
