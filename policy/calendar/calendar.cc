#include "policy/calendar/calendar.h"

#include <algorithm>

#include "absl/time/civil_time.h"

namespace passerelle::policy::calendar {
namespace {

using convention::v1::Date;
using convention::v1::Holiday;
using gateway::base::AddDays;
using gateway::base::CivilDay;

Date DateOf(const CivilDay& day) {
  Date date;
  date.set_year(static_cast<uint32_t>(day.year));
  date.set_month(static_cast<uint32_t>(day.month));
  date.set_day(static_cast<uint32_t>(day.day));
  return date;
}

bool IsWeekend(const CivilDay& day) {
  const absl::Weekday weekday = absl::GetWeekday(absl::CivilDay(day.year, day.month, day.day));
  return weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday;
}

bool Falls(const CivilDay& day, const Holidays& holidays) {
  const CivilDay easter = EasterSunday(day.year);
  for (const Holiday& holiday : holidays) {
    if (holiday.has_month_day() &&
        static_cast<uint32_t>(day.month * 100 + day.day) == holiday.month_day())
      return true;
    if (holiday.has_days_from_easter() && AddDays(easter, holiday.days_from_easter()) == day)
      return true;
  }
  return false;
}

}  // namespace

CivilDay DayOf(const Date& date) {
  return {static_cast<int>(date.year()), static_cast<int>(date.month()),
          static_cast<int>(date.day())};
}

// The anonymous algorithm of 1876 ("Meeus, Jones, Butcher"): the moon's age on 1 January by the
// golden number and the corrections of the century, then the Sunday after the full moon.
CivilDay EasterSunday(int year) {
  const int golden = year % 19, century = year / 100, of_century = year % 100;
  const int sun = century - century / 4;                    // leap days left out since year 0
  const int moon = (century - (century + 8) / 25 + 1) / 3;  // drift of the lunar cycle
  const int full_moon = (19 * golden + sun - moon + 15) % 30;
  const int to_sunday =
      (32 + 2 * (century % 4) + 2 * (of_century / 4) - full_moon - of_century % 4) % 7;
  const int too_late = (golden + 11 * full_moon + 22 * to_sunday) / 451;
  const int sum = full_moon + to_sunday - 7 * too_late + 114;
  return {year, sum / 31, sum % 31 + 1};
}

bool IsHoliday(const Date& day, const Holidays& holidays) { return Falls(DayOf(day), holidays); }

bool IsWorkingDay(const Date& day, const Holidays& holidays) {
  return !IsWeekend(DayOf(day)) && !IsHoliday(day, holidays);
}

Date AddWorkingDays(const Date& from, uint32_t days, const Holidays& holidays) {
  CivilDay day = DayOf(from);
  uint32_t left = days;
  for (int looked = 0; left > 0 && looked < kFarthest; ++looked) {
    day = AddDays(day, 1);
    if (!IsWeekend(day) && !Falls(day, holidays)) --left;
  }
  return DateOf(day);
}

Date AddCivilDays(const Date& from, uint32_t days) {
  return DateOf(
      AddDays(DayOf(from), static_cast<int>(std::min<uint32_t>(days, uint32_t{kFarthest}))));
}

}  // namespace passerelle::policy::calendar
