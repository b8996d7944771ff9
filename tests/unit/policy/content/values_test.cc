#include "policy/content/values.h"

#include <gtest/gtest.h>

#include "tests/unit/policy/content/tables.h"

namespace passerelle::policy::content {
namespace {

using record::v1::CellFault;
using statement::v1::FIELD_TYPE_CATEGORY;
using statement::v1::FIELD_TYPE_COMMUNE;
using statement::v1::FIELD_TYPE_COUNT;
using statement::v1::FIELD_TYPE_IRIS;
using statement::v1::FIELD_TYPE_MONTH;
using statement::v1::FIELD_TYPE_QUANTITY;
using statement::v1::FIELD_TYPE_UNSPECIFIED;
using statement::v1::FIELD_TYPE_YEAR;

CellFault Check(statement::v1::FieldType type, std::string_view text) {
  return CheckValue(MakeDataset({{"f", type}}).fields(0), CommuneCodes(Communes()), text,
                    ParseCount(text));
}

struct Sample {
  statement::v1::FieldType type;
  std::string_view text;
  CellFault fault;
};

constexpr auto kFits = record::v1::CELL_FAULT_UNSPECIFIED;
constexpr auto kType = record::v1::CELL_FAULT_TYPE;
constexpr auto kCode = record::v1::CELL_FAULT_CODE;

// Texts and what is wrong with them as values of a type.
constexpr Sample kSamples[] = {
    {FIELD_TYPE_YEAR, "2020", kFits},
    {FIELD_TYPE_YEAR, "1899", kType},
    {FIELD_TYPE_YEAR, "3000", kType},
    {FIELD_TYPE_YEAR, "20", kType},
    {FIELD_TYPE_YEAR, "2020-01", kType},
    {FIELD_TYPE_YEAR, "s", kType},
    {FIELD_TYPE_YEAR, "", kType},
    {FIELD_TYPE_MONTH, "2020-01", kFits},
    {FIELD_TYPE_MONTH, "2020-12", kFits},
    {FIELD_TYPE_MONTH, "2020-13", kType},
    {FIELD_TYPE_MONTH, "2020-00", kType},
    {FIELD_TYPE_MONTH, "2020-1", kType},
    {FIELD_TYPE_MONTH, "01/2020", kType},
    {FIELD_TYPE_MONTH, "2020-01-01", kType},
    {FIELD_TYPE_COMMUNE, "01991", kFits},
    {FIELD_TYPE_COMMUNE, "2A999", kFits},
    {FIELD_TYPE_COMMUNE, "1991", kType},  // a spreadsheet ate the zero
    {FIELD_TYPE_COMMUNE, "2C999", kType},
    {FIELD_TYPE_COMMUNE, "20999", kType},
    {FIELD_TYPE_COMMUNE, "01999", kCode},
    {FIELD_TYPE_COMMUNE, " 01991", kType},
    {FIELD_TYPE_IRIS, "019910101", kFits},
    {FIELD_TYPE_IRIS, "2A9990000", kFits},
    {FIELD_TYPE_IRIS, "019990101", kCode},
    {FIELD_TYPE_IRIS, "19910101", kType},
    {FIELD_TYPE_IRIS, "01991010A", kType},
    {FIELD_TYPE_IRIS, "01991", kType},
    {FIELD_TYPE_CATEGORY, "mam", kFits},
    {FIELD_TYPE_CATEGORY, "MAM", kCode},
    {FIELD_TYPE_CATEGORY, "", kCode},
    {FIELD_TYPE_COUNT, "0", kFits},
    {FIELD_TYPE_COUNT, "12", kFits},
    {FIELD_TYPE_COUNT, "s", kFits},
    {FIELD_TYPE_COUNT, "999999999999", kFits},
    {FIELD_TYPE_COUNT, "1000000000000", kType},
    {FIELD_TYPE_COUNT, "012", kType},
    {FIELD_TYPE_COUNT, "", kType},
    {FIELD_TYPE_COUNT, "S", kType},
    {FIELD_TYPE_COUNT, "-5", kType},
    {FIELD_TYPE_COUNT, "12.0", kType},
    {FIELD_TYPE_COUNT, "1 200", kType},
    {FIELD_TYPE_COUNT, "nd", kType},
    {FIELD_TYPE_QUANTITY, "0", kFits},
    {FIELD_TYPE_QUANTITY, "12", kFits},
    {FIELD_TYPE_QUANTITY, "12,5", kFits},
    {FIELD_TYPE_QUANTITY, "12.5", kFits},
    {FIELD_TYPE_QUANTITY, "1 234,5", kFits},
    {FIELD_TYPE_QUANTITY, "1\u00A0234\u202F567", kFits},
    {FIELD_TYPE_QUANTITY, "0.123", kFits},
    {FIELD_TYPE_QUANTITY, "12,345", kFits},
    {FIELD_TYPE_QUANTITY, "1234.567", kFits},
    {FIELD_TYPE_QUANTITY, "s", kFits},
    {FIELD_TYPE_QUANTITY, "1.234", kType},  // may be a thousand
    {FIELD_TYPE_QUANTITY, "123.456", kType},
    {FIELD_TYPE_QUANTITY, "1.234,5", kType},
    {FIELD_TYPE_QUANTITY, "1,234.5", kType},
    {FIELD_TYPE_QUANTITY, "1 23", kType},
    {FIELD_TYPE_QUANTITY, "1234 567", kType},
    {FIELD_TYPE_QUANTITY, "1 234567", kType},
    {FIELD_TYPE_QUANTITY, " 123", kType},
    {FIELD_TYPE_QUANTITY, "12,", kType},
    {FIELD_TYPE_QUANTITY, ",5", kType},
    {FIELD_TYPE_QUANTITY, "-1", kType},
    {FIELD_TYPE_QUANTITY, "1e3", kType},
    {FIELD_TYPE_QUANTITY, "", kType},
    {FIELD_TYPE_UNSPECIFIED, "12", kType},
};

TEST(Values, FitTheirTypeOrNot) {
  for (const Sample& sample : kSamples)
    EXPECT_EQ(Check(sample.type, sample.text), sample.fault)
        << statement::v1::FieldType_Name(sample.type) << " \"" << sample.text << "\"";
}

}  // namespace
}  // namespace passerelle::policy::content
