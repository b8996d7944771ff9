// A log on a store in memory with its guard and signer, opened again and again.
#ifndef PASSERELLE_TESTS_UNIT_AUDIT_LOG_FIXTURE_H_
#define PASSERELLE_TESTS_UNIT_AUDIT_LOG_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "audit/checkpoint/checkpoint.h"
#include "audit/checkpoint/note.h"
#include "audit/log/guard.h"
#include "audit/log/log.h"
#include "tests/support/memory_store.h"
#include "tests/support/temp_folder.h"

namespace passerelle::audit::log {

inline constexpr char kOrigin[] = "passerelle.example/unit/test";

// What a start heard.
struct Heard {
  // The snapshot that was offered, and the first entry that a replay may tell.
  std::optional<StateSnapshot> snapshot;
  uint64_t first = 0;
  std::vector<std::string> entries;
  std::vector<Digest> leaves;
};

// One process after another on one disk.
class LogTest : public testing::Test {
 protected:
  // The signer's seed is synthetic.
  LogTest()
      : signer_(*checkpoint::NoteSigner::FromSeed(kOrigin,
                                                  gateway::base::Secret(std::string(32, 's')))) {}

  std::string guard_path() const { return folder_ / "guard"; }

  // Starts a process: opens store, guard and log.
  absl::Status Start(const std::string& origin = kOrigin) {
    Stop();
    store_ = std::make_unique<tests::MemoryStore>(disk_);
    return StartOn(*store_, origin);
  }

  absl::Status StartOn(LogStore& store, const std::string& origin = kOrigin) {
    ASSIGN_OR_RETURN(guard_, Guard::Open(guard_path(), origin));
    heard_ = Heard();
    ASSIGN_OR_RETURN(
        log_, Log::Open(origin, store, guard_.get(), signer_,
                        [this](uint64_t index, const std::string& entry, const Digest& leaf) {
                          return Hear(index, entry, leaf);
                        }));
    return absl::OkStatus();
  }

  // Starts from the snapshot that is kept.
  absl::Status StartFromSnapshot() {
    Stop();
    store_ = std::make_unique<tests::MemoryStore>(disk_);
    return StartFromSnapshotOn(*store_);
  }

  absl::Status StartFromSnapshotOn(LogStore& store) {
    ASSIGN_OR_RETURN(guard_, Guard::Open(guard_path(), kOrigin));
    heard_ = Heard();
    ASSIGN_OR_RETURN(log_, Log::OpenFromSnapshot(
                               kOrigin, store, guard_.get(), signer_,
                               [this](const StateSnapshot& snapshot) {
                                 heard_.snapshot = snapshot;
                                 if (restores_.ok() && *restores_) heard_.first = snapshot.size;
                                 return restores_;
                               },
                               [this](uint64_t index, const std::string& entry,
                                      const Digest& leaf) { return Hear(index, entry, leaf); }));
    return absl::OkStatus();
  }

  absl::Status Hear(uint64_t index, const std::string& entry, const Digest& leaf) {
    EXPECT_EQ(index, heard_.first + heard_.entries.size());
    heard_.entries.push_back(entry);
    heard_.leaves.push_back(leaf);
    return absl::OkStatus();
  }

  // Ends the process, as a crash would: nothing more is written.
  void Stop() {
    log_.reset();
    guard_.reset();
    store_.reset();
  }

  // Appends entries `from` up to `to`, each in a group of its own.
  void AppendNumbered(int from, int to) {
    for (int i = from; i < to; ++i)
      ASSERT_TRUE(log_->Append({"entry " + std::to_string(i)}, 1000 + i).ok());
  }

  const checkpoint::NoteSigner signer_;
  tests::TempFolder folder_;
  std::shared_ptr<tests::MemoryDisk> disk_ = std::make_shared<tests::MemoryDisk>();
  std::unique_ptr<LogStore> store_;
  std::unique_ptr<Guard> guard_;
  std::unique_ptr<Log> log_;
  Heard heard_;
  // What becomes of a snapshot that is offered.
  absl::StatusOr<bool> restores_ = true;
};

}  // namespace passerelle::audit::log

#endif  // PASSERELLE_TESTS_UNIT_AUDIT_LOG_FIXTURE_H_
