// How messages, names and tables are shown.
#include "gateway/cli/show.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "passerelle/record/v1/decision.pb.h"
#include "passerelle/statement/v1/statement.pb.h"

namespace passerelle::gateway::cli {
namespace {

using statement::v1::ActRef;

convention::v1::Date Date(uint32_t year, uint32_t month, uint32_t day) {
  convention::v1::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

ActRef Ref(uint32_t ordinal) {
  ActRef ref;
  ref.set_statement(std::string(16, '\x0f') + std::string(16, '\xa0'));
  ref.set_ordinal(ordinal);
  return ref;
}

const std::string kName =
    std::string("0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f") + "a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0";

// What a table prints.
std::string Printed(const std::vector<std::string>& headings,
                    const std::vector<std::vector<std::string>>& rows) {
  ::testing::internal::CaptureStdout();
  PrintTable(headings, rows);
  return ::testing::internal::GetCapturedStdout();
}

TEST(ShowTest, NamesActsAsPeopleTypeThem) {
  EXPECT_EQ(NameOf(Ref(0), false), kName + "/0");
  EXPECT_EQ(NameOf(Ref(41), false), kName + "/41");
  EXPECT_EQ(NameOf(Ref(41), true), "0f0f0f0f0f0f/41");
  ActRef here;
  here.set_ordinal(3);
  EXPECT_EQ(NameOf(here, true), "/3");
}

TEST(ShowTest, ShowsDates) {
  EXPECT_EQ(ShowDate(Date(2024, 2, 9)), "2024-02-09");
  EXPECT_EQ(ShowDate(convention::v1::Date()), "-");
}

TEST(ShowTest, ShowsReferencesDatesBytesAndEnumsInJson) {
  statement::v1::Act act;
  act.set_party("p001");
  *act.mutable_under_deed() = Ref(2);
  *act.mutable_effective_on() = Date(2024, 12, 31);
  statement::v1::MandateGiven& given = *act.mutable_mandate_given();
  given.set_agent(std::string(16, '\xfe'));
  given.set_role(statement::v1::ROLE_LOG_AUDITOR);
  given.add_datasets("p001/first");
  given.add_datasets("p001/second");
  const nlohmann::json expected = {{"party", "p001"},
                                   {"under_deed", kName + "/2"},
                                   {"effective_on", "2024-12-31"},
                                   {"mandate_given",
                                    {{"agent", "fefefefefefefefefefefefefefefefe"},
                                     {"role", "log_auditor"},
                                     {"datasets", {"p001/first", "p001/second"}}}}};
  EXPECT_EQ(ToJson(act), expected);
}

TEST(ShowTest, ShowsNumbersAsNumbersAndLeavesOutWhatIsAbsent) {
  record::v1::Finding finding;
  finding.set_rule("IX.5f");
  finding.set_severity(record::v1::SEVERITY_REFUSES);
  finding.set_line(18446744073709551615u);
  finding.set_column(3);
  finding.set_limit(-5);
  finding.set_actual(0);
  const nlohmann::json expected = {
      {"rule", "IX.5f"}, {"severity", "refuses"}, {"line", 18446744073709551615u},
      {"column", 3},     {"limit", -5},           {"actual", 0}};
  EXPECT_EQ(ToJson(finding), expected);
  EXPECT_EQ(ToJson(record::v1::Finding()), nlohmann::json::object());
}

TEST(ShowTest, WritesJsonWhateverBytesAFileNameHas) {
  EXPECT_EQ(TextOf(nlohmann::json({{"file", "caf\xe9"}})), "{\"file\":\"caf\xef\xbf\xbd\"}");
  EXPECT_EQ(TextOf(nlohmann::json({{"file", "café"}})), "{\"file\":\"café\"}");
}

TEST(ShowTest, AlignsColumnsByCharactersNotBytes) {
  EXPECT_EQ(
      Printed({"rôle", "partie", "n"}, {{"déléguée", "p001", "1"}, {"lu", "agglomération", "12"}}),
      "rôle      partie         n\n"
      "déléguée  p001           1\n"
      "lu        agglomération  12\n");
}

TEST(ShowTest, PrintsHeadingsWhereThereIsNoRow) {
  EXPECT_EQ(Printed({"nom", "état"}, {}), "nom  état\n");
}

}  // namespace
}  // namespace passerelle::gateway::cli
