// Civil days: the calendar in which the convention counts. policy never sees a time-zone database;
// the gateway computes the civil date of a record time and writes it into the entry (WIRE 2).
#ifndef PASSERELLE_GATEWAY_BASE_CIVIL_H_
#define PASSERELLE_GATEWAY_BASE_CIVIL_H_

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace passerelle::gateway::base {

// A day of the Gregorian calendar; ordered by time.
struct CivilDay {
  int year = 0;
  int month = 0;
  int day = 0;
  auto operator<=>(const CivilDay&) const = default;
};

// Whether the day exists and its year lies in 1900 to 2999.
bool IsValid(const CivilDay& day);

// `YYYY-MM-DD`.
std::string ToIsoDate(const CivilDay& day);

// Reads `YYYY-MM-DD`. INVALID_ARGUMENT when it is malformed or no such day exists.
absl::StatusOr<CivilDay> FromIsoDate(std::string_view text);

// The day as the number YYYYMMDD, as findings hold it.
int64_t ToNumber(const CivilDay& day);

// The day `days` later (earlier when negative). REQUIRES: IsValid(day).
CivilDay AddDays(const CivilDay& day, int days);

// `YYYY-MM-DDTHH:MM:SS.mmmZ` of milliseconds since the epoch.
std::string ToIsoInstant(int64_t wall_ms);

// Reads `YYYY-MM-DDTHH:MM:SS[.mmm](Z|±HH:MM)` as milliseconds since the epoch. INVALID_ARGUMENT
// otherwise.
absl::StatusOr<int64_t> FromIsoInstant(std::string_view text);

// The civil day of an instant in an IANA zone. INVALID_ARGUMENT when the host does not know the
// zone.
absl::StatusOr<CivilDay> CivilDayIn(std::string_view zone, int64_t wall_ms);

// The first instant of a civil day in an IANA zone. INVALID_ARGUMENT when the host does not know
// it.
absl::StatusOr<int64_t> StartOfDayIn(std::string_view zone, const CivilDay& day);

}  // namespace passerelle::gateway::base

#endif  // PASSERELLE_GATEWAY_BASE_CIVIL_H_
