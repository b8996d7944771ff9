// CheckPayload against a naive reference on random tables, and against mutations of good ones.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <regex>
#include <string>
#include <tuple>
#include <vector>

#include "gateway/base/limits.h"
#include "policy/content/check.h"
#include "tests/unit/policy/content/tables.h"

namespace passerelle::policy::content {
namespace {

using Cells = std::vector<std::string>;
// Line, column, fault.
using Fault = std::tuple<uint64_t, uint32_t, record::v1::CellFault>;

// What the texts of this file may hold: fitting and unfitting ones for every type.
const std::vector<std::string>& Pool(statement::v1::FieldType type) {
  static const std::map<statement::v1::FieldType, std::vector<std::string>> pools = {
      {statement::v1::FIELD_TYPE_YEAR, {"2020", "1999", "20", "x", "", "1850"}},
      {statement::v1::FIELD_TYPE_MONTH, {"2020-01", "2020-13", "2020", "2020-1"}},
      {statement::v1::FIELD_TYPE_COMMUNE, {"01991", "2A999", "1991", "01999", "42600"}},
      {statement::v1::FIELD_TYPE_IRIS, {"019910101", "019990101", "19910101"}},
      {statement::v1::FIELD_TYPE_CATEGORY, {"mam", "creche", "autre", ""}},
      {statement::v1::FIELD_TYPE_COUNT,
       {"0", "1", "2", "3", "4", "5", "10", "11", "19", "20", "400", "s", "", "S", "-1", "05"}},
      {statement::v1::FIELD_TYPE_QUANTITY, {"0", "3", "12,5", "1.5", "s", "1.234", "x", ""}},
  };
  return pools.at(type);
}

struct Reference {
  std::vector<Fault> faults;
  uint32_t respected = 20;
};

// The rules once more, said as plainly as can be.
record::v1::CellFault NaiveFault(const statement::v1::Field& field, const std::string& text) {
  static std::map<std::string, std::regex> compiled;
  const auto fits = [&](const std::string& pattern) {
    return std::regex_match(text, compiled.try_emplace(pattern, pattern).first->second);
  };
  const auto type = [](bool good) {
    return good ? record::v1::CELL_FAULT_UNSPECIFIED : record::v1::CELL_FAULT_TYPE;
  };
  const auto known = [&](const std::string& code) {
    for (const std::string& commune : Communes())
      if (commune == code) return record::v1::CELL_FAULT_UNSPECIFIED;
    return record::v1::CELL_FAULT_CODE;
  };
  switch (field.type()) {
    case statement::v1::FIELD_TYPE_YEAR:
      return type(fits("(19|2\\d)\\d\\d"));
    case statement::v1::FIELD_TYPE_MONTH:
      return type(fits("(19|2\\d)\\d\\d-(0[1-9]|1[0-2])"));
    case statement::v1::FIELD_TYPE_COMMUNE:
      return fits("([013-9]\\d|2[AB1-9])\\d{3}") ? known(text) : type(false);
    case statement::v1::FIELD_TYPE_IRIS:
      return fits("([013-9]\\d|2[AB1-9])\\d{7}") ? known(text.substr(0, 5)) : type(false);
    case statement::v1::FIELD_TYPE_CATEGORY:
      return text == "mam" || text == "creche" ? record::v1::CELL_FAULT_UNSPECIFIED
                                               : record::v1::CELL_FAULT_CODE;
    case statement::v1::FIELD_TYPE_COUNT:
      return type(fits("s|0|[1-9]\\d*"));
    default:
      return type(fits("s|\\d+|\\d+,\\d+|0\\.\\d+|\\d+\\.(\\d|\\d\\d|\\d{4,})"));
  }
}

Reference Judge(const statement::v1::DatasetDeclared& dataset, const std::vector<Cells>& rows) {
  Reference reference;
  for (size_t r = 0; r < rows.size(); ++r) {
    for (size_t c = 0; c < rows[r].size(); ++c) {
      const auto& field = dataset.fields(static_cast<int>(c));
      auto fault = NaiveFault(field, rows[r][c]);
      if (field.type() == statement::v1::FIELD_TYPE_COUNT && rows[r][c] != "s" &&
          fault == record::v1::CELL_FAULT_UNSPECIFIED) {
        const unsigned long count = std::stoul(rows[r][c]);
        if (count != 0 && count < dataset.threshold()) fault = record::v1::CELL_FAULT_THRESHOLD;
        while (count != 0 && reference.respected > count)
          reference.respected = std::map<uint32_t, uint32_t>{{20, 11}, {11, 5}, {5, 3}, {3, 0}}.at(
              reference.respected);
      }
      if (fault != record::v1::CELL_FAULT_UNSPECIFIED)
        reference.faults.emplace_back(r + 2, c + 1, fault);
    }
  }
  return reference;
}

std::string Written(const Cells& header, const std::vector<Cells>& rows, char separator) {
  std::string text;
  const auto line = [&](const Cells& cells) {
    for (size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) text += separator;
      // A blank or comma needs quotes somewhere; quotes never hurt.
      text += cells[i].empty() || cells[i].find(',') != std::string::npos ? "\"" + cells[i] + "\""
                                                                          : cells[i];
    }
    text += "\n";
  };
  line(header);
  for (const Cells& row : rows) line(row);
  return text;
}

Cells HeaderOf(const statement::v1::DatasetDeclared& dataset) {
  Cells header;
  for (const auto& field : dataset.fields()) header.push_back(field.name());
  return header;
}

std::vector<Fault> FaultsOf(const Report& report) {
  std::vector<Fault> faults;
  for (const auto& cell : report.observed.cells())
    faults.emplace_back(cell.line(), cell.column(), cell.fault());
  return faults;
}

TEST(Property, FaultsAndThresholdsAreTheReferences) {
  std::mt19937 engine(20230101);
  constexpr uint32_t kThresholds[] = {3, 5, 11, 20};
  constexpr char kSeparators[] = {';', ',', '|', '\t'};
  for (int round = 0; round < 2000; ++round) {
    auto dataset = EveryType();
    dataset.set_threshold(kThresholds[engine() % 4]);
    // Half of the tables hold counts above a floor, so that every answer comes up.
    const size_t floor = engine() % 2 == 0 ? 0 : engine() % 10;
    std::vector<Cells> rows(1 + engine() % 12);
    for (Cells& row : rows) {
      for (const auto& field : dataset.fields()) {
        const auto& pool = Pool(field.type());
        const size_t from = field.type() == statement::v1::FIELD_TYPE_COUNT ? floor : 0;
        row.push_back(pool[from + engine() % (pool.size() - from)]);
      }
    }
    const std::string text = Written(HeaderOf(dataset), rows, kSeparators[engine() % 4]);
    const Report report = CheckPayload(dataset, Communes(), text);
    const Reference reference = Judge(dataset, rows);
    ASSERT_EQ(report.observed.unreadable(), "") << text;
    ASSERT_EQ(report.observed.rows(), rows.size());
    ASSERT_EQ(report.observed.cells_failing(), reference.faults.size()) << text;
    ASSERT_EQ(report.observed.threshold_respected(), reference.respected) << text;
    auto listed = reference.faults;
    if (listed.size() > gateway::base::kMaxObservedHits)
      listed.resize(gateway::base::kMaxObservedHits);
    ASSERT_EQ(FaultsOf(report), listed) << text;
  }
}

// A good table of `rows` rows.
std::vector<Cells> GoodRows(std::mt19937& engine, size_t rows) {
  std::vector<Cells> table;
  for (size_t i = 0; i < rows; ++i)
    table.push_back({"2020", "2020-0" + std::to_string(1 + engine() % 9),
                     Communes()[engine() % Communes().size()], "019920101",
                     engine() % 2 == 0 ? "mam" : "creche", std::to_string(5 + engine() % 500),
                     std::to_string(engine() % 60) + ",5"});
  return table;
}

bool IsClean(const Report& report, int fields) {
  if (report.observed.readable() != record::v1::CHECK_HOLDS ||
      report.observed.cells_failing() != 0 || report.observed.column_hits_size() != 0 ||
      report.observed.columns_size() != fields)
    return false;
  for (const auto& column : report.observed.columns())
    if (column.field() != column.column()) return false;
  return true;
}

TEST(Property, EveryMutationOfAGoodTableIsNoticedWhereItIs) {
  std::mt19937 engine(9);
  const auto dataset = EveryType();
  const Cells header = HeaderOf(dataset);
  const int width = dataset.fields_size();
  for (int round = 0; round < 500; ++round) {
    const std::vector<Cells> rows = GoodRows(engine, 1 + engine() % 20);
    const auto check = [&](const Cells& head, const std::vector<Cells>& table) {
      return CheckPayload(dataset, Communes(), Written(head, table, ';'));
    };
    ASSERT_TRUE(IsClean(check(header, rows), width)) << Written(header, rows, ';');
    const size_t row = engine() % rows.size();
    const size_t column = engine() % header.size();

    Cells head = header;
    std::vector<Cells> table = rows;
    head.insert(head.begin() + static_cast<long>(column), "autre");
    for (Cells& cells : table) cells.insert(cells.begin() + static_cast<long>(column), "1");
    Report report = check(head, table);
    ASSERT_EQ(report.observed.columns_size(), width + 1) << "added";
    ASSERT_EQ(report.observed.columns(static_cast<int>(column)).field(), 0u);
    ASSERT_EQ(report.observed.cells_failing(), 0u);

    head = header;
    table = rows;
    head.erase(head.begin() + static_cast<long>(column));
    for (Cells& cells : table) cells.erase(cells.begin() + static_cast<long>(column));
    report = check(head, table);
    ASSERT_EQ(report.observed.columns_size(), width - 1) << "dropped";
    for (const auto& found : report.observed.columns()) ASSERT_NE(found.field(), column + 1);
    ASSERT_EQ(report.observed.cells_failing(), 0u);

    head = header;
    head[column] += "x";
    report = check(head, rows);
    ASSERT_EQ(report.observed.columns(static_cast<int>(column)).field(), 0u) << "renamed";
    ASSERT_EQ(report.headings[column], head[column]);

    table = rows;
    table[row][column] = "?";
    report = check(header, table);
    const auto fault = column == 4 ? record::v1::CELL_FAULT_CODE : record::v1::CELL_FAULT_TYPE;
    ASSERT_EQ(FaultsOf(report),
              (std::vector<Fault>{{row + 2, static_cast<uint32_t>(column + 1), fault}}));

    table = rows;
    table[row].pop_back();
    ASSERT_EQ(FaultsOf(check(header, table)),
              (std::vector<Fault>{{row + 2, width, record::v1::CELL_FAULT_WIDTH}}));
  }
}

}  // namespace
}  // namespace passerelle::policy::content
