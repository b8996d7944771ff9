// The instant and civil day by which a convention judges.
#ifndef PASSERELLE_GATEWAY_CORE_NOW_H_
#define PASSERELLE_GATEWAY_CORE_NOW_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "policy/decide.h"

namespace passerelle::gateway::core {

// The instant with its civil day in an IANA zone. INVALID_ARGUMENT when the host does not know the
// zone.
absl::StatusOr<policy::Now> NowIn(const std::string& zone, int64_t time_ms);

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_NOW_H_
