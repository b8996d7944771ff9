// What does not agree, in activities made by hand.
#include "gateway/service/register_discrepancies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace passerelle::gateway::service {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

convention::v1::Date DateOf(Day day) {
  convention::v1::Date date;
  date.set_year(day / 10000);
  date.set_month(day / 100 % 100);
  date.set_day(day % 100);
  return date;
}

// An approved exchange of p001 to p002 with its entry (log entries 2 and 3), from 2024-01-01 to
// 2026-12-31, and transfers from log entry 10 on.
class DiscrepanciesTest : public ::testing::Test {
 protected:
  DiscrepanciesTest() {
    activity_.holder = "p001";
    activity_.recipient = "p002";
    *activity_.proposed.mutable_from() = DateOf(20240101);
    activity_.until = 20261231;
    activity_.decision = {statement::v1::VERDICT_APPROVED, 2, 20240110};
    RegisteredSheet sheet;
    *sheet.entry.mutable_next_review_on() = DateOf(20270101);
    sheet.index = 3;
    sheet.recorded_on = sheet.first_recorded_on = 20240111;
    activity_.sheets["p001"] = sheet;
  }

  // Adds a transfer, erased unless told otherwise.
  RegisteredTransfer& Send(Day day, const std::string& period) {
    RegisteredTransfer transfer;
    transfer.index = 10 + activity_.transfers.size();
    transfer.recorded_on = day;
    transfer.period = period;
    transfer.retain_until = 20271231;
    transfer.ground_on = transfer.erased_on = day;
    activity_.transfers.push_back(transfer);
    return activity_.transfers.back();
  }

  void Declare(statement::v1::Frequency frequency) { activity_.proposed.set_frequency(frequency); }

  // One discrepancy as text: code, entries, number, words.
  static std::string Show(const Discrepancy& discrepancy) {
    std::string text(discrepancy.kind->code);
    for (const uint64_t entry : discrepancy.entries) text += " " + std::to_string(entry);
    return text + ": " + DescribeDiscrepancy(discrepancy, Language::kEnglish);
  }

  std::vector<std::string> At(Day day, int64_t time_ms = 0) const {
    std::vector<std::string> found;
    for (const Discrepancy& discrepancy : FindDiscrepancies(activity_, day, time_ms))
      found.push_back(Show(discrepancy));
    return found;
  }

  Activity activity_;
};

TEST_F(DiscrepanciesTest, FindsNothingWhereEverythingAgrees) {
  Declare(statement::v1::FREQUENCY_YEARLY);
  Send(20240301, "2023");
  Send(20250228, "2024");
  EXPECT_THAT(At(20251231), IsEmpty());
}

TEST_F(DiscrepanciesTest, FindsAnApprovedExchangeWithoutTheHoldersEntry) {
  activity_.sheets.clear();
  EXPECT_THAT(At(20240201),
              ElementsAre("register-entry-missing 2: exchange approved on 2024-01-10 without the "
                          "holder's register entry"));
  activity_.decision->verdict = statement::v1::VERDICT_REFUSED;
  EXPECT_THAT(At(20240201), IsEmpty());
}

TEST_F(DiscrepanciesTest, FindsAReviewThatIsOverdueOnceItsDayIsOver) {
  EXPECT_THAT(At(20270101), IsEmpty());
  EXPECT_THAT(At(20270102),
              ElementsAre("review-overdue 3: the entry was to be reviewed on 2027-01-01"));
  EXPECT_EQ(FindDiscrepancies(activity_, 20270102, 0)[0].controller, "p001");
}

TEST_F(DiscrepanciesTest, FindsASecondTransferOfAnExchangeDeclaredOnce) {
  Declare(statement::v1::FREQUENCY_ONCE);
  Send(20240301, "2023");
  EXPECT_THAT(At(20240401), IsEmpty());
  Send(20240302, "2024");
  EXPECT_THAT(At(20240401),
              ElementsAre("once-repeated 10 11: 2 transfers of an exchange declared once"));
}

TEST_F(DiscrepanciesTest, FindsOnePeriodSentTwiceWhateverTheFrequency) {
  Send(20240301, "2023");
  Send(20250301, "2023");
  EXPECT_THAT(At(20250401), ElementsAre("period-repeated 10 11: 2 transfers of one period, 2023"));
}

TEST_F(DiscrepanciesTest, PassesOverATransferThatTheDpoRefused) {
  Send(20240301, "2023").refused = true;
  Send(20240302, "2023");
  EXPECT_THAT(At(20240401), IsEmpty());
}

TEST_F(DiscrepanciesTest, FindsTwoYearlyTransfersInOneYear) {
  Declare(statement::v1::FREQUENCY_YEARLY);
  Send(20240301, "2022");
  Send(20241101, "2023");
  EXPECT_THAT(At(20241231), ElementsAre("transfer-extra 10 11: 2 periods (2022, 2023) sent within "
                                        "one interval, that of 2024-11-01"));
}

TEST_F(DiscrepanciesTest, FindsARepeatedPeriodOnceOnlyWithinAYear) {
  Declare(statement::v1::FREQUENCY_YEARLY);
  Send(20240301, "2023");
  Send(20241101, "2023");
  EXPECT_THAT(At(20241231), ElementsAre("period-repeated 10 11: 2 transfers of one period, 2023"));
}

TEST_F(DiscrepanciesTest, FindsAMissingMonthBetweenTwo) {
  Declare(statement::v1::FREQUENCY_MONTHLY);
  Send(20240205, "2024-01");
  Send(20240305, "2024-02");
  Send(20240405, "2024-05");
  EXPECT_THAT(At(20240430), ElementsAre("period-missing 11 12: 2 period(s) missing in the series: "
                                        "2024-03, 2024-04"));
}

TEST_F(DiscrepanciesTest, FindsAnExtraMonth) {
  Declare(statement::v1::FREQUENCY_MONTHLY);
  Send(20240205, "2024-01");
  Send(20240220, "2024-02");
  EXPECT_THAT(At(20240228), ElementsAre("transfer-extra 10 11: 2 periods (2024-01, 2024-02) sent "
                                        "within one interval, that of 2024-02-20"));
}

TEST_F(DiscrepanciesTest, ListsTwelveMissingPeriodsAndCountsTheRest) {
  Declare(statement::v1::FREQUENCY_MONTHLY);
  Send(20240205, "2020-01");
  Send(20240305, "2022-01");
  const std::vector<Discrepancy> found = FindDiscrepancies(activity_, 20240331, 0);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].count, 23u);
  EXPECT_EQ(found[0].what,
            "2020-02, 2020-03, 2020-04, 2020-05, 2020-06, 2020-07, 2020-08, 2020-09, 2020-10, "
            "2020-11, 2020-12, 2021-01, …");
}

TEST_F(DiscrepanciesTest, FindsAPeriodOfAnotherForm) {
  Declare(statement::v1::FREQUENCY_QUARTERLY);
  Send(20240205, "2023");
  EXPECT_THAT(At(20240331), ElementsAre("period-form 10: 1 transfer(s) whose period (2023) is not "
                                        "of the declared frequency"));
}

TEST_F(DiscrepanciesTest, FindsWholeMonthsWithoutATransfer) {
  Declare(statement::v1::FREQUENCY_MONTHLY);
  EXPECT_THAT(At(20240229), IsEmpty());
  EXPECT_THAT(At(20240301), ElementsAre("transfer-overdue 2 3: nothing has been sent since "
                                        "2024-01-11: 1 transfer(s) expected"));
  Send(20240301, "2024-01");
  EXPECT_THAT(At(20240430), IsEmpty());
  EXPECT_THAT(At(20240615), ElementsAre("transfer-overdue 10: nothing has been sent since "
                                        "2024-03-01: 2 transfer(s) expected"));
}

TEST_F(DiscrepanciesTest, ExpectsNothingAfterTheLastDay) {
  Declare(statement::v1::FREQUENCY_YEARLY);
  Send(20240301, "2023");
  activity_.until = 20251230;
  EXPECT_THAT(At(20270101), IsEmpty());
  activity_.until = 20251231;
  EXPECT_THAT(At(20270101), ElementsAre("transfer-overdue 10: nothing has been sent since "
                                        "2024-03-01: 1 transfer(s) expected"));
}

TEST_F(DiscrepanciesTest, FindsAnExchangeOnceThatNeverCame) {
  Declare(statement::v1::FREQUENCY_ONCE);
  activity_.until = 20240331;
  EXPECT_THAT(At(20240331), IsEmpty());
  EXPECT_THAT(At(20240401), ElementsAre("transfer-overdue 2 3: nothing has been sent since "
                                        "2024-01-11: 1 transfer(s) expected"));
}

TEST_F(DiscrepanciesTest, FindsAPayloadKeptPastItsLastDay) {
  RegisteredTransfer& transfer = Send(20240301, "2023");
  transfer.ground_on = transfer.erased_on = 0;
  transfer.retain_until = 20250101;
  EXPECT_THAT(At(20250101), IsEmpty());
  EXPECT_THAT(At(20250102), ElementsAre("retention-exceeded 10: 1 payload(s) kept past 2025-01-01, "
                                        "with no end of retention in the log"));
}

TEST_F(DiscrepanciesTest, FindsAPayloadKeptPastItsInstantOnceErasureHadItsTime) {
  RegisteredTransfer& transfer = Send(20240301, "2023");
  transfer.ground_on = transfer.erased_on = 0;
  transfer.destroy_after_ms = 1000;
  EXPECT_THAT(At(20240301, 1000 + 3600 * 1000), IsEmpty());
  EXPECT_THAT(At(20240301, 1001 + 3600 * 1000), ::testing::SizeIs(1));
}

TEST_F(DiscrepanciesTest, FindsAnErasureThatWasOrderedAndNeverAttested) {
  RegisteredTransfer& transfer = Send(20240301, "2023");
  transfer.erased_on = 0;
  transfer.ground_index = 40;
  EXPECT_THAT(At(20240301), IsEmpty());
  EXPECT_THAT(At(20240302), ElementsAre("erasure-pending 40: 1 erasure(s) ordered from 2024-03-01 "
                                        "on and not yet attested"));
}

TEST_F(DiscrepanciesTest, WatchesAFreezeInForceAndExpectsNothingMeanwhile) {
  Declare(statement::v1::FREQUENCY_MONTHLY);
  RegisteredFreeze freeze;
  freeze.index = 20;
  freeze.placed_on = 20240201;
  activity_.freezes.push_back(freeze);
  EXPECT_THAT(At(20240601),
              ElementsAre("freeze-in-force 20: 1 freeze(s) in force, the first since 2024-02-01"));
  activity_.freezes[0].standing = FreezeStanding::kConfirmed;
  activity_.freezes[0].confirmed_index = 21;
  EXPECT_THAT(
      At(20240601),
      ElementsAre("freeze-in-force 20 21: 1 freeze(s) in force, the first since 2024-02-01"));
  activity_.freezes[0].standing = FreezeStanding::kLapsed;
  EXPECT_THAT(At(20240601), ElementsAre("transfer-overdue 2 3: nothing has been sent since "
                                        "2024-01-11: 4 transfer(s) expected"));
}

TEST_F(DiscrepanciesTest, WatchesAnAcceptedRecommendationThatNoMachineEnforces) {
  RegisteredRecommendation accepted;
  accepted.row.set_answer(statement::v1::ANSWER_ACCEPTED);
  accepted.index = 15;
  accepted.answered_on = 20240105;
  activity_.recommendations.push_back(accepted);
  EXPECT_THAT(At(20240601),
              ElementsAre("recommendation-pending 15: 1 recommendation(s) accepted and not yet "
                          "carried out, the first from 2024-01-05 on: no transfer before"));
  activity_.recommendations[0].row.mutable_conditions()->set_threshold(11);
  EXPECT_THAT(At(20240601), IsEmpty());
  activity_.recommendations[0].row.clear_conditions();
  activity_.recommendations[0].row.set_answer(statement::v1::ANSWER_CARRIED_OUT);
  EXPECT_THAT(At(20240601), IsEmpty());
}

TEST_F(DiscrepanciesTest, FindsWhatACompromisedKeyLeavesToBeRatified) {
  activity_.decision->stands = false;
  activity_.sheets["p001"].stands = false;
  EXPECT_THAT(At(20240201),
              ElementsAre("awaiting-ratification 2 3: 2 act(s) that the exchange rests on, carried "
                          "by a compromised key and not yet ratified"));
}

TEST_F(DiscrepanciesTest, LooksForNoGapWhereTransfersWentToOthers) {
  Declare(statement::v1::FREQUENCY_MONTHLY);
  Send(20240205, "2024-01");
  Send(20240405, "2024-03");
  activity_.partial = true;
  EXPECT_THAT(At(20241231), IsEmpty());
}

TEST_F(DiscrepanciesTest, WatchesPayloadsKeptAfterTheExchange) {
  RegisteredTransfer& transfer = Send(20240301, "2023");
  transfer.ground_on = transfer.erased_on = 0;
  activity_.until = 20241231;
  EXPECT_THAT(At(20241231), IsEmpty());
  EXPECT_THAT(At(20250101), ElementsAre("kept-after-end 10: exchange over on 2024-12-31; 1 "
                                        "payload(s) still kept, until 2027-12-31 at the latest"));
  EXPECT_EQ(FindDiscrepancies(activity_, 20250101, 0)[0].kind->gravity, Gravity::kWatch);
}

TEST_F(DiscrepanciesTest, ListsThemInTheOrderOfTheCatalogue) {
  Declare(statement::v1::FREQUENCY_MONTHLY);
  Send(20240205, "2024-01");
  Send(20240206, "2024-01");
  Send(20240405, "2024-03");
  const std::vector<std::string> found = At(20280101);
  std::vector<std::string> codes;
  for (const std::string& one : found) codes.push_back(one.substr(0, one.find(' ')));
  EXPECT_THAT(codes, ElementsAre("review-overdue", "period-repeated", "period-missing",
                                 "transfer-overdue"));
}

TEST(DiscrepancyKindsTest, HaveDistinctCodesAndBothLanguages) {
  std::set<std::string_view> codes;
  for (const DiscrepancyKind& kind : DiscrepancyKinds()) {
    EXPECT_TRUE(codes.insert(kind.code).second) << kind.code;
    for (const Words& words : {kind.words, kind.mend}) {
      EXPECT_FALSE(words.fr.empty()) << kind.code;
      EXPECT_FALSE(words.en.empty()) << kind.code;
      EXPECT_NE(words.fr, words.en) << kind.code;
    }
  }
}

}  // namespace
}  // namespace passerelle::gateway::service
