// Bounds of a register's files. Sizes are bytes unless said.
#ifndef PASSERELLE_GATEWAY_SERVICE_REGISTER_LIMITS_H_
#define PASSERELLE_GATEWAY_SERVICE_REGISTER_LIMITS_H_

#include <cstddef>

namespace passerelle::gateway::service {

// A register as a spreadsheet: its sheets, and the text in all of them. Beyond, CSV and JSON serve.
inline constexpr size_t kMaxWorkbookSheets = 1000;
inline constexpr size_t kMaxWorkbookBytes = 32 * 1024 * 1024;
// A cell of a spreadsheet, in UTF-16 units; the format's own bound is 32,767.
inline constexpr size_t kMaxWorkbookCellUnits = 32000;
// A document's text that an export keeps to show again.
inline constexpr size_t kMaxKeptTextBytes = 4 * 1024;
// Sheets written before the stream is asked whether anybody still listens.
inline constexpr size_t kSheetsOfAPiece = 32;

}  // namespace passerelle::gateway::service

#endif  // PASSERELLE_GATEWAY_SERVICE_REGISTER_LIMITS_H_
