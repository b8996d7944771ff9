#include "tests/support/faulty_vfs.h"

#include <sqlite3.h>

#include <cstdlib>
#include <cstring>

namespace passerelle::tests {
namespace {

// The one fault of the process; SQLite's callbacks find it here.
struct State {
  sqlite3_vfs* real = nullptr;
  sqlite3_vfs shim{};
  VfsFault fault = VfsFault::kNone;
  int until_struck = 0;
  bool struck = false;
} state;  // NOLINT: a VFS is global by nature

// Our file is this, followed by the real layer's.
struct File {
  sqlite3_file base;
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

sqlite3_file* Real(sqlite3_file* file) { return reinterpret_cast<File*>(file)->real(); }
const sqlite3_io_methods* Methods(sqlite3_file* file) { return Real(file)->pMethods; }

// Runs an operation under the armed fault; `error` is what a failure answers.
template <typename Operation>
int Strike(int error, Operation operation) {
  if (state.fault != VfsFault::kErrorOnce && state.fault != VfsFault::kErrorFromThenOn &&
      state.fault != VfsFault::kErrorThoughDone)
    return operation();
  const int left = --state.until_struck;
  const bool hit = left == 0 || (left < 0 && state.fault == VfsFault::kErrorFromThenOn);
  if (!hit) return operation();
  state.struck = true;
  if (state.fault == VfsFault::kErrorThoughDone) operation();
  return error;
}

int Write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  if (state.fault == VfsFault::kNoSpace) {
    state.struck = true;
    return SQLITE_FULL;
  }
  return Strike(SQLITE_IOERR_WRITE,
                [&] { return Methods(file)->xWrite(Real(file), bytes, size, offset); });
}

int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  return Strike(SQLITE_IOERR_TRUNCATE, [&] { return Methods(file)->xTruncate(Real(file), size); });
}

int Sync(sqlite3_file* file, int flags) {
  if (state.fault == VfsFault::kSyncErrorThoughDone) {
    state.struck = true;
    Methods(file)->xSync(Real(file), flags);
    return SQLITE_IOERR_FSYNC;
  }
  return Strike(SQLITE_IOERR_FSYNC, [&] { return Methods(file)->xSync(Real(file), flags); });
}

int Close(sqlite3_file* file) { return Methods(file)->xClose(Real(file)); }
int Read(sqlite3_file* file, void* bytes, int size, sqlite3_int64 offset) {
  return Methods(file)->xRead(Real(file), bytes, size, offset);
}
int FileSize(sqlite3_file* file, sqlite3_int64* size) {
  return Methods(file)->xFileSize(Real(file), size);
}
int Lock(sqlite3_file* file, int lock) { return Methods(file)->xLock(Real(file), lock); }
int Unlock(sqlite3_file* file, int lock) { return Methods(file)->xUnlock(Real(file), lock); }
int CheckReservedLock(sqlite3_file* file, int* reserved) {
  return Methods(file)->xCheckReservedLock(Real(file), reserved);
}
int FileControl(sqlite3_file* file, int op, void* argument) {
  return Methods(file)->xFileControl(Real(file), op, argument);
}
int SectorSize(sqlite3_file* file) { return Methods(file)->xSectorSize(Real(file)); }
int DeviceCharacteristics(sqlite3_file* file) {
  return Methods(file)->xDeviceCharacteristics(Real(file));
}
int ShmMap(sqlite3_file* file, int region, int size, int extend, void volatile** at) {
  return Methods(file)->xShmMap(Real(file), region, size, extend, at);
}
int ShmLock(sqlite3_file* file, int offset, int n, int flags) {
  return Methods(file)->xShmLock(Real(file), offset, n, flags);
}
void ShmBarrier(sqlite3_file* file) { Methods(file)->xShmBarrier(Real(file)); }
int ShmUnmap(sqlite3_file* file, int remove) {
  return Methods(file)->xShmUnmap(Real(file), remove);
}

constexpr sqlite3_io_methods kMethods = {2,
                                         Close,
                                         Read,
                                         Write,
                                         Truncate,
                                         Sync,
                                         FileSize,
                                         Lock,
                                         Unlock,
                                         CheckReservedLock,
                                         FileControl,
                                         SectorSize,
                                         DeviceCharacteristics,
                                         ShmMap,
                                         ShmLock,
                                         ShmBarrier,
                                         ShmUnmap,
                                         nullptr,
                                         nullptr};

int Open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto* const ours = reinterpret_cast<File*>(file);
  ours->base.pMethods = nullptr;
  const int code = state.real->xOpen(state.real, name, ours->real(), flags, out_flags);
  // SQLite closes a file that has methods, even one whose opening failed.
  if (ours->real()->pMethods != nullptr) ours->base.pMethods = &kMethods;
  return code;
}

}  // namespace

FaultyVfs::FaultyVfs() {
  state = State();
  state.real = sqlite3_vfs_find(nullptr);
  // All that is not overridden works on names, for which the real layer needs itself as argument:
  // its functions do not use that argument's file size.
  state.shim = *state.real;
  state.shim.zName = "passerelle-faulty";
  state.shim.szOsFile = static_cast<int>(sizeof(File)) + state.real->szOsFile;
  state.shim.xOpen = Open;
  if (sqlite3_vfs_register(&state.shim, 1) != SQLITE_OK) abort();
}

FaultyVfs::~FaultyVfs() { sqlite3_vfs_unregister(&state.shim); }

void FaultyVfs::Arm(VfsFault fault, int operation) {
  state.fault = fault;
  state.until_struck = operation;
  state.struck = false;
}

bool FaultyVfs::struck() const { return state.struck; }

}  // namespace passerelle::tests
