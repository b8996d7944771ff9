#include "tests/support/unsynced.h"

#include <filesystem>
#include <fstream>
#include <utility>

namespace passerelle::tests {
namespace {

namespace fs = std::filesystem;

std::string FolderOf(const std::string& path) { return fs::path(path).parent_path().string(); }

}  // namespace

void Unsynced::NoteBytes(const std::string& path, uint64_t size, uint64_t offset,
                         std::string bytes) {
  bytes_[path].push_back({size, offset, std::move(bytes)});
}

void Unsynced::NoteMade(const std::string& path) { names_.push_back({path, ""}); }

void Unsynced::NoteRemoval(const std::string& path) { Keep(path); }

void Unsynced::NoteRename(const std::string& from, const std::string& to) {
  if (fs::exists(to)) Keep(to);
  names_.push_back({from, to});
  if (auto bytes = bytes_.extract(from)) {
    bytes.key() = to;
    bytes_.insert(std::move(bytes));
  }
}

void Unsynced::Keep(const std::string& path) {
  const std::string kept = kept_ / std::to_string(removals_++);
  fs::create_hard_link(path, kept);
  names_.push_back({path, kept});
  if (auto bytes = bytes_.extract(path)) {
    bytes.key() = kept;
    bytes_.insert(std::move(bytes));
  }
}

void Unsynced::NoteSync(const std::string& path) { bytes_.erase(path); }

void Unsynced::NoteFolderSync(const std::string& folder) {
  std::erase_if(names_, [&](const Name& name) { return FolderOf(name.path) == folder; });
}

void Unsynced::Undo() {
  for (const auto& [path, changes] : bytes_) {
    for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
      {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(change->offset));
        file.write(change->bytes.data(), static_cast<std::streamsize>(change->bytes.size()));
      }
      fs::resize_file(path, change->size);
    }
  }
  bytes_.clear();
  for (auto name = names_.rbegin(); name != names_.rend(); ++name) {
    if (name->now.empty())
      fs::remove_all(name->path);
    else
      fs::rename(name->now, name->path);
  }
  names_.clear();
}

}  // namespace passerelle::tests
