#include "audit/checkpoint/hash_lines.h"

#include <tuple>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/note_format.h"
#include "gateway/base/bytes.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"

namespace passerelle::audit::checkpoint {

using gateway::base::Digest;
using gateway::base::Malformed;

std::string ToHashLines(absl::Span<const Digest> hashes) {
  std::string text;
  for (const Digest& hash : hashes)
    absl::StrAppend(&text, gateway::base::ToBase64(gateway::base::View(hash)), "\n");
  return text;
}

absl::StatusOr<std::vector<Digest>> TakeHashLines(std::string_view& rest, std::string_view path) {
  std::vector<Digest> hashes;
  for (;;) {
    std::string_view line;
    if (!TakeLine(rest, line))
      return Malformed("PROOF_LINE", path, "a line of the proof is missing or malformed");
    if (line.empty()) return hashes;
    if (hashes.size() == gateway::base::kMaxProofHashes)
      return Malformed("PROOF_LENGTH", path, "the proof has too many hashes");
    const absl::StatusOr<std::string> bytes = gateway::base::FromBase64(line);
    if (!bytes.ok() || bytes->size() != std::tuple_size_v<Digest>)
      return Malformed("PROOF_HASH", path, "a hash is not the base64 of 32 bytes");
    ASSIGN_OR_RETURN(const Digest hash, gateway::base::DigestFromBytes(*bytes));
    hashes.push_back(hash);
  }
}

}  // namespace passerelle::audit::checkpoint
