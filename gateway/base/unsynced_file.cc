#include "gateway/base/unsynced_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "gateway/base/status.h"
#include "gateway/base/system_error.h"
#include "gateway/base/write_all.h"

namespace passerelle::gateway::base {

absl::Status WriteUnsyncedFile(const std::string& path, std::string_view bytes, FileMode mode) {
  const int fd =
      open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, static_cast<mode_t>(mode));
  if (fd < 0) return SystemError(path, errno);
  absl::Status written = WriteAll(path, fd, bytes);
  // Some file systems tell only now that there was no room.
  if (close(fd) != 0 && written.ok()) return SystemError(path, errno);
  return written;
}

}  // namespace passerelle::gateway::base
