// How often transfers are meant to happen, as arithmetic on months, quarters and years.
#ifndef PASSERELLE_GATEWAY_SERVICE_REGISTER_CADENCE_H_
#define PASSERELLE_GATEWAY_SERVICE_REGISTER_CADENCE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "gateway/service/register_activity.h"

namespace passerelle::gateway::service {

// The day after a day. REQUIRES: `day` is one.
Day DayAfter(Day day);

// Intervals of one length, numbered without gaps. Copyable; immutable.
class Cadence {
 public:
  // Nothing for a frequency that repeats at no interval.
  static std::optional<Cadence> Of(statement::v1::Frequency frequency);

  // The interval that a day lies in.
  int64_t IntervalOf(Day day) const;

  // The interval of a period of figures: a month or a quarter is named `YYYY-MM` by any month of
  // it, a year `YYYY`. Nothing when the period has another form.
  std::optional<int64_t> IntervalOfPeriod(const std::string& period) const;

  // The period that names an interval.
  std::string PeriodOf(int64_t interval) const;

  // Number of whole intervals that begin after the one of `since` and end before `before`.
  uint64_t WholeIntervals(Day since, Day before) const;

 private:
  explicit Cadence(int months) : months_(months) {}

  // Length in months: 1, 3 or 12.
  int months_;
};

}  // namespace passerelle::gateway::service

#endif  // PASSERELLE_GATEWAY_SERVICE_REGISTER_CADENCE_H_
