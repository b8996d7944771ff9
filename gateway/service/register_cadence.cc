#include "gateway/service/register_cadence.h"

#include "absl/strings/str_format.h"
#include "gateway/base/civil.h"

namespace passerelle::gateway::service {
namespace {

constexpr int kMonths = 12;
constexpr size_t kYearBytes = 4;
constexpr size_t kMonthBytes = 7;

int64_t MonthOf(int64_t year, int64_t month) { return year * kMonths + month - 1; }

}  // namespace

Day DayAfter(Day day) {
  const base::CivilDay after =
      base::AddDays({static_cast<int>(day / 10000), static_cast<int>(day / 100 % 100),
                     static_cast<int>(day % 100)},
                    1);
  return static_cast<Day>(base::ToNumber(after));
}

std::optional<Cadence> Cadence::Of(statement::v1::Frequency frequency) {
  switch (frequency) {
    case statement::v1::FREQUENCY_MONTHLY:
      return Cadence(1);
    case statement::v1::FREQUENCY_QUARTERLY:
      return Cadence(3);
    case statement::v1::FREQUENCY_YEARLY:
      return Cadence(kMonths);
    default:
      return std::nullopt;
  }
}

int64_t Cadence::IntervalOf(Day day) const {
  return MonthOf(day / 10000, day / 100 % 100) / months_;
}

std::optional<int64_t> Cadence::IntervalOfPeriod(const std::string& period) const {
  if (period.size() != (months_ == kMonths ? kYearBytes : kMonthBytes)) return std::nullopt;
  const absl::StatusOr<base::CivilDay> day =
      base::FromIsoDate(months_ == kMonths ? period + "-01-01" : period + "-01");
  if (!day.ok()) return std::nullopt;
  return IntervalOf(static_cast<Day>(base::ToNumber(*day)));
}

std::string Cadence::PeriodOf(int64_t interval) const {
  const int64_t month = interval * months_;
  if (months_ == kMonths) return absl::StrFormat("%04d", month / kMonths);
  return absl::StrFormat("%04d-%02d", month / kMonths, month % kMonths + 1);
}

uint64_t Cadence::WholeIntervals(Day since, Day before) const {
  const int64_t whole = IntervalOf(before) - IntervalOf(since) - 1;
  return whole > 0 ? static_cast<uint64_t>(whole) : 0;
}

}  // namespace passerelle::gateway::service
