#include "policy/content/check.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "gateway/base/limits.h"
#include "policy/content/columns.h"
#include "policy/content/distinct.h"
#include "policy/content/encoding.h"
#include "policy/content/rows.h"
#include "policy/content/separator.h"
#include "policy/content/values.h"

namespace passerelle::policy::content {
namespace {

using record::v1::CellFault;
using record::v1::PayloadObserved;
using statement::v1::Field;

constexpr uint32_t kThresholds[] = {20, 11, 5, 3};
// What is decoded at once: little beside a processor's cache.
constexpr size_t kPieceBytes = size_t{32} * 1024;

// The largest threshold that a count respects; 0: none.
uint32_t ThresholdRespected(uint64_t least_count) {
  for (const uint32_t threshold : kThresholds)
    if (least_count >= threshold) return threshold;
  return 0;
}

// Checks the rows of one payload. Thread-compatible.
class TableChecker {
 public:
  // Both must outlive the checker.
  TableChecker(const statement::v1::DatasetDeclared& dataset, const CommuneCodes& communes)
      : dataset_(dataset), communes_(communes) {
    scans_.reserve(gateway::base::kMaxColumns);
  }

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
    observed_.set_readable(record::v1::CHECK_HOLDS);
    observed_.set_threshold_respected(ThresholdRespected(least_count_));
    std::vector<record::v1::ColumnHit> hits;
    for (const ColumnScan& scan : scans_) scan.AppendHits(hits);
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
      AddColumn(std::string(cell.text));
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
    scans_.emplace_back(ordinal, heading, fields_.back(), texts_);
  }

  void AddRow(const Row& row) {
    const bool fits = row.width == fields_.size();
    if (!fits) {
      const size_t first = std::min(row.width, fields_.size()) + 1;
      AddFault(row.line, static_cast<uint32_t>(first), record::v1::CELL_FAULT_WIDTH);
    }
    // Cells beyond the header are no column's, but may hold an identifier all the same.
    while (scans_.size() < row.cells.size())
      scans_.emplace_back(static_cast<uint32_t>(scans_.size() + 1), "", nullptr, texts_);
    for (size_t i = 0; i < row.cells.size(); ++i) {
      const Cell& cell = row.cells[i];
      const auto ordinal = static_cast<uint32_t>(i + 1);
      const uint64_t count = ParseCount(cell.text);
      scans_[i].Add(cell.line, cell.text, count);
      // The cells of a row that is too long or too short are not where they belong.
      if (fits && fields_[i] != nullptr) CheckCell(*fields_[i], ordinal, cell, count);
    }
  }

  void CheckCell(const Field& field, uint32_t ordinal, const Cell& cell, uint64_t count) {
    CellFault fault = CheckValue(field, communes_, cell.text, count);
    if (field.type() == statement::v1::FIELD_TYPE_COUNT && count != 0) {
      least_count_ = std::min(least_count_, count);
      if (count < dataset_.threshold()) fault = record::v1::CELL_FAULT_THRESHOLD;
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
  const CommuneCodes& communes_;
  // The declared field of each column, or null.
  std::vector<const Field*> fields_;
  std::vector<std::string> headings_;
  DistinctTexts texts_;
  // At most kMaxColumns, in order.
  std::vector<ColumnScan> scans_;
  // The least count that is not 0.
  uint64_t least_count_ = kNoCount;
  PayloadObserved observed_;
  std::string_view fault_;
};

Report Unreadable(std::string_view why) {
  Report report;
  report.observed.set_readable(record::v1::CHECK_FAILS);
  report.observed.set_unreadable(std::string(why));
  return report;
}

}  // namespace

// Bytes become text, text tells its separator, then rows; nothing of them is kept.
class PayloadChecker::Impl {
 public:
  Impl(const statement::v1::DatasetDeclared& dataset, absl::Span<const std::string> communes)
      : dataset_(dataset),
        communes_(communes),
        checker_(dataset_, communes_),
        finder_(std::in_place) {}

  void Add(std::string_view bytes) {
    size_ += bytes.size();
    // After a fault of the table as before it: a fault of the text is told first.
    for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), kPieceBytes))) {
      decoder_.Add(bytes.substr(0, kPieceBytes), text_);
      ReadText();
    }
  }

  Report Finish() {
    decoder_.Finish(text_);
    ReadText();
    if (finder_.has_value()) {
      finder_->Finish();
      BeginRows();
    }
    if (reader_.has_value()) reader_->Finish([this](const Row& row) { return checker_.Add(row); });
    const std::string_view why = fault();
    Report report = why.empty() ? checker_.Finish() : Unreadable(why);
    report.observed.set_size_band(SizeBand(size_));
    return report;
  }

 private:
  // Reads and drops what is decoded.
  void ReadText() {
    empty_ = empty_ && text_.empty();
    if (finder_.has_value()) {
      finder_->Add(text_);
      peeked_.append(text_);
      if (finder_->decided()) BeginRows();
    } else {
      ReadRows(text_);
    }
    text_.clear();
  }

  // Reads what the separator was told from. REQUIRES: it is decided.
  void BeginRows() {
    if (const std::optional<char> separator = finder_->separator(); separator.has_value()) {
      reader_.emplace(*separator);
      ReadRows(peeked_);
    }
    finder_.reset();
    peeked_ = {};
  }

  void ReadRows(std::string_view text) {
    if (reader_.has_value())
      reader_->Add(text, [this](const Row& row) { return checker_.Add(row); });
  }

  std::string_view fault() const {
    if (!decoder_.fault().empty()) return decoder_.fault();
    if (empty_) return "empty";
    if (!reader_.has_value()) return "separator";
    return reader_->fault().empty() ? checker_.fault() : reader_->fault();
  }

  const statement::v1::DatasetDeclared dataset_;
  const CommuneCodes communes_;
  uint64_t size_ = 0;
  TextDecoder decoder_;
  // What is decoded and not yet read.
  std::string text_;
  bool empty_ = true;
  TableChecker checker_;
  // Until the separator is decided, and the text until then.
  std::optional<SeparatorFinder> finder_;
  std::string peeked_;
  // From then on; nothing when the separator is unknown.
  std::optional<RowReader> reader_;
};

PayloadChecker::PayloadChecker(const statement::v1::DatasetDeclared& dataset,
                               absl::Span<const std::string> commune_codes)
    : impl_(std::make_unique<Impl>(dataset, commune_codes)) {}

PayloadChecker::~PayloadChecker() = default;

void PayloadChecker::Add(std::string_view bytes) { impl_->Add(bytes); }

Report PayloadChecker::Finish() { return impl_->Finish(); }

Report CheckPayload(const statement::v1::DatasetDeclared& dataset,
                    absl::Span<const std::string> commune_codes, std::string_view bytes) {
  PayloadChecker checker(dataset, commune_codes);
  checker.Add(bytes);
  return checker.Finish();
}

uint64_t SizeBand(uint64_t bytes) {
  constexpr uint64_t kLeast = 1024;
  constexpr uint64_t kMost = uint64_t{1} << 63;
  uint64_t band = kLeast;
  while (band < bytes && band < kMost) band *= 2;
  return band;
}

}  // namespace passerelle::policy::content
