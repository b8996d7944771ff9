#include "audit/log/log.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "audit/log/sqlite_store.h"
#include "gateway/base/bytes.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "tests/unit/audit/log/fixture.h"
#include "tests/unit/audit/log/forwarding_store.h"

namespace passerelle::audit::log {
namespace {

using gateway::base::ReasonOf;

TEST_F(LogTest, SignsTheEmptyLog) {
  ASSERT_TRUE(Start().ok());
  EXPECT_EQ(log_->head(), Head());
  const absl::StatusOr<checkpoint::Checkpoint> opened =
      checkpoint::OpenCheckpoint(log_->signed_head().checkpoint, signer_.verifier(), kOrigin);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->size, 0u);
  EXPECT_EQ(opened->root, merkle::EmptyRoot());
  EXPECT_EQ(guard_->last(), Head()) << "a new log has a guard from the start";
}

// The small log of transparency-dev/tessera, testdata/log.
TEST_F(LogTest, HasTheRootsOfThePublicLog) {
  ASSERT_TRUE(Start().ok());
  ASSERT_TRUE(log_->Append({"one", "two", "three", "four", "five"}, 1).ok());
  EXPECT_EQ(gateway::base::ToBase64(gateway::base::View(log_->head().root)),
            "gy5gl3aksFyiCO95a/1vLXz88A3dRq+0l9Sxte8ZqZQ=");
  ASSERT_TRUE(log_->Append({"six", "seven", "eit", "nain", "ten", "ileven", "twelf", "threeten",
                            "fourten", "fivten"},
                           2)
                  .ok());
  EXPECT_EQ(gateway::base::ToBase64(gateway::base::View(log_->head().root)),
            "rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=");
  const std::vector<Digest> path = *log_->InclusionProof(14, 15);
  ASSERT_EQ(path.size(), 3u);
  EXPECT_EQ(gateway::base::ToBase64(gateway::base::View(path[0])),
            "GiUtVP0XhIaZ/fl7ReMLgw+9YUtjFAt8kaTdfOe2u/I=");
  EXPECT_EQ(gateway::base::ToBase64(gateway::base::View(path[2])),
            "bC+VwvrJbalNVjfkdI8kUgs7mJoXrqiXCE7bgnD28pY=");
}

// Roots by a recursive twin of the definition.
Digest NaiveRoot(const std::vector<std::string>& entries, size_t begin, size_t end) {
  if (begin == end) return gateway::base::Sha256("");
  if (end - begin == 1) return gateway::base::Sha256({std::string_view("\0", 1), entries[begin]});
  size_t split = 1;
  while (split * 2 < end - begin) split *= 2;
  const Digest left = NaiveRoot(entries, begin, begin + split);
  const Digest right = NaiveRoot(entries, begin + split, end);
  return gateway::base::Sha256({"\1", gateway::base::View(left), gateway::base::View(right)});
}

TEST_F(LogTest, ProvesEveryEntryAndEveryStepOfItsPast) {
  std::mt19937_64 random(11);
  ASSERT_TRUE(Start().ok());
  std::vector<std::string> all;
  std::vector<Head> heads;
  while (all.size() < 700) {
    std::vector<std::string> entries(1 + random() % (random() % 5 == 0 ? 256 : 12));
    for (std::string& entry : entries) entry = std::to_string(random());
    ASSERT_TRUE(log_->Append(entries, static_cast<int64_t>(all.size())).ok());
    all.insert(all.end(), entries.begin(), entries.end());
    heads.push_back(log_->head());
    ASSERT_EQ(heads.back().size, all.size());
    ASSERT_EQ(heads.back().root, NaiveRoot(all, 0, all.size()));
  }
  for (const Head& head : heads) {
    EXPECT_EQ(*log_->RootAt(head.size), head.root);
    for (int k = 0; k < 10; ++k) {
      const uint64_t index = random() % head.size;
      EXPECT_TRUE(merkle::VerifyInclusion(index, head.size, merkle::LeafHash(all[index]),
                                          *log_->InclusionProof(index, head.size), head.root)
                      .ok());
    }
    for (const Head& later : heads) {
      if (later.size < head.size) continue;
      EXPECT_TRUE(merkle::VerifyConsistency(head.size, later.size,
                                            *log_->ConsistencyProof(head.size, later.size),
                                            head.root, later.root)
                      .ok());
    }
  }
  EXPECT_EQ(*log_->ReadEntries(0, all.size()), all);
}

TEST_F(LogTest, RefusesWhatIsPastItsHead) {
  ASSERT_TRUE(Start().ok());
  AppendNumbered(0, 3);
  EXPECT_TRUE(absl::IsOutOfRange(log_->RootAt(4).status()));
  EXPECT_TRUE(absl::IsOutOfRange(log_->InclusionProof(0, 4).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(log_->InclusionProof(3, 3).status()));
  EXPECT_TRUE(absl::IsOutOfRange(log_->ConsistencyProof(1, 4).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(log_->ConsistencyProof(0, 3).status()));
  EXPECT_TRUE(absl::IsOutOfRange(log_->ReadEntries(0, 4).status()));
  EXPECT_TRUE(absl::IsOutOfRange(log_->ReadEntries(2, 1).status()));
}

TEST_F(LogTest, RefusesAGroupOutOfBoundsOrBackInTime) {
  ASSERT_TRUE(Start().ok());
  ASSERT_TRUE(log_->Append({"a"}, 100).ok());
  const Head before = log_->head();
  EXPECT_EQ(ReasonOf(log_->Append({}, 100)), "LOG_GROUP");
  EXPECT_EQ(ReasonOf(log_->Append(std::vector<std::string>(257, "x"), 100)), "LOG_GROUP");
  EXPECT_EQ(ReasonOf(log_->Append({std::string(65536, 'x')}, 100)), "LOG_GROUP");
  EXPECT_EQ(ReasonOf(log_->Append(std::vector<std::string>(17, std::string(65535, 'x')), 100)),
            "LOG_GROUP");
  EXPECT_EQ(ReasonOf(log_->Append({"b"}, 99)), "LOG_TIME");
  EXPECT_EQ(log_->head(), before);
  EXPECT_TRUE(log_->Append(std::vector<std::string>(16, std::string(65535, 'x')), 100).ok());
}

TEST_F(LogTest, AnswersEveryFateOfAGroup) {
  ASSERT_TRUE(Start().ok());
  AppendNumbered(0, 2);
  const SignedHead before = log_->signed_head();
  disk_->Inject(tests::DiskFault::kFull);
  const absl::Status full = log_->Append({"x"}, 2000);
  EXPECT_EQ(full.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(full), "LOG_FULL");
  EXPECT_EQ(log_->head(), before.head);
  disk_->Inject(tests::DiskFault::kNone);
  AppendNumbered(2, 3);

  // Another writer was quicker.
  const tests::MemoryImage image = disk_->image();
  tests::MemoryImage other = image;
  other.head.time_ms += 1;
  disk_->Restore(other);
  EXPECT_EQ(ReasonOf(log_->Append({"x"}, 2000)), "LOG_CONFLICT");
  other.head.epoch += 1;
  disk_->Restore(other);
  EXPECT_EQ(ReasonOf(log_->Append({"x"}, 2000)), "LOG_FENCED");
  disk_->Restore(image);

  disk_->Inject(tests::DiskFault::kKept);
  const absl::Status unknown = log_->Append({"x"}, 2000);
  EXPECT_EQ(unknown.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(ReasonOf(unknown), "LOG_UNKNOWN");
  EXPECT_EQ(log_->head().size, 3u) << "what nobody can vouch for is not signed";
  disk_->Inject(tests::DiskFault::kNone);
  EXPECT_EQ(ReasonOf(log_->Append({"y"}, 2001)), "LOG_UNKNOWN");
  ASSERT_TRUE(Start().ok());
  EXPECT_EQ(log_->head().size, 4u);
  EXPECT_EQ(heard_.entries.back(), "x");
}

// A store whose past changes once it is told to.
class ForkingStore final : public ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;
  void Fork() { forked_ = true; }
  absl::StatusOr<Digest> ReadNode(merkle::NodeId node) const override {
    if (forked_) return merkle::LeafHash("another past");
    return ForwardingStore::ReadNode(node);
  }

 private:
  bool forked_ = false;
};

TEST_F(LogTest, NeverSignsAHeadThatDoesNotExtendTheLast) {
  tests::MemoryStore memory;
  ForkingStore store(memory);
  ASSERT_TRUE(StartOn(store).ok());
  AppendNumbered(0, 3);
  const SignedHead before = log_->signed_head();
  store.Fork();
  const absl::Status status = log_->Append({"x"}, 2000);
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(ReasonOf(status), "LOG_FORKED");
  EXPECT_EQ(log_->signed_head().checkpoint, before.checkpoint);
  log_.reset();
}

TEST_F(LogTest, ReopensToTheSameHeadAndCheckpoint) {
  ASSERT_TRUE(Start().ok());
  AppendNumbered(0, 9);
  const SignedHead before = log_->signed_head();
  ASSERT_TRUE(log_->WriteGuard().ok());
  ASSERT_TRUE(Start().ok());
  EXPECT_EQ(log_->head(), before.head);
  EXPECT_EQ(log_->signed_head().checkpoint, before.checkpoint);
  ASSERT_EQ(heard_.entries.size(), 9u);
  for (int i = 0; i < 9; ++i) {
    EXPECT_EQ(heard_.entries[i], "entry " + std::to_string(i));
    EXPECT_EQ(heard_.leaves[i], merkle::LeafHash(heard_.entries[i]));
  }
  AppendNumbered(9, 10);
  EXPECT_EQ(log_->head().size, 10u);
}

// Damage after the start, which no replay sees.
TEST_F(LogTest, ReadsNoEntryThatIsNotTheOneItHashed) {
  ASSERT_TRUE(Start().ok());
  AppendNumbered(0, 5);
  tests::MemoryImage image = disk_->image();
  image.entries[3]->back() ^= 1;
  disk_->Restore(image);
  EXPECT_TRUE(log_->ReadEntries(0, 3).ok());
  const absl::Status status = log_->ReadEntries(1, 5).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReasonOf(status), "LOG_ENTRY_DAMAGED");
  EXPECT_EQ(status.message(), "entry 3 is not the one whose hash the log holds");
}

TEST_F(LogTest, StopsWhereReplayStops) {
  ASSERT_TRUE(Start().ok());
  AppendNumbered(0, 5);
  const absl::Status status =
      Log::Open(kOrigin, *store_, nullptr, signer_,
                [](uint64_t index, const std::string&, const Digest&) {
                  return index < 3 ? absl::OkStatus()
                                   : gateway::base::Corrupt("STATE", "does not apply");
                })
          .status();
  EXPECT_EQ(ReasonOf(status), "STATE");
  EXPECT_EQ(status.message(), "entry 3: does not apply");
}

TEST_F(LogTest, WritesTheGuardOnlyWhenTold) {
  ASSERT_TRUE(Start().ok());
  AppendNumbered(0, 4);
  EXPECT_EQ(guard_->last()->size, 0u) << "never on the answer's path";
  ASSERT_TRUE(log_->WriteGuard().ok());
  EXPECT_EQ(guard_->last(), log_->head());
  // A guard that is behind is no reason to refuse.
  AppendNumbered(4, 6);
  ASSERT_TRUE(Start().ok());
  EXPECT_EQ(log_->head().size, 6u);
  EXPECT_EQ(guard_->last()->size, 6u);
}

TEST_F(LogTest, RefusesAnOlderCopyOfTheStore) {
  ASSERT_TRUE(Start().ok());
  AppendNumbered(0, 4);
  const tests::MemoryImage older = disk_->image();
  AppendNumbered(4, 9);
  ASSERT_TRUE(log_->WriteGuard().ok());
  disk_->Restore(older);
  const absl::Status status = Start();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReasonOf(status), "LOG_BEHIND_GUARD");
  EXPECT_EQ(status.message(),
            "entry 4 is missing: the log ends there, its guard has seen 9 entries; put back the "
            "newest copy of this log");
  disk_->Restore({});
  EXPECT_EQ(ReasonOf(Start()), "LOG_BEHIND_GUARD") << "a store that begins anew";
}

TEST_F(LogTest, RefusesAForkOfTheSameLength) {
  ASSERT_TRUE(Start().ok());
  AppendNumbered(0, 4);
  const tests::MemoryImage older = disk_->image();
  AppendNumbered(4, 6);
  ASSERT_TRUE(log_->WriteGuard().ok());
  Stop();
  std::filesystem::rename(guard_path(), folder_ / "kept");
  disk_->Restore(older);
  {
    tests::MemoryStore store(disk_);
    const auto fork = Log::Open(kOrigin, store, nullptr, signer_,
                                [](auto, auto&, auto&) { return absl::OkStatus(); });
    for (int i = 0; i < 5; ++i) ASSERT_TRUE((*fork)->Append({"another"}, 5000).ok());
  }
  std::filesystem::rename(folder_ / "kept", guard_path());
  const absl::Status status = Start();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReasonOf(status), "LOG_FORKED");
  EXPECT_EQ(status.message(), "an entry before entry 6 is not the one that the guard has seen");
}

TEST_F(LogTest, RefusesToStartWithoutItsGuard) {
  ASSERT_TRUE(Start().ok());
  AppendNumbered(0, 4);
  Stop();
  std::filesystem::remove(guard_path());
  const absl::Status status = Start();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(status), "GUARD_MISSING");
  EXPECT_EQ(ReasonOf(Start()), "GUARD_MISSING") << "being refused once must not mend it";
}

TEST_F(LogTest, RefusesAnotherOriginsGuardAndAnOriginThatIsNone) {
  ASSERT_TRUE(Start().ok());
  AppendNumbered(0, 2);
  EXPECT_EQ(ReasonOf(Start("passerelle.example/another")), "GUARD_FOREIGN");
  EXPECT_FALSE(Log::Open("two\nlines", *store_, nullptr, signer_, [](auto, auto&, auto&) {
                 return absl::OkStatus();
               }).ok());
}

TEST_F(LogTest, NamesTheEntryThatIsMissingOrWrong) {
  ASSERT_TRUE(Start().ok());
  std::vector<std::string> entries(256);
  for (int i = 0; i < 256; ++i) entries[i] = "entry " + std::to_string(i);
  ASSERT_TRUE(log_->Append(entries, 1).ok());
  ASSERT_TRUE(log_->Append(entries, 2).ok());
  AppendNumbered(512, 520);
  ASSERT_TRUE(log_->WriteGuard().ok());
  Stop();
  const tests::MemoryImage sound = disk_->image();
  const auto start_on = [&](auto damage) {
    tests::MemoryImage image = sound;
    damage(image);
    disk_->Restore(image);
    return Start();
  };

  absl::Status status = start_on([](tests::MemoryImage& image) { image.entries[300].reset(); });
  EXPECT_EQ(ReasonOf(status), "LOG_ENTRY_MISSING");
  EXPECT_EQ(status.message(), "entry 300 is missing");

  status = start_on([](tests::MemoryImage& image) { image.entries[517]->back() ^= 1; });
  EXPECT_EQ(ReasonOf(status), "LOG_ROOT");
  EXPECT_EQ(status.message(), "entry 517 is not the one whose hash the log holds");

  // An entry and its hash changed together.
  status = start_on([](tests::MemoryImage& image) {
    *image.entries[300] = "other";
    image.levels[0][300] = merkle::LeafHash("other");
  });
  EXPECT_EQ(ReasonOf(status), "LOG_ROOT");
  EXPECT_EQ(status.message(), "the stored hash over entries 256 to 511 is not theirs");

  // And one at the edge, with all hashes above it that are stored.
  status = start_on([](tests::MemoryImage& image) {
    *image.entries[519] = "other";
    image.levels[0][519] = merkle::LeafHash("other");
  });
  EXPECT_EQ(ReasonOf(status), "LOG_ROOT");
  EXPECT_EQ(status.message(), "the log's 520 entries do not lead to the root of its head");

  // With the head as well: the guard still knows better.
  status = start_on([](tests::MemoryImage& image) {
    merkle::Frontier frontier;
    *image.entries[519] = "other";
    image.levels[0][519] = merkle::LeafHash("other");
    for (int level = 1; level <= 3; ++level)
      image.levels[level].back() =
          merkle::NodeHash(image.levels[level - 1].end()[-2], image.levels[level - 1].back());
    for (const auto& entry : image.entries) frontier.Append(merkle::LeafHash(*entry));
    image.head.root = frontier.Root();
  });
  EXPECT_EQ(ReasonOf(status), "LOG_FORKED");

  EXPECT_TRUE(start_on([](tests::MemoryImage&) {}).ok()) << "the log itself is sound";
}

// The whole of it on SQLite: crash after a commit, reopen from the files as they stand.
TEST_F(LogTest, SurvivesAKillBetweenCommitAndGuard) {
  auto store = *OpenSqliteStore(folder_ / "audit.db");
  ASSERT_TRUE(StartOn(*store).ok());
  AppendNumbered(0, 3);
  ASSERT_TRUE(log_->WriteGuard().ok());
  AppendNumbered(3, 7);
  const SignedHead before = log_->signed_head();
  for (const char* suffix : {"", "-wal"})
    std::filesystem::copy_file(folder_ / "audit.db" + suffix, folder_ / "copy.db" + suffix);
  log_.reset();
  auto copy = *OpenSqliteStore(folder_ / "copy.db");
  const absl::Status status = StartOn(*copy);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(log_->signed_head().checkpoint, before.checkpoint);
  EXPECT_EQ(heard_.entries.size(), 7u);
}

}  // namespace
}  // namespace passerelle::audit::log
