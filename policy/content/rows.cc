#include "policy/content/rows.h"

#include <algorithm>
#include <utility>

#include "gateway/base/limits.h"
#include "policy/content/word_scan.h"

namespace passerelle::policy::content {
namespace {

using gateway::base::kMaxCellBytes;
using gateway::base::kMaxColumns;

// Appends a text and returns where it then stands.
std::string_view AppendTo(std::string& kept, std::string_view text) {
  const size_t begin = kept.size();
  kept.append(text);
  return std::string_view(kept).substr(begin);
}

}  // namespace

void RowReader::Add(std::string_view text, RowVisitor visit) {
  for (size_t at = 0; at < text.size() && !done_;) {
    switch (place_) {
      case Place::kBeforeCell:
        if (text[at] == '"') {
          place_ = Place::kQuoted;
          ++at;
          break;
        }
        [[fallthrough]];
      case Place::kPlain:
        at = ReadPlain(text, at, visit);
        break;
      case Place::kQuoted:
        at = ReadQuoted(text, at);
        break;
      case Place::kAfterQuote:
        if (text[at] == '"') {
          place_ = Place::kQuoted;
          Hold("\"");
        } else if (!EndsHeldCell(text[at], visit)) {
          Fail("quotes");
        }
        ++at;
        break;
    }
  }
  if (!done_ && width_ > 0) KeepRow();
}

void RowReader::Finish(RowVisitor visit) {
  if (done_) return;
  if (place_ == Place::kQuoted)
    Fail("quotes");
  else if (place_ != Place::kBeforeCell || width_ > 0)
    EndsHeldCell('\n', visit);
}

size_t RowReader::ReadPlain(std::string_view text, size_t at, RowVisitor visit) {
  const Word separators = Repeated(static_cast<uint8_t>(separator_));
  do {
    const size_t end = FindMarked(text, at, [separators](Word word) {
      return MarkZeros(word ^ separators) | MarkZeros(word ^ Repeated('\n')) |
             MarkZeros(word ^ Repeated('"'));
    });
    const std::string_view cell = text.substr(at, end - at);
    if (end == text.size() || place_ == Place::kPlain) {
      place_ = Place::kPlain;
      if (!Hold(cell) || end == text.size()) return end;
      if (!EndsHeldCell(text[end], visit)) Fail("quotes");
      return end + 1;
    }
    if (cell.size() > kMaxCellBytes || text[end] == '"') {
      Fail(cell.size() > kMaxCellBytes ? "cell-too-long" : "quotes");
      return end;
    }
    const bool ends_row = text[end] == '\n';
    const bool blank = ends_row && width_ == 0 && cell.empty();
    if (!blank) AddCell(line_, cell);
    if (ends_row) EndRow(visit);
    at = end + 1;
  } while (at < text.size() && text[at] != '"' && !done_);
  return at;
}

size_t RowReader::ReadQuoted(std::string_view text, size_t at) {
  const size_t end = std::min(text.find('"', at), text.size());
  if (!Hold(text.substr(at, end - at)) || end == text.size()) return end;
  place_ = Place::kAfterQuote;
  return end + 1;
}

bool RowReader::Hold(std::string_view text) {
  held_.append(text.substr(0, kMaxCellBytes + 1 - held_.size()));
  if (held_.size() <= kMaxCellBytes) return true;
  const bool quoted = place_ == Place::kQuoted;
  Fail(quoted && held_.find('\n') != std::string::npos ? "quotes" : "cell-too-long");
  return false;
}

bool RowReader::EndsHeldCell(char next, RowVisitor visit) {
  if (next != separator_ && next != '\n') return false;
  kept_.reserve(kMaxColumns * kMaxCellBytes);
  AddCell(line_, width_ < kMaxColumns ? AppendTo(kept_, held_) : "");
  line_ += static_cast<uint64_t>(std::count(held_.begin(), held_.end(), '\n'));
  held_.clear();
  place_ = Place::kBeforeCell;
  if (next == '\n') EndRow(visit);
  return true;
}

void RowReader::EndRow(RowVisitor visit) {
  Row row;
  row.line = width_ > 0 ? cells_[0].line : line_;
  row.cells = absl::MakeConstSpan(cells_).first(std::min(width_, kMaxColumns));
  row.width = width_;
  done_ = !visit(row);
  width_ = 0;
  kept_.clear();
  ++line_;
}

void RowReader::KeepRow() {
  std::string kept;
  kept.reserve(kMaxColumns * kMaxCellBytes);
  for (size_t i = 0; i < std::min(width_, kMaxColumns); ++i)
    cells_[i].text = AppendTo(kept, cells_[i].text);
  kept_ = std::move(kept);
}

void RowReader::Fail(std::string_view fault) {
  fault_ = fault;
  done_ = true;
}

}  // namespace passerelle::policy::content
