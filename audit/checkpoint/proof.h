// C2SP tlog-proof (c2sp.org/tlog-proof): one text file that proves an entry offline. Our receipts
// are such files whose `extra` is the exact entry (WIRE 25).
#ifndef PASSERELLE_AUDIT_CHECKPOINT_PROOF_H_
#define PASSERELLE_AUDIT_CHECKPOINT_PROOF_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "audit/checkpoint/checkpoint.h"
#include "gateway/base/digest.h"

namespace passerelle::audit::checkpoint {

// The parts of a tlog-proof file.
struct TlogProof {
  // Bytes of the `extra` line; for a receipt the entry. Not authenticated by itself.
  std::string extra;
  uint64_t index = 0;
  std::vector<gateway::base::Digest> path;
  // The signed checkpoint, verbatim.
  std::string checkpoint;
};

// Writes the file. An empty `extra` leaves its line out.
std::string ToText(const TlogProof& proof);

// Reads a file strictly: canonical decimals and base64, nothing left over. INVALID_ARGUMENT
// otherwise.
absl::StatusOr<TlogProof> ProofFromText(std::string_view text);

// What a verified receipt proves.
struct VerifiedReceipt {
  std::string entry;
  uint64_t index = 0;
  gateway::base::Digest leaf{};
  Checkpoint checkpoint;
  // The signed checkpoint, verbatim.
  std::string note;
};

// Verifies a receipt: the checkpoint's signature and origin, then that the entry in `extra` is at
// `index` under its root. The error says which step fails.
absl::StatusOr<VerifiedReceipt> VerifyReceipt(std::string_view text, const NoteVerifier& verifier,
                                              std::string_view origin);

}  // namespace passerelle::audit::checkpoint

#endif  // PASSERELLE_AUDIT_CHECKPOINT_PROOF_H_
