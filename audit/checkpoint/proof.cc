#include "audit/checkpoint/proof.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/hash_lines.h"
#include "audit/checkpoint/note_format.h"
#include "audit/merkle/merkle.h"
#include "gateway/base/bytes.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"

namespace passerelle::audit::checkpoint {
namespace {

using gateway::base::Absl;
using gateway::base::AtPath;
using gateway::base::Digest;
using gateway::base::InContext;
using gateway::base::Malformed;

constexpr std::string_view kMagic = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtra = "extra ";
constexpr std::string_view kIndex = "index ";

bool TakePrefix(std::string_view& line, std::string_view prefix) {
  if (line.substr(0, prefix.size()) != prefix) return false;
  line.remove_prefix(prefix.size());
  return true;
}

absl::Status LineMissing(std::string_view path) {
  return Malformed("PROOF_LINE", path, "a line of the proof is missing or malformed");
}

}  // namespace

std::string ToText(const TlogProof& proof) {
  std::string text = absl::StrCat(Absl(kMagic), "\n");
  if (!proof.extra.empty())
    absl::StrAppend(&text, Absl(kExtra), gateway::base::ToBase64(proof.extra), "\n");
  absl::StrAppend(&text, Absl(kIndex), proof.index, "\n");
  absl::StrAppend(&text, ToHashLines(proof.path), "\n", proof.checkpoint);
  return text;
}

absl::StatusOr<TlogProof> ProofFromText(std::string_view text) {
  if (text.size() > gateway::base::kMaxProofBytes)
    return Malformed("PROOF_TOO_LONG", "", "the proof file is too long");
  TlogProof proof;
  std::string_view line;
  if (!TakeLine(text, line) || line != kMagic)
    return Malformed("PROOF_VERSION", "", "the file does not begin as a tlog-proof of version 1");
  if (!TakeLine(text, line)) return LineMissing("index");
  if (TakePrefix(line, kExtra)) {
    absl::StatusOr<std::string> extra = gateway::base::FromBase64(line);
    if (!extra.ok() || extra->empty())
      return Malformed("PROOF_EXTRA", "extra", "the extra line is not standard base64");
    proof.extra = *std::move(extra);
    if (!TakeLine(text, line)) return LineMissing("index");
  }
  if (!TakePrefix(line, kIndex)) return LineMissing("index");
  const absl::StatusOr<uint64_t> index = gateway::base::FromDecimal(line);
  if (!index.ok())
    return Malformed("PROOF_INDEX", "index", "the index is not a canonical decimal below 2^63");
  proof.index = *index;
  ASSIGN_OR_RETURN(proof.path, TakeHashLines(text, "path"));
  // Whatever follows must be a note to its last byte; who signed it is another question.
  if (const absl::Status status = ParseNote(text).status(); !status.ok())
    return AtPath(status, "checkpoint");
  proof.checkpoint = std::string(text);
  return proof;
}

absl::StatusOr<VerifiedReceipt> VerifyReceipt(std::string_view text, const NoteVerifier& verifier,
                                              std::string_view origin) {
  absl::StatusOr<TlogProof> proof = ProofFromText(text);
  if (!proof.ok()) return InContext(proof.status(), "the receipt cannot be read");
  if (proof->extra.empty())
    return Malformed("RECEIPT_ENTRY", "extra", "the receipt does not carry its entry");
  VerifiedReceipt receipt;
  absl::StatusOr<Checkpoint> checkpoint = OpenCheckpoint(proof->checkpoint, verifier, origin);
  if (!checkpoint.ok())
    return InContext(AtPath(checkpoint.status(), "checkpoint"),
                     "the receipt's checkpoint is not accepted");
  receipt.checkpoint = *std::move(checkpoint);
  receipt.index = proof->index;
  receipt.leaf = merkle::LeafHash(proof->extra);
  const absl::Status included = merkle::VerifyInclusion(
      receipt.index, receipt.checkpoint.size, receipt.leaf, proof->path, receipt.checkpoint.root);
  if (!included.ok())
    return InContext(included, "the receipt's entry is not shown to be in the log");
  receipt.entry = std::move(proof->extra);
  receipt.note = std::move(proof->checkpoint);
  return receipt;
}

}  // namespace passerelle::audit::checkpoint
