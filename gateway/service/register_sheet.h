// A controller's sheet: the JSON document behind a RegisterEntryRecorded, under the identifiers of
// the CNIL's register model (gateway/docs; register_columns.cc lists them all).
#ifndef PASSERELLE_GATEWAY_SERVICE_REGISTER_SHEET_H_
#define PASSERELLE_GATEWAY_SERVICE_REGISTER_SHEET_H_

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/service/register_language.h"

namespace passerelle::gateway::service {

// Texts by path: `name`; `controller.city` for a member of an object; `recipients.type` for that
// member of every object of a list, in order; `sub_purposes.2` for one text of a list of texts.
// Lists are joined with " | ", booleans read yes or no, a null is an empty text: what stands in the
// sheet is there, even empty.
using SheetTexts = std::map<std::string, std::string>;

// Reads a sheet. Nothing when the bytes are not one JSON object. Members deeper than the paths
// above are left out. Thread-safe.
std::optional<SheetTexts> ReadSheet(std::string_view json, Language language);

// The same sheet as an object, its lists as they are; null when ReadSheet reads nothing.
// Thread-safe.
nlohmann::json SheetObject(std::string_view json);

// A document's text on one line: decoded (UTF-8 or Windows-1252), its lines joined with " / ",
// control characters blanked. Nothing when the bytes are no text. Thread-safe.
std::optional<std::string> OneLine(std::string_view bytes);

}  // namespace passerelle::gateway::service

#endif  // PASSERELLE_GATEWAY_SERVICE_REGISTER_SHEET_H_
