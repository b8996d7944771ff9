// The door of SQLite: a VFS before the host's own.
#include <sqlite3.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>

#include "tests/support/faulty_disk.h"

namespace passerelle::tests {
namespace {

namespace fs = std::filesystem;

// SQLite's callbacks find them here.
sqlite3_vfs* host = nullptr;
sqlite3_vfs shim{};

// Our file is this, followed by the host's.
struct File {
  sqlite3_file base;
  // SQLite's own, valid while the file is open; null for a temporary file.
  const char* name;
  // The host syncs the folder of a journal with the journal's first sync.
  bool syncs_folder;
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  FaultyDisk* disk() const { return name == nullptr ? nullptr : FaultyDisk::Of(name); }
};

File* Ours(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
sqlite3_file* Real(sqlite3_file* file) { return Ours(file)->real(); }
const sqlite3_io_methods* Methods(sqlite3_file* file) { return Real(file)->pMethods; }

IoVerdict Judge(FaultyDisk* disk, IoOperation operation) {
  return disk == nullptr ? IoVerdict::kWork : disk->Judge(operation, true);
}

// Notes the bytes that stand where an operation is about to change some.
void NoteBytes(sqlite3_file* file, sqlite3_int64 offset, sqlite3_int64 length) {
  FaultyDisk* const disk = Ours(file)->disk();
  if (disk == nullptr) return;
  sqlite3_int64 size = 0;
  if (Methods(file)->xFileSize(Real(file), &size) != SQLITE_OK) abort();
  std::string bytes;
  if (offset < size) {
    bytes.resize(static_cast<size_t>(std::min(length, size - offset)));
    const int code =
        Methods(file)->xRead(Real(file), bytes.data(), static_cast<int>(bytes.size()), offset);
    if (code != SQLITE_OK) abort();
  }
  disk->NoteBytes(Ours(file)->name, static_cast<uint64_t>(size), static_cast<uint64_t>(offset),
                  std::move(bytes));
}

int Read(sqlite3_file* file, void* bytes, int size, sqlite3_int64 offset) {
  if (Judge(Ours(file)->disk(), IoOperation::kRead) != IoVerdict::kWork) return SQLITE_IOERR_READ;
  return Methods(file)->xRead(Real(file), bytes, size, offset);
}

int Write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  const IoVerdict verdict = Judge(Ours(file)->disk(), IoOperation::kWrite);
  if (verdict == IoVerdict::kFail) return SQLITE_IOERR_WRITE;
  if (verdict == IoVerdict::kFindNoSpace) return SQLITE_FULL;
  const int part = verdict == IoVerdict::kTear ? size / 2 : size;
  NoteBytes(file, offset, part);
  const int code = Methods(file)->xWrite(Real(file), bytes, part, offset);
  return verdict == IoVerdict::kWork ? code : SQLITE_IOERR_WRITE;
}

int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  const IoVerdict verdict = Judge(Ours(file)->disk(), IoOperation::kTruncate);
  if (verdict == IoVerdict::kFail) return SQLITE_IOERR_TRUNCATE;
  sqlite3_int64 before = 0;
  if (Methods(file)->xFileSize(Real(file), &before) != SQLITE_OK) abort();
  NoteBytes(file, size, before);
  const int code = Methods(file)->xTruncate(Real(file), size);
  return verdict == IoVerdict::kWork ? code : SQLITE_IOERR_TRUNCATE;
}

int Sync(sqlite3_file* file, int flags) {
  FaultyDisk* const disk = Ours(file)->disk();
  if (disk == nullptr) return Methods(file)->xSync(Real(file), flags);
  const IoVerdict verdict = Judge(disk, IoOperation::kSync);
  if (verdict == IoVerdict::kFail) return SQLITE_IOERR_FSYNC;
  disk->NoteSync(Ours(file)->name);
  if (std::exchange(Ours(file)->syncs_folder, false))
    disk->NoteFolderSync(fs::path(Ours(file)->name).parent_path().string());
  return verdict == IoVerdict::kWork ? SQLITE_OK : SQLITE_IOERR_FSYNC;
}

int FileControl(sqlite3_file* file, int op, void* argument) {
  // The one that changes a file: it makes it longer ahead of writes, a hint that may fail unheard.
  if (op == SQLITE_FCNTL_SIZE_HINT) {
    sqlite3_int64 size = 0;
    if (Methods(file)->xFileSize(Real(file), &size) != SQLITE_OK) abort();
    NoteBytes(file, size, 0);
  }
  return Methods(file)->xFileControl(Real(file), op, argument);
}

int Close(sqlite3_file* file) { return Methods(file)->xClose(Real(file)); }
int FileSize(sqlite3_file* file, sqlite3_int64* size) {
  return Methods(file)->xFileSize(Real(file), size);
}
int Lock(sqlite3_file* file, int lock) { return Methods(file)->xLock(Real(file), lock); }
int Unlock(sqlite3_file* file, int lock) { return Methods(file)->xUnlock(Real(file), lock); }
int CheckReservedLock(sqlite3_file* file, int* reserved) {
  return Methods(file)->xCheckReservedLock(Real(file), reserved);
}
int SectorSize(sqlite3_file* file) { return Methods(file)->xSectorSize(Real(file)); }
int DeviceCharacteristics(sqlite3_file* file) {
  return Methods(file)->xDeviceCharacteristics(Real(file));
}
// The index of a write-ahead log is memory that processes share: it is made again after a crash.
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

// Version 2: nothing is mapped, every byte of a database comes through here.
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
  constexpr int kJournals = SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL;
  const bool creates = (flags & SQLITE_OPEN_CREATE) != 0;
  File* const ours = Ours(file);
  ours->base.pMethods = nullptr;
  ours->name = name;
  ours->syncs_folder = creates && (flags & kJournals) != 0;
  FaultyDisk* const disk = ours->disk();
  const bool made = disk != nullptr && creates && !fs::exists(name);
  const IoVerdict verdict = Judge(made ? disk : nullptr, IoOperation::kName);
  if (verdict == IoVerdict::kFail) return SQLITE_CANTOPEN;
  const int code = host->xOpen(host, name, ours->real(), flags, out_flags);
  // SQLite closes a file that has methods, even one whose opening failed.
  if (ours->real()->pMethods != nullptr) ours->base.pMethods = &kMethods;
  if (made && code == SQLITE_OK) disk->NoteMade(name);
  return verdict == IoVerdict::kWork ? code : SQLITE_CANTOPEN;
}

int Delete(sqlite3_vfs*, const char* name, int sync_folder) {
  FaultyDisk* const disk = FaultyDisk::Of(name);
  if (disk == nullptr || !fs::exists(name)) return host->xDelete(host, name, sync_folder);
  const IoVerdict verdict = Judge(disk, IoOperation::kName);
  if (verdict == IoVerdict::kFail) return SQLITE_IOERR_DELETE;
  disk->NoteRemoval(name);
  const int code = host->xDelete(host, name, 0);
  if (sync_folder != 0) disk->NoteFolderSync(fs::path(name).parent_path().string());
  return verdict == IoVerdict::kWork ? code : SQLITE_IOERR_DELETE;
}

}  // namespace

void RegisterFaultyVfs() {
  host = sqlite3_vfs_find(nullptr);
  if (host == nullptr) abort();
  // All that is not overridden works on names, for which the host's layer needs itself as argument:
  // its functions do not use that argument's file size.
  shim = *host;
  shim.zName = "passerelle-faulty";
  shim.szOsFile = static_cast<int>(sizeof(File)) + host->szOsFile;
  shim.xOpen = Open;
  shim.xDelete = Delete;
  if (sqlite3_vfs_register(&shim, 1) != SQLITE_OK) abort();
}

void UnregisterFaultyVfs() { sqlite3_vfs_unregister(&shim); }

}  // namespace passerelle::tests
