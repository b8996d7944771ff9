// Files that are made once and never overwritten: keys, and what goes with them.
#ifndef PASSERELLE_GATEWAY_BASE_NEW_FILE_H_
#define PASSERELLE_GATEWAY_BASE_NEW_FILE_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "gateway/base/files.h"

namespace passerelle::gateway::base {

// Writes a file durably under a name that nothing has yet, a dangling link included.
// ALREADY_EXISTS (reason FILE_EXISTS) otherwise; of two concurrent calls for one name, one wins.
// After a crash the name may hold an empty file.
absl::Status WriteNewFile(const std::string& path, std::string_view bytes, FileMode mode);

}  // namespace passerelle::gateway::base

#endif  // PASSERELLE_GATEWAY_BASE_NEW_FILE_H_
