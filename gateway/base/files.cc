#include "gateway/base/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "gateway/base/descriptor.h"
#include "gateway/base/secret.h"
#include "gateway/base/status.h"
#include "gateway/base/system_error.h"
#include "gateway/base/write_all.h"

namespace passerelle::gateway::base {
namespace {

constexpr size_t kChunkBytes = 64 * 1024;

// The error of a file that could not be written: of its folder where that is missing.
absl::Status WriteError(const std::string& path, int error) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  if (error == ENOENT && !folder.empty() && !Exists(folder))
    return Error(absl::StatusCode::kNotFound, "FOLDER_MISSING", "",
                 absl::StrCat(folder, ": there is no such folder"));
  return SystemError(path, error);
}

absl::Status WriteDurably(const std::string& path, int fd, std::string_view bytes) {
  RETURN_IF_ERROR(WriteAll(path, fd, bytes));
  if (fsync(fd) != 0) return SystemError(path, errno);
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadChunks(const std::string& path,
                        absl::FunctionRef<bool(std::string_view chunk)> take) {
  const Descriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return SystemError(path, errno);
  std::string chunk(kChunkBytes, '\0');
  // Keys are read so, too.
  const absl::Cleanup wipe = [&chunk] { Wipe(chunk); };
  while (true) {
    const ssize_t got = read(fd.get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemError(path, errno);
    if (got == 0 || !take(std::string_view(chunk).substr(0, static_cast<size_t>(got))))
      return absl::OkStatus();
  }
}

absl::StatusOr<std::string> ReadFile(const std::string& path, size_t limit) {
  const Descriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info;
  if (fd.get() < 0 || fstat(fd.get(), &info) != 0) return SystemError(path, errno);
  // One byte more, so that the end is seen; a device says no length, and a file may grow.
  const auto said = static_cast<size_t>(std::max<off_t>(info.st_size, 0));
  std::string bytes(std::min(said, limit) + 1, '\0');
  size_t have = 0;
  while (true) {
    const ssize_t got = read(fd.get(), bytes.data() + have, bytes.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemError(path, errno);
    have += static_cast<size_t>(got);
    if (got == 0 || have > limit) break;
    if (have < bytes.size()) continue;
    std::string longer(std::min(2 * have + kChunkBytes, limit + 1), '\0');
    std::copy(bytes.begin(), bytes.end(), longer.begin());
    // Keys are read so, too.
    Wipe(bytes);
    bytes = std::move(longer);
  }
  if (have > limit)
    return Error(absl::StatusCode::kOutOfRange, "FILE_TOO_LARGE", "",
                 absl::StrCat(path, ": longer than ", limit, " bytes"));
  bytes.resize(have);
  return bytes;
}

absl::Status WriteFile(const std::string& path, std::string_view bytes, FileMode mode) {
  const std::string beside = absl::StrCat(path, ".new");
  {
    const Descriptor fd(
        open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, static_cast<mode_t>(mode)));
    if (fd.get() < 0) return WriteError(path, errno);
    // An old file left by a crash may have other permissions.
    if (fchmod(fd.get(), static_cast<mode_t>(mode)) != 0) return SystemError(beside, errno);
    RETURN_IF_ERROR(WriteDurably(beside, fd.get(), bytes));
  }
  if (rename(beside.c_str(), path.c_str()) != 0) return SystemError(path, errno);
  return SyncFolder(std::filesystem::path(path).parent_path().string());
}

absl::Status MakeFolder(const std::string& path, FileMode mode) {
  const std::filesystem::path whole(path);
  std::filesystem::path prefix;
  for (const std::filesystem::path& part : whole) {
    prefix /= part;
    if (prefix.empty()) continue;
    if (mkdir(prefix.c_str(), mode == FileMode::kPrivate ? 0700 : 0755) == 0) {
      RETURN_IF_ERROR(SyncFolder(prefix.parent_path().string()));
      continue;
    }
    struct stat info;
    if (errno != EEXIST || stat(prefix.c_str(), &info) != 0 || !S_ISDIR(info.st_mode))
      return SystemError(prefix.string(), errno == EEXIST ? ENOTDIR : errno);
  }
  return absl::OkStatus();
}

absl::Status SyncFolder(const std::string& folder) {
  const Descriptor fd(
      open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0 || fsync(fd.get()) != 0) return SystemError(folder, errno);
  return absl::OkStatus();
}

absl::Status MoveFolder(const std::string& from, const std::string& to) {
  if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) != 0) {
    if (errno == EEXIST)
      return Error(absl::StatusCode::kAlreadyExists, "FILE_EXISTS", "",
                   absl::StrCat(to, ": something of that name is there"));
    return WriteError(to, errno);
  }
  return SyncFolder(std::filesystem::path(to).parent_path().string());
}

bool Exists(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0;
}

absl::StatusOr<std::vector<std::string>> ListFolder(const std::string& path) {
  std::error_code error;
  std::vector<std::string> names;
  for (std::filesystem::directory_iterator it(path, error), end; !error && it != end;
       it.increment(error))
    names.push_back(it->path().filename().string());
  if (error) return SystemError(path, error.value());
  std::sort(names.begin(), names.end());
  return names;
}

absl::StatusOr<int> PermissionsOf(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return SystemError(path, errno);
  return static_cast<int>(info.st_mode & 0777);
}

absl::StatusOr<FileLock> FileLock::Acquire(const std::string& path) {
  Descriptor fd(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (fd.get() < 0) return SystemError(path, errno);
  if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0)
    return Error(absl::StatusCode::kFailedPrecondition, "LOCKED", "",
                 absl::StrCat(path, ": another process holds this lock"));
  return FileLock(std::move(fd));
}

}  // namespace passerelle::gateway::base
