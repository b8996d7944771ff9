#include "policy/calendar/calendar.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace passerelle::policy::calendar {
namespace {

using convention::v1::Date;
using gateway::base::AddDays;
using gateway::base::CivilDay;
using gateway::base::FromIsoDate;
using gateway::base::ToIsoDate;

Date On(const std::string& iso) {
  const auto day = FromIsoDate(iso);
  EXPECT_TRUE(day.ok()) << iso;
  Date date;
  date.set_year(static_cast<uint32_t>(day->year));
  date.set_month(static_cast<uint32_t>(day->month));
  date.set_day(static_cast<uint32_t>(day->day));
  return date;
}

CivilDay DayOf(const Date& date) {
  return {static_cast<int>(date.year()), static_cast<int>(date.month()),
          static_cast<int>(date.day())};
}

std::string Iso(const Date& date) { return ToIsoDate(DayOf(date)); }

void AddFixed(Holidays& holidays, uint32_t month_day) { holidays.Add()->set_month_day(month_day); }

// The eleven national holidays of France.
Holidays French() {
  Holidays holidays;
  for (const uint32_t day : {101u, 501u, 508u, 714u, 815u, 1101u, 1111u, 1225u})
    AddFixed(holidays, day);
  for (const int distance : {1, 39, 50}) holidays.Add()->set_days_from_easter(distance);
  return holidays;
}

// 0 for Sunday, counted from a day whose name is known: 1 January 1900 was a Monday.
int Weekday(const CivilDay& day) {
  int weekday = 1;
  for (int year = 1900; year < day.year; ++year)
    weekday += year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 366 : 365;
  for (CivilDay at = {day.year, 1, 1}; at < day; at = AddDays(at, 1)) ++weekday;
  return weekday % 7;
}

// Clavius' tables: the epact gives the ecclesiastical full moon, and the days are walked to the
// Sunday after it.
CivilDay EasterByEpact(int year) {
  const int golden = year % 19 + 1;
  const int century = year / 100 + 1;
  const int dropped = 3 * century / 4 - 12;
  const int corrected = (8 * century + 5) / 25 - 5;
  int epact = (11 * golden + 20 + corrected - dropped) % 30;
  if (epact == 24 || (epact == 25 && golden > 11)) ++epact;
  int full_moon = 44 - epact;
  if (full_moon < 21) full_moon += 30;
  CivilDay day = AddDays({year, 3, 1}, full_moon - 1);
  do day = AddDays(day, 1);
  while (Weekday(day) != 0);
  return day;
}

TEST(EasterSunday, FallsOnTheDaysOfTheAlmanacs) {
  for (const char* iso :
       {"1900-04-15", "1913-03-23", "1943-04-25", "1954-04-18", "1961-04-02", "1981-04-19",
        "2000-04-23", "2008-03-23", "2011-04-24", "2016-03-27", "2019-04-21", "2023-04-09",
        "2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2028-04-16", "2038-04-25",
        "2049-04-18", "2076-04-19", "2285-03-22"}) {
    const CivilDay day = *FromIsoDate(iso);
    EXPECT_EQ(EasterSunday(day.year), day) << iso;
  }
}

TEST(EasterSunday, AgreesWithTheEpactsInEveryYear) {
  for (int year = 1900; year <= 2999; ++year)
    EXPECT_EQ(EasterSunday(year), EasterByEpact(year)) << year;
}

TEST(IsHoliday, KnowsTheElevenOfFranceIn2026) {
  const Holidays holidays = French();
  std::vector<std::string> found;
  for (CivilDay day = {2026, 1, 1}; day.year == 2026; day = AddDays(day, 1))
    if (IsHoliday(On(ToIsoDate(day)), holidays)) found.push_back(ToIsoDate(day));
  EXPECT_EQ(found, (std::vector<std::string>{"2026-01-01", "2026-04-06", "2026-05-01", "2026-05-08",
                                             "2026-05-14", "2026-05-25", "2026-07-14", "2026-08-15",
                                             "2026-11-01", "2026-11-11", "2026-12-25"}));
}

TEST(IsHoliday, NamesNoDayForADistanceOutOfTheYearOrForNothing) {
  Holidays holidays;
  holidays.Add()->set_days_from_easter(2'000'000'000);
  holidays.Add()->set_days_from_easter(-2'000'000'000);
  holidays.Add()->set_month_day(1332);
  holidays.Add();
  for (CivilDay day = {2026, 1, 1}; day.year == 2026; day = AddDays(day, 1))
    EXPECT_FALSE(IsHoliday(On(ToIsoDate(day)), holidays)) << ToIsoDate(day);
}

TEST(IsWorkingDay, LeavesOutWeekendsAndHolidays) {
  const Holidays holidays = French();
  for (const char* iso : {"2026-04-03", "2026-04-07", "2026-05-04", "2026-12-28"})
    EXPECT_TRUE(IsWorkingDay(On(iso), holidays)) << iso;
  for (const char* iso : {"2026-02-28", "2026-04-05", "2026-04-06", "2026-05-01", "2026-05-02",
                          "2026-05-10", "2026-12-25", "2026-12-26", "2026-12-27"})
    EXPECT_FALSE(IsWorkingDay(On(iso), holidays)) << iso;
}

TEST(AddWorkingDays, RollsOverWeekendsAndHolidays) {
  struct Row {
    const char* from;
    uint32_t days;
    const char* last;
  };
  for (const Row& row : {
           Row{"2026-03-02", 5, "2026-03-09"},  // Monday to Monday
           Row{"2026-04-02", 1, "2026-04-03"},  // Good Friday is worked
           Row{"2026-04-03", 1, "2026-04-07"},  // over Easter Monday
           Row{"2026-04-05", 1, "2026-04-07"},  // from Easter Sunday
           Row{"2026-04-02", 5, "2026-04-10"},
           Row{"2026-04-30", 1, "2026-05-04"},  // over 1 May, a Friday
           Row{"2026-05-06", 5, "2026-05-15"},  // over 8 May and Ascension Day
           Row{"2026-12-24", 1, "2026-12-28"},  // over Christmas, a Friday
           Row{"2026-12-31", 1, "2027-01-04"},  // over New Year's Day, a Friday
           Row{"2026-06-10", 0, "2026-06-10"},  // no day at all
       })
    EXPECT_EQ(Iso(AddWorkingDays(On(row.from), row.days, French())), row.last) << row.from;
}

TEST(AddWorkingDays, EndsOnTheWorkingDayThatMakesTheCount) {
  std::mt19937 random(11);
  const Holidays holidays = French();
  for (int i = 0; i < 500; ++i) {
    const CivilDay from = AddDays({2023, 1, 1}, static_cast<int>(random() % 2500));
    const uint32_t days = 1 + random() % 60;
    const CivilDay last = DayOf(AddWorkingDays(On(ToIsoDate(from)), days, holidays));
    uint32_t counted = 0;
    for (CivilDay day = AddDays(from, 1); day <= last; day = AddDays(day, 1)) {
      const int weekday = Weekday(day);
      if (weekday != 0 && weekday != 6 && !IsHoliday(On(ToIsoDate(day)), holidays)) ++counted;
    }
    EXPECT_EQ(counted, days) << ToIsoDate(from);
    EXPECT_TRUE(IsWorkingDay(On(ToIsoDate(last)), holidays)) << ToIsoDate(last);
  }
}

TEST(AddWorkingDays, EndsWhenEveryDayIsAHoliday) {
  Holidays holidays;
  for (uint32_t month = 1; month <= 12; ++month)
    for (uint32_t day = 1; day <= 31; ++day) AddFixed(holidays, month * 100 + day);
  const Date from = On("2026-01-01");
  EXPECT_EQ(Iso(AddWorkingDays(from, 1, holidays)), Iso(AddCivilDays(from, kFarthest)));
  EXPECT_EQ(Iso(AddWorkingDays(from, 4'000'000'000u, French())),
            Iso(AddCivilDays(from, kFarthest)));
}

TEST(AddCivilDays, CountsEveryDayUpToTheFarthest) {
  EXPECT_EQ(Iso(AddCivilDays(On("2026-01-31"), 0)), "2026-01-31");
  EXPECT_EQ(Iso(AddCivilDays(On("2026-01-31"), 30)), "2026-03-02");
  EXPECT_EQ(Iso(AddCivilDays(On("2028-02-28"), 1)), "2028-02-29");
  EXPECT_EQ(Iso(AddCivilDays(On("2026-01-31"), 4'000'000'000u)),
            Iso(AddCivilDays(On("2026-01-31"), kFarthest)));
}

}  // namespace
}  // namespace passerelle::policy::calendar
