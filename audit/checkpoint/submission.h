// The body of a witness's add-checkpoint (c2sp.org/tlog-witness): a signed checkpoint and the proof
// that it continues an earlier one.
#ifndef PASSERELLE_AUDIT_CHECKPOINT_SUBMISSION_H_
#define PASSERELLE_AUDIT_CHECKPOINT_SUBMISSION_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/base/digest.h"

namespace passerelle::audit::checkpoint {

// `old <N>\n`, at most 63 lines of base64, an empty line, the note.
struct Submission {
  // Size of the earlier checkpoint; 0: none.
  uint64_t old_size = 0;
  // Consistency proof from there (RFC 6962, 2.1.2).
  std::vector<gateway::base::Digest> proof;
  // The note, verbatim.
  std::string checkpoint;
};

std::string ToText(const Submission& submission);

// INVALID_ARGUMENT for any byte out of place; the note is parsed, its signatures are not verified.
absl::StatusOr<Submission> SubmissionFromText(std::string_view text);

}  // namespace passerelle::audit::checkpoint

#endif  // PASSERELLE_AUDIT_CHECKPOINT_SUBMISSION_H_
