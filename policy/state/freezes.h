// Freezes: which one stops an exchange or a transfer today (WIRE 16).
#ifndef PASSERELLE_POLICY_STATE_FREEZES_H_
#define PASSERELLE_POLICY_STATE_FREEZES_H_

#include <cstdint>
#include <vector>

#include "passerelle/convention/v1/date.pb.h"
#include "passerelle/record/v1/state.pb.h"
#include "passerelle/statement/v1/common.pb.h"
#include "policy/state/state.h"

namespace passerelle::policy::state {

// The freezes of one exchange as a whole, or of one transfer, that were ever placed, by reference.
// The rows point into the state.
std::vector<const record::v1::FreezeRow*> FreezesOf(const State& state,
                                                    const statement::v1::ActRef& target);

// Whether a freeze is lifted, by an act that stands.
bool IsLifted(const State& state, const record::v1::FreezeRow& freeze, int64_t time_ms);

// Whether a freeze is in force: neither lifted nor lapsed. A brake holds whoever pulled it, be it a
// key compromised meanwhile: it is lifted rather than ratified.
bool FreezeInForce(const State& state, const record::v1::FreezeRow& freeze, int64_t time_ms,
                   const convention::v1::Date& today);

// A freeze in force of the exchange or of the transfer, or null. `transfer` may be empty: then only
// the exchange is looked at.
const record::v1::FreezeRow* FrozenBy(const State& state, const statement::v1::ActRef& exchange,
                                      const statement::v1::ActRef& transfer, int64_t time_ms,
                                      const convention::v1::Date& today);

}  // namespace passerelle::policy::state

#endif  // PASSERELLE_POLICY_STATE_FREEZES_H_
