// What Decide sees beside state and statement: facts that no exchange's state changes (WIRE 21).
#ifndef PASSERELLE_GATEWAY_CORE_OBSERVE_H_
#define PASSERELLE_GATEWAY_CORE_OBSERVE_H_

#include "audit/log/log.h"
#include "gateway/base/digest.h"
#include "gateway/core/request.h"
#include "passerelle/record/v1/observed.pb.h"
#include "passerelle/statement/v1/statement.pb.h"
#include "policy/state/state.h"

namespace passerelle::gateway::core {

// Observes a statement whose signatures verified and whose attachments open its commitments:
// whether `seen` is this log's past, proofs of possession, identifiers in strings, payloads against
// the dataset versions their manifests name, successions, receipts of what was lost. `digest`: the
// statement's. Thread-safe while `state` does not change.
record::v1::Observed Observe(const policy::state::State& state, const audit::log::Log& log,
                             const Request& request, const statement::v1::Statement& statement,
                             const base::Digest& digest);

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_OBSERVE_H_
