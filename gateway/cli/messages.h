// What errors are called in the language of the user: one catalogue, by reason. (What the rules
// find is in policy/rules/catalogue.h.)
#ifndef PASSERELLE_GATEWAY_CLI_MESSAGES_H_
#define PASSERELLE_GATEWAY_CLI_MESSAGES_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "policy/rules/catalogue.h"

namespace passerelle::gateway::cli {

// What went wrong and what mends it.
struct ErrorText {
  // The reasons it stands for, separated by blanks.
  std::string_view reasons;
  std::string_view fr, en;
};

// The whole catalogue. Static.
absl::Span<const ErrorText> AllErrorTexts();

// The text of a reason, or null.
const ErrorText* FindErrorText(std::string_view reason);

// A usage error (INVALID_ARGUMENT) in the catalogue's words. `path` names the option or the word;
// `detail` says what no catalogue can, such as the values that are possible.
absl::Status Usage(std::string_view reason, std::string_view path, std::string_view detail = "");

// An error as people are shown it: reason, path and text; on the next line the message of whoever
// raised it, where that says more. A reason without text is shown with that message alone.
std::string DescribeError(const absl::Status& status, policy::rules::Language language);

}  // namespace passerelle::gateway::cli

#endif  // PASSERELLE_GATEWAY_CLI_MESSAGES_H_
