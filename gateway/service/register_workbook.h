// A spreadsheet of texts. Every cell is written as a string: nothing in it is a formula, whatever
// it begins with. Equal cells give equal bytes: the time of creation is a parameter.
#ifndef PASSERELLE_GATEWAY_SERVICE_REGISTER_WORKBOOK_H_
#define PASSERELLE_GATEWAY_SERVICE_REGISTER_WORKBOOK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/base/memory_file.h"

struct lxw_workbook;
struct lxw_worksheet;
struct lxw_format;

namespace passerelle::gateway::service {

// Not thread-safe.
class Workbook {
 public:
  // How a line is printed. A title runs over the columns beside it; other texts wrap.
  enum class Style { kPlain, kHeading, kTitle };

  // A sheet of the workbook, and the line that comes next. Valid as long as the workbook.
  struct Sheet {
    lxw_worksheet* worksheet = nullptr;
    uint32_t line = 0;
  };

  // UNAVAILABLE (MEMORY_FILE, WORKBOOK) when memory gives none.
  static absl::StatusOr<std::unique_ptr<Workbook>> Create(const std::string& title,
                                                          int64_t created_ms);
  ~Workbook();
  Workbook(const Workbook&) = delete;
  Workbook& operator=(const Workbook&) = delete;

  // Adds a sheet with columns of these widths (characters) and a heading on every printed page.
  // REQUIRES: the name is no other sheet's, at most 31 characters, none of []:*?/\.
  // RESOURCE_EXHAUSTED (REGISTER_TOO_LARGE) past kMaxWorkbookSheets.
  absl::StatusOr<Sheet> AddSheet(const std::string& name, const std::vector<int>& widths,
                                 const std::string& page_heading);

  // Writes the next line of a sheet. A text too long for a cell is cut and ends in `[…]`.
  // RESOURCE_EXHAUSTED (REGISTER_TOO_LARGE) past kMaxWorkbookBytes.
  absl::Status AddLine(Sheet& sheet, const std::vector<std::string>& cells, Style style);

  // Keeps the lines written so far in sight.
  void FreezeAbove(const Sheet& sheet);

  // The file's bytes. Nothing is added after it.
  absl::StatusOr<std::string> Close();

 private:
  Workbook(base::MemoryFile file, lxw_workbook* workbook);

  base::MemoryFile file_;
  // Null once closed.
  lxw_workbook* workbook_;
  lxw_format* plain_ = nullptr;
  lxw_format* heading_ = nullptr;
  lxw_format* title_ = nullptr;
  size_t sheets_ = 0;
  size_t bytes_ = 0;
};

}  // namespace passerelle::gateway::service

#endif  // PASSERELLE_GATEWAY_SERVICE_REGISTER_WORKBOOK_H_
