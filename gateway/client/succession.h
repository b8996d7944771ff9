// Following a log that goes on under another origin and key, and presenting receipts of what was
// lost.
#ifndef PASSERELLE_GATEWAY_CLIENT_SUCCESSION_H_
#define PASSERELLE_GATEWAY_CLIENT_SUCCESSION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "audit/checkpoint/checkpoint.h"
#include "gateway/base/digest.h"
#include "gateway/client/channel.h"
#include "gateway/client/profile.h"
#include "passerelle/statement/v1/convention.pb.h"

namespace passerelle::gateway::client {

// A succession that was verified.
struct Succession {
  statement::v1::ShardOpened opened;
  // Index of its entry: number of the entries that were left.
  uint64_t index = 0;
  // Entries of which the old key signed, and which are lost.
  uint64_t lost = 0;
  // How many of them we saw ourselves.
  uint64_t lost_of_ours = 0;
};

// Verifies the succession whose statement has this digest, as we know it from elsewhere, against
// what we pin, the last checkpoint that we verified (nothing: we verified none) and those that
// witnesses show us of the closed log. Its receipt verifies under the new key; the closing
// checkpoint and, when the key is changed, the succession under the old one; what is left continues
// what was seen of it. FAILED_PRECONDITION (SUCCESSION_SHORT) when more entries were seen than the
// succession says there were: proof that acts were dropped. DATA_LOSS (FORK) when what is left is
// another history than the one seen; INVALID_ARGUMENT (SUCCESSION) when it is no succession of this
// log. Errors of the channel. REQUIRES: the old key signed what witnesses show.
absl::StatusOr<Succession> VerifySuccession(
    Channel& channel, const Pins& pins, const base::Digest& statement,
    const std::optional<audit::checkpoint::Checkpoint>& seen,
    absl::Span<const audit::checkpoint::Checkpoint> witnessed);

// The act that presents a receipt (tlog-proof file) of a lost entry. INVALID_ARGUMENT as
// ProofFromText.
absl::StatusOr<statement::v1::ReceiptPresented> PresentReceipt(std::string_view receipt);

}  // namespace passerelle::gateway::client

#endif  // PASSERELLE_GATEWAY_CLIENT_SUCCESSION_H_
