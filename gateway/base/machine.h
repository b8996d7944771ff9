// What the machine says of itself. Thread-safe.
#ifndef PASSERELLE_GATEWAY_BASE_MACHINE_H_
#define PASSERELLE_GATEWAY_BASE_MACHINE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace passerelle::gateway::base {

// What is left of a file system for us.
struct Space {
  uint64_t bytes = 0;
  // New files; file systems without a bound say 0 of both.
  uint64_t files = 0;
  uint64_t all_files = 0;
};

// The space of the file system that holds a path. Errors as ReadFile's.
absl::StatusOr<Space> SpaceAt(const std::string& path);

// Whether something (NTP, a hypervisor) keeps the kernel's clock right.
bool IsClockKept();

}  // namespace passerelle::gateway::base

#endif  // PASSERELLE_GATEWAY_BASE_MACHINE_H_
