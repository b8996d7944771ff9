// Proofs as lines, as C2SP formats have them: one base64 hash a line, up to an empty one.
#ifndef PASSERELLE_AUDIT_CHECKPOINT_HASH_LINES_H_
#define PASSERELLE_AUDIT_CHECKPOINT_HASH_LINES_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "gateway/base/digest.h"

namespace passerelle::audit::checkpoint {

// A line each, and no empty one.
std::string ToHashLines(absl::Span<const gateway::base::Digest> hashes);

// Takes hashes off `rest`, and the empty line after them. INVALID_ARGUMENT for a line that is none,
// more than kMaxProofHashes, or no empty line; `path` is where.
absl::StatusOr<std::vector<gateway::base::Digest>> TakeHashLines(std::string_view& rest,
                                                                 std::string_view path);

}  // namespace passerelle::audit::checkpoint

#endif  // PASSERELLE_AUDIT_CHECKPOINT_HASH_LINES_H_
