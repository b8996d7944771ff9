#include "audit/log/export.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/checkpoint.h"
#include "audit/checkpoint/note.h"
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

constexpr char kVkeyFile[] = "log.vkey";
constexpr char kCheckpointFile[] = "checkpoint";
constexpr int kEntriesLevel = -1;
constexpr size_t kLengthBytes = 2;
constexpr size_t kMaxBundleBytes = kTileWidth * (kLengthBytes + gateway::base::kMaxEntryBytes);

absl::Status RemoveBelow(const std::string& folder, const std::string& path) {
  std::error_code error;
  std::filesystem::remove(absl::StrCat(folder, "/", path), error);
  if (!error) return absl::OkStatus();
  return Error(absl::StatusCode::kUnavailable, "FILE_ERROR", "",
               absl::StrCat(folder, "/", path, ": ", error.message()));
}

// Writes a file below the export unless it stands there, making its folders. Not synced: what a
// crash tears is found and written again, and the checkpoint comes last.
absl::Status WriteBelow(const std::string& folder, const std::string& path,
                        std::string_view bytes) {
  const std::string whole = absl::StrCat(folder, "/", path);
  const absl::StatusOr<std::string> there = gateway::base::ReadFile(whole, kMaxBundleBytes);
  if (there.ok() && *there == bytes) return absl::OkStatus();
  if (!absl::IsNotFound(there.status())) RETURN_IF_ERROR(RemoveBelow(folder, path));
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
absl::StatusOr<std::vector<std::string_view>> EntriesOf(std::string_view& bundle, size_t width) {
  std::vector<std::string_view> entries;
  entries.reserve(width);
  while (entries.size() < width) {
    if (bundle.size() < kLengthBytes) return Corrupt("EXPORT_BUNDLE", "too few entries");
    const size_t size = gateway::base::ReadBigEndian16(bundle);
    bundle.remove_prefix(kLengthBytes);
    if (bundle.size() < size) return Corrupt("EXPORT_BUNDLE", "an entry is cut");
    entries.push_back(bundle.substr(0, size));
    bundle.remove_prefix(size);
  }
  return entries;
}

// The entries of a full bundle, where one stands in the folder whole.
std::optional<std::vector<std::string>> FindBundle(const std::string& folder, uint64_t begin,
                                                   uint64_t end) {
  if (end - begin < kTileWidth) return std::nullopt;
  const absl::StatusOr<ExportBundle> bundle = ReadExportBundle(folder, end, begin / kTileWidth);
  if (!bundle.ok()) return std::nullopt;
  return std::vector<std::string>(bundle->entries.begin(), bundle->entries.end());
}

absl::Status Forked(std::string_view what) {
  return Corrupt("EXPORT_FORKED",
                 absl::StrCat(gateway::base::Absl(what),
                              ": either the folder was altered or the log was; keep the folder, it "
                              "is evidence, and export the log into another one"));
}

// One export on its way into a folder.
class Writer {
 public:
  Writer(const std::string& folder, const ExportHead& head) : folder_(folder), head_(head) {}

  // Makes the folder one of this log, and reads the checkpoint of an earlier export.
  absl::Status Begin() {
    RETURN_IF_ERROR(gateway::base::MakeFolder(folder_, FileMode::kPrivate));
    ASSIGN_OR_RETURN(const std::vector<std::string> present, gateway::base::ListFolder(folder_));
    const std::string vkey = absl::StrCat(head_.vkey, "\n");
    if (present.empty()) return WriteBelow(folder_, kVkeyFile, vkey);
    const absl::StatusOr<std::string> theirs =
        gateway::base::ReadFile(PathOf(kVkeyFile), gateway::base::kMaxNoteBytes);
    if (!theirs.ok())
      return Error(absl::StatusCode::kFailedPrecondition, "EXPORT_NOT_EMPTY", "",
                   absl::StrCat(folder_, ": something else than an export stands in the folder"));
    if (*theirs != vkey)
      return Error(absl::StatusCode::kFailedPrecondition, "EXPORT_OTHER_LOG", "",
                   absl::StrCat(folder_, ": holds the export of a log under another key"));
    return FindEarlier();
  }

  // Reads what is missing. Returns how many entries that were.
  absl::StatusOr<uint64_t> Fill(EntryReader read, absl::FunctionRef<void(uint64_t)> progress) {
    uint64_t fetched = 0;
    while (edge_.size() < head_.size) {
      const uint64_t begin = edge_.size();
      const uint64_t end = std::min(head_.size, begin + kTileWidth);
      std::optional<std::vector<std::string>> entries;
      if (fetched == 0) entries = FindBundle(folder_, begin, end);
      if (!entries.has_value()) {
        ASSIGN_OR_RETURN(entries, read(begin, end));
        fetched += entries->size();
      }
      if (entries->size() != end - begin)
        return Corrupt("LOG_ENTRY_MISSING",
                       absl::StrCat("entry ", begin + entries->size(), " is missing"));
      RETURN_IF_ERROR(TakeBundle(*entries));
      progress(end);
    }
    return fetched;
  }

  // Writes what belongs to this size alone, the checkpoint last, and clears away what belonged to
  // another.
  absl::Status Finish(bool all_were_read) {
    for (int level = 0; level < edge_.levels(); ++level)
      if (const Tile& tile = edge_.at(level); tile.width() > 0)
        RETURN_IF_ERROR(WritePartial(level, edge_.number(level), tile.width(), tile.Bytes()));
    ASSIGN_OR_RETURN(const Digest computed, edge_.Root());
    if (computed != head_.root && all_were_read)
      return Corrupt("LOG_ROOT", absl::StrCat("the first ", head_.size,
                                              " entries do not lead to the signed root"));
    if (computed != head_.root)
      return Forked("the entries in the folder and those read now do not lead to the signed root");
    RETURN_IF_ERROR(
        gateway::base::WriteFile(PathOf(kCheckpointFile), head_.checkpoint, FileMode::kPrivate));
    return RemoveStalePartials();
  }

 private:
  std::string PathOf(const std::string& below) const { return absl::StrCat(folder_, "/", below); }

  absl::Status FindEarlier() {
    const absl::StatusOr<std::string> note =
        gateway::base::ReadFile(PathOf(kCheckpointFile), gateway::base::kMaxNoteBytes);
    if (absl::IsNotFound(note.status())) return absl::OkStatus();
    RETURN_IF_ERROR(note.status());
    ASSIGN_OR_RETURN(const checkpoint::NoteVerifier verifier,
                     checkpoint::NoteVerifier::FromVkey(head_.vkey));
    const absl::StatusOr<checkpoint::OpenedNote> opened = checkpoint::OpenNote(*note, {verifier});
    absl::StatusOr<checkpoint::Checkpoint> read =
        opened.ok() ? checkpoint::FromText(opened->text)
                    : absl::StatusOr<checkpoint::Checkpoint>(opened.status());
    if (!read.ok()) return gateway::base::InContext(read.status(), PathOf(kCheckpointFile));
    earlier_ = *std::move(read);
    if (earlier_->size <= head_.size) return absl::OkStatus();
    return Forked(absl::StrCat("the folder's checkpoint has ", earlier_->size,
                               " entries, the log has ", head_.size));
  }

  // Writes a bundle and the tiles that it fills, once its hashes are known to continue the earlier
  // checkpoint.
  absl::Status TakeBundle(const std::vector<std::string>& entries) {
    const uint64_t number = edge_.size() / kTileWidth;
    std::vector<std::pair<std::string, std::string>> tiles;
    for (const std::string& entry : entries) {
      edge_.Append(merkle::LeafHash(entry), [&](int level, uint64_t tile, const Tile& full) {
        tiles.emplace_back(TilePath(level, tile, 0), full.Bytes());
      });
      RETURN_IF_ERROR(CheckEarlier());
    }
    ASSIGN_OR_RETURN(const std::string bundle, BundleOf(entries));
    if (entries.size() < kTileWidth)
      return WritePartial(kEntriesLevel, number, entries.size(), bundle);
    RETURN_IF_ERROR(WriteBelow(folder_, TilePath(kEntriesLevel, number, 0), bundle));
    for (const auto& [path, bytes] : tiles) RETURN_IF_ERROR(WriteBelow(folder_, path, bytes));
    return absl::OkStatus();
  }

  absl::Status CheckEarlier() const {
    if (!earlier_.has_value() || edge_.size() != earlier_->size) return absl::OkStatus();
    ASSIGN_OR_RETURN(const Digest root, edge_.Root());
    if (root == earlier_->root) return absl::OkStatus();
    return Forked(absl::StrCat("the first ", earlier_->size,
                               " entries are not those of the checkpoint in the folder"));
  }

  absl::Status WritePartial(int level, uint64_t number, size_t width, std::string_view bytes) {
    const std::string path = TilePath(level, number, static_cast<int>(width));
    partial_.insert(path);
    return WriteBelow(folder_, path, bytes);
  }

  absl::Status RemoveStalePartials() const {
    std::vector<std::string> stale;
    std::error_code error;
    std::filesystem::recursive_directory_iterator it(PathOf("tile"), error), end;
    for (; !error && it != end; it.increment(error)) {
      const std::filesystem::path path = it->path().lexically_relative(folder_);
      if (path.parent_path().extension() == ".p" && !partial_.contains(path.generic_string()))
        stale.push_back(path.generic_string());
    }
    for (const std::string& path : stale) {
      RETURN_IF_ERROR(RemoveBelow(folder_, path));
      // Fails where another one is left in it.
      std::filesystem::remove(std::filesystem::path(PathOf(path)).parent_path(), error);
    }
    return absl::OkStatus();
  }

  const std::string& folder_;
  const ExportHead& head_;
  std::optional<checkpoint::Checkpoint> earlier_;
  Edge edge_;
  std::set<std::string> partial_;
};

}  // namespace

std::string NumberPath(uint64_t number) {
  // The lowest three digits stand bare, every higher group behind an `x`.
  std::string path;
  for (uint64_t rest = number;; rest /= 1000) {
    const std::string digits = std::to_string(1000 + rest % 1000).substr(1);
    path = path.empty() ? digits : absl::StrCat("x", digits, "/", path);
    if (rest < 1000) return path;
  }
}

std::string TilePath(int level, uint64_t tile, int width) {
  return absl::StrCat("tile/", level == kEntriesLevel ? "entries" : std::to_string(level), "/",
                      NumberPath(tile), width == 0 ? "" : absl::StrCat(".p/", width));
}

std::optional<TileName> TileFromPath(std::string_view path) {
  constexpr std::string_view kTile = "tile/", kEntries = "entries/";
  constexpr int kMostLevels = 63;
  // No tree has more than 2^56 tiles of a level: six groups of digits.
  constexpr size_t kMostDigits = 18;
  if (path.substr(0, kTile.size()) != kTile) return std::nullopt;
  std::string_view rest = path.substr(kTile.size());
  TileName name;
  if (rest.substr(0, kEntries.size()) == kEntries) {
    name.level = kEntriesLevel;
    rest.remove_prefix(kEntries.size());
  } else {
    const size_t slash = rest.find('/');
    const absl::StatusOr<uint64_t> level = gateway::base::FromDecimal(rest.substr(0, slash));
    if (slash == std::string_view::npos || !level.ok() || *level > kMostLevels) return std::nullopt;
    name.level = static_cast<int>(*level);
    rest.remove_prefix(slash + 1);
  }
  if (const size_t partial = rest.find(".p/"); partial != std::string_view::npos) {
    const absl::StatusOr<uint64_t> width = gateway::base::FromDecimal(rest.substr(partial + 3));
    if (!width.ok() || *width == 0 || *width >= kTileWidth) return std::nullopt;
    name.width = static_cast<int>(*width);
    rest = rest.substr(0, partial);
  }
  size_t digits = 0;
  for (const char c : rest) {
    if (c == 'x' || c == '/') continue;
    if (c < '0' || c > '9' || ++digits > kMostDigits) return std::nullopt;
    name.tile = name.tile * 10 + static_cast<uint64_t>(c - '0');
  }
  // There is one spelling of each name.
  if (TilePath(name.level, name.tile, name.width) != path) return std::nullopt;
  return name;
}

absl::StatusOr<uint64_t> WriteExport(const std::string& folder, const ExportHead& head,
                                     EntryReader read, absl::FunctionRef<void(uint64_t)> progress) {
  Writer writer(folder, head);
  RETURN_IF_ERROR(writer.Begin());
  ASSIGN_OR_RETURN(const uint64_t fetched, writer.Fill(read, progress));
  RETURN_IF_ERROR(writer.Finish(fetched == head.size));
  return fetched;
}

absl::StatusOr<ExportBundle> ReadExportBundle(const std::string& folder, uint64_t size,
                                              uint64_t number) {
  const size_t width = std::min<uint64_t>(kTileWidth, size - number * kTileWidth);
  const int partial = width < kTileWidth ? static_cast<int>(width) : 0;
  std::string path = TilePath(kEntriesLevel, number, partial);
  absl::StatusOr<std::string> file =
      gateway::base::ReadFile(absl::StrCat(folder, "/", path), kMaxBundleBytes);
  bool whole = true;
  // Where the partial bundle is gone, the full one holds its entries.
  if (absl::IsNotFound(file.status()) && partial > 0) {
    whole = false;
    path = TilePath(kEntriesLevel, number, 0);
    file = gateway::base::ReadFile(absl::StrCat(folder, "/", path), kMaxBundleBytes);
  }
  if (!file.ok())
    return Corrupt("EXPORT_BUNDLE", absl::StrCat(path, ": missing or not to be read"));
  ExportBundle bundle;
  bundle.bytes = std::make_unique<const std::string>(*std::move(file));
  std::string_view rest = *bundle.bytes;
  absl::StatusOr<std::vector<std::string_view>> entries = EntriesOf(rest, width);
  if (!entries.ok()) return gateway::base::InContext(entries.status(), path);
  if (whole && !rest.empty())
    return Corrupt("EXPORT_BUNDLE", absl::StrCat(path, ": bytes after the last entry"));
  bundle.entries = *std::move(entries);
  return bundle;
}

absl::StatusOr<std::vector<std::string>> ReadExportEntries(const std::string& folder, uint64_t size,
                                                           uint64_t begin, uint64_t end) {
  if (begin > end || end > size)
    return Error(absl::StatusCode::kOutOfRange, "PAST_HEAD", "", "entries past the exported size");
  std::vector<std::string> entries;
  while (begin + entries.size() < end) {
    const uint64_t next = begin + entries.size();
    ASSIGN_OR_RETURN(const ExportBundle bundle, ReadExportBundle(folder, size, next / kTileWidth));
    const size_t first = next % kTileWidth;
    const size_t last = std::min<uint64_t>(bundle.entries.size(), first + (end - next));
    for (size_t i = first; i < last; ++i) entries.emplace_back(bundle.entries[i]);
  }
  return entries;
}

}  // namespace passerelle::audit::log
