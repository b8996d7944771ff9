// How things are shown: names, dates, tables, the words behind a rule, JSON.
#ifndef PASSERELLE_GATEWAY_CLI_SHOW_H_
#define PASSERELLE_GATEWAY_CLI_SHOW_H_

#include <google/protobuf/message.h>

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/cli/app.h"
#include "passerelle/convention/v1/convention.pb.h"
#include "passerelle/convention/v1/date.pb.h"
#include "passerelle/statement/v1/common.pb.h"

namespace passerelle::gateway::cli {

// A reference as people type it: hexadecimal digest, a slash, the ordinal; `short_form` keeps 12
// digits.
std::string NameOf(const statement::v1::ActRef& ref, bool short_form);

// `YYYY-MM-DD`, or `-` when absent.
std::string ShowDate(const convention::v1::Date& date);

// An enum value in lower case without prefix: FOO_BAR_BAZ of enum FooBar is `baz`.
std::string ShowEnum(const google::protobuf::EnumDescriptor& type, int number);

// Any message as JSON: bytes in hexadecimal, enums in lower case without prefix, references and
// dates as people type them, absent fields left out.
nlohmann::json ToJson(const google::protobuf::Message& message);

// JSON as text on one line, or indented. Bytes that are not UTF-8, as in a file's name, are
// replaced.
std::string TextOf(const nlohmann::json& json, int indent = -1);

// Any message as ToJson makes it, as text.
std::string JsonOf(const google::protobuf::Message& message, int indent = -1);

// A JSON object of a few members, and a list of JSON texts, as text on one line.
using JsonValue = std::variant<std::string_view, bool, uint64_t>;
std::string JsonObject(std::initializer_list<std::pair<std::string_view, JsonValue>> members);
std::string JsonList(const std::vector<std::string>& values);

// Prints rows in aligned columns under headings on standard output.
void PrintTable(const std::vector<std::string>& headings,
                const std::vector<std::vector<std::string>>& rows);

// Where a rule comes from, in words.
std::string SourceOf(const App& app, const policy::rules::Rule& rule);

// The deed's sentence in quotation marks, or the law or policy behind the rule.
std::string QuoteOf(const App& app, const convention::v1::Convention& convention,
                    const policy::rules::Rule& rule);

// Where a rule comes from and which articles of the GDPR it serves, in brackets.
std::string BasisOf(const App& app, const policy::rules::Rule& rule);

}  // namespace passerelle::gateway::cli

#endif  // PASSERELLE_GATEWAY_CLI_SHOW_H_
