// Writes to a descriptor until everything is written.
#ifndef PASSERELLE_GATEWAY_BASE_WRITE_ALL_H_
#define PASSERELLE_GATEWAY_BASE_WRITE_ALL_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace passerelle::gateway::base {

// Writes all bytes; does not sync. The errors of SystemError, naming `path`.
absl::Status WriteAll(const std::string& path, int fd, std::string_view bytes);

}  // namespace passerelle::gateway::base

#endif  // PASSERELLE_GATEWAY_BASE_WRITE_ALL_H_
