#include "audit/log/log.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "audit/log/seal.h"
#include "audit/log/tiles.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"

namespace passerelle::audit::log {
namespace {

using gateway::base::Corrupt;
using gateway::base::Error;
using gateway::base::InContext;
using gateway::base::Malformed;
using gateway::base::MutexLock;

absl::Status PastHead() {
  return Error(absl::StatusCode::kOutOfRange, "PAST_HEAD", "", "past the head of the log");
}

// OK iff the store appended. Every other answer has a reason of its own.
absl::Status StatusOf(Appended appended) {
  switch (appended) {
    case Appended::kCommitted:
      return absl::OkStatus();
    case Appended::kConflict:
      return Error(absl::StatusCode::kAborted, "LOG_CONFLICT", "", "the head is another's");
    case Appended::kFenced:
      return Error(absl::StatusCode::kAborted, "LOG_FENCED", "", "a newer writer has taken over");
    case Appended::kFull:
      return Error(absl::StatusCode::kUnavailable, "LOG_FULL", "", "no space for the log");
    case Appended::kUnknown:
      break;
  }
  return Error(absl::StatusCode::kInternal, "LOG_UNKNOWN", "",
               "nobody can say whether the group is durable");
}

absl::Status CheckGroup(const std::vector<std::string>& entries) {
  size_t bytes = 0;
  bool fits = !entries.empty() && entries.size() <= gateway::base::kMaxGroupEntries;
  for (const std::string& entry : entries) {
    bytes += entry.size();
    fits = fits && entry.size() <= gateway::base::kMaxEntryBytes;
  }
  if (fits && bytes <= gateway::base::kMaxGroupBytes) return absl::OkStatus();
  return Malformed("LOG_GROUP", "", "a group without entries, or past its bounds");
}

std::string WrongLeaf(uint64_t index) {
  return absl::StrCat("entry ", index, " is not the one whose hash the log holds");
}

// Why a stored node is not what the entries lead to.
absl::Status WrongNode(merkle::NodeId node) {
  if (node.level == 0) return Corrupt("LOG_ROOT", WrongLeaf(node.index));
  return Corrupt("LOG_ROOT",
                 absl::StrCat("the stored hash over entries ", node.index << node.level, " to ",
                              ((node.index + 1) << node.level) - 1, " is not theirs"));
}

}  // namespace

Log::Log(std::string origin, LogStore& store, Guard* guard, const checkpoint::NoteSigner& signer)
    : origin_(std::move(origin)), store_(store), signer_(signer), guard_(guard) {}

absl::StatusOr<std::unique_ptr<Log>> Log::Open(std::string origin, LogStore& store, Guard* guard,
                                               const checkpoint::NoteSigner& signer,
                                               Replay replay) {
  return OpenWith(std::move(origin), store, guard, signer, nullptr, replay);
}

absl::StatusOr<std::unique_ptr<Log>> Log::OpenFromSnapshot(std::string origin, LogStore& store,
                                                           Guard* guard,
                                                           const checkpoint::NoteSigner& signer,
                                                           Restore restore, Replay replay) {
  return OpenWith(std::move(origin), store, guard, signer, &restore, replay);
}

absl::StatusOr<std::unique_ptr<Log>> Log::OpenWith(std::string origin, LogStore& store,
                                                   Guard* guard,
                                                   const checkpoint::NoteSigner& signer,
                                                   const Restore* restore, Replay replay) {
  RETURN_IF_ERROR(checkpoint::CheckOrigin(origin));
  ASSIGN_OR_RETURN(const Head head, store.ReadHead());
  auto log = std::unique_ptr<Log>(new Log(std::move(origin), store, guard, signer));
  if (guard != nullptr) RETURN_IF_ERROR(log->CheckGuardSize(head));
  if (restore != nullptr) RETURN_IF_ERROR(log->BeginFromSnapshot(head, *restore));
  RETURN_IF_ERROR(log->ReplayEntries(head, replay));
  if (guard != nullptr) RETURN_IF_ERROR(log->CheckGuardRoot());
  RETURN_IF_ERROR(log->Sign(head));
  RETURN_IF_ERROR(log->WriteGuard());
  return log;
}

absl::Status Log::CheckGuardSize(const Head& head) {
  MutexLock lock(guard_mutex_);
  const std::optional<Head> last = guard_->last();
  if (!last.has_value()) {
    // A log without entries gets its guard in Open; one with entries had it.
    if (head.size == 0) return absl::OkStatus();
    return Error(absl::StatusCode::kFailedPrecondition, "GUARD_MISSING", "",
                 absl::StrCat("the log has ", head.size,
                              " entries and its guard is gone: put the guard back where it was "
                              "(--guards), for without it nobody can tell whether entries were "
                              "removed from the log's end"));
  }
  if (last->size <= head.size) return absl::OkStatus();
  return Corrupt("LOG_BEHIND_GUARD", absl::StrCat("entry ", head.size,
                                                  " is missing: the log ends there, its guard has ",
                                                  "seen ", last->size,
                                                  " entries; put back the newest copy of this "
                                                  "log"));
}

absl::Status Log::CheckGuardRoot() {
  MutexLock lock(guard_mutex_);
  const std::optional<Head> last = guard_->last();
  if (!last.has_value()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Digest root, merkle::RootAt(last->size, [this](merkle::NodeId node) {
                     return store_.ReadNode(node);
                   }));
  if (root == last->root) return absl::OkStatus();
  return Corrupt("LOG_FORKED", absl::StrCat("an entry before entry ", last->size,
                                            " is not the one that the guard has seen"));
}

absl::Status Log::BeginFromSnapshot(const Head& head, Restore restore) {
  ASSIGN_OR_RETURN(const std::optional<StateSnapshot> snapshot, FindSealedSnapshot());
  if (!snapshot.has_value()) return absl::OkStatus();
  ASSIGN_OR_RETURN(merkle::Frontier frontier, FrontierOf(*snapshot, head));
  ASSIGN_OR_RETURN(const bool restored, restore(*snapshot));
  if (!restored) return absl::OkStatus();
  frontier_ = std::move(frontier);
  start_.first = snapshot->size;
  return absl::OkStatus();
}

absl::StatusOr<std::optional<StateSnapshot>> Log::FindSealedSnapshot() {
  absl::StatusOr<std::optional<StateSnapshot>> found = store_.FindSnapshot();
  if (found.ok() && found->has_value())
    found = Unseal(signer_.verifier(), origin_, **std::move(found));
  if (!absl::IsDataLoss(found.status())) return found;
  // A cache that is damaged costs time and no more.
  start_.passed_over = found.status();
  return std::optional<StateSnapshot>();
}

absl::StatusOr<merkle::Frontier> Log::FrontierOf(const StateSnapshot& snapshot, const Head& head) {
  if (snapshot.size > head.size)
    return Corrupt("LOG_SNAPSHOT", absl::StrCat("entry ", head.size, " is missing: the log ends ",
                                                "there, its snapshot was made of ", snapshot.size,
                                                " entries; put back the newest copy of this log"));
  std::vector<Digest> nodes;
  for (const merkle::NodeId& node : merkle::FrontierNodes(snapshot.size)) {
    ASSIGN_OR_RETURN(const Digest hash, store_.ReadNode(node));
    nodes.push_back(hash);
  }
  ASSIGN_OR_RETURN(merkle::Frontier frontier,
                   merkle::Frontier::Resume(snapshot.size, std::move(nodes)));
  if (frontier.Root() == snapshot.root) return frontier;
  return Corrupt("LOG_SNAPSHOT", absl::StrCat("an entry before entry ", snapshot.size,
                                              " is not the one that the snapshot was made of"));
}

absl::Status Log::ReplayEntries(const Head& head, Replay replay) {
  while (frontier_.size() < head.size) {
    const uint64_t begin = frontier_.size();
    const uint64_t end = std::min<uint64_t>(head.size, begin + gateway::base::kMaxGroupEntries);
    ASSIGN_OR_RETURN(const std::vector<std::string> entries, store_.ReadEntries(begin, end));
    for (const std::string& entry : entries)
      RETURN_IF_ERROR(ReplayEntry(frontier_.size(), entry, replay));
  }
  if (frontier_.Root() == head.root) return absl::OkStatus();
  return Corrupt("LOG_ROOT", absl::StrCat("the log's ", head.size,
                                          " entries do not lead to the root of its head"));
}

absl::Status Log::ReplayEntry(uint64_t index, const std::string& entry, Replay replay) {
  const Digest leaf = merkle::LeafHash(entry);
  absl::Status status;
  // The stored tree serves proofs later and says now which entry is wrong. Its tiles hold every
  // eighth level; the store computes the others from these.
  frontier_.Append(leaf, [&](merkle::NodeId node, const Digest& hash) {
    if (!status.ok() || node.level % kTileHeight != 0) return;
    const absl::StatusOr<Digest> stored = store_.ReadNode(node);
    if (!stored.ok())
      status = InContext(stored.status(), absl::StrCat("entry ", index));
    else if (*stored != hash)
      status = WrongNode(node);
  });
  RETURN_IF_ERROR(status);
  return InContext(replay(index, entry, leaf), absl::StrCat("entry ", index));
}

absl::Status Log::Append(const std::vector<std::string>& entries, int64_t time_ms) {
  RETURN_IF_ERROR(CheckGroup(entries));
  const Head before = head();
  if (time_ms < before.time_ms)
    return Malformed("LOG_TIME", "", "a record time before the last entry's");
  merkle::Frontier after = frontier_;
  for (const std::string& entry : entries) after.Append(merkle::LeafHash(entry));
  const Group group{
      .entries = entries,
      .head = {
          .size = after.size(), .root = after.Root(), .time_ms = time_ms, .epoch = before.epoch}};
  RETURN_IF_ERROR(StatusOf(store_.Append(before, group)));
  frontier_ = std::move(after);
  return Sign(group.head);
}

absl::Status Log::Sign(const Head& head) {
  if (signed_.has_value()) {
    const absl::StatusOr<Digest> root = merkle::RootAt(
        signed_->size, [this](merkle::NodeId node) { return store_.ReadNode(node); });
    if (head.size < signed_->size || !root.ok() || *root != signed_->root)
      return Error(absl::StatusCode::kInternal, "LOG_FORKED", "",
                   absl::StrCat("the log no longer extends its first ", signed_->size,
                                " entries, which are signed"));
  }
  ASSIGN_OR_RETURN(std::string note,
                   checkpoint::SignCheckpoint(
                       signer_, {.origin = origin_, .size = head.size, .root = head.root}));
  signed_ = head;
  MutexLock lock(mutex_);
  head_ = head;
  checkpoint_ = std::move(note);
  return absl::OkStatus();
}

uint64_t Log::guarded_size() const {
  MutexLock lock(guard_mutex_);
  const std::optional<Head> last = guard_ == nullptr ? std::nullopt : guard_->last();
  return last.has_value() ? last->size : 0;
}

absl::Status Log::WriteGuard() {
  MutexLock lock(guard_mutex_);
  if (guard_ == nullptr) return absl::OkStatus();
  const Head committed = head();
  if (guard_->last() == committed) return absl::OkStatus();
  return guard_->Write(committed);
}

absl::Status Log::KeepSnapshot(const Head& at, std::string bytes) {
  ASSIGN_OR_RETURN(const Digest root, RootAt(at.size));
  if (root != at.root)
    return Malformed("LOG_SNAPSHOT", "", "a snapshot of another log than this one");
  ASSIGN_OR_RETURN(
      const StateSnapshot sealed,
      Seal(signer_, origin_,
           {.size = at.size, .root = at.root, .time_ms = at.time_ms, .bytes = std::move(bytes)}));
  return store_.PutSnapshot(sealed);
}

Head Log::head() const {
  MutexLock lock(mutex_);
  return head_;
}

SignedHead Log::signed_head() const {
  MutexLock lock(mutex_);
  return {.head = head_, .checkpoint = checkpoint_};
}

absl::StatusOr<Digest> Log::RootAt(uint64_t size) const {
  if (size > head().size) return PastHead();
  return merkle::RootAt(size, [this](merkle::NodeId node) { return store_.ReadNode(node); });
}

absl::StatusOr<std::vector<Digest>> Log::InclusionProof(uint64_t index, uint64_t size) const {
  if (size > head().size) return PastHead();
  return merkle::InclusionProof(index, size,
                                [this](merkle::NodeId node) { return store_.ReadNode(node); });
}

absl::StatusOr<std::vector<Digest>> Log::ConsistencyProof(uint64_t from, uint64_t to) const {
  if (to > head().size) return PastHead();
  return merkle::ConsistencyProof(from, to,
                                  [this](merkle::NodeId node) { return store_.ReadNode(node); });
}

absl::StatusOr<Digest> Log::NodeAt(merkle::NodeId node) const {
  constexpr int kMostLevels = 63;
  if (node.level < 0 || node.level > kMostLevels || node.index >= head().size >> node.level)
    return PastHead();
  return store_.ReadNode(node);
}

absl::StatusOr<std::vector<std::string>> Log::ReadEntries(uint64_t begin, uint64_t end) const {
  // Entries that are durable but not yet signed are not to be seen.
  if (begin > end || end > head().size) return PastHead();
  ASSIGN_OR_RETURN(std::vector<std::string> entries, store_.ReadEntries(begin, end));
  for (uint64_t index = begin; index < end; ++index) {
    ASSIGN_OR_RETURN(const Digest leaf, store_.ReadNode({.level = 0, .index = index}));
    if (leaf != merkle::LeafHash(entries[index - begin]))
      return Corrupt("LOG_ENTRY_DAMAGED", WrongLeaf(index));
  }
  return entries;
}

}  // namespace passerelle::audit::log
