// Spreadsheets that open, run nothing, and are equal when their cells are.
#include "gateway/service/register_workbook.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/base/status.h"
#include "gateway/service/register_limits.h"
#include "tests/unit/gateway/service/xlsx_reader.h"

namespace passerelle::gateway::service {
namespace {

using nlohmann::ordered_json;
using Style = Workbook::Style;

constexpr int64_t kCreatedMs = 1717400000000;

std::unique_ptr<Workbook> Create() {
  auto workbook = Workbook::Create("Essai", kCreatedMs);
  EXPECT_TRUE(workbook.ok()) << workbook.status();
  return *std::move(workbook);
}

std::string WithLine(const std::vector<std::string>& cells, int64_t created_ms = kCreatedMs) {
  auto workbook = Workbook::Create("Essai", created_ms);
  auto sheet = (*workbook)->AddSheet("Feuille", {10, 20}, "En-tête");
  EXPECT_TRUE(sheet.ok()) << sheet.status();
  EXPECT_TRUE((*workbook)->AddLine(*sheet, cells, Style::kPlain).ok());
  const auto bytes = (*workbook)->Close();
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  return bytes.ok() ? *bytes : "";
}

TEST(RegisterWorkbookTest, OpensWithItsSheetsInOrder) {
  const std::unique_ptr<Workbook> workbook = Create();
  auto second = workbook->AddSheet("B", {}, "");
  auto first = workbook->AddSheet("A", {}, "");
  ASSERT_TRUE(first.ok() && second.ok());
  ASSERT_TRUE(workbook->AddLine(*first, {"un", "deux"}, Style::kHeading).ok());
  workbook->FreezeAbove(*first);
  ASSERT_TRUE(workbook->AddLine(*first, {"trois"}, Style::kPlain).ok());
  ASSERT_TRUE(workbook->AddLine(*second, {"é & <œ>"}, Style::kPlain).ok());
  const auto bytes = workbook->Close();
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  EXPECT_EQ(ReadXlsx(*bytes).dump(), R"({"B":[["é & <œ>"]],"A":[["un","deux"],["trois"]]})");
}

TEST(RegisterWorkbookTest, WritesTextsWhateverTheyBeginWith) {
  const std::vector<std::string> cells = {"=1+1", "+33", "-2", "@SUM(A1)", "\tx", "{=1}", "12"};
  EXPECT_EQ(ReadXlsx(WithLine(cells))["Feuille"][0], ordered_json(cells));
}

TEST(RegisterWorkbookTest, IsEqualWhenItsCellsAndItsTimeAre) {
  const std::string bytes = WithLine({"a", "b"});
  EXPECT_EQ(WithLine({"a", "b"}), bytes);
  EXPECT_NE(WithLine({"a", "c"}), bytes);
  EXPECT_NE(WithLine({"a", "b"}, kCreatedMs + 1000), bytes);
}

TEST(RegisterWorkbookTest, CutsATextThatNoCellHolds) {
  const std::string letter = "é";
  std::string text;
  for (size_t i = 0; i < 40000; ++i) text += letter;
  const std::string cell = ReadXlsx(WithLine({text}))["Feuille"][0][0];
  EXPECT_EQ(cell.size(), kMaxWorkbookCellUnits * letter.size() + std::string(" […]").size());
  EXPECT_EQ(cell.substr(cell.size() - std::string("é […]").size()), "é […]");
  // Characters beyond the basic plane take two units each.
  std::string wide;
  for (size_t i = 0; i < 20000; ++i) wide += "😀";
  EXPECT_EQ(std::string(ReadXlsx(WithLine({wide}))["Feuille"][0][0]).size(),
            kMaxWorkbookCellUnits / 2 * 4 + std::string(" […]").size());
}

TEST(RegisterWorkbookTest, RefusesMoreThanASpreadsheetHolds) {
  const std::unique_ptr<Workbook> full = Create();
  auto sheet = full->AddSheet("A", {}, "");
  ASSERT_TRUE(sheet.ok());
  const std::string megabyte(1024 * 1024, 'x');
  absl::Status status;
  for (size_t i = 0; status.ok() && i <= kMaxWorkbookBytes / megabyte.size(); ++i)
    status = full->AddLine(*sheet, {megabyte}, Style::kPlain);
  EXPECT_EQ(base::ReasonOf(status), "REGISTER_TOO_LARGE");
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  const std::unique_ptr<Workbook> many = Create();
  for (size_t i = 0; i < kMaxWorkbookSheets; ++i)
    ASSERT_TRUE(many->AddSheet("S" + std::to_string(i), {}, "").ok());
  EXPECT_EQ(base::ReasonOf(many->AddSheet("more", {}, "").status()), "REGISTER_TOO_LARGE");
}

TEST(RegisterWorkbookTest, MayBeDroppedUnfinished) {
  const std::unique_ptr<Workbook> workbook = Create();
  auto sheet = workbook->AddSheet("A", {10}, "x");
  ASSERT_TRUE(sheet.ok());
  ASSERT_TRUE(workbook->AddLine(*sheet, {"a"}, Style::kPlain).ok());
}

}  // namespace
}  // namespace passerelle::gateway::service
