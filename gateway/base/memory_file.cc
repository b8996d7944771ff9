#include "gateway/base/memory_file.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/base/status.h"
#include "gateway/base/write_all.h"

namespace passerelle::gateway::base {
namespace {

absl::Status SystemError(int error) {
  return Error(absl::StatusCode::kUnavailable, "MEMORY_FILE", "",
               absl::StrCat("a file in memory: ", std::generic_category().message(error)));
}

}  // namespace

absl::StatusOr<MemoryFile> MemoryFile::Create() {
  const int descriptor = memfd_create("passerelle", MFD_CLOEXEC);
  if (descriptor < 0) return SystemError(errno);
  return MemoryFile(descriptor);
}

MemoryFile::~MemoryFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

MemoryFile::MemoryFile(MemoryFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

MemoryFile& MemoryFile::operator=(MemoryFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

std::string MemoryFile::path() const { return absl::StrCat("/proc/self/fd/", descriptor_); }

absl::Status MemoryFile::Write(std::string_view bytes) const {
  return WriteAll(path(), descriptor_, bytes);
}

absl::StatusOr<std::string> MemoryFile::Read() const {
  struct stat status {};
  if (fstat(descriptor_, &status) != 0) return SystemError(errno);
  std::string bytes(static_cast<size_t>(status.st_size), '\0');
  size_t read = 0;
  while (read < bytes.size()) {
    const ssize_t count =
        pread(descriptor_, bytes.data() + read, bytes.size() - read, static_cast<off_t>(read));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return SystemError(errno);
    if (count == 0) break;
    read += static_cast<size_t>(count);
  }
  bytes.resize(read);
  return bytes;
}

}  // namespace passerelle::gateway::base
