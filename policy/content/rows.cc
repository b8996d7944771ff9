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
        place_ = Place::kPlain;
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
          Grow("\"");
        } else if (!EndsAt(text[at], cell_, visit)) {
          Fail("quotes");
        }
        ++at;
        break;
    }
  }
  if (!done_ && row_.width > 0) KeepRow();
}

void RowReader::Finish(RowVisitor visit) {
  if (done_) return;
  if (place_ == Place::kQuoted)
    Fail("quotes");
  else if (place_ != Place::kBeforeCell || row_.width > 0)
    EndsAt('\n', cell_, visit);
}

size_t RowReader::ReadPlain(std::string_view text, size_t at, RowVisitor visit) {
  const Word separators = Repeated(static_cast<uint8_t>(separator_));
  const size_t end = FindMarked(text, at, [separators](Word word) {
    return MarkZeros(word ^ separators) | MarkZeros(word ^ Repeated('\n')) |
           MarkZeros(word ^ Repeated('"'));
  });
  std::string_view cell = text.substr(at, end - at);
  if (end == text.size() || !cell_.empty()) {
    if (!Grow(cell)) return end;
    cell = cell_;
  } else if (cell.size() > kMaxCellBytes) {
    Fail("cell-too-long");
    return end;
  }
  if (end == text.size()) return end;
  if (!EndsAt(text[end], cell, visit)) Fail("quotes");
  return end + 1;
}

size_t RowReader::ReadQuoted(std::string_view text, size_t at) {
  const size_t end = std::min(text.find('"', at), text.size());
  if (!Grow(text.substr(at, end - at)) || end == text.size()) return end;
  place_ = Place::kAfterQuote;
  return end + 1;
}

bool RowReader::EndsAt(char c, std::string_view text, RowVisitor visit) {
  if (c != separator_ && c != '\n') return false;
  const bool blank = place_ == Place::kPlain && row_.width == 0 && text.empty() && c == '\n';
  if (!blank) EndCell(text);
  place_ = Place::kBeforeCell;
  if (c == '\n') EndRow(visit);
  return true;
}

bool RowReader::Grow(std::string_view text) {
  const size_t room = kMaxCellBytes + 1 - cell_.size();
  cell_.append(text.substr(0, room));
  if (cell_.size() <= kMaxCellBytes) return true;
  const bool quoted = place_ == Place::kQuoted;
  Fail(quoted && cell_.find('\n') != std::string::npos ? "quotes" : "cell-too-long");
  return false;
}

void RowReader::EndCell(std::string_view text) {
  if (row_.width == 0) row_.line = line_;
  const uint64_t line = line_;
  if (text.data() == cell_.data()) {
    line_ += static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
    if (row_.width < kMaxColumns) {
      kept_.reserve(kMaxColumns * kMaxCellBytes);
      text = AppendTo(kept_, cell_);
    }
    cell_.clear();
  }
  if (row_.width < kMaxColumns) {
    if (row_.cells.size() <= row_.width) row_.cells.emplace_back();
    row_.cells[row_.width] = {line, text};
  }
  ++row_.width;
}

void RowReader::EndRow(RowVisitor visit) {
  if (row_.width == 0) row_.line = line_;
  row_.cells.resize(std::min(row_.width, kMaxColumns));
  done_ = !visit(row_);
  row_.width = 0;
  kept_.clear();
  ++line_;
}

void RowReader::KeepRow() {
  std::string kept;
  kept.reserve(kMaxColumns * kMaxCellBytes);
  for (size_t i = 0; i < std::min(row_.width, kMaxColumns); ++i) {
    std::string_view& text = row_.cells[i].text;
    text = AppendTo(kept, text);
  }
  kept_ = std::move(kept);
}

void RowReader::Fail(std::string_view fault) {
  fault_ = fault;
  done_ = true;
}

}  // namespace passerelle::policy::content
