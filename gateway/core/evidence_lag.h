// How long an entry may wait for what others vouch for before transfers stop.
#ifndef PASSERELLE_GATEWAY_CORE_EVIDENCE_LAG_H_
#define PASSERELLE_GATEWAY_CORE_EVIDENCE_LAG_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "audit/log/log.h"
#include "passerelle/convention/v1/settings.pb.h"

namespace passerelle::gateway::core {

// The first entry that waits, and its record time, remembered for the next question.
using Oldest = std::optional<std::pair<uint64_t, int64_t>>;

// UNAVAILABLE (EVIDENCE_LAGS) when the entry `first`, the oldest that waits for `what`, was
// recorded more minutes before `now_ms` (by the log's clock) than the settings allow; the errors of
// Log::ReadEntries.
absl::Status CheckWaiting(const audit::log::Log& log, uint64_t first, int64_t now_ms,
                          const convention::v1::Settings& settings, std::string_view what,
                          Oldest& oldest);

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_EVIDENCE_LAG_H_
