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

// Whether `text` has the form of `pattern`, in which a 0 stands for any digit.
bool Matches(std::string_view text, std::string_view pattern) {
  if (text.size() != pattern.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (pattern[i] == '0' ? !digit : text[i] != pattern[i]) return false;
  }
  return true;
}

// Whether `text` is written YYYY-MM-DDTHH:MM:SS[.mmm](Z|±HH:MM), with seconds below 60.
bool IsInstantShape(std::string_view text) {
  constexpr size_t kSeconds = 17;
  constexpr size_t kBody = 19;
  if (text.size() < kBody || !Matches(text.substr(0, kBody), "0000-00-00T00:00:00")) return false;
  if (text[kSeconds] > '5') return false;
  std::string_view rest = text.substr(kBody);
  if (Matches(rest.substr(0, 4), ".000")) rest.remove_prefix(4);
  return rest == "Z" || Matches(rest, "+00:00") || Matches(rest, "-00:00");
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
  // absl alone is lenient: it takes white space, `infinite-future`, second 60, one digit for two.
  if (!IsInstantShape(text) || !FromIsoDate(text.substr(0, 10)).ok() ||
      !absl::ParseTime("%E4Y-%m-%dT%H:%M:%E*S%Ez", Absl(text), &time, &error))
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
