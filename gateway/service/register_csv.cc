#include "gateway/service/register_csv.h"

namespace passerelle::gateway::service {
namespace {

constexpr std::string_view kFormulaBeginnings = "=+-@\t\r";
constexpr std::string_view kMustBeQuoted = ";\"\r\n";

void AppendCell(const std::string& cell, std::string& out) {
  const bool formula = !cell.empty() && kFormulaBeginnings.find(cell[0]) != std::string_view::npos;
  const bool quoted = cell.find_first_of(kMustBeQuoted) != std::string::npos;
  if (quoted) out += '"';
  if (formula) out += '\'';
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  if (quoted) out += '"';
}

}  // namespace

void AppendCsvLine(absl::Span<const std::string> cells, std::string& out) {
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) out += ';';
    AppendCell(cells[i], out);
  }
  out += "\r\n";
}

}  // namespace passerelle::gateway::service
