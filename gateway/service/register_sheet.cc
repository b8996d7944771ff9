#include "gateway/service/register_sheet.h"

#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "policy/content/encoding.h"

namespace passerelle::gateway::service {
namespace {

using nlohmann::json;

constexpr char kBetweenItems[] = " | ";

// A UTF-8 text on one line.
std::string Fold(const std::string& text) {
  std::vector<std::string> lines;
  for (const absl::string_view part : absl::StrSplit(text, absl::ByAnyChar("\r\n"))) {
    std::string line(part);
    for (char& c : line)
      if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) c = ' ';
    absl::StripAsciiWhitespace(&line);
    if (!line.empty()) lines.push_back(std::move(line));
  }
  return absl::StrJoin(lines, " / ");
}

// The text of a value that is neither object nor list.
std::string ScalarText(const json& value, Language language) {
  if (value.is_string()) return Fold(value.get_ref<const std::string&>());
  if (value.is_boolean())
    return std::string((value.get<bool>() ? Words{"Oui", "Yes"} : Words{"Non", "No"}).In(language));
  if (value.is_number()) return value.dump();
  return "";
}

void AddList(const std::string& key, const json& list, Language language, SheetTexts& texts) {
  std::set<std::string> members;
  bool scalars = list.empty();
  for (const json& item : list) {
    scalars |= item.is_primitive();
    if (item.is_object())
      for (const auto& [member, value] : item.items())
        if (value.is_primitive()) members.insert(member);
  }
  if (scalars) {
    std::vector<std::string> items;
    for (const json& item : list)
      if (item.is_primitive()) items.push_back(ScalarText(item, language));
    for (size_t i = 0; i < items.size(); ++i) texts[absl::StrCat(key, ".", i + 1)] = items[i];
    texts[key] = absl::StrJoin(items, kBetweenItems);
  }
  // Every item has its place in every member's text, so that they can be read side by side.
  for (const std::string& member : members) {
    std::vector<std::string> items;
    for (const json& item : list)
      if (item.is_object()) items.push_back(ScalarText(item.value(member, json()), language));
    texts[absl::StrCat(key, ".", member)] = absl::StrJoin(items, kBetweenItems);
  }
}

// An object's members that are neither object nor list.
json Scalars(const json& object) {
  json scalars = json::object();
  for (const auto& [member, value] : object.items())
    if (value.is_primitive()) scalars[member] = value;
  return scalars;
}

}  // namespace

std::optional<SheetTexts> ReadSheet(std::string_view bytes, Language language) {
  const json sheet = json::parse(bytes, nullptr, /*allow_exceptions=*/false);
  if (!sheet.is_object()) return std::nullopt;
  SheetTexts texts;
  for (const auto& [key, value] : sheet.items()) {
    if (value.is_primitive()) {
      texts[key] = ScalarText(value, language);
    } else if (value.is_array()) {
      AddList(key, value, language, texts);
    } else {
      for (const auto& [member, text] : value.items())
        if (text.is_primitive()) texts[absl::StrCat(key, ".", member)] = ScalarText(text, language);
    }
  }
  return texts;
}

// Deeper members are left out here too: writing JSON takes a frame of the stack a level, and a
// document may nest as deep as it is long.
json SheetObject(std::string_view bytes) {
  const json sheet = json::parse(bytes, nullptr, /*allow_exceptions=*/false);
  if (!sheet.is_object()) return nullptr;
  json object = json::object();
  for (const auto& [key, value] : sheet.items()) {
    if (value.is_primitive()) {
      object[key] = value;
    } else if (value.is_object()) {
      object[key] = Scalars(value);
    } else {
      object[key] = json::array();
      for (const json& item : value)
        if (item.is_primitive())
          object[key].push_back(item);
        else if (item.is_object())
          object[key].push_back(Scalars(item));
    }
  }
  return object;
}

std::optional<std::string> OneLine(std::string_view bytes) {
  const policy::content::Decoded decoded = policy::content::DecodeText(bytes);
  if (!decoded.fault.empty()) return std::nullopt;
  return Fold(decoded.text);
}

}  // namespace passerelle::gateway::service
