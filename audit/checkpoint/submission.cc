#include "audit/checkpoint/submission.h"

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/hash_lines.h"
#include "audit/checkpoint/note_format.h"
#include "gateway/base/bytes.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"

namespace passerelle::audit::checkpoint {
namespace {

using gateway::base::Malformed;

constexpr std::string_view kOld = "old ";

}  // namespace

std::string ToText(const Submission& submission) {
  return absl::StrCat(gateway::base::Absl(kOld), submission.old_size, "\n",
                      ToHashLines(submission.proof), "\n", submission.checkpoint);
}

absl::StatusOr<Submission> SubmissionFromText(std::string_view text) {
  if (text.size() > gateway::base::kMaxNoteBytes)
    return Malformed("SUBMISSION_TOO_LONG", "", "the submission is too long");
  Submission submission;
  std::string_view line;
  if (!TakeLine(text, line) || line.substr(0, kOld.size()) != kOld)
    return Malformed("SUBMISSION_LINE", "old", "the first line does not say the old size");
  const absl::StatusOr<uint64_t> old_size = gateway::base::FromDecimal(line.substr(kOld.size()));
  if (!old_size.ok())
    return Malformed("SUBMISSION_LINE", "old", "the old size is not a canonical decimal");
  submission.old_size = *old_size;
  ASSIGN_OR_RETURN(submission.proof, TakeHashLines(text, "proof"));
  if (const absl::Status status = ParseNote(text).status(); !status.ok())
    return gateway::base::AtPath(status, "checkpoint");
  submission.checkpoint = std::string(text);
  return submission;
}

}  // namespace passerelle::audit::checkpoint
