#include "gateway/base/system_error.h"

#include <cerrno>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "gateway/base/status.h"

namespace passerelle::gateway::base {

absl::Status SystemError(const std::string& path, int error) {
  const std::string message = absl::StrCat(path, ": ", std::generic_category().message(error));
  switch (error) {
    case ENOENT:
      return Error(absl::StatusCode::kNotFound, "FILE_MISSING", "", message);
    case EEXIST:
      return Error(absl::StatusCode::kAlreadyExists, "FILE_EXISTS", "",
                   absl::StrCat(path, ": is there already and is never overwritten"));
    case ENOSPC:
    case EDQUOT:
      return Error(absl::StatusCode::kResourceExhausted, "DISK_FULL", "", message);
    case EACCES:
    case EPERM:
      return Error(absl::StatusCode::kPermissionDenied, "FILE_ERROR", "", message);
    default:
      return Error(absl::StatusCode::kUnavailable, "FILE_ERROR", "", message);
  }
}

}  // namespace passerelle::gateway::base
