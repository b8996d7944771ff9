// The heads of all chains under one Merkle root, so that a party can be shown that its own chain
// ends where it was told, and nothing of the others' (audit/FORMAT.md, "Heads of the chains").
#ifndef PASSERELLE_POLICY_STATE_HEADS_H_
#define PASSERELLE_POLICY_STATE_HEADS_H_

#include <cstddef>
#include <vector>

#include "absl/types/span.h"
#include "gateway/base/digest.h"
#include "passerelle/record/v1/state.pb.h"
#include "policy/state/state.h"

namespace passerelle::policy::state {

// The head of every chain of the state, `all` among them, sorted bytewise by name.
std::vector<record::v1::ChainHead> HeadsOf(const State& state);

// SHA-256(0x00 ‖ tag ‖ SHA-256(name) ‖ length BE64 ‖ last).
gateway::base::Digest HeadLeaf(const record::v1::ChainHead& head);

// The RFC 6962 root over the leaves of heads, in their order.
gateway::base::Digest HeadsRoot(absl::Span<const record::v1::ChainHead> heads);

// The inclusion proof of one of them. REQUIRES: index < heads.size().
std::vector<gateway::base::Digest> HeadProof(absl::Span<const record::v1::ChainHead> heads,
                                             size_t index);

}  // namespace passerelle::policy::state

#endif  // PASSERELLE_POLICY_STATE_HEADS_H_
