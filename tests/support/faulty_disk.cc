#include "tests/support/faulty_disk.h"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <utility>

namespace passerelle::tests {
namespace {

using gateway::base::MutexLock;

std::atomic<FaultyDisk*> living{nullptr};

}  // namespace

FaultyDisk::FaultyDisk(const std::string& folder)
    : folder_(std::filesystem::canonical(folder).string()),
      unsynced_(std::filesystem::path(folder_).parent_path().string()) {
  if (living.exchange(this) != nullptr) abort();
  RegisterFaultyVfs();
}

FaultyDisk::~FaultyDisk() {
  UnregisterFaultyVfs();
  living = nullptr;
}

FaultyDisk* FaultyDisk::active() { return living; }

FaultyDisk* FaultyDisk::Of(std::string_view path) {
  FaultyDisk* const disk = living;
  if (disk == nullptr || path.substr(0, disk->folder_.size()) != disk->folder_) return nullptr;
  return path.size() == disk->folder_.size() || path[disk->folder_.size()] == '/' ? disk : nullptr;
}

void FaultyDisk::Arm(IoFault fault, int operation) {
  MutexLock lock(mutex_);
  fault_ = fault;
  until_struck_ = operation;
  struck_ = false;
  stopped_ = false;
  counts_ = {};
}

void FaultyDisk::Stop() {
  MutexLock lock(mutex_);
  stopped_ = true;
}

bool FaultyDisk::struck() const {
  MutexLock lock(mutex_);
  return struck_;
}

FaultyDisk::Counts FaultyDisk::counts() const {
  MutexLock lock(mutex_);
  return counts_;
}

bool FaultyDisk::Strikes(IoOperation operation) {
  switch (fault_) {
    case IoFault::kNone:
      return false;
    case IoFault::kReadError:
      return operation == IoOperation::kRead;
    case IoFault::kSyncErrorThoughDone:
      return operation == IoOperation::kSync;
    case IoFault::kNoSpace:
    case IoFault::kTornWrite:
      return operation == IoOperation::kWrite;
    case IoFault::kErrorOnce:
    case IoFault::kErrorFromThenOn:
    case IoFault::kErrorThoughDone:
    case IoFault::kPowerCut:
      break;
  }
  return operation != IoOperation::kRead;
}

IoVerdict FaultyDisk::Judge(IoOperation operation, bool database) {
  MutexLock lock(mutex_);
  const bool read = operation == IoOperation::kRead;
  ++(read ? counts_.reads : database ? counts_.database : counts_.plain);
  if (stopped_) return read ? IoVerdict::kWork : IoVerdict::kFail;
  if (!Strikes(operation)) return IoVerdict::kWork;
  const int left = --until_struck_;
  const bool lasts = fault_ == IoFault::kNoSpace || fault_ == IoFault::kErrorFromThenOn ||
                     fault_ == IoFault::kPowerCut || fault_ == IoFault::kSyncErrorThoughDone;
  if (left > 0 || (left < 0 && !lasts)) return IoVerdict::kWork;
  struck_ = true;
  switch (fault_) {
    case IoFault::kNoSpace:
      return IoVerdict::kFindNoSpace;
    case IoFault::kTornWrite:
      return IoVerdict::kTear;
    case IoFault::kErrorThoughDone:
    case IoFault::kSyncErrorThoughDone:
      return IoVerdict::kFailThoughDone;
    default:
      return IoVerdict::kFail;
  }
}

void FaultyDisk::LoseUnsynced() {
  MutexLock lock(mutex_);
  unsynced_.Undo();
}

void FaultyDisk::NoteBytes(const std::string& path, uint64_t size, uint64_t offset,
                           std::string bytes) {
  MutexLock lock(mutex_);
  unsynced_.NoteBytes(path, size, offset, std::move(bytes));
}

void FaultyDisk::NoteMade(const std::string& path) {
  MutexLock lock(mutex_);
  unsynced_.NoteMade(path);
}

void FaultyDisk::NoteRemoval(const std::string& path) {
  MutexLock lock(mutex_);
  unsynced_.NoteRemoval(path);
}

void FaultyDisk::NoteRename(const std::string& from, const std::string& to) {
  MutexLock lock(mutex_);
  unsynced_.NoteRename(from, to);
}

void FaultyDisk::NoteSync(const std::string& path) {
  MutexLock lock(mutex_);
  unsynced_.NoteSync(path);
}

void FaultyDisk::NoteFolderSync(const std::string& folder) {
  MutexLock lock(mutex_);
  unsynced_.NoteFolderSync(folder);
}

}  // namespace passerelle::tests
