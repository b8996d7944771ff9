// The calendar of legal periods: Easter, public holidays, working days. Holidays are data of the
// settings; policy never sees a clock or a time-zone database.
#ifndef PASSERELLE_POLICY_CALENDAR_CALENDAR_H_
#define PASSERELLE_POLICY_CALENDAR_CALENDAR_H_

#include <google/protobuf/repeated_ptr_field.h>

#include <cstdint>

#include "gateway/base/civil.h"
#include "passerelle/convention/v1/date.pb.h"
#include "passerelle/convention/v1/settings.pb.h"

namespace passerelle::policy::calendar {

using Holidays = google::protobuf::RepeatedPtrField<convention::v1::Holiday>;

// How far ahead a period is followed, in days: some ten years, past any period of the settings.
// Where holidays leave fewer working days than asked for until then, the period ends there.
inline constexpr int kFarthest = 3660;

// A date as a day, valid or not.
gateway::base::CivilDay DayOf(const convention::v1::Date& date);

// Easter Sunday of a year of the Gregorian calendar. REQUIRES: `year` is 1583 or later.
gateway::base::CivilDay EasterSunday(int year);

// Whether a day is one of the holidays. A distance that leaves Easter's own year names no day.
bool IsHoliday(const convention::v1::Date& day, const Holidays& holidays);

// Whether a day is none of Saturday, Sunday and the holidays.
bool IsWorkingDay(const convention::v1::Date& day, const Holidays& holidays);

// The last of the `days` working days that follow `from`; the day of the event is not counted
// (Regulation 1182/71, article 3(1)). With no days at all, `from` itself. Total: never fails, and
// never looks beyond kFarthest days. REQUIRES: `from` exists.
convention::v1::Date AddWorkingDays(const convention::v1::Date& from, uint32_t days,
                                    const Holidays& holidays);

// The day `days` civil days after `from`, at most kFarthest. REQUIRES: `from` exists.
convention::v1::Date AddCivilDays(const convention::v1::Date& from, uint32_t days);

}  // namespace passerelle::policy::calendar

#endif  // PASSERELLE_POLICY_CALENDAR_CALENDAR_H_
