#include "gateway/base/write_all.h"

#include <unistd.h>

#include <cerrno>

#include "gateway/base/system_error.h"

namespace passerelle::gateway::base {

absl::Status WriteAll(const std::string& path, int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return SystemError(path, errno);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

}  // namespace passerelle::gateway::base
