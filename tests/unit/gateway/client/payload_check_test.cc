// Synthetic tables; no figure is real.
#include "gateway/client/payload_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/base/limits.h"

namespace passerelle::gateway::client {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class PayloadCheckTest : public testing::Test {
 protected:
  PayloadCheckTest() {
    Add("annee", statement::v1::FIELD_TYPE_YEAR);
    Add("code_insee", statement::v1::FIELD_TYPE_COMMUNE);
    Add("A", statement::v1::FIELD_TYPE_COUNT);
    Add("B", statement::v1::FIELD_TYPE_COUNT);
    dataset_.set_threshold(5);
    dataset_.set_geography_year(2020);
    for (const char* field : {"annee", "code_insee", "A"}) terms_.add_fields(field);
    terms_.set_threshold(11);
  }

  void Add(const std::string& name, statement::v1::FieldType type) {
    statement::v1::Field& field = *dataset_.add_fields();
    field.set_name(name);
    field.set_type(type);
  }

  PayloadReport Check(std::string_view bytes, bool french = false) {
    const statement::v1::DatasetDeclared in_force = InForce(dataset_, terms_);
    return Describe(policy::content::CheckPayload(in_force, codes_, bytes), in_force, terms_,
                    french);
  }

  statement::v1::DatasetDeclared dataset_;
  record::v1::TermsOutcome terms_;
  const std::vector<std::string> codes_ = {"99001", "99002"};
};

TEST_F(PayloadCheckTest, AcceptsExactlyTheFieldsInForce) {
  const PayloadReport report = Check("annee;code_insee;A\n2020;99001;12\n2020;99002;0\n");
  EXPECT_THAT(report.refusals, IsEmpty());
}

TEST_F(PayloadCheckTest, NamesAColumnThatIsUnknownDroppedOrMissing) {
  EXPECT_THAT(Check("annee;code_insee;A;C\n2020;99001;12;13\n").refusals,
              ElementsAre(AllOf(HasSubstr("\"C\""), HasSubstr("not a field of the dataset"))));
  EXPECT_THAT(Check("annee;code_insee;A;B\n2020;99001;12;13\n").refusals,
              ElementsAre(AllOf(HasSubstr("\"B\""), HasSubstr("not among the fields in force"))));
  EXPECT_THAT(Check("annee;code_insee\n2020;99001\n").refusals,
              ElementsAre(AllOf(HasSubstr("\"A\""), HasSubstr("missing"))));
}

TEST_F(PayloadCheckTest, HoldsCountsAgainstTheThresholdInForce) {
  // 7 respects the dataset's 5, not the 11 of the opinion's condition.
  EXPECT_THAT(
      Check("annee;code_insee;A\n2020;99001;12\n2020;99002;7\n").refusals,
      ElementsAre(AllOf(HasSubstr("Line 3"), HasSubstr("\"A\""), HasSubstr("at least 11"))));
  terms_.set_threshold(5);
  EXPECT_THAT(Check("annee;code_insee;A\n2020;99001;12\n2020;99002;7\n").refusals, IsEmpty());
}

TEST_F(PayloadCheckTest, NamesLineAndHeadingOfCellsNeverTheirValue) {
  const PayloadReport report = Check("annee;code_insee;A\n2020;88888;12\nzwanzig;99002;12\n");
  ASSERT_EQ(report.refusals.size(), 2u);
  EXPECT_THAT(report.refusals[0], AllOf(HasSubstr("Line 2"), HasSubstr("\"code_insee\"")));
  EXPECT_THAT(report.refusals[1], AllOf(HasSubstr("Line 3"), HasSubstr("\"annee\"")));
  for (const std::string& refusal : report.refusals) {
    EXPECT_THAT(refusal, testing::Not(HasSubstr("88888")));
    EXPECT_THAT(refusal, testing::Not(HasSubstr("zwanzig")));
  }
}

TEST_F(PayloadCheckTest, SpeaksFrench) {
  EXPECT_THAT(Check("annee;code_insee;A;C\n2020;99001;7;13\n", true).refusals,
              ElementsAre(AllOf(HasSubstr("La colonne « C »"), HasSubstr("retirez-la")),
                          AllOf(HasSubstr("Ligne 2, colonne « A »"), HasSubstr("au moins 11"))));
}

TEST_F(PayloadCheckTest, CountsTheCellsItDoesNotList) {
  std::string table = "annee;code_insee;A\n";
  for (int i = 0; i < 40; ++i) table += "2020;99001;3\n";
  const PayloadReport report = Check(table);
  ASSERT_EQ(report.refusals.size(), 33u);
  EXPECT_THAT(report.refusals.back(), HasSubstr("8 more cells"));
}

TEST_F(PayloadCheckTest, SaysWhyAFileIsNoTable) {
  EXPECT_THAT(Check("").refusals, ElementsAre(HasSubstr("it is empty")));
  EXPECT_THAT(Check(std::string("annee;A\0\n", 9), true).refusals,
              ElementsAre(HasSubstr("octets nuls")));
  EXPECT_THAT(Check(std::string(base::kMaxCellBytes + 1, 'x')).refusals,
              ElementsAre(HasSubstr("a cell is too long")));
}

TEST_F(PayloadCheckTest, RefusesIdentifiersByHeadingAndLine) {
  // An address of a domain that is reserved for examples.
  const PayloadReport report =
      Check("annee;code_insee;A;contact\n2020;99001;12;jean.exemple@example.org\n");
  EXPECT_THAT(report.refusals,
              testing::Contains(AllOf(HasSubstr("\"contact\""), HasSubstr("e-mail"))));
}

TEST_F(PayloadCheckTest, HeadingsAreFitForATerminal) {
  const PayloadReport report = Check("annee;code_insee;A;x\x1b[31m\n2020;99001;12;13\n");
  ASSERT_EQ(report.refusals.size(), 1u);
  EXPECT_THAT(report.refusals[0], HasSubstr("x?[31m"));
}

TEST(CommuneCodesTest, TakesTheCodesInForceOnTheFirstOfJanuary) {
  convention::v1::Convention convention;
  const auto add = [&](const std::string& code, uint32_t from, uint32_t until) {
    convention::v1::DatedCode& dated = *convention.add_parties()->add_insee_codes();
    dated.set_code(code);
    const auto set = [](convention::v1::Date& date, uint32_t number) {
      date.set_year(number / 10000);
      date.set_month(number / 100 % 100);
      date.set_day(number % 100);
    };
    if (from != 0) set(*dated.mutable_from(), from);
    if (until != 0) set(*dated.mutable_until(), until);
  };
  add("99003", 0, 0);
  add("99001", 0, 20191231);
  add("99002", 20200101, 0);
  add("99004", 20200102, 0);
  add("99005", 0, 20200101);
  add("99002", 0, 0);
  EXPECT_THAT(CommuneCodesOf(convention, 2020), ElementsAre("99002", "99003", "99005"));
}

}  // namespace
}  // namespace passerelle::gateway::client
