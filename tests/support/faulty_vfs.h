// SQLite's default file layer with faults on demand, under code that knows nothing of it.
#ifndef PASSERELLE_TESTS_SUPPORT_FAULTY_VFS_H_
#define PASSERELLE_TESTS_SUPPORT_FAULTY_VFS_H_

namespace passerelle::tests {

// What happens to operations of files: writes, truncations and syncs.
enum class VfsFault {
  // Nothing.
  kNone,
  // Writes find no space; syncs work.
  kNoSpace,
  // The armed operation fails, the others work.
  kErrorOnce,
  // The armed operation and all after it fail, as after a broken disk.
  kErrorFromThenOn,
  // The armed operation does its work and reports an error.
  kErrorThoughDone,
  // Every sync does its work and reports an error.
  kSyncErrorThoughDone,
};

// While it lives, every SQLite database that is opened in the process goes through it. One at a
// time; used by one thread.
class FaultyVfs {
 public:
  FaultyVfs();
  ~FaultyVfs();
  FaultyVfs(const FaultyVfs&) = delete;
  FaultyVfs& operator=(const FaultyVfs&) = delete;

  // Sets the fault; `operation` counts from 1, beginning with the next one.
  void Arm(VfsFault fault, int operation = 1);
  void Disarm() { Arm(VfsFault::kNone); }

  // Whether an operation has failed since the fault was armed.
  bool struck() const;
};

}  // namespace passerelle::tests

#endif  // PASSERELLE_TESTS_SUPPORT_FAULTY_VFS_H_
