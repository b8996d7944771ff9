// What a receipt must prove before the library believes an answer (WIRE 25). No gRPC, no I/O but
// the checkpoint memory.
#ifndef PASSERELLE_GATEWAY_CLIENT_RECEIPT_CHECK_H_
#define PASSERELLE_GATEWAY_CLIENT_RECEIPT_CHECK_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/base/digest.h"
#include "gateway/client/checkpoint_memory.h"
#include "gateway/client/profile.h"
#include "gateway/verify/vouched.h"
#include "passerelle/convention/v1/settings.pb.h"
#include "passerelle/gateway/v1/receipt.pb.h"
#include "passerelle/record/v1/attachment.pb.h"
#include "passerelle/record/v1/entry.pb.h"
#include "passerelle/statement/v1/statement.pb.h"

namespace passerelle::gateway::client {

// An entry that a receipt proved to be in our log.
struct Proven {
  record::v1::Entry entry;
  uint64_t index = 0;
  base::Digest leaf{};
  record::v1::Effect effect = record::v1::EFFECT_UNSPECIFIED;
  // The recorded statement and its digest; nothing and zeros for a refusal, whose bytes stay out of
  // the log.
  std::optional<statement::v1::Statement> statement;
  base::Digest digest{};
  // For a refusal: the salt that opens its salted digest.
  std::string salt;
  // The tlog-proof file, and the level that its checkpoint has reached by the gateway's word.
  std::string file;
  passerelle::gateway::v1::Level level = passerelle::gateway::v1::LEVEL_COMMITTED;
  // At LEVEL_STAMPED: the authority's response and, once DemandLevel verified it, what it stamped.
  std::string time_stamp;
  verify::StampedNote stamped;
};

// Verifies a receipt: the proof under pinned key and origin, then that its checkpoint continues the
// last one (which it then replaces) or, above LEVEL_COMMITTED, that the last one continues it, then
// that the entry can be read and is of our log. DATA_LOSS (reason FORK) as CheckpointMemory says;
// otherwise the reason says which step failed.
// `asked`: a receipt that claims a higher level than was asked for counts as committed.
absl::StatusOr<Proven> CheckReceipt(
    const passerelle::gateway::v1::Receipt& receipt, const Pins& pins, CheckpointMemory& memory,
    passerelle::gateway::v1::Level asked = passerelle::gateway::v1::LEVEL_COMMITTED);

// When the quorum of the settings' witnesses stood behind a note (CheckQuorum), seconds since 1970.
// DATA_LOSS (reason WITNESS_QUORUM) when it did not.
absl::StatusOr<uint64_t> DemandQuorum(std::string_view note,
                                      const convention::v1::Settings& settings);

// DATA_LOSS (reason WITNESS_QUORUM, TIME_STAMP) unless the settings' witnesses, and at
// LEVEL_STAMPED one of their authorities, stand behind the level that a receipt claims above
// LEVEL_COMMITTED. Sets `proven.stamped`.
absl::Status DemandLevel(const Pins& pins, const convention::v1::Settings& settings,
                         Proven& proven);

// DATA_LOSS (reason RECEIPT_OF_ANOTHER) unless the entry records the statement of this digest, or
// refuses it and the salted digest opens with the salt given.
absl::Status DemandStatement(const Proven& proven, const base::Digest& digest);

// As DemandStatement; and a recorded envelope must be the bytes that were sent (reason
// RECEIPT_ENVELOPE).
absl::Status DemandEnvelope(const Proven& proven, const base::Digest& digest,
                            std::string_view envelope);

// DATA_LOSS (reason HANDOVER_OF_ANOTHER) unless the entry is the accepted ContentHandedOver of this
// transfer, recorded at or after `seen_size`: an older one would leave this fetch without a trace.
absl::Status DemandHandover(const Proven& proven, const statement::v1::ActRef& transfer,
                            uint64_t seen_size);

// DATA_LOSS (reason PAYLOAD_COMMITMENT) unless the payload opens the commitment that the accepted
// TransferSubmitted stated; `proven` is the entry of its statement, `content` the SHA-256 of the
// payload's bytes.
absl::Status DemandPayload(const Proven& proven, const statement::v1::ActRef& transfer,
                           std::string_view nonce, const base::Digest& content);

}  // namespace passerelle::gateway::client

#endif  // PASSERELLE_GATEWAY_CLIENT_RECEIPT_CHECK_H_
