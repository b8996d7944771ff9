// Re-deciding (WIRE 7): whether an entry's decisions are those that the rules give.
#ifndef PASSERELLE_GATEWAY_VERIFY_REDECIDE_H_
#define PASSERELLE_GATEWAY_VERIFY_REDECIDE_H_

#include "gateway/verify/fault.h"
#include "policy/decide.h"
#include "policy/state/state.h"

namespace passerelle::gateway::verify {

// Decides a recorded entry again on the state before it, at its own time and with its own Observed,
// and names the first difference from what it records: effects, warnings, outcomes, then links and
// frame. Pure. REQUIRES: what policy::DecideSet does; `recorded` holds a statement, one decision an
// act, and was decided under policy::kEngineVersion.
Check Redecide(const policy::state::State& before, const policy::AppliedEntry& recorded);

}  // namespace passerelle::gateway::verify

#endif  // PASSERELLE_GATEWAY_VERIFY_REDECIDE_H_
