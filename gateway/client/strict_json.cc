#include "gateway/client/strict_json.h"

#include <algorithm>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"

namespace passerelle::gateway::client {
namespace {

using base::Absl;
using nlohmann::json;

std::string PathOfMember(std::string_view path, std::string_view name) {
  return absl::StrCat(Absl(path), path.empty() ? "" : ".", Absl(name));
}

}  // namespace

absl::StatusOr<json> ParseStrict(std::string_view text) {
  std::vector<std::set<std::string>> open;
  bool duplicate = false;
  const auto watch = [&](int, json::parse_event_t event, json& parsed) {
    if (event == json::parse_event_t::object_start) open.emplace_back();
    if (event == json::parse_event_t::object_end) open.pop_back();
    if (event == json::parse_event_t::key && !open.back().insert(parsed.get<std::string>()).second)
      duplicate = true;
    return true;
  };
  json parsed = json::parse(text, watch, /*allow_exceptions=*/false);
  if (parsed.is_discarded()) return base::Malformed("JSON", "", "the text is not JSON");
  if (duplicate) return base::Malformed("JSON_DUPLICATE", "", "a member occurs twice");
  return parsed;
}

absl::Status CheckMembers(const json& value, std::string_view path,
                          std::initializer_list<std::string_view> names,
                          std::initializer_list<std::string_view> optional) {
  if (!value.is_object()) return base::Malformed("JSON_TYPE", path, "it must be an object");
  for (const std::string_view name : names)
    if (!value.contains(name))
      return base::Malformed("JSON_MISSING", PathOfMember(path, name), "the member is missing");
  for (const auto& [name, member] : value.items())
    if (std::find(names.begin(), names.end(), name) == names.end() &&
        std::find(optional.begin(), optional.end(), name) == optional.end())
      return base::Malformed("JSON_UNKNOWN", path, "it holds a member that is not known");
  return absl::OkStatus();
}

absl::StatusOr<std::string> TextAt(const json& object, std::string_view path,
                                   std::string_view name) {
  const auto member = object.find(name);
  if (member == object.end() || !member->is_string())
    return base::Malformed("JSON_TYPE", PathOfMember(path, name), "the member must be a string");
  return member->get<std::string>();
}

absl::StatusOr<std::string> HexAt(const json& object, std::string_view path, std::string_view name,
                                  size_t size) {
  ASSIGN_OR_RETURN(const std::string text, TextAt(object, path, name));
  absl::StatusOr<std::string> bytes = base::FromHex(text);
  if (!bytes.ok() || bytes->size() != size)
    return base::Malformed("HEX", PathOfMember(path, name),
                           absl::StrCat("the member must be ", size, " bytes in hexadecimal"));
  return bytes;
}

absl::StatusOr<std::string> Base64At(const json& object, std::string_view path,
                                     std::string_view name) {
  ASSIGN_OR_RETURN(const std::string text, TextAt(object, path, name));
  absl::StatusOr<std::string> bytes = base::FromBase64(text);
  if (!bytes.ok())
    return base::Malformed("BASE64", PathOfMember(path, name),
                           "the member must be base64 with padding");
  return bytes;
}

}  // namespace passerelle::gateway::client
