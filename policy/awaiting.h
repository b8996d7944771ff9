// What a compromised key did and nobody ratified.
#ifndef PASSERELLE_POLICY_AWAITING_H_
#define PASSERELLE_POLICY_AWAITING_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "passerelle/statement/v1/common.pb.h"
#include "policy/state/state.h"

namespace passerelle::policy {

// The acts that a key carried and that wait for ratification, by reference, each once. Pure;
// thread-safe.
std::vector<statement::v1::ActRef> AwaitingRatification(const state::State& state,
                                                        std::string_view fingerprint,
                                                        int64_t time_ms);

}  // namespace passerelle::policy

#endif  // PASSERELLE_POLICY_AWAITING_H_
