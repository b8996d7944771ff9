// What would become of a statement that nobody has signed yet.
#ifndef PASSERELLE_GATEWAY_CORE_PREVIEW_H_
#define PASSERELLE_GATEWAY_CORE_PREVIEW_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "audit/log/log.h"
#include "passerelle/gateway/v1/statement_service.pb.h"
#include "passerelle/record/v1/attachment.pb.h"
#include "passerelle/record/v1/entry.pb.h"
#include "passerelle/statement/v1/statement.pb.h"
#include "policy/decide.h"
#include "policy/state/state.h"

namespace passerelle::gateway::core {

// Acts that are not signed.
struct UnsignedActs {
  std::vector<statement::v1::Act> acts;
  // Fingerprints of those who would sign, in any order.
  std::vector<std::string> signers;
  // Those at hand.
  std::vector<record::v1::Attachment> attachments;
};

// The entry that the acts would make, less what only the append adds, and what was taken for
// granted: (ordinal of the act, assumption) pairs.
struct Previewed {
  record::v1::Entry entry;
  std::vector<std::pair<uint32_t, passerelle::gateway::v1::Assumption>> assumed;
};

// Decides the acts on a state under a header made for them, valid for a day from now. Changes
// nothing. INVALID_ARGUMENT, with the field's path, when no statement could be made of them or an
// attachment opens none of their commitments. Thread-safe while `state` does not change.
absl::StatusOr<Previewed> PreviewActs(const policy::state::State& state, const audit::log::Log& log,
                                      const UnsignedActs& acts, const policy::Now& now);

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_PREVIEW_H_
