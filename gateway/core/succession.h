// A log that goes on under another origin and key: what is left of it after a loss, and the entry
// that opens its successor (AUDIT-LOG, "One log for the convention's life"). For an operator, while
// no gateway serves the data directory.
#ifndef PASSERELLE_GATEWAY_CORE_SUCCESSION_H_
#define PASSERELLE_GATEWAY_CORE_SUCCESSION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "audit/log/store.h"
#include "gateway/base/clock.h"
#include "gateway/base/digest.h"
#include "gateway/base/random.h"
#include "gateway/core/storage.h"
#include "passerelle/record/v1/state.pb.h"
#include "passerelle/statement/v1/convention.pb.h"

namespace passerelle::gateway::core {

// What is left of a log.
struct Remains {
  audit::log::Head head;
  // Its founding as it stands: name, origin, key, convention, settings.
  record::v1::FoundingRow founding;
  // The head, signed by the checkpoint key that is held.
  std::string checkpoint;
};

// Recomputes what a convention's folder holds, whatever its guard remembers. Errors as Log::Open
// and Replay::Take; FAILED_PRECONDITION (NOT_ENACTED, CHECKPOINT_KEY).
absl::StatusOr<Remains> Examine(const StoragePaths& paths);

// What a succession is drafted from.
struct SuccessionPlan {
  statement::v1::ShardCause cause = statement::v1::SHARD_CAUSE_UNSPECIFIED;
  // The successor's.
  std::string origin;
  // Checkpoints of the log that witnesses or partners showed, with their cosignatures.
  std::vector<std::string> closings;
};

// The act that opens the successor, ready to be signed; makes its key (`keys/checkpoint.key.next`)
// or takes the one that was made before. The largest checkpoint closes the log. DATA_LOSS
// (LOG_FORKED) when one of them is of another history than what is left; INVALID_ARGUMENT (ORIGIN,
// CLOSING).
absl::StatusOr<statement::v1::ShardOpened> DraftSuccession(const StoragePaths& paths,
                                                           const SuccessionPlan& plan,
                                                           base::Random& random);

// A successor that was opened.
struct Opened {
  record::v1::FoundingRow founding;
  // Index of its first entry: number of those that were left.
  uint64_t index = 0;
  uint64_t closed_size = 0;
  // Digest of the statement, which names the act.
  base::Digest statement{};
};

// Appends the entry under the new key, puts that in the old one's place
// (`keys/checkpoint.key.closed`) and the guard beside it, and carries out every erasure that is due
// by now. What was interrupted is gone on with. INVALID_ARGUMENT (SUCCESSION_REFUSED) names the
// finding when the rules refuse it.
absl::StatusOr<Opened> OpenSuccession(const StoragePaths& paths, const std::string& envelope,
                                      const base::Clock& clock, base::Random& random);

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_SUCCESSION_H_
