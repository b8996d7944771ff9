#include "audit/log/seal.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"

namespace passerelle::audit::log {
namespace {

using gateway::base::Absl;
using gateway::base::View;

// A checkpoint has its size, in decimal, on the second line; here stands a root.
constexpr std::string_view kTag = "passerelle/snapshot-seal/v1\n";
// Stands between seal and bytes; no note holds it.
constexpr char kEnd = '\0';

std::string TextOf(std::string_view origin, const StateSnapshot& snapshot, std::string_view bytes) {
  return absl::StrCat(Absl(kTag), gateway::base::ToBase64(View(snapshot.root)), "\n", snapshot.size,
                      "\n", snapshot.time_ms, "\n",
                      gateway::base::ToBase64(View(gateway::base::Sha256(bytes))), "\n",
                      Absl(origin), "\n");
}

}  // namespace

absl::StatusOr<StateSnapshot> Seal(const checkpoint::NoteSigner& signer, std::string_view origin,
                                   StateSnapshot snapshot) {
  ASSIGN_OR_RETURN(std::string sealed, signer.Sign(TextOf(origin, snapshot, snapshot.bytes)));
  sealed.push_back(kEnd);
  sealed.append(snapshot.bytes);
  snapshot.bytes = std::move(sealed);
  return snapshot;
}

absl::StatusOr<StateSnapshot> Unseal(const checkpoint::NoteVerifier& verifier,
                                     std::string_view origin, StateSnapshot sealed) {
  const absl::Status damaged = gateway::base::Corrupt(
      "SNAPSHOT_DAMAGED", "the snapshot is not one that this log's key has sealed");
  const size_t end = sealed.bytes.find(kEnd);
  if (end == std::string::npos) return damaged;
  const std::string_view whole = sealed.bytes;
  const absl::StatusOr<checkpoint::OpenedNote> seal =
      checkpoint::OpenNote(whole.substr(0, end), {&verifier, 1});
  if (!seal.ok() || seal->text != TextOf(origin, sealed, whole.substr(end + 1))) return damaged;
  sealed.bytes.erase(0, end + 1);
  return sealed;
}

}  // namespace passerelle::audit::log
