#include "audit/log/export.h"

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "audit/log/tiles.h"
#include "audit/merkle/merkle.h"
#include "gateway/base/bytes.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"
#include "gateway/base/unsynced_file.h"

namespace passerelle::audit::log {
namespace {

using gateway::base::Corrupt;
using gateway::base::Error;
using gateway::base::FileMode;

constexpr int kEntriesLevel = -1;
constexpr size_t kLengthBytes = 2;
constexpr size_t kMaxBundleBytes = kTileWidth * (kLengthBytes + gateway::base::kMaxEntryBytes);

// Writes a file below the export, making its folders. Not synced: an export that a crash tears is
// made again, and its checkpoint comes last.
absl::Status WriteBelow(const std::string& folder, const std::string& path,
                        std::string_view bytes) {
  const std::string whole = absl::StrCat(folder, "/", path);
  RETURN_IF_ERROR(gateway::base::MakeFolder(std::filesystem::path(whole).parent_path().string(),
                                            FileMode::kPrivate));
  return gateway::base::WriteUnsyncedFile(whole, bytes, FileMode::kPrivate);
}

absl::StatusOr<std::string> BundleOf(const std::vector<std::string>& entries) {
  std::string bundle;
  for (const std::string& entry : entries) {
    if (entry.size() > gateway::base::kMaxEntryBytes)
      return Corrupt("EXPORT_BUNDLE", "an entry is longer than a bundle can say");
    gateway::base::AppendBigEndian16(bundle, static_cast<uint16_t>(entry.size()));
    bundle.append(entry);
  }
  return bundle;
}

// Takes `width` entries from the front of a bundle; what follows is for the caller to judge.
absl::StatusOr<std::vector<std::string>> EntriesOf(std::string_view& bundle, size_t width) {
  std::vector<std::string> entries;
  while (entries.size() < width) {
    if (bundle.size() < kLengthBytes) return Corrupt("EXPORT_BUNDLE", "too few entries");
    const size_t size = gateway::base::ReadBigEndian16(bundle);
    bundle.remove_prefix(kLengthBytes);
    if (bundle.size() < size) return Corrupt("EXPORT_BUNDLE", "an entry is cut");
    entries.emplace_back(bundle.substr(0, size));
    bundle.remove_prefix(size);
  }
  return entries;
}

// Reads one bundle of an export: the partial one of its size, else the full one.
absl::StatusOr<std::vector<std::string>> ReadBundle(const std::string& folder, uint64_t size,
                                                    uint64_t number) {
  const size_t width = std::min<uint64_t>(kTileWidth, size - number * kTileWidth);
  const int partial = width < kTileWidth ? static_cast<int>(width) : 0;
  std::string path = TilePath(kEntriesLevel, number, partial);
  absl::StatusOr<std::string> file =
      gateway::base::ReadFile(absl::StrCat(folder, "/", path), kMaxBundleBytes);
  bool whole = true;
  if (absl::IsNotFound(file.status()) && partial > 0) {
    whole = false;
    path = TilePath(kEntriesLevel, number, 0);
    file = gateway::base::ReadFile(absl::StrCat(folder, "/", path), kMaxBundleBytes);
  }
  if (!file.ok())
    return Corrupt("EXPORT_BUNDLE", absl::StrCat(path, ": missing or not to be read"));
  std::string_view rest = *file;
  absl::StatusOr<std::vector<std::string>> entries = EntriesOf(rest, width);
  if (entries.ok() && whole && !rest.empty())
    return Corrupt("EXPORT_BUNDLE", absl::StrCat(path, ": bytes after the last entry"));
  if (!entries.ok()) return gateway::base::InContext(entries.status(), path);
  return entries;
}

// Writes the bundle of a group of 256 entries, and the tiles that it fills.
absl::Status WriteGroup(const std::string& folder, const std::vector<std::string>& entries,
                        Edge& edge) {
  ASSIGN_OR_RETURN(const std::string bundle, BundleOf(entries));
  const int partial = entries.size() < kTileWidth ? static_cast<int>(entries.size()) : 0;
  RETURN_IF_ERROR(
      WriteBelow(folder, TilePath(kEntriesLevel, edge.size() / kTileWidth, partial), bundle));
  absl::Status status;
  for (const std::string& entry : entries)
    edge.Append(merkle::LeafHash(entry), [&](int level, uint64_t number, const Tile& tile) {
      if (status.ok()) status = WriteBelow(folder, TilePath(level, number, 0), tile.Bytes());
    });
  return status;
}

}  // namespace

std::string TilePath(int level, uint64_t tile, int width) {
  // The lowest three digits stand bare, every higher group behind an `x`.
  std::string number;
  for (uint64_t rest = tile;; rest /= 1000) {
    const std::string digits = std::to_string(1000 + rest % 1000).substr(1);
    number = number.empty() ? digits : absl::StrCat("x", digits, "/", number);
    if (rest < 1000) break;
  }
  return absl::StrCat("tile/", level == kEntriesLevel ? "entries" : std::to_string(level), "/",
                      number, width == 0 ? "" : absl::StrCat(".p/", width));
}

absl::Status WriteExport(const std::string& folder, std::string_view checkpoint,
                         std::string_view vkey, uint64_t size, const gateway::base::Digest& root,
                         EntryReader read, absl::FunctionRef<void(uint64_t)> progress) {
  RETURN_IF_ERROR(gateway::base::MakeFolder(folder, FileMode::kPrivate));
  ASSIGN_OR_RETURN(const std::vector<std::string> present, gateway::base::ListFolder(folder));
  if (!present.empty())
    return Error(absl::StatusCode::kFailedPrecondition, "EXPORT_NOT_EMPTY", "",
                 absl::StrCat(folder, ": something stands in the folder"));
  Edge edge;
  while (edge.size() < size) {
    const uint64_t begin = edge.size();
    const uint64_t end = std::min(size, begin + kTileWidth);
    ASSIGN_OR_RETURN(const std::vector<std::string> entries, read(begin, end));
    if (entries.size() != end - begin)
      return Corrupt("LOG_ENTRY_MISSING",
                     absl::StrCat("entry ", begin + entries.size(), " is missing"));
    RETURN_IF_ERROR(WriteGroup(folder, entries, edge));
    progress(end);
  }
  for (int level = 0; level < edge.levels(); ++level) {
    const Tile& tile = edge.at(level);
    if (tile.width() == 0) continue;
    RETURN_IF_ERROR(WriteBelow(
        folder, TilePath(level, edge.number(level), static_cast<int>(tile.width())), tile.Bytes()));
  }
  ASSIGN_OR_RETURN(const Digest computed, edge.Root());
  if (computed != root)
    return Corrupt("LOG_ROOT",
                   absl::StrCat("the first ", size, " entries do not lead to the signed root"));
  RETURN_IF_ERROR(WriteBelow(folder, "log.vkey", absl::StrCat(gateway::base::Absl(vkey), "\n")));
  return gateway::base::WriteFile(absl::StrCat(folder, "/checkpoint"), checkpoint,
                                  FileMode::kPrivate);
}

absl::StatusOr<std::vector<std::string>> ReadExportEntries(const std::string& folder, uint64_t size,
                                                           uint64_t begin, uint64_t end) {
  if (begin > end || end > size)
    return Error(absl::StatusCode::kOutOfRange, "PAST_HEAD", "", "entries past the exported size");
  std::vector<std::string> entries;
  while (begin + entries.size() < end) {
    const uint64_t next = begin + entries.size();
    ASSIGN_OR_RETURN(std::vector<std::string> bundle, ReadBundle(folder, size, next / kTileWidth));
    const size_t first = next % kTileWidth;
    const size_t last = std::min<uint64_t>(bundle.size(), first + (end - next));
    std::move(bundle.begin() + first, bundle.begin() + last, std::back_inserter(entries));
  }
  return entries;
}

}  // namespace passerelle::audit::log
