// Files, as far as something other than a database touches them. Every function is thread-safe;
// errors name the path, never the content.
#ifndef PASSERELLE_GATEWAY_BASE_FILES_H_
#define PASSERELLE_GATEWAY_BASE_FILES_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/base/descriptor.h"

namespace passerelle::gateway::base {

// Permission bits of a new file.
enum class FileMode { kPrivate = 0600, kPublic = 0644 };

// Reads a whole file of at most `limit` bytes. NOT_FOUND, OUT_OF_RANGE when longer, else
// UNAVAILABLE.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t limit);

// Tells `take` the file's bytes in order, in chunks, until it returns false.
// Errors as ReadFile's.
absl::Status ReadChunks(const std::string& path,
                        absl::FunctionRef<bool(std::string_view chunk)> take);

// Replaces a file durably: writes beside it, syncs, renames, syncs the folder. NOT_FOUND
// (FOLDER_MISSING) names the folder that is missing, RESOURCE_EXHAUSTED (DISK_FULL).
absl::Status WriteFile(const std::string& path, std::string_view bytes, FileMode mode);

// Makes a folder and its parents, durably; those it makes have mode 0700 when `mode` is kPrivate,
// else 0755.
absl::Status MakeFolder(const std::string& path, FileMode mode);

// Makes the names in a folder durable. An empty path is the current folder.
absl::Status SyncFolder(const std::string& folder);

// Gives a folder a name in the same file system that nothing has yet, durably. ALREADY_EXISTS
// (FILE_EXISTS) otherwise.
absl::Status MoveFolder(const std::string& from, const std::string& to);

// Whether something is there.
bool Exists(const std::string& path);

// Names of the entries of a folder, sorted; NOT_FOUND when it is missing.
absl::StatusOr<std::vector<std::string>> ListFolder(const std::string& path);

// Permission bits of a file (its low nine). NOT_FOUND when it is missing.
absl::StatusOr<int> PermissionsOf(const std::string& path);

// Holds an advisory lock on a file for the life of the object, against other processes.
class FileLock {
 public:
  // FAILED_PRECONDITION with reason LOCKED when another process holds it.
  static absl::StatusOr<FileLock> Acquire(const std::string& path);

 private:
  explicit FileLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}
  Descriptor descriptor_;
};

}  // namespace passerelle::gateway::base

#endif  // PASSERELLE_GATEWAY_BASE_FILES_H_
