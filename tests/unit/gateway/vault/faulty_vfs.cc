#include "tests/unit/gateway/vault/faulty_vfs.h"

#include <sqlite3.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace passerelle::gateway::vault {
namespace {

// One of ours: the host's file follows it in memory.
struct File {
  sqlite3_file base;
  sqlite3_file* host;
};

std::atomic<Fault> armed_fault{Fault::kWrite};
std::atomic<int> armed_code{SQLITE_OK};
std::atomic<int> countdown{0};
std::atomic<bool> fired{false};

sqlite3_file* Host(sqlite3_file* file) { return reinterpret_cast<File*>(file)->host; }

// The code to fail an operation with; SQLITE_OK lets it pass.
int Check(Fault fault) {
  if (armed_code == SQLITE_OK || armed_fault != fault || --countdown > 0) return SQLITE_OK;
  fired = true;
  return armed_code;
}

int Close(sqlite3_file* file) { return Host(file)->pMethods->xClose(Host(file)); }

int Read(sqlite3_file* file, void* out, int size, sqlite3_int64 at) {
  return Host(file)->pMethods->xRead(Host(file), out, size, at);
}

int Write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
  const int code = Check(Fault::kWrite);
  return code != SQLITE_OK ? code : Host(file)->pMethods->xWrite(Host(file), bytes, size, at);
}

int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  const int code = Check(Fault::kTruncate);
  return code != SQLITE_OK ? code : Host(file)->pMethods->xTruncate(Host(file), size);
}

int Sync(sqlite3_file* file, int flags) {
  const int code = Check(Fault::kSync);
  return code != SQLITE_OK ? code : Host(file)->pMethods->xSync(Host(file), flags);
}

int FileSize(sqlite3_file* file, sqlite3_int64* size) {
  return Host(file)->pMethods->xFileSize(Host(file), size);
}

int Lock(sqlite3_file* file, int level) { return Host(file)->pMethods->xLock(Host(file), level); }

int Unlock(sqlite3_file* file, int level) {
  return Host(file)->pMethods->xUnlock(Host(file), level);
}

int CheckReservedLock(sqlite3_file* file, int* out) {
  return Host(file)->pMethods->xCheckReservedLock(Host(file), out);
}

int FileControl(sqlite3_file* file, int op, void* argument) {
  return Host(file)->pMethods->xFileControl(Host(file), op, argument);
}

int SectorSize(sqlite3_file* file) { return Host(file)->pMethods->xSectorSize(Host(file)); }

int DeviceCharacteristics(sqlite3_file* file) {
  return Host(file)->pMethods->xDeviceCharacteristics(Host(file));
}

int ShmMap(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
  return Host(file)->pMethods->xShmMap(Host(file), region, size, extend, out);
}

int ShmLock(sqlite3_file* file, int offset, int count, int flags) {
  return Host(file)->pMethods->xShmLock(Host(file), offset, count, flags);
}

void ShmBarrier(sqlite3_file* file) { Host(file)->pMethods->xShmBarrier(Host(file)); }

int ShmUnmap(sqlite3_file* file, int remove) {
  return Host(file)->pMethods->xShmUnmap(Host(file), remove);
}

const sqlite3_io_methods kMethods = {
    .iVersion = 2,
    .xClose = Close,
    .xRead = Read,
    .xWrite = Write,
    .xTruncate = Truncate,
    .xSync = Sync,
    .xFileSize = FileSize,
    .xLock = Lock,
    .xUnlock = Unlock,
    .xCheckReservedLock = CheckReservedLock,
    .xFileControl = FileControl,
    .xSectorSize = SectorSize,
    .xDeviceCharacteristics = DeviceCharacteristics,
    .xShmMap = ShmMap,
    .xShmLock = ShmLock,
    .xShmBarrier = ShmBarrier,
    .xShmUnmap = ShmUnmap,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

sqlite3_vfs* host_vfs = nullptr;

int Open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  File* const mine = new (file) File{};
  mine->host = reinterpret_cast<sqlite3_file*>(mine + 1);
  const int code = host_vfs->xOpen(host_vfs, name, mine->host, flags, out_flags);
  mine->base.pMethods = mine->host->pMethods == nullptr ? nullptr : &kMethods;
  return code;
}

}  // namespace

void InstallFaultyDisk() {
  static sqlite3_vfs* const vfs = [] {
    host_vfs = sqlite3_vfs_find(nullptr);
    if (host_vfs == nullptr) abort();
    // The host's own functions serve for all but opening: they only look at what they are given.
    auto* made = new sqlite3_vfs(*host_vfs);
    made->zName = "faulty";
    made->szOsFile = static_cast<int>(sizeof(File)) + host_vfs->szOsFile;
    made->xOpen = Open;
    return made;
  }();
  if (sqlite3_vfs_register(vfs, 1) != SQLITE_OK) abort();
}

void FailFrom(Fault fault, int nth, int code) {
  armed_fault = fault;
  countdown = nth;
  fired = false;
  armed_code = code;
}

bool MendDisk() {
  armed_code = SQLITE_OK;
  return fired;
}

}  // namespace passerelle::gateway::vault
