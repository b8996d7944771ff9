#include "gateway/verify/party_folder.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/hash_lines.h"
#include "audit/log/export.h"
#include "audit/merkle/merkle.h"
#include "gateway/base/bytes.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"
#include "gateway/verify/folder.h"
#include "policy/state/heads.h"

namespace passerelle::gateway::verify {
namespace {

using base::Digest;
using base::Malformed;

constexpr std::string_view kMagic = "passerelle/heads/v1\n";
constexpr std::string_view kSuffix = ".tlog-proof";
// A party's chain and `all`.
constexpr size_t kMostHeads = 2;

absl::Status BadHeads(std::string_view path) {
  return Malformed("HEADS_FORM", path, "a line of the heads is missing or malformed");
}

// Takes `name value\n`.
bool TakeField(std::string_view& rest, std::string_view name, std::string_view& value) {
  const size_t end = rest.find('\n');
  if (end == std::string_view::npos) return false;
  const std::string_view line = rest.substr(0, end);
  if (line.size() <= name.size() || line.substr(0, name.size()) != name || line[name.size()] != ' ')
    return false;
  value = line.substr(name.size() + 1);
  rest.remove_prefix(end + 1);
  return true;
}

bool TakeNumber(std::string_view& rest, std::string_view name, uint64_t& number) {
  std::string_view value;
  if (!TakeField(rest, name, value)) return false;
  const absl::StatusOr<uint64_t> read = base::FromDecimal(value);
  if (read.ok()) number = *read;
  return read.ok();
}

absl::StatusOr<ProvedHead> TakeHead(std::string_view& rest) {
  ProvedHead proved;
  std::string_view chain, last;
  uint64_t length = 0;
  if (!TakeField(rest, "chain", chain) || !TakeNumber(rest, "length", length) ||
      !TakeField(rest, "last", last) || !TakeNumber(rest, "place", proved.place))
    return BadHeads("heads");
  absl::StatusOr<std::string> leaf = base::FromBase64(last);
  if (!leaf.ok() || leaf->size() != sizeof(Digest) || length == 0) return BadHeads("heads");
  proved.head.set_chain(std::string(chain));
  proved.head.set_length(length);
  proved.head.set_last(*std::move(leaf));
  ASSIGN_OR_RETURN(proved.path, audit::checkpoint::TakeHashLines(rest, "heads"));
  return proved;
}

// The number that a path spells, when NumberPath spells it so.
std::optional<uint64_t> NumberOf(std::string_view path) {
  std::string digits;
  for (const char c : path)
    if (c >= '0' && c <= '9') digits += c;
  while (digits.size() > 1 && digits[0] == '0') digits.erase(0, 1);
  const absl::StatusOr<uint64_t> number = base::FromDecimal(digits);
  if (!number.ok() || audit::log::NumberPath(*number) != path) return std::nullopt;
  return *number;
}

}  // namespace

std::string PartyCheckpointPath(uint64_t size) {
  return absl::StrCat(kPartyCheckpoints, "/", size);
}

std::string PartyEntryPath(uint64_t index) {
  return absl::StrCat(kPartyEntries, "/", audit::log::NumberPath(index), base::Absl(kSuffix));
}

absl::StatusOr<PartyEntries> ListPartyEntries(const std::string& folder) {
  ASSIGN_OR_RETURN(const std::vector<std::string> files,
                   FilesBelow(absl::StrCat(folder, "/", kPartyEntries)));
  PartyEntries entries;
  for (const std::string& file : files) {
    const std::string_view path = file;
    std::optional<uint64_t> index;
    if (path.size() > kSuffix.size() && path.substr(path.size() - kSuffix.size()) == kSuffix)
      index = NumberOf(path.substr(0, path.size() - kSuffix.size()));
    if (index.has_value())
      entries.indexes.push_back(*index);
    else
      entries.strangers.push_back(absl::StrCat(kPartyEntries, "/", file));
  }
  std::sort(entries.indexes.begin(), entries.indexes.end());
  return entries;
}

absl::StatusOr<std::vector<uint64_t>> ListPartyCheckpoints(const std::string& folder) {
  ASSIGN_OR_RETURN(const std::vector<std::string> files,
                   FilesBelow(absl::StrCat(folder, "/", kPartyCheckpoints)));
  std::vector<uint64_t> sizes;
  for (const std::string& file : files) {
    const absl::StatusOr<uint64_t> size = base::FromDecimal(file);
    if (!size.ok())
      return Malformed("EXPORT_FILE", absl::StrCat(kPartyCheckpoints, "/", file),
                       "the file is no checkpoint of the export");
    sizes.push_back(*size);
  }
  std::sort(sizes.begin(), sizes.end());
  return sizes;
}

std::string ToText(const StatedHeads& stated) {
  std::string text =
      absl::StrCat(base::Absl(kMagic), "entry ", stated.entry, "\nchains ", stated.chains, "\n");
  for (const ProvedHead& proved : stated.heads)
    absl::StrAppend(&text, "chain ", proved.head.chain(), "\nlength ", proved.head.length(),
                    "\nlast ", base::ToBase64(proved.head.last()), "\nplace ", proved.place, "\n",
                    audit::checkpoint::ToHashLines(proved.path), "\n");
  return text;
}

absl::StatusOr<StatedHeads> StatedHeadsFromText(std::string_view text) {
  StatedHeads stated;
  if (text.size() > base::kMaxNoteBytes || text.substr(0, kMagic.size()) != kMagic)
    return BadHeads("");
  text.remove_prefix(kMagic.size());
  if (!TakeNumber(text, "entry", stated.entry)) return BadHeads("entry");
  if (!TakeNumber(text, "chains", stated.chains)) return BadHeads("chains");
  while (!text.empty()) {
    if (stated.heads.size() == kMostHeads) return BadHeads("heads");
    ASSIGN_OR_RETURN(stated.heads.emplace_back(), TakeHead(text));
  }
  return stated;
}

absl::StatusOr<Digest> RootOf(const ProvedHead& proved, uint64_t chains) {
  return audit::merkle::RootFromInclusion(proved.place, chains,
                                          policy::state::HeadLeaf(proved.head), proved.path);
}

}  // namespace passerelle::gateway::verify
