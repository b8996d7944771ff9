#include "audit/checkpoint/cosignature.h"

#include <algorithm>
#include <functional>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/ed25519.h"
#include "audit/checkpoint/note_format.h"
#include "audit/checkpoint/vkey.h"
#include "gateway/base/bytes.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"

namespace passerelle::audit::checkpoint {
namespace {

using gateway::base::Error;
using gateway::base::Malformed;
using gateway::base::Secret;

constexpr size_t kTimeBytes = 8;

std::string MessageOf(std::string_view text, uint64_t time_s) {
  return absl::StrCat("cosignature/v1\ntime ", time_s, "\n", gateway::base::Absl(text));
}

}  // namespace

absl::StatusOr<CosignatureVerifier> CosignatureVerifier::FromVkey(std::string_view vkey) {
  ASSIGN_OR_RETURN(Vkey key, VkeyFromText(kTypeCosignature, vkey));
  return CosignatureVerifier(std::move(key.name), key.key_id, std::move(key.public_key));
}

std::string CosignatureVerifier::ToVkey() const {
  return checkpoint::ToText(kTypeCosignature, {name_, key_id_, public_key_});
}

absl::StatusOr<CosignatureSigner> CosignatureSigner::FromSeed(std::string_view name,
                                                              const Secret& seed) {
  ASSIGN_OR_RETURN(const std::string public_key, Ed25519PublicKey(seed));
  ASSIGN_OR_RETURN(const Vkey key, MakeVkey(kTypeCosignature, name, public_key));
  ASSIGN_OR_RETURN(CosignatureVerifier verifier,
                   CosignatureVerifier::FromVkey(checkpoint::ToText(kTypeCosignature, key)));
  return CosignatureSigner(std::move(verifier), seed.Clone());
}

absl::StatusOr<CosignatureSigner> CosignatureSigner::FromText(std::string_view text) {
  ASSIGN_OR_RETURN(const NamedSeed named, SeedFromPrivateText(kTypeCosignature, text));
  return FromSeed(named.key.name, named.seed);
}

Secret CosignatureSigner::ToText() const {
  return ToPrivateText(kTypeCosignature,
                       {verifier_.name(), verifier_.key_id(), verifier_.public_key()}, seed_);
}

absl::StatusOr<std::string> CosignatureSigner::Cosign(std::string_view text, int64_t time_s) const {
  RETURN_IF_ERROR(CheckText(text));
  if (time_s < 0) return Malformed("COSIGNATURE_TIME", "time", "the time lies before 1970");
  const auto time = static_cast<uint64_t>(time_s);
  ASSIGN_OR_RETURN(const std::string signature, SignEd25519(seed_, MessageOf(text, time)));
  std::string blob;
  gateway::base::AppendBigEndian64(blob, time);
  blob += signature;
  return ToLine(verifier_.name(), verifier_.key_id(), blob);
}

absl::StatusOr<std::vector<Cosignature>> OpenCosignatures(
    std::string_view note, absl::Span<const CosignatureVerifier> known) {
  ASSIGN_OR_RETURN(const ParsedNote parsed, ParseNote(note));
  std::vector<Cosignature> found;
  for (const NoteLine& line : parsed.lines) {
    const auto verifier =
        std::find_if(known.begin(), known.end(), [&](const CosignatureVerifier& one) {
          return one.name() == line.name && one.key_id() == line.key_id;
        });
    if (verifier == known.end()) continue;
    const std::string_view blob = line.signature;
    const bool sized = blob.size() == kTimeBytes + kEd25519SignatureBytes;
    const uint64_t time_s = sized ? gateway::base::ReadBigEndian64(blob) : 0;
    if (!sized || !VerifyEd25519(verifier->public_key(), MessageOf(parsed.text, time_s),
                                 blob.substr(kTimeBytes)))
      return Error(absl::StatusCode::kUnauthenticated, "NOTE_SIGNATURE_INVALID", "",
                   "a known witness's cosignature does not verify");
    const auto earlier = std::find_if(found.begin(), found.end(), [&](const Cosignature& one) {
      return one.name == line.name && one.key_id == line.key_id;
    });
    if (earlier == found.end())
      found.push_back({std::string(line.name), line.key_id, time_s});
    else
      earlier->time_s = std::max(earlier->time_s, time_s);
  }
  return found;
}

absl::StatusOr<uint64_t> CheckQuorum(std::string_view note,
                                     absl::Span<const CosignatureVerifier> known, size_t quorum) {
  ASSIGN_OR_RETURN(const std::vector<Cosignature> found, OpenCosignatures(note, known));
  if (found.size() < quorum)
    return gateway::base::Malformed(
        "WITNESS_QUORUM", "",
        absl::StrCat(found.size(), " of the witnesses known cosigned it, and it takes ", quorum));
  std::vector<uint64_t> times;
  times.reserve(found.size());
  for (const Cosignature& one : found) times.push_back(one.time_s);
  std::sort(times.begin(), times.end(), std::greater<>());
  return times[quorum - 1];
}

}  // namespace passerelle::audit::checkpoint
