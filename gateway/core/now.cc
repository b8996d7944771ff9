#include "gateway/core/now.h"

#include "gateway/base/civil.h"
#include "gateway/base/status.h"

namespace passerelle::gateway::core {

absl::StatusOr<policy::Now> NowIn(const std::string& zone, int64_t time_ms) {
  ASSIGN_OR_RETURN(const base::CivilDay day, base::CivilDayIn(zone, time_ms));
  policy::Now now;
  now.time_ms = time_ms;
  now.civil_date.set_year(static_cast<uint32_t>(day.year));
  now.civil_date.set_month(static_cast<uint32_t>(day.month));
  now.civil_date.set_day(static_cast<uint32_t>(day.day));
  return now;
}

}  // namespace passerelle::gateway::core
