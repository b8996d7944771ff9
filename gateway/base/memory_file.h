// A file that lives in memory and has a path, for libraries that write only to paths: what they
// write reaches no disk.
#ifndef PASSERELLE_GATEWAY_BASE_MEMORY_FILE_H_
#define PASSERELLE_GATEWAY_BASE_MEMORY_FILE_H_

#include <string>

#include "absl/status/statusor.h"

namespace passerelle::gateway::base {

// Folder of a file system in memory, for the temporary files of such libraries.
inline constexpr char kMemoryFolder[] = "/dev/shm";

// Movable. Not thread-safe.
class MemoryFile {
 public:
  // An empty file. UNAVAILABLE (MEMORY_FILE) when the system gives none.
  static absl::StatusOr<MemoryFile> Create();
  ~MemoryFile();
  MemoryFile(MemoryFile&& other) noexcept;
  MemoryFile& operator=(MemoryFile&& other) noexcept;

  // Its path, within this process and for the life of the object.
  std::string path() const;

  // Appends bytes. Errors as base::WriteAll.
  absl::Status Write(std::string_view bytes) const;

  // Every byte written so far. UNAVAILABLE (MEMORY_FILE) when it cannot be read.
  absl::StatusOr<std::string> Read() const;

 private:
  explicit MemoryFile(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace passerelle::gateway::base

#endif  // PASSERELLE_GATEWAY_BASE_MEMORY_FILE_H_
