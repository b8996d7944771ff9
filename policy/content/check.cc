#include "policy/content/check.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "gateway/base/limits.h"
#include "policy/content/columns.h"
#include "policy/content/encoding.h"
#include "policy/content/table.h"
#include "policy/content/values.h"

namespace passerelle::policy::content {
namespace {

using record::v1::CellFault;
using record::v1::PayloadObserved;
using statement::v1::Field;

constexpr uint32_t kThresholds[] = {20, 11, 5, 3};

// The largest threshold that a count respects; 0: none.
uint32_t ThresholdRespected(uint64_t least_count) {
  for (const uint32_t threshold : kThresholds)
    if (least_count >= threshold) return threshold;
  return 0;
}

// Reads the rows of one payload. Thread-compatible.
class Checker {
 public:
  Checker(const statement::v1::DatasetDeclared& dataset, absl::Span<const std::string> communes)
      : dataset_(dataset), communes_(communes) {}

  // Takes the next row; false when the rest need not be read.
  bool Add(const Row& row) {
    if (fields_.empty()) return AddHeader(row);
    observed_.set_rows(observed_.rows() + 1);
    AddRow(row);
    return true;
  }

  // Why the file is no table, or empty.
  std::string_view fault() const {
    if (!fault_.empty()) return fault_;
    if (fields_.empty()) return "empty";
    return observed_.rows() == 0 ? "no-rows" : "";
  }

  // What was found. REQUIRES: fault() is empty.
  Report Finish() {
    observed_.set_threshold_respected(ThresholdRespected(least_count_));
    std::vector<record::v1::ColumnHit> hits;
    for (const auto& [ordinal, scan] : scans_) scan.AppendHits(hits);
    TrimHits(hits);
    for (record::v1::ColumnHit& hit : hits) *observed_.add_column_hits() = std::move(hit);
    return {std::move(observed_), std::move(headings_)};
  }

 private:
  bool AddHeader(const Row& row) {
    if (row.width == 0)
      fault_ = "empty";
    else if (row.width > gateway::base::kMaxColumns)
      fault_ = "columns";
    if (!fault_.empty()) return false;
    std::set<std::string_view> seen;
    for (const Cell& cell : row.cells) {
      if (!seen.insert(cell.text).second) {
        fault_ = "duplicate-heading";
        return false;
      }
      AddColumn(cell.text);
    }
    // One column that nobody declared is a table whose separator was not found.
    if (fields_.size() == 1 && fields_[0] == nullptr && dataset_.fields_size() > 1)
      fault_ = "separator";
    return fault_.empty();
  }

  void AddColumn(const std::string& heading) {
    const auto& fields = dataset_.fields();
    const auto found = std::find_if(fields.begin(), fields.end(),
                                    [&](const Field& field) { return field.name() == heading; });
    const bool declared = found != fields.end();
    fields_.push_back(declared ? &*found : nullptr);
    headings_.push_back(heading);
    const auto ordinal = static_cast<uint32_t>(fields_.size());
    auto& column = *observed_.add_columns();
    column.set_column(ordinal);
    column.set_field(declared ? static_cast<uint32_t>(found - fields.begin()) + 1 : 0);
    scans_.try_emplace(ordinal, ordinal, heading, fields_.back());
  }

  void AddRow(const Row& row) {
    const bool fits = row.width == fields_.size();
    if (!fits) {
      const size_t first = std::min(row.width, fields_.size()) + 1;
      AddFault(row.line, static_cast<uint32_t>(first), record::v1::CELL_FAULT_WIDTH);
    }
    for (size_t i = 0; i < row.cells.size(); ++i) {
      const Cell& cell = row.cells[i];
      const auto ordinal = static_cast<uint32_t>(i + 1);
      // Cells beyond the header are no column's, but may hold an identifier all the same.
      const auto scan = scans_.try_emplace(ordinal, ordinal, "", nullptr).first;
      scan->second.Add(cell.line, cell.text);
      // The cells of a row that is too long or too short are not where they belong.
      if (fits && fields_[i] != nullptr) CheckCell(*fields_[i], ordinal, cell);
    }
  }

  void CheckCell(const Field& field, uint32_t ordinal, const Cell& cell) {
    CellFault fault = CheckValue(field, communes_, cell.text);
    if (field.type() == statement::v1::FIELD_TYPE_COUNT) {
      if (const auto count = ParseCount(cell.text); count.value_or(0) != 0) {
        least_count_ = std::min(least_count_, *count);
        if (*count < dataset_.threshold()) fault = record::v1::CELL_FAULT_THRESHOLD;
      }
    }
    if (fault != record::v1::CELL_FAULT_UNSPECIFIED) AddFault(cell.line, ordinal, fault);
  }

  void AddFault(uint64_t line, uint32_t column, CellFault fault) {
    observed_.set_cells_failing(observed_.cells_failing() + 1);
    if (static_cast<size_t>(observed_.cells_size()) >= gateway::base::kMaxObservedHits) return;
    auto& cell = *observed_.add_cells();
    cell.set_line(line);
    cell.set_column(column);
    cell.set_fault(fault);
  }

  const statement::v1::DatasetDeclared& dataset_;
  const absl::Span<const std::string> communes_;
  // The declared field of each column, or null.
  std::vector<const Field*> fields_;
  std::vector<std::string> headings_;
  std::map<uint32_t, ColumnScan> scans_;
  // The least count that is not 0.
  uint64_t least_count_ = std::numeric_limits<uint64_t>::max();
  PayloadObserved observed_;
  std::string_view fault_;
};

Report Unreadable(std::string_view why) {
  Report report;
  report.observed.set_readable(record::v1::CHECK_FAILS);
  report.observed.set_unreadable(std::string(why));
  return report;
}

Report CheckText(const statement::v1::DatasetDeclared& dataset,
                 absl::Span<const std::string> communes, std::string_view bytes) {
  const Decoded decoded = DecodeText(bytes);
  if (!decoded.fault.empty()) return Unreadable(decoded.fault);
  if (decoded.text.empty()) return Unreadable("empty");
  const std::optional<char> separator = FindSeparator(decoded.text);
  if (!separator.has_value()) return Unreadable("separator");
  Checker checker(dataset, communes);
  const std::string_view fault =
      ReadRows(decoded.text, *separator, [&](const Row& row) { return checker.Add(row); });
  if (!fault.empty()) return Unreadable(fault);
  if (!checker.fault().empty()) return Unreadable(checker.fault());
  Report report = checker.Finish();
  report.observed.set_readable(record::v1::CHECK_HOLDS);
  return report;
}

}  // namespace

Report CheckPayload(const statement::v1::DatasetDeclared& dataset,
                    absl::Span<const std::string> commune_codes, std::string_view bytes) {
  Report report = CheckText(dataset, commune_codes, bytes);
  report.observed.set_size_band(SizeBand(bytes.size()));
  return report;
}

uint64_t SizeBand(uint64_t bytes) {
  constexpr uint64_t kLeast = 1024;
  constexpr uint64_t kMost = uint64_t{1} << 63;
  uint64_t band = kLeast;
  while (band < bytes && band < kMost) band *= 2;
  return band;
}

}  // namespace passerelle::policy::content
