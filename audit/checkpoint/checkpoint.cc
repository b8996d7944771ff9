#include "audit/checkpoint/checkpoint.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/note_format.h"
#include "audit/merkle/merkle.h"
#include "gateway/base/bytes.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"

namespace passerelle::audit::checkpoint {
namespace {

using gateway::base::Digest;
using gateway::base::Error;
using gateway::base::Malformed;

// First words of messages that other C2SP formats sign with a note key. A checkpoint's text begins
// with its origin, so an origin that began with one could be taken for such a message.
constexpr std::string_view kReservedOrigins[] = {"c2sp.org/", "cosignature/", "subtree/"};

absl::Status CheckEmptyRoot(const Checkpoint& checkpoint) {
  if (checkpoint.size == 0 && checkpoint.root != merkle::EmptyRoot())
    return Malformed("CHECKPOINT_ROOT", "root", "an empty tree has another root");
  return absl::OkStatus();
}

}  // namespace

std::string ToText(const Checkpoint& checkpoint) {
  return absl::StrCat(checkpoint.origin, "\n", checkpoint.size, "\n",
                      gateway::base::ToBase64(gateway::base::View(checkpoint.root)), "\n");
}

absl::StatusOr<Checkpoint> FromText(std::string_view text) {
  RETURN_IF_ERROR(CheckText(text));
  std::string_view origin;
  std::string_view size;
  std::string_view root;
  if (!TakeLine(text, origin) || !TakeLine(text, size) || !TakeLine(text, root))
    return Malformed("CHECKPOINT_LINES", "", "a checkpoint has an origin, a size and a root");
  if (!text.empty())
    return Malformed("CHECKPOINT_EXTENSION", "", "a checkpoint has lines after its root");
  if (origin.empty()) return Malformed("CHECKPOINT_ORIGIN", "origin", "the origin is empty");
  Checkpoint checkpoint;
  checkpoint.origin = std::string(origin);
  const absl::StatusOr<uint64_t> number = gateway::base::FromDecimal(size);
  if (!number.ok())
    return Malformed("CHECKPOINT_SIZE", "size", "the size is not a canonical decimal below 2^63");
  checkpoint.size = *number;
  const absl::StatusOr<std::string> bytes = gateway::base::FromBase64(root);
  if (!bytes.ok() || bytes->size() != checkpoint.root.size())
    return Malformed("CHECKPOINT_ROOT", "root", "the root is not the base64 of 32 bytes");
  ASSIGN_OR_RETURN(checkpoint.root, gateway::base::DigestFromBytes(*bytes));
  RETURN_IF_ERROR(CheckEmptyRoot(checkpoint));
  return checkpoint;
}

absl::Status CheckOrigin(std::string_view origin) {
  if (origin.empty()) return Malformed("ORIGIN_EMPTY", "origin", "the origin is empty");
  if (origin.size() > gateway::base::kMaxOriginBytes)
    return Malformed("ORIGIN_LENGTH", "origin", "the origin is longer than 255 bytes");
  for (std::string_view reserved : kReservedOrigins)
    if (origin.substr(0, reserved.size()) == reserved)
      return Malformed("ORIGIN_RESERVED", "origin", "the origin begins with a reserved tag");
  while (!origin.empty()) {
    uint32_t rune = 0;
    if (!TakeRune(origin, rune) || rune < 0x20 || (rune >= 0x7f && rune < 0xa0))
      return Malformed("ORIGIN_CHARACTER", "origin",
                       "the origin is not UTF-8 without control characters");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> SignCheckpoint(const NoteSigner& signer, const Checkpoint& checkpoint) {
  RETURN_IF_ERROR(CheckOrigin(checkpoint.origin));
  if (checkpoint.size > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
    return Malformed("CHECKPOINT_SIZE", "size", "the size is not below 2^63");
  RETURN_IF_ERROR(CheckEmptyRoot(checkpoint));
  return signer.Sign(ToText(checkpoint));
}

absl::StatusOr<Checkpoint> OpenCheckpoint(std::string_view note, const NoteVerifier& verifier,
                                          std::string_view origin) {
  ASSIGN_OR_RETURN(const OpenedNote opened, OpenNote(note, {&verifier, 1}));
  ASSIGN_OR_RETURN(Checkpoint checkpoint, FromText(opened.text));
  // The key alone does not say which log: one key may sign for several.
  if (checkpoint.origin != origin)
    return Error(absl::StatusCode::kFailedPrecondition, "ORIGIN", "origin",
                 "the checkpoint is of another log");
  return checkpoint;
}

}  // namespace passerelle::audit::checkpoint
