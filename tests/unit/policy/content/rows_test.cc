#include "policy/content/rows.h"

#include <csv.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "gateway/base/limits.h"

namespace passerelle::policy::content {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// What a reader tells, its rows as `line:cell|cell`.
struct Told {
  std::vector<std::string> rows;
  std::string fault;
};

bool operator==(const Told& a, const Told& b) { return a.rows == b.rows && a.fault == b.fault; }

// Feeds a reader pieces of `size` bytes.
Told ReadPieces(std::string_view text, size_t size, char separator = ';') {
  Told told;
  RowReader reader(separator);
  const auto visit = [&](const Row& row) {
    std::string line = std::to_string(row.line) + ":";
    for (const Cell& cell : row.cells) line.append(cell.text).append("|");
    told.rows.push_back(line);
    return true;
  };
  for (size_t at = 0; at < text.size(); at += size) {
    // A copy that goes: what the reader keeps is its own.
    const std::string piece(text.substr(at, size));
    reader.Add(piece, visit);
  }
  reader.Finish(visit);
  told.fault = reader.fault();
  return told;
}

Told Read(std::string_view text) { return ReadPieces(text, std::max<size_t>(1, text.size())); }

// The lines on which the cells begin.
std::vector<uint64_t> LinesOf(std::string_view text) {
  std::vector<uint64_t> lines;
  RowReader reader(';');
  const auto visit = [&](const Row& row) {
    for (const Cell& cell : row.cells) lines.push_back(cell.line);
    return true;
  };
  reader.Add(text, visit);
  reader.Finish(visit);
  return lines;
}

TEST(RowReader, ReadsPlainRows) {
  const Told told = Read("a;b\n1;2\n3;\n");
  EXPECT_EQ(told.fault, "");
  EXPECT_THAT(told.rows, ElementsAre("1:a|b|", "2:1|2|", "3:3||"));
}

TEST(RowReader, ReadsALastLineWithoutEnd) {
  EXPECT_THAT(Read("a;b\n1;2").rows, ElementsAre("1:a|b|", "2:1|2|"));
  EXPECT_THAT(Read("a;b\n1;").rows, ElementsAre("1:a|b|", "2:1||"));
}

TEST(RowReader, TellsBlankLines) {
  EXPECT_THAT(Read("a\n\n1\n").rows, ElementsAre("1:a|", "2:", "3:1|"));
}

TEST(RowReader, ReadsQuotedCells) {
  EXPECT_THAT(Read("\"a;b\";\"c\"\"d\"\n\"\";e\n").rows, ElementsAre("1:a;b|c\"d|", "2:|e|"));
}

TEST(RowReader, CountsLinesWithinQuotes) {
  EXPECT_THAT(LinesOf("a;b\n\"1\n2\";\"3\n4\"\n5;6\n"), ElementsAre(1, 1, 2, 3, 5, 5));
}

TEST(RowReader, TrimsNothing) { EXPECT_THAT(Read(" a ;\tb\n").rows, ElementsAre("1: a |\tb|")); }

TEST(RowReader, RefusesStrayQuotes) {
  EXPECT_EQ(Read("a\n\"1\n").fault, "quotes");
  EXPECT_EQ(Read("a\n1\"2\n").fault, "quotes");
  EXPECT_EQ(Read("a\n\"1\"2\n").fault, "quotes");
  EXPECT_EQ(Read("a; \"b\"\n").fault, "quotes");
}

TEST(RowReader, RefusesOverlongCells) {
  const std::string longest(gateway::base::kMaxCellBytes, 'x');
  EXPECT_EQ(Read("a\n" + longest + "\n").fault, "");
  EXPECT_EQ(Read("a\n" + longest + "x\n").fault, "cell-too-long");
}

TEST(RowReader, CountsCellsBeyondTheLimitWithoutKeepingThem) {
  const size_t width = gateway::base::kMaxColumns + 7;
  size_t told = 0;
  size_t kept = 0;
  RowReader(';').Add(std::string(width - 1, ';') + "\n", [&](const Row& row) {
    told = row.width;
    kept = row.cells.size();
    return true;
  });
  EXPECT_EQ(told, width);
  EXPECT_EQ(kept, gateway::base::kMaxColumns);
}

TEST(RowReader, StopsWhenTheVisitorDoes) {
  size_t rows = 0;
  RowReader reader(';');
  const auto visit = [&](const Row&) { return ++rows < 2; };
  reader.Add("a\n1\n2\n", visit);
  reader.Add("3\n\"", visit);
  reader.Finish(visit);
  EXPECT_TRUE(reader.done());
  EXPECT_EQ(reader.fault(), "");
  EXPECT_EQ(rows, 2u);
}

TEST(RowReader, ForgetsCellsOfLongerRows) {
  EXPECT_THAT(Read("a;b;c\n1\n2;3;4\n").rows, ElementsAre("1:a|b|c|", "2:1|", "3:2|3|4|"));
}

TEST(RowReader, TakesAnOverlongCellOfSeveralLinesForAnUnclosedQuote) {
  const std::string lines = "\n" + std::string(gateway::base::kMaxCellBytes, 'x');
  EXPECT_EQ(Read("a\n\"" + lines).fault, "quotes");
  EXPECT_EQ(Read("a\n\"" + lines + "\"\n").fault, "quotes");
  EXPECT_EQ(Read("a\n\"" + lines.substr(1) + "\"\n").fault, "");
  EXPECT_EQ(Read("a\n\"" + lines.substr(1) + "x\"\n").fault, "cell-too-long");
}

TEST(RowReader, KeepsTheWidestRowOverItsPieces) {
  const std::string cell(gateway::base::kMaxCellBytes, 'x');
  std::string text;
  for (size_t i = 0; i < gateway::base::kMaxColumns; ++i)
    text += (i % 2 == 0 ? cell : "\"" + cell + "\"") + ";";
  text += "\n1;2\n";
  for (const size_t size : {1000, 1024, 1025, 4096, 50000})
    EXPECT_TRUE(ReadPieces(text, size) == Read(text)) << size;
}

TEST(RowReader, ReadsNothingFromNothing) { EXPECT_THAT(Read("").rows, IsEmpty()); }

// What libcsv tells of a text, with the options that RFC 4180 asks for.
Told Reference(const std::string& text, char separator) {
  struct Visit {
    Told told;
    uint64_t line = 1;
    uint64_t first = 0;
    std::string row;
  } visit;
  const auto on_cell = [](void* bytes, size_t size, void* self) {
    auto& at = *static_cast<Visit*>(self);
    const std::string cell(static_cast<const char*>(bytes), size);
    if (at.first == 0) at.first = at.line;
    at.row += cell + "|";
    at.line += static_cast<uint64_t>(std::count(cell.begin(), cell.end(), '\n'));
  };
  const auto on_row = [](int, void* self) {
    auto& at = *static_cast<Visit*>(self);
    at.told.rows.push_back(std::to_string(at.first == 0 ? at.line : at.first) + ":" + at.row);
    at.first = 0;
    at.row.clear();
    ++at.line;
  };
  csv_parser parser;
  csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL);
  csv_set_delim(&parser, static_cast<unsigned char>(separator));
  csv_set_space_func(&parser, [](unsigned char) { return 0; });
  csv_set_term_func(&parser, [](unsigned char c) { return c == '\n' ? 1 : 0; });
  if (csv_parse(&parser, text.data(), text.size(), on_cell, on_row, &visit) != text.size() ||
      csv_fini(&parser, on_cell, on_row, &visit) != 0)
    visit.told.fault = "quotes";
  csv_free(&parser);
  return visit.told;
}

TEST(RowReader, ReadsWhatLibcsvReadsHoweverTheTextIsCut) {
  std::mt19937 engine(4180);
  constexpr std::string_view kSigns[] = {"a", "bc", "1234567890", "é",     " ",    ";",    ";", ";",
                                         ",", "\n", "\n",         "\";\"", "\n\"", "\"\n", "\""};
  size_t faults = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (size_t signs = engine() % 24; signs > 0; --signs)
      text += kSigns[engine() % std::size(kSigns)];
    const char separator = engine() % 4 == 0 ? ',' : ';';
    const Told reference = Reference(text, separator);
    for (const size_t size : {size_t{1}, size_t{2}, 1 + engine() % 9, text.size() + 1})
      ASSERT_TRUE(ReadPieces(text, size, separator) == reference) << size << " of\n" << text;
    if (!reference.fault.empty()) ++faults;
  }
  EXPECT_GT(faults, 5000u);
  EXPECT_LT(faults, 15000u);
}

}  // namespace
}  // namespace passerelle::policy::content
