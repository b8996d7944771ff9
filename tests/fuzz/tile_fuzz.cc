// Feeds bytes to the paths of tiles and the reader of entry bundles. A path must be read back, by
// the grammar of c2sp.org/tlog-tiles, as what it was written from; a bundle that is read must be
// written as the same bytes.
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "audit/log/export.h"
#include "gateway/base/files.h"
#include "gateway/base/unsynced_file.h"
#include "tests/support/temp_folder.h"

namespace passerelle::audit::log {
namespace {

namespace base = gateway::base;

// Ends the run; the fuzzer keeps the input.
void Require(bool holds) {
  if (!holds) std::abort();
}

// Takes a part of fixed text off the front.
bool Take(std::string_view& path, std::string_view part) {
  if (path.substr(0, part.size()) != part) return false;
  path.remove_prefix(part.size());
  return true;
}

// Three digits off the front.
uint64_t TakeDigits(std::string_view& path) {
  Require(path.size() >= 3);
  uint64_t number = 0;
  for (int i = 0; i < 3; ++i, path.remove_prefix(1)) {
    Require(path[0] >= '0' && path[0] <= '9');
    number = number * 10 + static_cast<uint64_t>(path[0] - '0');
  }
  return number;
}

void CheckPath(int level, uint64_t tile, int width) {
  const std::string written = TilePath(level, tile, width);
  std::string_view path = written;
  Require(Take(path, level < 0 ? "tile/entries/" : "tile/" + std::to_string(level) + "/"));
  uint64_t read = 0;
  while (Take(path, "x")) {
    read = (read + TakeDigits(path)) * 1000;
    Require(Take(path, "/"));
  }
  read += TakeDigits(path);
  Require(read == tile);
  Require(path == (width == 0 ? std::string() : ".p/" + std::to_string(width)));
  const auto name = audit::log::TileFromPath(written);
  // No tree has larger numbers.
  if (tile >= uint64_t{1} << 56) return;
  Require(name.has_value() && name->level == level && name->tile == tile && name->width == width);
}

void CheckBundle(uint64_t entries, std::string_view bundle) {
  static const tests::TempFolder folder;
  const std::string file = folder / TilePath(-1, 0, static_cast<int>(entries) % 256);
  std::filesystem::create_directories(std::filesystem::path(file).parent_path());
  Require(base::WriteUnsyncedFile(file, bundle, base::FileMode::kPrivate).ok());
  const auto read = ReadExportEntries(folder.path(), entries, 0, entries);
  std::filesystem::remove(file);
  if (!read.ok()) return;
  Require(read->size() == entries);
  std::string again;
  for (const std::string& entry : *read) {
    again += static_cast<char>(entry.size() >> 8);
    again += static_cast<char>(entry.size() & 0xff);
    again += entry;
  }
  Require(again == bundle);
}

}  // namespace
}  // namespace passerelle::audit::log

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kHeadBytes = 10;
  if (size < kHeadBytes) return 0;
  uint64_t tile = 0;
  for (size_t i = 0; i < 8; ++i) tile = tile << 8 | data[i];
  // Sizes of logs are below 2^63.
  passerelle::audit::log::CheckPath(static_cast<int>(data[8] % 65) - 1, tile >> 1, data[9]);
  const std::string_view bundle(reinterpret_cast<const char*>(data) + kHeadBytes,
                                size - kHeadBytes);
  passerelle::audit::log::CheckBundle(uint64_t{data[9]} + 1, bundle);
  return 0;
}
