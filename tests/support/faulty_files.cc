// The door of all other files: the linker (--wrap) leads our libraries' calls of `name` to
// `__wrap_name`, and `__real_name` to the system's own.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/support/faulty_disk.h"

namespace {

namespace fs = std::filesystem;
using passerelle::tests::FaultyDisk;
using passerelle::tests::IoOperation;
using passerelle::tests::IoVerdict;

// The path behind a descriptor; empty while no disk is faulty.
std::string PathOf(int fd) {
  if (FaultyDisk::active() == nullptr) return "";
  std::error_code none;
  return fs::read_symlink("/proc/self/fd/" + std::to_string(fd), none).string();
}

std::string BytesOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Notes the bytes that stand where an operation is about to change some.
void NoteBytes(FaultyDisk& disk, const std::string& path, size_t offset, size_t length) {
  const std::string now = BytesOf(path);
  disk.NoteBytes(path, now.size(), offset, now.substr(std::min(offset, now.size()), length));
}

int Fail(int error) {
  errno = error;
  return -1;
}

// Of an operation that did its work, and is to say so or not.
template <typename Result>
Result Answer(IoVerdict verdict, Result result) {
  return verdict == IoVerdict::kWork ? result : static_cast<Result>(Fail(EIO));
}

}  // namespace

extern "C" {

int __real_open(const char* path, int flags, ...);
ssize_t __real_read(int fd, void* bytes, size_t size);
ssize_t __real_pread(int fd, void* bytes, size_t size, off_t offset);
ssize_t __real_pwrite(int fd, const void* bytes, size_t size, off_t offset);
ssize_t __real_write(int fd, const void* bytes, size_t size);
int __real_fsync(int fd);
int __real_fdatasync(int fd);
int __real_mkdir(const char* path, mode_t mode);
int __real_rename(const char* from, const char* to);
int __real_unlink(const char* path);

int __wrap_open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  FaultyDisk* const disk = FaultyDisk::Of(path);
  const bool there = disk != nullptr && fs::exists(path);
  const bool makes = disk != nullptr && (flags & O_CREAT) != 0 && !there;
  const bool cuts = there && (flags & O_TRUNC) != 0;
  if (!makes && !cuts) return __real_open(path, flags, mode);
  const IoVerdict verdict = disk->Judge(makes ? IoOperation::kName : IoOperation::kTruncate, false);
  if (verdict == IoVerdict::kFail) return Fail(EIO);
  if (cuts) NoteBytes(*disk, path, 0, std::string::npos);
  const int fd = __real_open(path, flags, mode);
  if (makes && fd >= 0) disk->NoteMade(path);
  if (verdict == IoVerdict::kWork || fd < 0) return fd;
  close(fd);
  return Fail(EIO);
}

ssize_t __wrap_read(int fd, void* bytes, size_t size) {
  FaultyDisk* const disk = FaultyDisk::Of(PathOf(fd));
  if (disk != nullptr && disk->Judge(IoOperation::kRead, false) != IoVerdict::kWork)
    return Fail(EIO);
  return __real_read(fd, bytes, size);
}

ssize_t __wrap_pread(int fd, void* bytes, size_t size, off_t offset) {
  FaultyDisk* const disk = FaultyDisk::Of(PathOf(fd));
  if (disk != nullptr && disk->Judge(IoOperation::kRead, false) != IoVerdict::kWork)
    return Fail(EIO);
  return __real_pread(fd, bytes, size, offset);
}

ssize_t __wrap_pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  const std::string path = PathOf(fd);
  FaultyDisk* const disk = FaultyDisk::Of(path);
  if (disk == nullptr) return __real_pwrite(fd, bytes, size, offset);
  const IoVerdict verdict = disk->Judge(IoOperation::kWrite, false);
  if (verdict == IoVerdict::kFail) return Fail(EIO);
  if (verdict == IoVerdict::kFindNoSpace) return Fail(ENOSPC);
  const size_t part = verdict == IoVerdict::kTear ? size / 2 : size;
  NoteBytes(*disk, path, static_cast<size_t>(offset), part);
  return Answer(verdict, __real_pwrite(fd, bytes, part, offset));
}

ssize_t __wrap_write(int fd, const void* bytes, size_t size) {
  const std::string path = PathOf(fd);
  FaultyDisk* const disk = FaultyDisk::Of(path);
  if (disk == nullptr) return __real_write(fd, bytes, size);
  const IoVerdict verdict = disk->Judge(IoOperation::kWrite, false);
  if (verdict == IoVerdict::kFail) return Fail(EIO);
  if (verdict == IoVerdict::kFindNoSpace) return Fail(ENOSPC);
  const size_t part = verdict == IoVerdict::kTear ? size / 2 : size;
  const bool appends = (fcntl(fd, F_GETFL) & O_APPEND) != 0;
  const off_t offset = lseek(fd, 0, appends ? SEEK_END : SEEK_CUR);
  NoteBytes(*disk, path, static_cast<size_t>(offset), part);
  return Answer(verdict, __real_write(fd, bytes, part));
}

int __wrap_fsync(int fd) {
  const std::string path = PathOf(fd);
  FaultyDisk* const disk = FaultyDisk::Of(path);
  if (disk == nullptr) return __real_fsync(fd);
  const IoVerdict verdict = disk->Judge(IoOperation::kSync, false);
  if (verdict == IoVerdict::kFail) return Fail(EIO);
  if (fs::is_directory(path))
    disk->NoteFolderSync(path);
  else
    disk->NoteSync(path);
  return Answer(verdict, 0);
}

int __wrap_fdatasync(int fd) { return __wrap_fsync(fd); }

int __wrap_mkdir(const char* path, mode_t mode) {
  FaultyDisk* const disk = FaultyDisk::Of(path);
  if (disk == nullptr || fs::exists(path)) return __real_mkdir(path, mode);
  const IoVerdict verdict = disk->Judge(IoOperation::kName, false);
  if (verdict == IoVerdict::kFail) return Fail(EIO);
  const int made = __real_mkdir(path, mode);
  if (made == 0) disk->NoteMade(path);
  return Answer(verdict, made);
}

int __wrap_rename(const char* from, const char* to) {
  FaultyDisk* const disk = FaultyDisk::Of(from);
  if (disk == nullptr || !fs::exists(from)) return __real_rename(from, to);
  const IoVerdict verdict = disk->Judge(IoOperation::kName, false);
  if (verdict == IoVerdict::kFail) return Fail(EIO);
  disk->NoteRename(from, to);
  return Answer(verdict, __real_rename(from, to));
}

int __wrap_unlink(const char* path) {
  FaultyDisk* const disk = FaultyDisk::Of(path);
  if (disk == nullptr || !fs::exists(path)) return __real_unlink(path);
  const IoVerdict verdict = disk->Judge(IoOperation::kName, false);
  if (verdict == IoVerdict::kFail) return Fail(EIO);
  disk->NoteRemoval(path);
  return Answer(verdict, __real_unlink(path));
}

}  // extern "C"
