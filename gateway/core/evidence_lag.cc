#include "gateway/core/evidence_lag.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "audit/entry/codec.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"

namespace passerelle::gateway::core {

absl::Status CheckWaiting(const audit::log::Log& log, uint64_t first, int64_t now_ms,
                          const convention::v1::Settings& settings, std::string_view what,
                          Oldest& oldest) {
  if (!oldest.has_value() || oldest->first != first) {
    ASSIGN_OR_RETURN(const std::vector<std::string> entries, log.ReadEntries(first, first + 1));
    ASSIGN_OR_RETURN(const record::v1::Entry entry, audit::entry::DecodeLeaf(entries[0]));
    oldest = {first, entry.time_ms()};
  }
  if (now_ms - oldest->second <= int64_t{settings.evidence_lag_minutes()} * 60'000)
    return absl::OkStatus();
  return base::Error(
      absl::StatusCode::kUnavailable, "EVIDENCE_LAGS", "",
      absl::StrCat("entry ", first, " waits for ", base::Absl(what), " for more than ",
                   settings.evidence_lag_minutes(),
                   " minutes: transfers stop until it has it. Freezes and every other act are "
                   "still taken"));
}

}  // namespace passerelle::gateway::core
