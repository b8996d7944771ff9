// A disk with faults on demand, under code that knows nothing of it. It has two doors: SQLite's
// files come through a VFS before the host's own (faulty_vfs.cc), all others through the system
// calls of our own libraries, which the linker leads here (faulty_files.cc, CMakeLists.txt).
#ifndef PASSERELLE_TESTS_SUPPORT_FAULTY_DISK_H_
#define PASSERELLE_TESTS_SUPPORT_FAULTY_DISK_H_

#include <string>
#include <string_view>

#include "gateway/base/mutex.h"
#include "tests/support/unsynced.h"

namespace passerelle::tests {

// What happens to operations on files. An operation is a write, a truncation, a sync of a file or a
// folder, or a name that is made, changed or removed; reads count by themselves.
enum class IoFault {
  // Nothing.
  kNone,
  // The armed write and all after it find no space; what else there is works.
  kNoSpace,
  // The armed operation fails, the others work.
  kErrorOnce,
  // The armed operation and all after it fail, as after a broken disk. Reads work.
  kErrorFromThenOn,
  // The armed operation does its work and reports an error.
  kErrorThoughDone,
  // The armed write brings half of its bytes and reports an error; the others work.
  kTornWrite,
  // As kErrorFromThenOn, for LoseUnsynced to follow.
  kPowerCut,
  // The armed read fails, the others work.
  kReadError,
  // Every sync does its work and reports an error.
  kSyncErrorThoughDone,
};

// The kinds of operation, as the two doors tell them apart.
enum class IoOperation { kRead, kWrite, kTruncate, kSync, kName };

// What an operation is to do.
enum class IoVerdict { kWork, kFail, kFailThoughDone, kTear, kFindNoSpace };

// Of a folder and all below it. While it lives every SQLite database that is opened in the process
// goes through it. One at a time. Thread-safe save for construction and destruction.
//
// It models what a file system promises and no more: bytes are durable when their file was synced,
// names when their folder was. So nothing is really synced below it.
class FaultyDisk {
 public:
  explicit FaultyDisk(const std::string& folder);
  ~FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  // Sets the fault; `operation` counts those it can strike from 1, beginning with the next one.
  void Arm(IoFault fault, int operation = 1);
  void Disarm() { Arm(IoFault::kNone); }

  // From now on no operation but reads works, whatever was armed, until Arm: the process has ended.
  void Stop();

  // Whether an operation was struck since the fault was armed.
  bool struck() const;

  // How many operations came to each door since then, reads apart.
  struct Counts {
    int database = 0;
    int plain = 0;
    int reads = 0;
  };
  Counts counts() const;

  // Undoes everything since construction that no sync made durable. REQUIRES: nobody has a file
  // below the folder open.
  void LoseUnsynced();

  // For the doors. The living one, or null.
  static FaultyDisk* active();
  // The disk of a path; null when it is none of ours. Ours: the folder, all below it, no stream.
  static FaultyDisk* Of(std::string_view path);
  IoVerdict Judge(IoOperation operation, bool database);
  // Notes what an operation does, before it does it; NoteSync and NoteMade afterwards.
  void NoteBytes(const std::string& path, uint64_t size, uint64_t offset, std::string bytes);
  void NoteMade(const std::string& path);
  void NoteRemoval(const std::string& path);
  void NoteRename(const std::string& from, const std::string& to);
  void NoteSync(const std::string& path);
  void NoteFolderSync(const std::string& folder);

 private:
  bool Strikes(IoOperation operation) REQUIRES_LOCK(mutex_);

  const std::string folder_;
  mutable gateway::base::Mutex mutex_;
  IoFault fault_ GUARDED_BY(mutex_) = IoFault::kNone;
  int until_struck_ GUARDED_BY(mutex_) = 0;
  bool struck_ GUARDED_BY(mutex_) = false;
  bool stopped_ GUARDED_BY(mutex_) = false;
  Counts counts_ GUARDED_BY(mutex_);
  Unsynced unsynced_ GUARDED_BY(mutex_);
};

// faulty_vfs.cc. Puts the VFS before the host's own, and takes it away; files that are open stay.
void RegisterFaultyVfs();
void UnregisterFaultyVfs();

}  // namespace passerelle::tests

#endif  // PASSERELLE_TESTS_SUPPORT_FAULTY_DISK_H_
