// What an operation on a file failed with, as an error that a person can act on.
#ifndef PASSERELLE_GATEWAY_BASE_SYSTEM_ERROR_H_
#define PASSERELLE_GATEWAY_BASE_SYSTEM_ERROR_H_

#include <string>

#include "absl/status/status.h"

namespace passerelle::gateway::base {

// The error of an errno value: NOT_FOUND (FILE_MISSING), ALREADY_EXISTS (FILE_EXISTS),
// RESOURCE_EXHAUSTED (DISK_FULL), PERMISSION_DENIED (FILE_ERROR), else UNAVAILABLE (FILE_ERROR).
// The message names the path.
absl::Status SystemError(const std::string& path, int error);

}  // namespace passerelle::gateway::base

#endif  // PASSERELLE_GATEWAY_BASE_SYSTEM_ERROR_H_
