// One contract (audit/log/store.h), every store.
#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "audit/log/store.h"
#include "audit/merkle/merkle.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "tests/unit/audit/log/backend.h"

namespace passerelle::audit::log {
namespace {

using gateway::base::ReasonOf;
using gateway::base::Sha256;

template <typename BackendType>
class StoreContract : public testing::Test {
 protected:
  // Appends a group and remembers what is durable.
  Appended Append(LogStore& store, std::vector<std::string> entries) {
    const Group group = GroupAfter(head_, all_, std::move(entries));
    const Appended appended = store.Append(head_, group);
    if (appended == Appended::kCommitted) Keep(group);
    return appended;
  }

  void Keep(const Group& group) {
    head_ = group.head;
    all_.insert(all_.end(), group.entries.begin(), group.entries.end());
  }

  // Expects the store to hold exactly what is remembered.
  void ExpectKept(const LogStore& store) {
    ASSERT_EQ(*store.ReadHead(), head_);
    const absl::StatusOr<std::vector<std::string>> entries = store.ReadEntries(0, all_.size());
    ASSERT_TRUE(entries.ok()) << entries.status();
    ASSERT_EQ(*entries, all_);
    const absl::StatusOr<Digest> root =
        merkle::RootAt(head_.size, [&](merkle::NodeId node) { return store.ReadNode(node); });
    ASSERT_TRUE(root.ok()) << root.status();
    ASSERT_EQ(*root, head_.root);
  }

  // A hash by the definition of RFC 6962, from the entries.
  Digest NaiveNode(int level, uint64_t index) const {
    if (level == 0) return merkle::LeafHash(all_[index]);
    return merkle::NodeHash(NaiveNode(level - 1, 2 * index), NaiveNode(level - 1, 2 * index + 1));
  }

  BackendType backend_;
  Head head_;
  std::vector<std::string> all_;
};

using Backends = testing::Types<MemoryBackend, SqliteBackend>;
TYPED_TEST_SUITE(StoreContract, Backends);

TYPED_TEST(StoreContract, BeginsWithTheHeadOfTheEmptyLog) {
  const auto store = this->backend_.Open();
  EXPECT_EQ(*store->ReadHead(), Head());
  EXPECT_EQ(store->ReadHead()->root, merkle::EmptyRoot());
  EXPECT_TRUE(store->ReadEntries(0, 0)->empty());
  EXPECT_EQ(store->ReadNode({0, 0}).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(*store->IndexedSize(), 0u);
  EXPECT_EQ(*store->FindStatement(Sha256("nothing")), std::nullopt);
}

TYPED_TEST(StoreContract, ReturnsTheExactBytesAfterReopening) {
  {
    const auto store = this->backend_.Open();
    const std::vector<std::string> entries = {"", std::string("\0\xff\n", 3),
                                              std::string(gateway::base::kMaxEntryBytes, 'x')};
    ASSERT_EQ(this->Append(*store, entries), Appended::kCommitted);
    ASSERT_EQ(this->Append(*store, {"another group"}), Appended::kCommitted);
    this->ExpectKept(*store);
  }
  this->ExpectKept(*this->backend_.Open());
}

TYPED_TEST(StoreContract, ReadsRangesUpToTheHeadOnly) {
  const auto store = this->backend_.Open();
  ASSERT_EQ(this->Append(*store, {"a", "b", "c"}), Appended::kCommitted);
  EXPECT_EQ(*store->ReadEntries(1, 3), (std::vector<std::string>{"b", "c"}));
  EXPECT_TRUE(store->ReadEntries(3, 3)->empty());
  for (const auto& [begin, end] : std::vector<std::pair<uint64_t, uint64_t>>{
           {0, 4}, {3, 4}, {4, 4}, {2, 1}, {0, ~uint64_t{0}}})
    EXPECT_EQ(store->ReadEntries(begin, end).status().code(), absl::StatusCode::kOutOfRange)
        << begin << " " << end;
}

TYPED_TEST(StoreContract, RefusesAnotherHead) {
  const auto store = this->backend_.Open();
  ASSERT_EQ(this->Append(*store, {"a"}), Appended::kCommitted);
  const Group group = GroupAfter(this->head_, this->all_, {"b"});
  std::vector<Head> others(4, this->head_);
  others[0].size = 0;
  others[1].root = merkle::EmptyRoot();
  others[2].time_ms += 1;
  others[3] = Head();
  for (const Head& other : others) EXPECT_EQ(store->Append(other, group), Appended::kConflict);
  this->ExpectKept(*store);
  EXPECT_EQ(store->Append(this->head_, group), Appended::kCommitted) << "a conflict does no harm";
}

TYPED_TEST(StoreContract, RefusesTheSlowerOfTwoWriters) {
  const auto quick = this->backend_.Open();
  const auto slow = this->backend_.Open();
  const Group late = GroupAfter(this->head_, this->all_, {"late"});
  const Head seen_by_both = this->head_;
  ASSERT_EQ(this->Append(*quick, {"early"}), Appended::kCommitted);
  EXPECT_EQ(slow->Append(seen_by_both, late), Appended::kConflict);
  this->ExpectKept(*quick);
}

TYPED_TEST(StoreContract, FencesAWriterOfAnOlderTerm) {
  const auto old_writer = this->backend_.Open();
  const auto new_writer = this->backend_.Open();
  const Group late = GroupAfter(this->head_, this->all_, {"late"});
  Group take_over = GroupAfter(this->head_, this->all_, {"take-over"});
  take_over.head.epoch = 1;
  const Head seen_by_both = this->head_;
  ASSERT_EQ(new_writer->Append(seen_by_both, take_over), Appended::kCommitted);
  this->Keep(take_over);
  EXPECT_EQ(old_writer->Append(seen_by_both, late), Appended::kFenced);
  EXPECT_EQ(old_writer->Append(this->head_, late), Appended::kFenced);
  this->ExpectKept(*new_writer);
}

TYPED_TEST(StoreContract, WritesNothingWithoutSpaceAndGoesOnWithSpace) {
  const auto store = this->backend_.Open();
  ASSERT_EQ(this->Append(*store, {"a"}), Appended::kCommitted);
  this->backend_.FillUp();
  EXPECT_EQ(this->Append(*store, {std::string(60000, 'b')}), Appended::kFull);
  EXPECT_EQ(this->Append(*store, {std::string(60000, 'c')}), Appended::kFull);
  this->ExpectKept(*store);
  this->backend_.Recover();
  EXPECT_EQ(this->Append(*store, {std::string(60000, 'd')}), Appended::kCommitted);
  this->ExpectKept(*store);
  this->ExpectKept(*this->backend_.Open());
}

TYPED_TEST(StoreContract, AppendsNoMoreOnceAnAnswerIsUnknown) {
  const Head before = this->head_;
  const Group group = GroupAfter(before, {}, {"durable or not"});
  {
    const auto store = this->backend_.Open();
    this->backend_.LoseNextAnswer();
    EXPECT_EQ(store->Append(before, group), Appended::kUnknown);
    this->backend_.Recover();
    EXPECT_EQ(store->Append(before, group), Appended::kUnknown);
    EXPECT_EQ(store->Append(group.head, GroupAfter(group.head, group.entries, {"next"})),
              Appended::kUnknown);
  }
  // Only a fresh store can say.
  const auto store = this->backend_.Open();
  if (store->ReadHead()->size > 0) this->Keep(group);
  this->ExpectKept(*store);
  EXPECT_EQ(this->Append(*store, {"next"}), Appended::kCommitted);
}

TYPED_TEST(StoreContract, NeverKeepsAHeadThatItsEntriesDoNotLeadTo) {
  std::vector<Group> groups(3, GroupAfter(this->head_, this->all_, {"a", "b"}));
  groups[0].entries[1] = "c";
  groups[1].entries.pop_back();
  groups[2].head.root[7] ^= 1;
  for (const Group& group : groups) {
    const auto store = this->backend_.Open();
    EXPECT_EQ(store->Append(this->head_, group), Appended::kUnknown);
    this->ExpectKept(*this->backend_.Open());
  }
}

TYPED_TEST(StoreContract, ServesEveryCompleteSubtree) {
  std::mt19937_64 random(7);
  auto store = this->backend_.Open();
  while (this->all_.size() < 900) {
    std::vector<std::string> entries;
    const size_t size = 1 + random() % (random() % 4 == 0 ? gateway::base::kMaxGroupEntries : 20);
    while (entries.size() < size) entries.push_back(std::to_string(random()));
    ASSERT_EQ(this->Append(*store, entries), Appended::kCommitted);
    if (random() % 4 == 0) store = this->backend_.Open();
    for (int level = 0; level < 11; ++level) {
      const uint64_t complete = this->all_.size() >> level;
      EXPECT_EQ(store->ReadNode({level, complete}).status().code(), absl::StatusCode::kOutOfRange);
      // Every one at the right edge, and some before it.
      for (uint64_t index = complete; index > 0 && complete - index < 3; --index)
        ASSERT_EQ(*store->ReadNode({level, index - 1}), this->NaiveNode(level, index - 1));
      if (complete > 0) {
        const uint64_t index = random() % complete;
        ASSERT_EQ(*store->ReadNode({level, index}), this->NaiveNode(level, index));
      }
    }
  }
  EXPECT_FALSE(store->ReadNode({63, 0}).ok());
  EXPECT_FALSE(store->ReadNode({64, 0}).ok());
  EXPECT_FALSE(store->ReadNode({-1, 0}).ok());
}

TYPED_TEST(StoreContract, FindsIndexedStatements) {
  {
    const auto store = this->backend_.Open();
    ASSERT_EQ(this->Append(*store, {"a", "b", "c"}), Appended::kCommitted);
    ASSERT_TRUE(store->IndexStatements({{Sha256("1"), 0}, {Sha256("2"), 1}}).ok());
    EXPECT_EQ(*store->IndexedSize(), 2u);
    EXPECT_EQ(*store->FindStatement(Sha256("2")), 1u);
    EXPECT_EQ(*store->FindStatement(Sha256("3")), std::nullopt) << "the index may lag behind";
    // Filling resumes with some that are there: each keeps its entry.
    ASSERT_TRUE(store->IndexStatements({{Sha256("1"), 2}, {Sha256("3"), 2}}).ok());
    ASSERT_TRUE(store->IndexStatements({{Sha256("0"), 0}}).ok());
    ASSERT_TRUE(store->IndexStatements({}).ok());
    EXPECT_EQ(store->IndexStatements({{Sha256("4"), 3}}).code(), absl::StatusCode::kOutOfRange);
  }
  const auto store = this->backend_.Open();
  EXPECT_EQ(*store->IndexedSize(), 3u);
  EXPECT_EQ(*store->FindStatement(Sha256("1")), 0u);
  EXPECT_EQ(*store->FindStatement(Sha256("3")), 2u);
  EXPECT_EQ(*store->FindStatement(Sha256("4")), std::nullopt);
}

TYPED_TEST(StoreContract, KeepsTheSnapshotThatWasPutLast) {
  {
    const auto store = this->backend_.Open();
    ASSERT_EQ(this->Append(*store, {"a", "b", "c"}), Appended::kCommitted);
    EXPECT_EQ(*store->FindSnapshot(), std::nullopt);
    const StateSnapshot first{.size = 2, .root = Sha256("2"), .time_ms = -5, .bytes = "first"};
    ASSERT_TRUE(store->PutSnapshot(first).ok());
    EXPECT_EQ(*store->FindSnapshot(), first);
    ASSERT_TRUE(store->PutSnapshot(StateSnapshot()).ok());
    EXPECT_EQ(*store->FindSnapshot(), StateSnapshot());
  }
  const StateSnapshot last{.size = 3,
                           .root = this->head_.root,
                           .time_ms = this->head_.time_ms,
                           .bytes = std::string("\0\xff", 2) + std::string(2 << 20, 'x')};
  {
    const auto store = this->backend_.Open();
    EXPECT_EQ(*store->FindSnapshot(), StateSnapshot());
    ASSERT_TRUE(store->PutSnapshot(last).ok());
    EXPECT_EQ(this->Append(*store, {"d"}), Appended::kCommitted);
  }
  const auto store = this->backend_.Open();
  EXPECT_EQ(*store->FindSnapshot(), last);
  this->ExpectKept(*store);
}

TYPED_TEST(StoreContract, KeepsNoSnapshotPastTheHead) {
  const auto store = this->backend_.Open();
  ASSERT_EQ(this->Append(*store, {"a"}), Appended::kCommitted);
  EXPECT_EQ(store->PutSnapshot({.size = 2, .root = {}, .time_ms = 0, .bytes = ""}).code(),
            absl::StatusCode::kOutOfRange);
  EXPECT_EQ(*store->FindSnapshot(), std::nullopt);
}

TYPED_TEST(StoreContract, KeepsTheOldSnapshotWithoutSpaceAndAppendsAsBefore) {
  const auto store = this->backend_.Open();
  ASSERT_EQ(this->Append(*store, {"a"}), Appended::kCommitted);
  const StateSnapshot old{.size = 1, .root = this->head_.root, .time_ms = 1, .bytes = "old"};
  ASSERT_TRUE(store->PutSnapshot(old).ok());
  this->backend_.FillUp();
  const absl::Status full =
      store->PutSnapshot({.size = 1, .root = {}, .time_ms = 1, .bytes = std::string(60000, 'x')});
  EXPECT_EQ(full.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(full), "STORE_FULL");
  EXPECT_EQ(*store->FindSnapshot(), old);
  this->backend_.Recover();
  EXPECT_EQ(this->Append(*store, {"b"}), Appended::kCommitted);
  this->ExpectKept(*store);
  this->ExpectKept(*this->backend_.Open());
  EXPECT_EQ(*this->backend_.Open()->FindSnapshot(), old);
}

TYPED_TEST(StoreContract, ReadsFromOtherThreadsSeeWholeGroups) {
  const auto store = this->backend_.Open();
  std::atomic<uint64_t> committed{0};
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0};
  const auto read = [&](uint64_t seed) {
    std::mt19937_64 random(seed);
    while (!done) {
      const uint64_t size = committed;
      if (size == 0) continue;
      const uint64_t index = random() % size;
      const absl::StatusOr<std::vector<std::string>> entry = store->ReadEntries(index, index + 1);
      const absl::StatusOr<Digest> leaf = store->ReadNode({0, index});
      if (!entry.ok() || entry->front() != std::to_string(index) || !leaf.ok() ||
          *leaf != merkle::LeafHash(entry->front()))
        ++wrong;
    }
  };
  const auto fill_index = [&] {
    while (!done)
      if (const uint64_t size = committed; size > 0)
        if (!store->IndexStatements({{Sha256(std::to_string(size)), size - 1}}).ok()) ++wrong;
  };
  const auto keep_snapshots = [&] {
    while (!done) {
      const uint64_t size = committed;
      const StateSnapshot snapshot{
          .size = size, .root = {}, .time_ms = 0, .bytes = std::string(size * 100, 's')};
      if (!store->PutSnapshot(snapshot).ok()) ++wrong;
      const absl::StatusOr<std::optional<StateSnapshot>> found = store->FindSnapshot();
      if (!found.ok() || *found != snapshot) ++wrong;
    }
  };
  std::vector<std::thread> others;
  others.emplace_back(read, 1);
  others.emplace_back(read, 2);
  others.emplace_back(fill_index);
  others.emplace_back(keep_snapshots);
  while (this->all_.size() < 600) {
    std::vector<std::string> entries;
    for (size_t i = 0; i < 30; ++i) entries.push_back(std::to_string(this->all_.size() + i));
    EXPECT_EQ(this->Append(*store, entries), Appended::kCommitted);
    committed = this->all_.size();
  }
  done = true;
  for (std::thread& other : others) other.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace passerelle::audit::log
