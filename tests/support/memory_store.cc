#include "tests/support/memory_store.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "gateway/base/status.h"

namespace passerelle::tests {
namespace {

using audit::log::Appended;
using audit::log::Group;
using audit::log::Head;
using gateway::base::Digest;
using gateway::base::MutexLock;

absl::Status PastHead() {
  return gateway::base::Error(absl::StatusCode::kOutOfRange, "PAST_HEAD", "", "past the head");
}

void AppendEntry(MemoryImage& image, const std::string& entry) {
  image.entries.emplace_back(entry);
  Digest hash = audit::merkle::LeafHash(entry);
  for (size_t level = 0;; ++level) {
    if (level == image.levels.size()) image.levels.emplace_back();
    std::vector<Digest>& hashes = image.levels[level];
    hashes.push_back(hash);
    if (hashes.size() % 2 != 0) return;
    hash = audit::merkle::NodeHash(hashes[hashes.size() - 2], hashes.back());
  }
}

void Truncate(MemoryImage& image, uint64_t size) {
  image.entries.resize(size);
  for (size_t level = 0; level < image.levels.size(); ++level)
    image.levels[level].resize(size >> level);
}

bool LeadsToItsHead(const MemoryImage& image, const Head& head) {
  const absl::StatusOr<Digest> root =
      audit::merkle::RootAt(image.entries.size(), [&](audit::merkle::NodeId node) {
        return absl::StatusOr<Digest>(image.levels[node.level][node.index]);
      });
  return image.entries.size() == head.size && *root == head.root;
}

}  // namespace

void MemoryDisk::Inject(DiskFault fault) {
  MutexLock lock(mutex_);
  fault_ = fault;
}

MemoryImage MemoryDisk::image() const {
  MutexLock lock(mutex_);
  return image_;
}

void MemoryDisk::Restore(MemoryImage image) {
  MutexLock lock(mutex_);
  image_ = std::move(image);
}

MemoryStore::MemoryStore() : MemoryStore(std::make_shared<MemoryDisk>()) {}

MemoryStore::MemoryStore(std::shared_ptr<MemoryDisk> disk) : disk_(std::move(disk)) {}

Appended MemoryStore::Append(const Head& expected, const Group& group) {
  MemoryDisk& disk = *disk_;
  MutexLock lock(disk.mutex_);
  MemoryImage& image = disk.image_;
  if (broken_) return Appended::kUnknown;
  if (group.head.epoch < image.head.epoch) return Appended::kFenced;
  if (image.head != expected) return Appended::kConflict;
  if (disk.fault_ == DiskFault::kFull) return Appended::kFull;
  for (const std::string& entry : group.entries) AppendEntry(image, entry);
  const bool sound = LeadsToItsHead(image, group.head);
  broken_ = !sound || disk.fault_ != DiskFault::kNone;
  if (sound && disk.fault_ != DiskFault::kLost)
    image.head = group.head;
  else
    Truncate(image, expected.size);
  return broken_ ? Appended::kUnknown : Appended::kCommitted;
}

absl::StatusOr<Head> MemoryStore::ReadHead() const {
  MemoryDisk& disk = *disk_;
  MutexLock lock(disk.mutex_);
  return disk.image_.head;
}

absl::StatusOr<std::vector<std::string>> MemoryStore::ReadEntries(uint64_t begin,
                                                                  uint64_t end) const {
  MemoryDisk& disk = *disk_;
  MutexLock lock(disk.mutex_);
  MemoryImage& image = disk.image_;
  if (begin > end || end > image.head.size) return PastHead();
  std::vector<std::string> entries;
  for (uint64_t index = begin; index < end; ++index) {
    if (index >= image.entries.size() || !image.entries[index].has_value())
      return gateway::base::Corrupt("LOG_ENTRY_MISSING",
                                    absl::StrCat("entry ", index, " is missing"));
    entries.push_back(*image.entries[index]);
  }
  return entries;
}

absl::StatusOr<Digest> MemoryStore::ReadNode(audit::merkle::NodeId node) const {
  constexpr int kLevels = 64;
  MemoryDisk& disk = *disk_;
  MutexLock lock(disk.mutex_);
  MemoryImage& image = disk.image_;
  if (node.level < 0 || node.level >= kLevels || node.index >= image.head.size >> node.level)
    return PastHead();
  return image.levels[node.level][node.index];
}

absl::Status MemoryStore::IndexStatements(
    const std::vector<std::pair<Digest, uint64_t>>& statements) {
  MemoryDisk& disk = *disk_;
  MutexLock lock(disk.mutex_);
  MemoryImage& image = disk.image_;
  for (const auto& [digest, index] : statements)
    if (index >= image.head.size) return PastHead();
  for (const auto& [digest, index] : statements) {
    image.statements.emplace(digest, index);
    image.indexed = std::max(image.indexed, index + 1);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<uint64_t>> MemoryStore::FindStatement(const Digest& digest) const {
  MemoryDisk& disk = *disk_;
  MutexLock lock(disk.mutex_);
  const auto found = disk.image_.statements.find(digest);
  if (found == disk.image_.statements.end()) return std::optional<uint64_t>();
  return std::optional<uint64_t>(found->second);
}

absl::StatusOr<uint64_t> MemoryStore::IndexedSize() const {
  MemoryDisk& disk = *disk_;
  MutexLock lock(disk.mutex_);
  return disk.image_.indexed;
}

absl::Status MemoryStore::PutSnapshot(const audit::log::StateSnapshot& snapshot) {
  MemoryDisk& disk = *disk_;
  MutexLock lock(disk.mutex_);
  if (snapshot.size > disk.image_.head.size) return PastHead();
  if (disk.fault_ == DiskFault::kFull)
    return gateway::base::Error(absl::StatusCode::kResourceExhausted, "STORE_FULL", "", "no space");
  if (disk.fault_ != DiskFault::kLost) disk.image_.snapshot = snapshot;
  if (disk.fault_ == DiskFault::kNone) return absl::OkStatus();
  return gateway::base::Error(absl::StatusCode::kUnavailable, "STORE_IO", "", "a fault");
}

absl::StatusOr<std::optional<audit::log::StateSnapshot>> MemoryStore::FindSnapshot() const {
  MemoryDisk& disk = *disk_;
  MutexLock lock(disk.mutex_);
  return disk.image_.snapshot;
}

}  // namespace passerelle::tests
