#include "gateway/base/civil.h"

#include <gtest/gtest.h>

#include "gateway/base/status.h"

namespace passerelle::gateway::base {
namespace {

constexpr int64_t kHourMs = 3600 * 1000;

// The calendar's own definition, independent of any library.
bool IsLeap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int LengthOf(int year, int month) {
  if (month == 2) return IsLeap(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

TEST(CivilDay, ExistsExactlyWhenTheCalendarHasIt) {
  for (int year = 1900; year <= 2999; ++year)
    for (int month = 1; month <= 12; ++month) {
      const int length = LengthOf(year, month);
      EXPECT_TRUE(IsValid({year, month, 1}) && IsValid({year, month, length}));
      EXPECT_FALSE(IsValid({year, month, 0}) || IsValid({year, month, length + 1}))
          << year << " " << month;
    }
  for (const CivilDay& day : {CivilDay{1899, 12, 31}, CivilDay{3000, 1, 1}, CivilDay{2024, 0, 1},
                              CivilDay{2024, 13, 1}, CivilDay{2024, -1, 1}, CivilDay{2024, 1, -1}})
    EXPECT_FALSE(IsValid(day));
}

TEST(CivilDay, CountsDayByDay) {
  CivilDay day{1999, 12, 30};
  CivilDay walked = day;
  for (int days = 0; days < 3000; ++days) {
    ASSERT_EQ(AddDays(day, days), walked);
    ASSERT_EQ(AddDays(walked, -days), day);
    if (++walked.day > LengthOf(walked.year, walked.month)) {
      walked.day = 1;
      if (++walked.month > 12) {
        walked.month = 1;
        ++walked.year;
      }
    }
  }
}

TEST(CivilDay, OrdersByTime) {
  EXPECT_LT((CivilDay{2023, 12, 31}), (CivilDay{2024, 1, 1}));
  EXPECT_LT((CivilDay{2024, 1, 31}), (CivilDay{2024, 2, 1}));
  EXPECT_EQ(ToNumber({2024, 2, 9}), 20240209);
}

TEST(IsoDate, ReadsOneTextADay) {
  EXPECT_EQ(*FromIsoDate("2024-02-29"), (CivilDay{2024, 2, 29}));
  EXPECT_EQ(ToIsoDate({2024, 2, 9}), "2024-02-09");
  for (const char* text :
       {"", "2023-02-29", "2024-13-01", "2024-00-01", "2024-2-29", "2024-02-9", "24-02-29",
        "2024/02/29", "2024-02-29 ", " 2024-02-29", "+024-02-29", "2024-02--1", "2024-0a-29",
        "1899-12-31", "3000-01-01", "20240229", "2024-02-290"})
    EXPECT_EQ(FromIsoDate(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
}

TEST(IsoInstant, WritesMillisecondsAndReadsThemBack) {
  EXPECT_EQ(ToIsoInstant(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(ToIsoInstant(1717408800123), "2024-06-03T10:00:00.123Z");
  EXPECT_EQ(ToIsoInstant(-1), "1969-12-31T23:59:59.999Z");
  for (const int64_t wall_ms :
       {int64_t{0}, int64_t{1717408800123}, int64_t{-1}, int64_t{951782400000}})
    EXPECT_EQ(*FromIsoInstant(ToIsoInstant(wall_ms)), wall_ms);
}

TEST(IsoInstant, ReadsOffsets) {
  EXPECT_EQ(*FromIsoInstant("2024-06-03T10:00:00Z"), 1717408800000);
  EXPECT_EQ(*FromIsoInstant("2024-06-03T12:00:00+02:00"), 1717408800000);
  EXPECT_EQ(*FromIsoInstant("2024-06-03T04:30:00-05:30"), 1717408800000);
}

TEST(IsoInstant, RefusesWhatIsNotWrittenSo) {
  for (const char* text : {"",
                           "2024-06-03",
                           "2024-06-03T10:00:00",
                           "2024-06-03 10:00:00Z",
                           "2024-06-03T10:00Z",
                           "2024-06-03T10:00:60Z",
                           "2024-06-03T24:00:00Z",
                           "2024-06-31T10:00:00Z",
                           "2024-06-03T10:00:00Zz",
                           " 2024-06-03T10:00:00Z",
                           "2024-06-03T10:00:00Z ",
                           "2024-06-03T10:00:00 Z",
                           "2024-06-03T10:00:00z",
                           "2024-06-03T10:00:00+02",
                           "2024-06-03T10:00:00+0200",
                           "2024-06-03T10:00:00.1Z",
                           "2024-06-03T10:00:00.1234Z",
                           "2024-06-03T10:00:00.Z",
                           "2024-06-03T9:00:00Z",
                           "infinite-future",
                           "infinite-past",
                           "2024-06-03T10:00:00+25:00",
                           "2024-06-03T10:00:00+02:60",
                           "+024-06-03T10:00:00Z",
                           "1899-12-31T10:00:00Z",
                           "3000-01-01T10:00:00Z"})
    EXPECT_EQ(FromIsoInstant(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
}

TEST(Zone, CountsTheDayWhereTheConventionIs) {
  // 22:30 UTC is the next day in summer's Paris, and still the same in winter's.
  EXPECT_EQ(*CivilDayIn("Europe/Paris", 1717367400000), (CivilDay{2024, 6, 3}));
  EXPECT_EQ(*CivilDayIn("UTC", 1717367400000), (CivilDay{2024, 6, 2}));
  EXPECT_EQ(*CivilDayIn("Europe/Paris", 1704148200000), (CivilDay{2024, 1, 1}));
}

TEST(Zone, StartsTheDaysThatChangeTheClock) {
  struct Case {
    const char* zone;
    CivilDay day;
    int64_t start_ms;
  };
  // Computed with Python's zoneinfo by walking minutes.
  const Case cases[] = {
      {"Europe/Paris", {2024, 3, 31}, 1711839600000},
      {"Europe/Paris", {2024, 4, 1}, 1711922400000},
      {"Europe/Paris", {2024, 10, 27}, 1729980000000},
      {"Europe/Paris", {2024, 10, 28}, 1730070000000},
      {"Indian/Reunion", {2024, 2, 29}, 1709150400000},
      // Midnight does not exist, and exists twice.
      {"America/Sao_Paulo", {2018, 11, 4}, 1541300400000},
      {"America/Havana", {2024, 11, 3}, 1730606400000},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(*StartOfDayIn(c.zone, c.day), c.start_ms) << c.zone << " " << ToIsoDate(c.day);
    EXPECT_EQ(*CivilDayIn(c.zone, c.start_ms), c.day);
    EXPECT_EQ(*CivilDayIn(c.zone, c.start_ms - 1), AddDays(c.day, -1));
  }
}

TEST(Zone, ADayLastsUntilTheNextStarts) {
  int hours_23 = 0;
  int hours_25 = 0;
  for (CivilDay day{2024, 1, 1}; day.year == 2024; day = AddDays(day, 1)) {
    const int64_t start = *StartOfDayIn("Europe/Paris", day);
    const int64_t length = *StartOfDayIn("Europe/Paris", AddDays(day, 1)) - start;
    hours_23 += length == 23 * kHourMs ? 1 : 0;
    hours_25 += length == 25 * kHourMs ? 1 : 0;
    EXPECT_EQ(*CivilDayIn("Europe/Paris", start + length - 1), day);
  }
  EXPECT_EQ(hours_23, 1);
  EXPECT_EQ(hours_25, 1);
}

TEST(Zone, RefusesAZoneTheHostDoesNotKnow) {
  for (const char* zone : {"Europe/Atlantis", "not a zone"}) {
    EXPECT_EQ(ReasonOf(CivilDayIn(zone, 0).status()), "ZONE_UNKNOWN") << zone;
    EXPECT_EQ(ReasonOf(StartOfDayIn(zone, {2024, 1, 1}).status()), "ZONE_UNKNOWN") << zone;
  }
}

}  // namespace
}  // namespace passerelle::gateway::base
