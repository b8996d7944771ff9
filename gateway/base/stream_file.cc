#include "gateway/base/stream_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "gateway/base/system_error.h"
#include "gateway/base/write_all.h"

namespace passerelle::gateway::base {
namespace {

// After so much the disk is told to begin.
constexpr uint64_t kStartEveryBytes = 8 * 1024 * 1024;

std::string FolderOf(const std::string& path) {
  return std::filesystem::path(path).parent_path().string();
}

}  // namespace

absl::StatusOr<StreamWriter> StreamWriter::Open(const std::string& path, int flags) {
  Descriptor fd(open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags,
                     static_cast<mode_t>(FileMode::kPrivate)));
  if (fd.get() < 0) return SystemError(path, errno);
  return StreamWriter(path, std::move(fd));
}

absl::StatusOr<StreamWriter> StreamWriter::Create(const std::string& path) {
  return Open(path, O_EXCL);
}

absl::StatusOr<StreamWriter> StreamWriter::Continue(const std::string& path) {
  return Open(path, O_APPEND);
}

absl::Status StreamWriter::Append(std::string_view bytes) {
  RETURN_IF_ERROR(WriteAll(path_, descriptor_.get(), bytes));
  size_ += bytes.size();
  if (size_ - started_ < kStartEveryBytes) return absl::OkStatus();
  // A hint: what fails of it, Sync tells.
  (void)sync_file_range(descriptor_.get(), static_cast<off64_t>(started_),
                        static_cast<off64_t>(size_ - started_), SYNC_FILE_RANGE_WRITE);
  started_ = size_;
  return absl::OkStatus();
}

absl::Status StreamWriter::Sync() {
  if (fsync(descriptor_.get()) != 0) return SystemError(path_, errno);
  return SyncFolder(FolderOf(path_));
}

absl::StatusOr<StreamReader> StreamReader::Open(const std::string& path) {
  Descriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info;
  if (fd.get() < 0 || fstat(fd.get(), &info) != 0) return SystemError(path, errno);
  return StreamReader(path, std::move(fd), static_cast<uint64_t>(info.st_size));
}

absl::StatusOr<std::string> StreamReader::Read(uint64_t offset, size_t size) const {
  std::string bytes(size, '\0');
  size_t got = 0;
  while (got < size) {
    const ssize_t read =
        pread(descriptor_.get(), bytes.data() + got, size - got, static_cast<off_t>(offset + got));
    if (read < 0 && errno == EINTR) continue;
    if (read < 0) return SystemError(path_, errno);
    if (read == 0) break;
    got += static_cast<size_t>(read);
  }
  bytes.resize(got);
  return bytes;
}

absl::Status RenameFile(const std::string& from, const std::string& to) {
  if (rename(from.c_str(), to.c_str()) != 0) return SystemError(from, errno);
  return SyncFolder(FolderOf(to));
}

absl::Status RemoveFile(const std::string& path) {
  if (unlink(path.c_str()) != 0)
    return errno == ENOENT ? absl::OkStatus() : SystemError(path, errno);
  return SyncFolder(FolderOf(path));
}

}  // namespace passerelle::gateway::base
