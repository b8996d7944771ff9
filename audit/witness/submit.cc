#include "audit/witness/submit.h"

#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/checkpoint.h"
#include "audit/checkpoint/submission.h"
#include "gateway/base/bytes.h"
#include "gateway/base/digest.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"

namespace passerelle::audit::witness {
namespace {

using gateway::base::Digest;

constexpr std::string_view kSizeType = "text/x.tlog.size";
constexpr size_t kMostQuoted = 120;

absl::Status Refused(const checkpoint::CosignatureVerifier& witness, std::string_view why) {
  return gateway::base::Error(
      absl::StatusCode::kUnavailable, "WITNESS_REFUSED", "",
      absl::StrCat("witness ", witness.name(), ": ", gateway::base::Absl(why)));
}

// What a witness said, for a person to read: it is a stranger's text.
std::string Quoted(const WitnessAnswer& answer) {
  std::string quoted = absl::StrCat("it answered ", answer.code);
  if (answer.body.empty()) return quoted;
  absl::StrAppend(&quoted, " \"");
  for (const char c : answer.body.substr(0, kMostQuoted))
    if (c != '\n') quoted += c >= ' ' && c <= '~' && c != '"' ? c : '?';
  return quoted + "\"";
}

// The size that a 409 names; nothing when it names none, or one that is beyond ours.
std::optional<uint64_t> SizeOf(const WitnessAnswer& answer) {
  if (answer.code != 409 || answer.content_type != kSizeType || answer.body.empty() ||
      answer.body.back() != '\n')
    return std::nullopt;
  const absl::StatusOr<uint64_t> size =
      gateway::base::FromDecimal(std::string_view(answer.body).substr(0, answer.body.size() - 1));
  return size.ok() ? std::optional<uint64_t>(*size) : std::nullopt;
}

absl::StatusOr<Cosigned> CosignedBy(const Submitting& submitting, const std::string& checkpoint,
                                    const WitnessAnswer& answer) {
  const std::string note = absl::StrCat(checkpoint, answer.body);
  const auto valid = checkpoint::OpenCosignatures(note, {&submitting.witness, 1});
  if (!valid.ok() || valid->empty())
    return Refused(submitting.witness, "what it answered is no cosignature of its key");
  // It may have sent lines of others' keys, or of its later ones: ours is the one that verified.
  const std::string start = absl::StrCat("\u2014 ", submitting.witness.name(), " ");
  std::string_view rest = answer.body;
  while (!rest.empty()) {
    const std::string line(rest.substr(0, rest.find('\n') + 1));
    rest.remove_prefix(line.size());
    if (line.rfind(start, 0) != 0) continue;
    const auto one =
        checkpoint::OpenCosignatures(absl::StrCat(checkpoint, line), {&submitting.witness, 1});
    if (one.ok() && !one->empty()) return Cosigned{line, one->front().time_s};
  }
  return Refused(submitting.witness, "what it answered is no cosignature of its key");
}

absl::StatusOr<WitnessAnswer> Post(const Submitting& submitting, const log::SignedHead& head,
                                   uint64_t old_size, Ask ask) {
  checkpoint::Submission submission;
  submission.old_size = old_size;
  if (old_size > 0) {
    ASSIGN_OR_RETURN(submission.proof, submitting.log.ConsistencyProof(old_size, head.head.size));
  }
  submission.checkpoint = head.checkpoint;
  const std::string body = checkpoint::ToText(submission);
  return ask("/add-checkpoint", &body);
}

}  // namespace

absl::StatusOr<Cosigned> Submit(const Submitting& submitting, const log::SignedHead& head,
                                uint64_t& known_size, Ask ask) {
  // Believed of another history: it is asked for anew.
  if (known_size > head.head.size) known_size = 0;
  for (int attempt = 0; attempt < 2; ++attempt) {
    ASSIGN_OR_RETURN(const WitnessAnswer answer, Post(submitting, head, known_size, ask));
    if (answer.code == 200) {
      ASSIGN_OR_RETURN(Cosigned cosigned, CosignedBy(submitting, head.checkpoint, answer));
      known_size = head.head.size;
      return cosigned;
    }
    const std::optional<uint64_t> size = SizeOf(answer);
    if (size.has_value() && *size <= head.head.size && *size != known_size && attempt == 0) {
      known_size = *size;
      continue;
    }
    // Another history, if it holds one: then it can show it.
    if (answer.code == 409 || answer.code == 422) RETURN_IF_ERROR(Compare(submitting, ask));
    return Refused(submitting.witness, Quoted(answer));
  }
  return Refused(submitting.witness, "it keeps changing its mind about the size it cosigned");
}

absl::StatusOr<std::string> ReadCosigned(const checkpoint::CosignatureVerifier& witness,
                                         std::string_view origin, Ask ask) {
  const Digest folder = gateway::base::Sha256(origin);
  ASSIGN_OR_RETURN(
      WitnessAnswer answer,
      ask(absl::StrCat("/", gateway::base::ToHex(gateway::base::View(folder)), "/checkpoint"),
          nullptr));
  if (answer.code == 404) return std::string();
  if (answer.code != 200) return Refused(witness, Quoted(answer));
  return std::move(answer.body);
}

absl::Status Compare(const Submitting& submitting, Ask ask) {
  ASSIGN_OR_RETURN(const std::string note,
                   ReadCosigned(submitting.witness, submitting.log.origin(), ask));
  return CompareShown(submitting, note);
}

absl::Status CompareShown(const Submitting& submitting, const std::string& note) {
  if (note.empty()) return absl::OkStatus();
  // Whoever the witness is, this proves nothing unless our own key signed it.
  const absl::StatusOr<checkpoint::Checkpoint> shown =
      checkpoint::OpenCheckpoint(note, submitting.own, submitting.log.origin());
  if (!shown.ok())
    return Refused(submitting.witness, "it shows a checkpoint that this log never signed");
  const uint64_t size = submitting.log.head().size;
  if (shown->size > size)
    return gateway::base::Error(
        absl::StatusCode::kDataLoss, "LOG_BEHIND_WITNESS", "",
        absl::StrCat("witness ", submitting.witness.name(), " cosigned a checkpoint of ",
                     shown->size, " entries that this log signed, and the log has ", size,
                     ": entry ", size, " and those after it are lost"));
  ASSIGN_OR_RETURN(const Digest root, submitting.log.RootAt(shown->size));
  if (root == shown->root) return absl::OkStatus();
  return gateway::base::Error(
      absl::StatusCode::kDataLoss, "LOG_FORKED", "",
      absl::StrCat("witness ", submitting.witness.name(), " cosigned a checkpoint of ", shown->size,
                   " entries that this log signed, and these are not the entries of "
                   "this log: it has forked before entry ",
                   shown->size));
}

}  // namespace passerelle::audit::witness
