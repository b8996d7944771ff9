#include "gateway/base/machine.h"

#include <sys/statvfs.h>
#include <sys/timex.h>

#include <cerrno>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "gateway/base/status.h"

namespace passerelle::gateway::base {

absl::StatusOr<Space> SpaceAt(const std::string& path) {
  struct statvfs info;
  if (statvfs(path.c_str(), &info) != 0)
    return Error(errno == ENOENT ? absl::StatusCode::kNotFound : absl::StatusCode::kUnavailable,
                 errno == ENOENT ? "FILE_MISSING" : "FILE_ERROR", "",
                 absl::StrCat(path, ": ", std::generic_category().message(errno)));
  return Space{.bytes = uint64_t{info.f_bavail} * info.f_frsize,
               .files = info.f_favail,
               .all_files = info.f_files};
}

bool IsClockKept() {
  timex clock{};
  return adjtimex(&clock) != TIME_ERROR && (clock.status & STA_UNSYNC) == 0;
}

}  // namespace passerelle::gateway::base
