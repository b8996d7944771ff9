// What a power cut would take: the changes to files that no sync has made durable.
#ifndef PASSERELLE_TESTS_SUPPORT_UNSYNCED_H_
#define PASSERELLE_TESTS_SUPPORT_UNSYNCED_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/support/temp_folder.h"

namespace passerelle::tests {

// Bytes become durable with their file, names with their folder, neither with the other: a file
// whose name is durable and whose bytes are not is as long as it was. Thread-compatible.
class Unsynced {
 public:
  // Keeps what is removed in a folder of its own in this one, of the same file system.
  explicit Unsynced(const std::string& keep_in) : kept_(keep_in) {}

  // Bytes of a file of `size` bytes are about to change from `offset` on; `bytes` stand there now.
  void NoteBytes(const std::string& path, uint64_t size, uint64_t offset, std::string bytes);
  // A file or folder was made.
  void NoteMade(const std::string& path);
  // A file is about to be removed.
  void NoteRemoval(const std::string& path);
  // A file is about to take another name, in place of what has it.
  void NoteRename(const std::string& from, const std::string& to);

  // All bytes of a file are durable; all names in a folder are.
  void NoteSync(const std::string& path);
  void NoteFolderSync(const std::string& folder);

  // Undoes what is noted, the last first, and forgets it.
  void Undo();

 private:
  struct Bytes {
    uint64_t size = 0;
    uint64_t offset = 0;
    std::string bytes;
  };
  // One name: made, or taken from `path` to where it is kept or to another name.
  struct Name {
    std::string path;
    std::string now;
  };
  void Keep(const std::string& path);

  std::map<std::string, std::vector<Bytes>> bytes_;
  std::vector<Name> names_;
  const TempFolder kept_;
  int removals_ = 0;
};

}  // namespace passerelle::tests

#endif  // PASSERELLE_TESTS_SUPPORT_UNSYNCED_H_
