#include "gateway/base/civil.h"

#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"

namespace passerelle::gateway::base {
namespace {

CivilDay FromAbsl(const absl::CivilDay& day) {
  return {static_cast<int>(day.year()), day.month(), day.day()};
}

absl::CivilDay ToAbsl(const CivilDay& day) { return absl::CivilDay(day.year, day.month, day.day); }

absl::StatusOr<absl::TimeZone> Zone(std::string_view name) {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(Absl(name), &zone))
    return Malformed("ZONE_UNKNOWN", "zone", "time zone unknown to this host");
  return zone;
}

}  // namespace

bool IsValid(const CivilDay& day) {
  return day.year >= 1900 && day.year <= 2999 && FromAbsl(ToAbsl(day)) == day;
}

std::string ToIsoDate(const CivilDay& day) {
  return absl::StrFormat("%04d-%02d-%02d", day.year, day.month, day.day);
}

absl::StatusOr<CivilDay> FromIsoDate(std::string_view text) {
  const auto digits = [text](size_t from, size_t count) {
    int value = 0;
    for (size_t i = from; i < from + count; ++i) {
      if (text[i] < '0' || text[i] > '9') return -1;
      value = value * 10 + (text[i] - '0');
    }
    return value;
  };
  if (text.size() == 10 && text[4] == '-' && text[7] == '-') {
    const CivilDay day{digits(0, 4), digits(5, 2), digits(8, 2)};
    if (IsValid(day)) return day;
  }
  return Malformed("DATE", "", "a date is written YYYY-MM-DD and must exist");
}

int64_t ToNumber(const CivilDay& day) { return day.year * 10000 + day.month * 100 + day.day; }

CivilDay AddDays(const CivilDay& day, int days) { return FromAbsl(ToAbsl(day) + days); }

std::string ToIsoInstant(int64_t wall_ms) {
  return absl::FormatTime("%E4Y-%m-%dT%H:%M:%E3SZ", absl::FromUnixMillis(wall_ms),
                          absl::UTCTimeZone());
}

absl::StatusOr<int64_t> FromIsoInstant(std::string_view text) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime("%E4Y-%m-%dT%H:%M:%E*S%Ez", Absl(text), &time, &error))
    return Malformed("INSTANT", "", "an instant is written YYYY-MM-DDTHH:MM:SSZ");
  return absl::ToUnixMillis(time);
}

absl::StatusOr<CivilDay> CivilDayIn(std::string_view zone, int64_t wall_ms) {
  ASSIGN_OR_RETURN(const absl::TimeZone loaded, Zone(zone));
  return FromAbsl(absl::ToCivilDay(absl::FromUnixMillis(wall_ms), loaded));
}

absl::StatusOr<int64_t> StartOfDayIn(std::string_view zone, const CivilDay& day) {
  ASSIGN_OR_RETURN(const absl::TimeZone loaded, Zone(zone));
  return absl::ToUnixMillis(absl::FromCivil(ToAbsl(day), loaded));
}

}  // namespace passerelle::gateway::base
