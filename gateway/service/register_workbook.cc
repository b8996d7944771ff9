#include "gateway/service/register_workbook.h"

#include <xlsxwriter.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/base/status.h"
#include "gateway/service/register_limits.h"

namespace passerelle::gateway::service {
namespace {

constexpr int64_t kSecondMs = 1000;
constexpr char kCutMark[] = " […]";
// What a sheet and a cell weigh beside their text.
constexpr size_t kCellBytes = 96;

absl::Status TooLarge() {
  return base::Error(absl::StatusCode::kResourceExhausted, "REGISTER_TOO_LARGE", "format",
                     "the register is too large for a spreadsheet; export one controller, or take "
                     "CSV or JSON");
}

absl::Status Checked(lxw_error error) {
  if (error == LXW_NO_ERROR) return absl::OkStatus();
  return base::Error(absl::StatusCode::kUnavailable, "WORKBOOK", "",
                     absl::StrCat("the spreadsheet cannot be written: ", lxw_strerror(error)));
}

// The beginning of a UTF-8 text that fits a cell.
std::string Fitted(const std::string& text) {
  if (text.size() <= kMaxWorkbookCellUnits) return text;
  size_t units = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    // A continuation byte is of the character before it; four bytes make two units.
    if ((byte & 0xc0) == 0x80) continue;
    units += byte >= 0xf0 ? 2 : 1;
    if (units > kMaxWorkbookCellUnits) return text.substr(0, i) + kCutMark;
  }
  return text;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Workbook>> Workbook::Create(const std::string& title,
                                                           int64_t created_ms) {
  ASSIGN_OR_RETURN(base::MemoryFile file, base::MemoryFile::Create());
  // The library's temporary files hold what the file holds, names included.
  std::string folder = base::kMemoryFolder;
  lxw_workbook_options options{};
  options.tmpdir = folder.data();
  lxw_workbook* workbook = workbook_new_opt(file.path().c_str(), &options);
  if (workbook == nullptr) return Checked(LXW_ERROR_MEMORY_MALLOC_FAILED);
  auto made = std::unique_ptr<Workbook>(new Workbook(std::move(file), workbook));
  std::string heading = title;
  lxw_doc_properties properties{};
  properties.title = heading.data();
  properties.created = static_cast<time_t>(created_ms / kSecondMs);
  RETURN_IF_ERROR(Checked(workbook_set_properties(workbook, &properties)));
  return made;
}

Workbook::Workbook(base::MemoryFile file, lxw_workbook* workbook)
    : file_(std::move(file)),
      workbook_(workbook),
      plain_(workbook_add_format(workbook)),
      heading_(workbook_add_format(workbook)),
      title_(workbook_add_format(workbook)) {
  for (lxw_format* format : {plain_, heading_}) {
    format_set_text_wrap(format);
    format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
  }
  format_set_bold(heading_);
  format_set_bold(title_);
}

Workbook::~Workbook() {
  if (workbook_ != nullptr) lxw_workbook_free(workbook_);
}

absl::StatusOr<Workbook::Sheet> Workbook::AddSheet(const std::string& name,
                                                   const std::vector<int>& widths,
                                                   const std::string& page_heading) {
  if (++sheets_ > kMaxWorkbookSheets) return TooLarge();
  Sheet sheet{workbook_add_worksheet(workbook_, name.c_str()), 0};
  if (sheet.worksheet == nullptr) return Checked(LXW_ERROR_MEMORY_MALLOC_FAILED);
  for (size_t i = 0; i < widths.size(); ++i)
    RETURN_IF_ERROR(Checked(worksheet_set_column(sheet.worksheet, static_cast<lxw_col_t>(i),
                                                 static_cast<lxw_col_t>(i), widths[i], nullptr)));
  worksheet_set_landscape(sheet.worksheet);
  worksheet_fit_to_pages(sheet.worksheet, 1, 0);
  RETURN_IF_ERROR(Checked(
      worksheet_set_header(sheet.worksheet, absl::StrCat("&L", page_heading, "&R&P").c_str())));
  return sheet;
}

absl::Status Workbook::AddLine(Sheet& sheet, const std::vector<std::string>& cells, Style style) {
  lxw_format* format = style == Style::kPlain ? plain_ : style == Style::kTitle ? title_ : heading_;
  for (size_t i = 0; i < cells.size(); ++i) {
    bytes_ += cells[i].size() + kCellBytes;
    if (bytes_ > kMaxWorkbookBytes) return TooLarge();
    RETURN_IF_ERROR(Checked(worksheet_write_string(
        sheet.worksheet, sheet.line, static_cast<lxw_col_t>(i), Fitted(cells[i]).c_str(), format)));
  }
  ++sheet.line;
  return absl::OkStatus();
}

void Workbook::FreezeAbove(const Sheet& sheet) {
  worksheet_freeze_panes(sheet.worksheet, sheet.line, 0);
}

absl::StatusOr<std::string> Workbook::Close() {
  // It is freed whatever comes of it.
  RETURN_IF_ERROR(Checked(workbook_close(std::exchange(workbook_, nullptr))));
  return file_.Read();
}

}  // namespace passerelle::gateway::service
