#include "gateway/base/new_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "gateway/base/system_error.h"

namespace passerelle::gateway::base {

absl::Status WriteNewFile(const std::string& path, std::string_view bytes, FileMode mode) {
  // The exclusive creation claims the name; WriteFile then replaces our own empty file at once.
  const int fd =
      open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, static_cast<mode_t>(mode));
  if (fd < 0) return SystemError(path, errno);
  close(fd);
  absl::Status written = WriteFile(path, bytes, mode);
  if (!written.ok()) unlink(path.c_str());
  return written;
}

}  // namespace passerelle::gateway::base
