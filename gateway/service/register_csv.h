// The file form of a register: CSV that spreadsheets of French administrations open by a double
// click, and that runs nothing there.
#ifndef PASSERELLE_GATEWAY_SERVICE_REGISTER_CSV_H_
#define PASSERELLE_GATEWAY_SERVICE_REGISTER_CSV_H_

#include <string>
#include <string_view>

#include "absl/types/span.h"

namespace passerelle::gateway::service {

// What the file begins with: without it, spreadsheets read UTF-8 as Windows-1252.
inline constexpr std::string_view kCsvMark = "\xEF\xBB\xBF";

// Appends one line: cells separated by semicolons, quoted as RFC 4180 says where they must be, and
// CRLF. A cell that a spreadsheet would take for a formula (it begins with = + - @ TAB or CR) gets
// an apostrophe before it. Cells are UTF-8.
void AppendCsvLine(absl::Span<const std::string> cells, std::string& out);

}  // namespace passerelle::gateway::service

#endif  // PASSERELLE_GATEWAY_SERVICE_REGISTER_CSV_H_
