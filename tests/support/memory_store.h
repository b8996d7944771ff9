// A LogStore in memory that fulfils the contract of audit/log/store.h, with faults on demand.
#ifndef PASSERELLE_TESTS_SUPPORT_MEMORY_STORE_H_
#define PASSERELLE_TESTS_SUPPORT_MEMORY_STORE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "audit/log/store.h"
#include "gateway/base/mutex.h"

namespace passerelle::tests {

// What a disk holds of a log. A value: a copy of it is an older copy of the disk.
struct MemoryImage {
  audit::log::Head head;
  // An entry that is lost is absent.
  std::vector<std::optional<std::string>> entries;
  // levels[l][i]: the hash of the leaves [i << l, (i + 1) << l).
  std::vector<std::vector<gateway::base::Digest>> levels;
  std::map<gateway::base::Digest, uint64_t> statements;
  uint64_t indexed = 0;
  std::optional<audit::log::StateSnapshot> snapshot;
};

// How a disk answers appends, and snapshots, from then on.
enum class DiskFault {
  kNone,
  // No space.
  kFull,
  // An error, and nothing is written.
  kLost,
  // An error, though all is written.
  kKept,
};

// A disk that outlives the stores on it, as a disk outlives a process. Thread-safe.
class MemoryDisk {
 public:
  // Sets how writes are answered from now on.
  void Inject(DiskFault fault) EXCLUDES_LOCK(mutex_);

  // The image, and its replacement: for copies, restores and damage.
  MemoryImage image() const EXCLUDES_LOCK(mutex_);
  void Restore(MemoryImage image) EXCLUDES_LOCK(mutex_);

 private:
  friend class MemoryStore;
  mutable gateway::base::Mutex mutex_;
  MemoryImage image_ GUARDED_BY(mutex_);
  DiskFault fault_ GUARDED_BY(mutex_) = DiskFault::kNone;
};

// A store on such a disk. Thread-safe as LogStore says.
class MemoryStore final : public audit::log::LogStore {
 public:
  // A store on a disk of its own, or on one that is shared and outlives it.
  MemoryStore();
  explicit MemoryStore(std::shared_ptr<MemoryDisk> disk);

  audit::log::Appended Append(const audit::log::Head& expected,
                              const audit::log::Group& group) override;
  absl::StatusOr<audit::log::Head> ReadHead() const override;
  absl::StatusOr<std::vector<std::string>> ReadEntries(uint64_t begin, uint64_t end) const override;
  absl::StatusOr<gateway::base::Digest> ReadNode(audit::merkle::NodeId node) const override;
  absl::Status IndexStatements(
      const std::vector<std::pair<gateway::base::Digest, uint64_t>>& statements) override;
  absl::StatusOr<std::optional<uint64_t>> FindStatement(
      const gateway::base::Digest& digest) const override;
  absl::StatusOr<uint64_t> IndexedSize() const override;
  absl::Status PutSnapshot(const audit::log::StateSnapshot& snapshot) override;
  absl::StatusOr<std::optional<audit::log::StateSnapshot>> FindSnapshot() const override;

 private:
  const std::shared_ptr<MemoryDisk> disk_;
  // Used by the appending thread only.
  bool broken_ = false;
};

}  // namespace passerelle::tests

#endif  // PASSERELLE_TESTS_SUPPORT_MEMORY_STORE_H_
