#include "policy/content/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "gateway/base/limits.h"

namespace passerelle::policy::content {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// What ReadRows tells, as `line:cell|cell`.
struct Told {
  std::vector<std::string> rows;
  std::string_view fault;
};

Told Read(std::string_view text, char separator = ';') {
  Told told;
  told.fault = ReadRows(text, separator, [&](const Row& row) {
    std::string line = std::to_string(row.line) + ":";
    for (const Cell& cell : row.cells) line += cell.text + "|";
    told.rows.push_back(line);
    return true;
  });
  return told;
}

TEST(Table, ReadsPlainRows) {
  const Told told = Read("a;b\n1;2\n3;\n");
  EXPECT_EQ(told.fault, "");
  EXPECT_THAT(told.rows, ElementsAre("1:a|b|", "2:1|2|", "3:3||"));
}

TEST(Table, ReadsALastLineWithoutEnd) {
  EXPECT_THAT(Read("a;b\n1;2").rows, ElementsAre("1:a|b|", "2:1|2|"));
  EXPECT_THAT(Read("a;b\n1;").rows, ElementsAre("1:a|b|", "2:1||"));
}

TEST(Table, TellsBlankLines) {
  EXPECT_THAT(Read("a\n\n1\n").rows, ElementsAre("1:a|", "2:", "3:1|"));
}

TEST(Table, ReadsQuotedCells) {
  EXPECT_THAT(Read("\"a;b\";\"c\"\"d\"\n\"\";e\n").rows, ElementsAre("1:a;b|c\"d|", "2:|e|"));
}

TEST(Table, CountsLinesWithinQuotes) {
  std::vector<uint64_t> lines;
  ReadRows("a;b\n\"1\n2\";\"3\n4\"\n5;6\n", ';', [&](const Row& row) {
    for (const Cell& cell : row.cells) lines.push_back(cell.line);
    return true;
  });
  EXPECT_THAT(lines, ElementsAre(1, 1, 2, 3, 5, 5));
}

TEST(Table, TrimsNothing) { EXPECT_THAT(Read(" a ;\tb\n").rows, ElementsAre("1: a |\tb|")); }

TEST(Table, RefusesStrayQuotes) {
  EXPECT_EQ(Read("a\n\"1\n").fault, "quotes");
  EXPECT_EQ(Read("a\n1\"2\n").fault, "quotes");
  EXPECT_EQ(Read("a\n\"1\"2\n").fault, "quotes");
  EXPECT_EQ(Read("a; \"b\"\n").fault, "quotes");
}

TEST(Table, RefusesOverlongCells) {
  const std::string longest(gateway::base::kMaxCellBytes, 'x');
  EXPECT_EQ(Read("a\n" + longest + "\n").fault, "");
  EXPECT_EQ(Read("a\n" + longest + "x\n").fault, "cell-too-long");
}

TEST(Table, CountsCellsBeyondTheLimitWithoutKeepingThem) {
  const size_t width = gateway::base::kMaxColumns + 7;
  size_t told = 0;
  size_t kept = 0;
  ReadRows(std::string(width - 1, ';') + "\n", ';', [&](const Row& row) {
    told = row.width;
    kept = row.cells.size();
    return true;
  });
  EXPECT_EQ(told, width);
  EXPECT_EQ(kept, gateway::base::kMaxColumns);
}

TEST(Table, StopsWhenTheVisitorDoes) {
  size_t rows = 0;
  EXPECT_EQ(ReadRows("a\n1\n2\n\"", ';', [&](const Row&) { return ++rows < 2; }), "");
  EXPECT_EQ(rows, 2u);
}

TEST(Table, ForgetsCellsOfLongerRows) {
  EXPECT_THAT(Read("a;b;c\n1\n2;3;4\n").rows, ElementsAre("1:a|b|c|", "2:1|", "3:2|3|4|"));
}

TEST(Table, ReadsNothingFromNothing) { EXPECT_THAT(Read("").rows, IsEmpty()); }

TEST(Separator, IsTheOneThatCutsTheHeader) {
  EXPECT_EQ(FindSeparator("a;b\n1;2\n"), ';');
  EXPECT_EQ(FindSeparator("a,b\n1,2\n"), ',');
  EXPECT_EQ(FindSeparator("a|b\n1|2\n"), '|');
  EXPECT_EQ(FindSeparator("a\tb\n1\t2\n"), '\t');
}

TEST(Separator, IsNotADecimalComma) { EXPECT_EQ(FindSeparator("a;b;c\n1,5;2,5;3,5\n"), ';'); }

TEST(Separator, IsNotQuoted) { EXPECT_EQ(FindSeparator("\"a;b;c\",d\n1,2\n"), ','); }

TEST(Separator, CutsAllRowsAlikeBeforeItCutsMost) {
  EXPECT_EQ(FindSeparator("a, b, c;d\n1;2\n3;4\n"), ';');
}

TEST(Separator, IsFoundBesideARowThatIsTooLong) {
  EXPECT_EQ(FindSeparator("a;b;c\n1;2;3;4\n"), ';');
}

TEST(Separator, LooksAtTenRowsOnly) {
  std::string text = "a,b;c\n";
  for (int i = 0; i < 10; ++i) text += "1;2\n";
  EXPECT_EQ(FindSeparator(text + "1,2\n"), ';');
}

TEST(Separator, IsUnknownWhenTwoDoEquallyWell) {
  EXPECT_EQ(FindSeparator("a;b,c\n1;2,3\n"), std::nullopt);
}

TEST(Separator, IsTheUsualOneOfASingleColumn) { EXPECT_EQ(FindSeparator("a\n1\n"), ';'); }

}  // namespace
}  // namespace passerelle::policy::content
