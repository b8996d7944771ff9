#include "policy/content/table.h"

#include <csv.h>

#include <algorithm>

#include "gateway/base/limits.h"

namespace passerelle::policy::content {
namespace {

constexpr char kSeparators[] = {';', ',', '|', '\t'};
// Data rows that FindSeparator looks at.
constexpr size_t kPeekedRows = 10;
// What the parser is fed at once: a visitor that stops is heard after this much.
constexpr size_t kPieceBytes = 4096;

// libcsv with our options: nothing is trimmed, blank lines are told, quotes are strict.
// Thread-compatible.
class Parser {
 public:
  Parser(char separator, absl::FunctionRef<bool(const Row&)> visit) : visit_(visit) {
    // csv_init fails on a null parser only.
    csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL);
    csv_set_delim(&parser_, static_cast<unsigned char>(separator));
    csv_set_space_func(&parser_, [](unsigned char) { return 0; });
    csv_set_term_func(&parser_, [](unsigned char c) { return c == '\n' ? 1 : 0; });
  }
  ~Parser() { csv_free(&parser_); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  // Parses the whole text, or until the visitor stops. Returns a fault as ReadRows does.
  std::string_view Parse(std::string_view text) {
    while (!text.empty() && !stopped_) {
      const std::string_view piece = text.substr(0, kPieceBytes);
      if (csv_parse(&parser_, piece.data(), piece.size(), OnCell, OnRow, this) != piece.size())
        return csv_error(&parser_) == CSV_EPARSE ? "quotes" : "cell-too-long";
      text.remove_prefix(piece.size());
    }
    if (!stopped_ && csv_fini(&parser_, OnCell, OnRow, this) != 0) return "quotes";
    return fault_;
  }

 private:
  static void OnCell(void* bytes, size_t size, void* self) {
    static_cast<Parser*>(self)->AddCell({static_cast<const char*>(bytes), size});
  }
  static void OnRow(int, void* self) { static_cast<Parser*>(self)->EndRow(); }

  void AddCell(std::string_view text) {
    if (stopped_) return;
    if (text.size() > gateway::base::kMaxCellBytes) {
      fault_ = "cell-too-long";
      stopped_ = true;
      return;
    }
    if (row_.width < gateway::base::kMaxColumns) {
      // Cells are reused from row to row, so that a long file does not allocate for each.
      if (row_.cells.size() <= row_.width) row_.cells.emplace_back();
      row_.cells[row_.width].line = line_;
      row_.cells[row_.width].text.assign(text);
    }
    if (row_.width == 0) row_.line = line_;
    ++row_.width;
    line_ += static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
  }

  void EndRow() {
    if (stopped_) return;
    if (row_.width == 0) row_.line = line_;
    row_.cells.resize(std::min(row_.width, gateway::base::kMaxColumns));
    stopped_ = !visit_(row_);
    row_.width = 0;
    ++line_;
  }

  csv_parser parser_;
  absl::FunctionRef<bool(const Row&)> visit_;
  Row row_;
  uint64_t line_ = 1;
  bool stopped_ = false;
  std::string_view fault_;
};

// How well a separator cuts the first rows.
struct Fit {
  size_t header = 0;  // cells of the header
  bool even = true;   // the peeked rows have as many
};

Fit FitOf(std::string_view text, char separator) {
  Fit fit;
  size_t rows = 0;
  const std::string_view fault = ReadRows(text, separator, [&](const Row& row) {
    if (rows == 0)
      fit.header = row.width;
    else if (row.width != fit.header)
      fit.even = false;
    return ++rows <= kPeekedRows;
  });
  if (!fault.empty()) fit.even = false;
  return fit;
}

}  // namespace

std::optional<char> FindSeparator(std::string_view text) {
  char best = ';';
  Fit best_fit;
  bool tie = false;
  for (const char separator : kSeparators) {
    const Fit fit = FitOf(text, separator);
    if (fit.header < 2) continue;
    const auto rank = [](const Fit& f) { return std::pair(f.even, f.header); };
    if (best_fit.header >= 2 && rank(fit) <= rank(best_fit)) {
      if (rank(fit) == rank(best_fit)) tie = true;
      continue;
    }
    best = separator;
    best_fit = fit;
    tie = false;
  }
  if (tie) return std::nullopt;
  return best;
}

std::string_view ReadRows(std::string_view text, char separator,
                          absl::FunctionRef<bool(const Row& row)> visit) {
  return Parser(separator, visit).Parse(text);
}

}  // namespace passerelle::policy::content
