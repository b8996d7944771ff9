// Files that are made in bulk and made again if a crash tears them: exports, not stores.
#ifndef PASSERELLE_GATEWAY_BASE_UNSYNCED_FILE_H_
#define PASSERELLE_GATEWAY_BASE_UNSYNCED_FILE_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "gateway/base/files.h"

namespace passerelle::gateway::base {

// Writes a new file without waiting for the disk. ALREADY_EXISTS (reason FILE_EXISTS) when the name
// is taken, NOT_FOUND when its folder is missing. After a crash the file may be cut or gone.
absl::Status WriteUnsyncedFile(const std::string& path, std::string_view bytes, FileMode mode);

}  // namespace passerelle::gateway::base

#endif  // PASSERELLE_GATEWAY_BASE_UNSYNCED_FILE_H_
