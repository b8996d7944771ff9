// The real public table of tests/testdata/caf-iris: it must pass as it is.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "policy/content/check.h"
#include "tests/unit/policy/content/tables.h"

namespace passerelle::policy::content {
namespace {

std::string TableOf(int year) {
  std::ifstream file(std::string(PASSERELLE_TESTDATA) + "/caf-iris/agg-alloc-iris-" +
                         std::to_string(year) + ".csv",
                     std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

statement::v1::DatasetDeclared AllocIris() {
  auto dataset = MakeDataset({{"annee", statement::v1::FIELD_TYPE_YEAR},
                              {"code_iris", statement::v1::FIELD_TYPE_IRIS},
                              {"code_insee", statement::v1::FIELD_TYPE_COMMUNE}});
  dataset.set_geography_year(2020);
  for (const std::string_view count :
       {"A",      "PERCOU",     "AI",      "AM",       "ACSSENF",   "ACAVENF",   "AC3ENF",
        "ENF",    "ENF_2",      "ENF_3_5", "ENF_6_10", "ENF_11_14", "ENF_15_17", "ENF_18_24",
        "A_ETUD", "A_NETUD_24", "AAL",     "AAPL",     "APPA",      "ARSAS"}) {
    auto& field = *dataset.add_fields();
    field.set_name(std::string(count));
    field.set_type(statement::v1::FIELD_TYPE_COUNT);
  }
  return dataset;
}

const std::vector<std::string> kCommunes = {"42147", "42279"};

TEST(CafTables, PassAtThresholdFive) {
  for (int year = 2016; year <= 2020; ++year) {
    const Report report = CheckPayload(AllocIris(), kCommunes, TableOf(year));
    EXPECT_EQ(report.observed.readable(), record::v1::CHECK_HOLDS) << year;
    EXPECT_EQ(report.observed.rows(), 11u) << year;
    EXPECT_EQ(report.observed.cells_failing(), 0u) << year;
    EXPECT_EQ(report.observed.column_hits_size(), 0) << year << report.observed.ShortDebugString();
    EXPECT_EQ(report.observed.threshold_respected(), 5u) << year;
    ASSERT_EQ(report.observed.columns_size(), 23) << year;
    for (const auto& column : report.observed.columns()) EXPECT_EQ(column.field(), column.column());
  }
}

TEST(CafTables, FailAtThresholdEleven) {
  auto dataset = AllocIris();
  dataset.set_threshold(11);
  for (int year = 2016; year <= 2020; ++year)
    EXPECT_GT(CheckPayload(dataset, kCommunes, TableOf(year)).observed.cells_failing(), 0u);
}

TEST(CafTables, HoldNothingThatBlocksWhereAColumnIsNotDeclared) {
  for (int dropped = 0; dropped < 23; ++dropped) {
    auto dataset = AllocIris();
    dataset.mutable_fields()->DeleteSubrange(dropped, 1);
    for (int year = 2016; year <= 2020; ++year) {
      const Report report = CheckPayload(dataset, kCommunes, TableOf(year));
      EXPECT_EQ(report.observed.column_hits_size(), 0) << dropped << " " << year;
      EXPECT_EQ(report.observed.columns(dropped).field(), 0u);
    }
  }
}

}  // namespace
}  // namespace passerelle::policy::content
