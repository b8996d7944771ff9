// How things are shown: names, dates, findings with the sentence behind them, JSON.
#ifndef PASSERELLE_GATEWAY_CLI_SHOW_H_
#define PASSERELLE_GATEWAY_CLI_SHOW_H_

#include <google/protobuf/message.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "gateway/cli/app.h"
#include "gateway/client/session.h"
#include "passerelle/convention/v1/convention.pb.h"
#include "passerelle/convention/v1/date.pb.h"
#include "passerelle/record/v1/decision.pb.h"
#include "passerelle/statement/v1/common.pb.h"

namespace passerelle::gateway::cli {

// A reference as people type it: hexadecimal digest, a slash, the ordinal; `short_form` keeps 12
// digits.
std::string NameOf(const statement::v1::ActRef& ref, bool short_form);

// `YYYY-MM-DD`, or `-` when absent.
std::string ShowDate(const convention::v1::Date& date);

// Any message as JSON: bytes in hexadecimal, enums in lower case without prefix, references and
// dates as people type them, absent fields left out.
nlohmann::json ToJson(const google::protobuf::Message& message);

// Prints rows in aligned columns under headings on standard output.
void PrintTable(const std::vector<std::string>& headings,
                const std::vector<std::vector<std::string>>& rows);

// Where a rule comes from, in words.
std::string SourceOf(const App& app, const policy::rules::Rule& rule);

// The deed's sentence in quotation marks, or the law or policy behind the rule.
std::string QuoteOf(const App& app, const convention::v1::Convention& convention,
                    const policy::rules::Rule& rule);

// Prints findings on standard error: rule, source, what and the mend, and the sentence that the
// rule carries out (from the convention, when a session can be had).
void PrintFindings(App& app, absl::Span<const record::v1::Finding> findings);

// Prints an answer (effect, entry, name of the first act, receipt file), keeps the receipt, and
// returns the exit code: kDone when accepted or noted, kRefused otherwise.
absl::StatusOr<int> FinishAnswer(App& app, const client::Answer& answer);

}  // namespace passerelle::gateway::cli

#endif  // PASSERELLE_GATEWAY_CLI_SHOW_H_
