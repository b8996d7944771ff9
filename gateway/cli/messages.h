// What errors are called in the language of the user: one catalogue, by reason. (What the rules
// find is in policy/rules/catalogue.h.)
#ifndef PASSERELLE_GATEWAY_CLI_MESSAGES_H_
#define PASSERELLE_GATEWAY_CLI_MESSAGES_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "gateway/cli/error_texts.h"
#include "policy/rules/catalogue.h"

namespace passerelle::gateway::cli {

// The whole catalogue. Static.
absl::Span<const ErrorText> AllErrorTexts();

// The text of a reason, or null.
const ErrorText* FindErrorText(std::string_view reason);

// A usage error (INVALID_ARGUMENT) in the catalogue's words. `path` names the option or the word;
// `detail` says what no catalogue can, such as the values that are possible.
absl::Status Usage(std::string_view reason, std::string_view path, std::string_view detail = "");

// That what is named is not there, or not for the caller to see (NOT_FOUND), in the catalogue's
// words.
absl::Status Absent(std::string_view reason, std::string_view path);

// Whether a reason is about files, keys or certificates of this machine: whoever typed mends it.
bool IsOfThisMachine(std::string_view reason);

// An error in the words of a language. `detail` is what the text does not hold: a file, the values
// that are possible; in English the message of whoever raised it, where that says more. Messages
// are English: another language shows of them what is the same in every one, and the message itself
// only where the catalogue has no text.
struct DescribedError {
  std::string reason, path, text, detail;
};
DescribedError Describe(const absl::Status& status, policy::rules::Language language);

// An error as people are shown it: reason, path and text; on the next line the detail.
std::string DescribeError(const absl::Status& status, policy::rules::Language language);

}  // namespace passerelle::gateway::cli

#endif  // PASSERELLE_GATEWAY_CLI_MESSAGES_H_
