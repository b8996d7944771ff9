// Rows of a CSV text (RFC 4180 quotes), with the lines on which their cells begin.
#ifndef PASSERELLE_POLICY_CONTENT_TABLE_H_
#define PASSERELLE_POLICY_CONTENT_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"

namespace passerelle::policy::content {

// One cell.
struct Cell {
  // One-based line of the file on which it begins.
  uint64_t line = 0;
  std::string text;
};

// One row. A blank line is a row without cells.
struct Row {
  uint64_t line = 0;
  // The first kMaxColumns cells.
  std::vector<Cell> cells;
  // Number of all cells.
  size_t width = 0;
};

// The separator of a text: of `;` `,` `|` and tab, the one that cuts the header and the next ten
// rows into the same number of cells, and the header into most; when none does, the one that cuts
// the header into most; `;` when none cuts it. Nothing when two do equally well. Thread-safe.
std::optional<char> FindSeparator(std::string_view text);

// Tells `visit` every row in file order, the header first, until it returns false. Returns empty,
// or why the text cannot be read: `quotes` (a stray or unclosed quote) or `cell-too-long`.
// REQUIRES: `text` holds no CR. Thread-safe.
std::string_view ReadRows(std::string_view text, char separator,
                          absl::FunctionRef<bool(const Row& row)> visit);

}  // namespace passerelle::policy::content

#endif  // PASSERELLE_POLICY_CONTENT_TABLE_H_
