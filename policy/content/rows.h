// Rows of a CSV text (RFC 4180 quotes) that comes in pieces, with the lines on which their cells
// begin.
#ifndef PASSERELLE_POLICY_CONTENT_ROWS_H_
#define PASSERELLE_POLICY_CONTENT_ROWS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "gateway/base/limits.h"

namespace passerelle::policy::content {

// One cell.
struct Cell {
  // One-based line of the file on which it begins.
  uint64_t line = 0;
  // Lives while its row is visited.
  std::string_view text;
};

// One row. A blank line is a row without cells.
struct Row {
  uint64_t line = 0;
  // The first kMaxColumns cells.
  absl::Span<const Cell> cells;
  // Number of all cells.
  size_t width = 0;
};

// Is told every row in file order, the header first, until it returns false.
using RowVisitor = absl::FunctionRef<bool(const Row& row)>;

// Cuts a text into rows; nothing depends on how the pieces were cut. Keeps at most one row, of
// kMaxColumns cells of kMaxCellBytes. Our own and no library's because every byte of a payload
// passes here: libcsv, which the tests hold it against, takes about twice as long for the plain
// tables that pass most, and keeps a quoted cell of any size. Thread-compatible.
class RowReader {
 public:
  explicit RowReader(char separator) : separator_(separator) {}
  RowReader(const RowReader&) = delete;
  RowReader& operator=(const RowReader&) = delete;

  // Takes the next text, which holds no CR, and tells `visit` every row that ends in it.
  void Add(std::string_view text, RowVisitor visit);

  // Says that the text has ended, which ends its last row.
  void Finish(RowVisitor visit);

  // Whether the rest is not looked at: the visitor has stopped or there is a fault.
  bool done() const { return done_; }

  // Why the text cannot be read, or empty: `quotes` (a stray or unclosed quote) or `cell-too-long`,
  // whichever shows first. A quoted cell that is too long and spans lines is an unclosed quote.
  std::string_view fault() const { return fault_; }

 private:
  // Where the next byte stands.
  enum class Place { kBeforeCell, kPlain, kQuoted, kAfterQuote };

  // Each reads from `at` and returns where the next step begins.
  size_t ReadPlain(std::string_view text, size_t at, RowVisitor visit);
  size_t ReadQuoted(std::string_view text, size_t at);
  // Adds to `held_`; false when it is then too long.
  bool Hold(std::string_view text);
  // Whether the held cell ends before this byte; ends it, and its row.
  bool EndsHeldCell(char next, RowVisitor visit);

  void AddCell(uint64_t line, std::string_view text) {
    if (width_ < cells_.size()) cells_[width_] = {line, text};
    ++width_;
  }
  void EndRow(RowVisitor visit);
  // Copies the cells of the row at hand, which lie in a piece that is about to go.
  void KeepRow();
  void Fail(std::string_view fault);

  const char separator_;
  Place place_ = Place::kBeforeCell;
  uint64_t line_ = 1;
  // The row at hand.
  std::array<Cell, gateway::base::kMaxColumns> cells_;
  size_t width_ = 0;
  // What is known of the cell at hand, when it lies in several pieces or in quotes.
  std::string held_;
  // Texts of the row's cells that are not in the piece at hand. Never grows beyond what is
  // reserved.
  std::string kept_;
  bool done_ = false;
  std::string_view fault_;
};

}  // namespace passerelle::policy::content

#endif  // PASSERELLE_POLICY_CONTENT_ROWS_H_
