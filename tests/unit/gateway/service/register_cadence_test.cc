// Months, quarters and years without gaps.
#include "gateway/service/register_cadence.h"

#include <gtest/gtest.h>

namespace passerelle::gateway::service {
namespace {

Cadence Of(statement::v1::Frequency frequency) { return *Cadence::Of(frequency); }

TEST(RegisterCadenceTest, IsNothingForWhatDoesNotReturn) {
  EXPECT_FALSE(Cadence::Of(statement::v1::FREQUENCY_UNSPECIFIED).has_value());
  EXPECT_FALSE(Cadence::Of(statement::v1::FREQUENCY_ONCE).has_value());
}

TEST(RegisterCadenceTest, NumbersIntervalsAcrossYears) {
  const Cadence monthly = Of(statement::v1::FREQUENCY_MONTHLY);
  EXPECT_EQ(monthly.IntervalOf(20250101), monthly.IntervalOf(20241231) + 1);
  EXPECT_EQ(monthly.IntervalOf(20240131), monthly.IntervalOf(20240101));
  const Cadence quarterly = Of(statement::v1::FREQUENCY_QUARTERLY);
  EXPECT_EQ(quarterly.IntervalOf(20240331), quarterly.IntervalOf(20240101));
  EXPECT_EQ(quarterly.IntervalOf(20240401), quarterly.IntervalOf(20240331) + 1);
  const Cadence yearly = Of(statement::v1::FREQUENCY_YEARLY);
  EXPECT_EQ(yearly.IntervalOf(20250101), yearly.IntervalOf(20240101) + 1);
}

TEST(RegisterCadenceTest, NamesIntervalsAsPeriodsDo) {
  for (const auto& [frequency, period] : {std::pair{statement::v1::FREQUENCY_MONTHLY, "2024-12"},
                                          std::pair{statement::v1::FREQUENCY_QUARTERLY, "2024-10"},
                                          std::pair{statement::v1::FREQUENCY_YEARLY, "2024"}}) {
    const Cadence cadence = Of(frequency);
    ASSERT_TRUE(cadence.IntervalOfPeriod(period).has_value()) << period;
    EXPECT_EQ(cadence.PeriodOf(*cadence.IntervalOfPeriod(period)), period);
  }
  const Cadence quarterly = Of(statement::v1::FREQUENCY_QUARTERLY);
  EXPECT_EQ(quarterly.IntervalOfPeriod("2024-11"), quarterly.IntervalOfPeriod("2024-10"));
}

TEST(RegisterCadenceTest, KnowsNoPeriodOfAnotherForm) {
  EXPECT_FALSE(Of(statement::v1::FREQUENCY_MONTHLY).IntervalOfPeriod("2024").has_value());
  EXPECT_FALSE(Of(statement::v1::FREQUENCY_MONTHLY).IntervalOfPeriod("2024-13").has_value());
  EXPECT_FALSE(Of(statement::v1::FREQUENCY_YEARLY).IntervalOfPeriod("2024-01").has_value());
}

TEST(RegisterCadenceTest, CountsIntervalsThatAreWhollyOver) {
  const Cadence monthly = Of(statement::v1::FREQUENCY_MONTHLY);
  EXPECT_EQ(monthly.WholeIntervals(20240115, 20240131), 0u);
  EXPECT_EQ(monthly.WholeIntervals(20240115, 20240229), 0u);
  EXPECT_EQ(monthly.WholeIntervals(20240115, 20240301), 1u);
  EXPECT_EQ(monthly.WholeIntervals(20241115, 20250201), 2u);
  EXPECT_EQ(monthly.WholeIntervals(20240301, 20240115), 0u);
}

TEST(RegisterCadenceTest, FindsTheDayAfterAcrossLeapDays) {
  EXPECT_EQ(DayAfter(20240228), 20240229u);
  EXPECT_EQ(DayAfter(20240229), 20240301u);
  EXPECT_EQ(DayAfter(20251231), 20260101u);
}

}  // namespace
}  // namespace passerelle::gateway::service
