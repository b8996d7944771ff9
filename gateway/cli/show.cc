#include "gateway/cli/show.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "gateway/base/bytes.h"
#include "gateway/base/strings.h"

namespace passerelle::gateway::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using policy::rules::Rule;

nlohmann::json ShowValue(const Message& message, const FieldDescriptor& field, int index) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const bool many = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return ToJson(many ? reflection.GetRepeatedMessage(message, &field, index)
                         : reflection.GetMessage(message, &field));
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string text = many ? reflection.GetRepeatedString(message, &field, index)
                              : reflection.GetString(message, &field);
      return field.type() == FieldDescriptor::TYPE_BYTES ? base::ToHex(text) : text;
    }
    case FieldDescriptor::CPPTYPE_ENUM:
      return ShowEnum(*field.enum_type(),
                      many ? reflection.GetRepeatedEnumValue(message, &field, index)
                           : reflection.GetEnumValue(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return many ? reflection.GetRepeatedInt64(message, &field, index)
                  : reflection.GetInt64(message, &field);
    case FieldDescriptor::CPPTYPE_INT32:
      return many ? reflection.GetRepeatedInt32(message, &field, index)
                  : reflection.GetInt32(message, &field);
    case FieldDescriptor::CPPTYPE_UINT64:
      return many ? reflection.GetRepeatedUInt64(message, &field, index)
                  : reflection.GetUInt64(message, &field);
    case FieldDescriptor::CPPTYPE_UINT32:
      return many ? reflection.GetRepeatedUInt32(message, &field, index)
                  : reflection.GetUInt32(message, &field);
    case FieldDescriptor::CPPTYPE_BOOL:
      return many ? reflection.GetRepeatedBool(message, &field, index)
                  : reflection.GetBool(message, &field);
    default:
      return nullptr;
  }
}

// Columns count characters, not bytes: labels are French.
size_t WidthOf(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

void PrintRow(const std::vector<std::string>& row, const std::vector<size_t>& widths) {
  std::string line;
  for (size_t i = 0; i < row.size(); ++i) {
    absl::StrAppend(&line, row[i]);
    if (i + 1 < row.size()) line.append(widths[i] - WidthOf(row[i]) + 2, ' ');
  }
  std::printf("%s\n", line.c_str());
}

}  // namespace

std::string NameOf(const statement::v1::ActRef& ref, bool short_form) {
  const std::string digest = base::ToHex(ref.statement());
  return absl::StrCat(short_form ? digest.substr(0, 12) : digest, "/", ref.ordinal());
}

std::string ShowDate(const convention::v1::Date& date) {
  if (date.year() == 0) return "-";
  return absl::StrFormat("%04u-%02u-%02u", date.year(), date.month(), date.day());
}

std::string ShowEnum(const google::protobuf::EnumDescriptor& type, int number) {
  const google::protobuf::EnumValueDescriptor* value = type.FindValueByNumber(number);
  if (value == nullptr) return absl::StrCat(number);
  // The zero value tells how long the prefix is.
  const size_t prefix =
      type.FindValueByNumber(0)->name().size() - std::string_view("UNSPECIFIED").size();
  return absl::AsciiStrToLower(value->name().substr(prefix));
}

nlohmann::json ToJson(const Message& message) {
  if (message.GetDescriptor() == statement::v1::ActRef::descriptor())
    return NameOf(static_cast<const statement::v1::ActRef&>(message), false);
  if (message.GetDescriptor() == convention::v1::Date::descriptor())
    return ShowDate(static_cast<const convention::v1::Date&>(message));
  nlohmann::json json = nlohmann::json::object();
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (!field->is_repeated()) {
      json[field->name()] = ShowValue(message, *field, 0);
      continue;
    }
    nlohmann::json list = nlohmann::json::array();
    for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i)
      list.push_back(ShowValue(message, *field, i));
    json[field->name()] = std::move(list);
  }
  return json;
}

std::string TextOf(const nlohmann::json& json, int indent) {
  return json.dump(indent, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string JsonOf(const Message& message, int indent) { return TextOf(ToJson(message), indent); }

std::string JsonObject(std::initializer_list<std::pair<std::string_view, JsonValue>> members) {
  nlohmann::json json = nlohmann::json::object();
  for (const auto& [name, value] : members)
    std::visit([&json, &name = name](const auto& held) { json[std::string(name)] = held; }, value);
  return TextOf(json);
}

std::string JsonList(const std::vector<std::string>& values) {
  return absl::StrCat("[", absl::StrJoin(values, ","), "]");
}

void ShowProgress(uint64_t done, uint64_t total) {
  constexpr uint64_t kCells = 40;
  if (isatty(STDERR_FILENO) == 0) return;
  const uint64_t full = total == 0 ? kCells : done * kCells / total;
  std::fprintf(stderr, "\r[%s%s] %lu / %lu%s", std::string(full, '#').c_str(),
               std::string(kCells - full, '.').c_str(), done, total, done == total ? "\n" : "");
}

void PrintTable(const std::vector<std::string>& headings,
                const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths;
  for (size_t i = 0; i < headings.size(); ++i) {
    size_t width = WidthOf(headings[i]);
    for (const auto& row : rows) width = std::max(width, WidthOf(row[i]));
    widths.push_back(width);
  }
  PrintRow(headings, widths);
  for (const auto& row : rows) PrintRow(row, widths);
}

std::string QuoteOf(const App& app, const convention::v1::Convention& convention,
                    const Rule& rule) {
  const std::string sentence = policy::rules::SentenceOf(convention, rule, app.language());
  return rule.source == policy::rules::Source::kConvention ? absl::StrCat("« ", sentence, " »")
                                                           : sentence;
}

std::string SourceOf(const App& app, const Rule& rule) {
  switch (rule.source) {
    case policy::rules::Source::kConvention:
      return app.Say("convention", "convention");
    case policy::rules::Source::kLaw:
      return app.Say("loi", "law");
    case policy::rules::Source::kPolicy:
      break;
  }
  return app.Say("règle de cette installation", "policy of this installation");
}

std::string BasisOf(const App& app, const Rule& rule) {
  if (rule.gdpr.empty()) return absl::StrCat("(", SourceOf(app, rule), ")");
  return absl::StrCat("(", SourceOf(app, rule), ", ", app.Say("RGPD art.", "GDPR art."), " ",
                      base::Absl(rule.gdpr), ")");
}

}  // namespace passerelle::gateway::cli
