#include "gateway/base/unsynced_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "gateway/base/system_error.h"

namespace passerelle::gateway::base {
absl::Status WriteUnsyncedFile(const std::string& path, std::string_view bytes, FileMode mode) {
  const int fd =
      open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, static_cast<mode_t>(mode));
  if (fd < 0) return SystemError(path, errno);
  int error = 0;
  while (error == 0 && !bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written >= 0)
      bytes.remove_prefix(static_cast<size_t>(written));
    else if (errno != EINTR)
      error = errno;
  }
  if (close(fd) != 0 && error == 0) error = errno;
  return error == 0 ? absl::OkStatus() : SystemError(path, error);
}

}  // namespace passerelle::gateway::base
