// The stores that must fulfil one contract, each with its faults.
#ifndef PASSERELLE_TESTS_UNIT_AUDIT_LOG_BACKEND_H_
#define PASSERELLE_TESTS_UNIT_AUDIT_LOG_BACKEND_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "audit/log/sqlite_store.h"
#include "audit/log/store.h"
#include "tests/support/faulty_disk.h"
#include "tests/support/memory_store.h"
#include "tests/support/temp_folder.h"

namespace passerelle::audit::log {

// Durable bytes of one kind, on which stores are opened again and again.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual std::unique_ptr<LogStore> Open() = 0;
  // From now on there is no space; then there is again.
  virtual void FillUp() = 0;
  // The next append may or may not become durable; its answer is an error.
  virtual void LoseNextAnswer() = 0;
  virtual void Recover() = 0;
};

// SQLite on a disk with faults.
class SqliteBackend final : public Backend {
 public:
  std::unique_ptr<LogStore> Open() override {
    absl::StatusOr<std::unique_ptr<LogStore>> store = OpenSqliteStore(path());
    EXPECT_TRUE(store.ok()) << store.status();
    return *std::move(store);
  }
  void FillUp() override { disk_.Arm(tests::IoFault::kNoSpace); }
  void LoseNextAnswer() override {
    // A commit's one sync is its last operation.
    disk_.Arm(tests::IoFault::kSyncErrorThoughDone);
  }
  void Recover() override { disk_.Disarm(); }

  std::string path() const { return folder_ / "audit.db"; }
  tests::FaultyDisk& disk() { return disk_; }

 private:
  tests::TempFolder folder_;
  tests::FaultyDisk disk_{folder_.path()};
};

// The fake.
class MemoryBackend final : public Backend {
 public:
  std::unique_ptr<LogStore> Open() override { return std::make_unique<tests::MemoryStore>(disk_); }
  void FillUp() override { disk_->Inject(tests::DiskFault::kFull); }
  void LoseNextAnswer() override { disk_->Inject(tests::DiskFault::kKept); }
  void Recover() override { disk_->Inject(tests::DiskFault::kNone); }

 private:
  const std::shared_ptr<tests::MemoryDisk> disk_ = std::make_shared<tests::MemoryDisk>();
};

// The group that appends entries to `before`.
inline Group GroupAfter(const Head& before, const std::vector<std::string>& all_before,
                        std::vector<std::string> entries) {
  merkle::Frontier frontier;
  for (const std::string& entry : all_before) frontier.Append(merkle::LeafHash(entry));
  for (const std::string& entry : entries) frontier.Append(merkle::LeafHash(entry));
  return {.entries = std::move(entries),
          .head = {.size = frontier.size(),
                   .root = frontier.Root(),
                   .time_ms = before.time_ms + 1,
                   .epoch = before.epoch}};
}

}  // namespace passerelle::audit::log

#endif  // PASSERELLE_TESTS_UNIT_AUDIT_LOG_BACKEND_H_
