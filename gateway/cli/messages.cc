#include "gateway/cli/messages.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"

namespace passerelle::gateway::cli {
namespace {

using policy::rules::Language;

// Where Usage keeps what is the same in every language.
constexpr char kDetailUrl[] = "passerelle/detail";

const ErrorText* FindIn(absl::Span<const ErrorText> texts, std::string_view reason) {
  for (const ErrorText& text : texts)
    for (const absl::string_view known : absl::StrSplit(base::Absl(text.reasons), ' '))
      if (base::Std(known) == reason) return &text;
  return nullptr;
}

// The text of an error. A log that is not certain of itself shares its reason with one that the
// gateway does not keep.
const ErrorText* TextOf(const absl::Status& status) {
  const std::string reason = base::ReasonOf(status);
  const bool of_the_log = reason == "LOG_UNKNOWN" && status.code() == absl::StatusCode::kInternal;
  return FindErrorText(of_the_log ? "STORE_IO" : reason);
}

// What of an English message is no English: the detail of Usage; else the file or name that stands
// before its colon, where the text asks for one; the number of the request; the notes of a fork.
std::string DetailOf(const absl::Status& status, const std::string& message, bool asked) {
  if (const auto detail = status.GetPayload(kDetailUrl); detail.has_value())
    return std::string(*detail);
  if (base::ReasonOf(status) == "FORK") {
    const size_t second = message.find('\n');
    return second == std::string::npos ? "" : message.substr(second + 1);
  }
  constexpr std::string_view kRequest = "(request ";
  if (const size_t request = message.find(kRequest); request != std::string::npos) {
    const size_t begin = request + kRequest.size();
    return absl::StrCat("demande ", message.substr(begin, message.find(')', begin) - begin));
  }
  const size_t colon = message.find(": ");
  return asked && colon != std::string::npos ? message.substr(0, colon) : "";
}

std::vector<ErrorText> Gather() {
  std::vector<ErrorText> all;
  for (const absl::Span<const ErrorText> area :
       {TypedTexts(), FileTexts(), GatewayTexts(), ProofTexts(), InstallationTexts()})
    all.insert(all.end(), area.begin(), area.end());
  return all;
}

}  // namespace

absl::Span<const ErrorText> AllErrorTexts() {
  static const std::vector<ErrorText>* const all = new std::vector<ErrorText>(Gather());
  return *all;
}

const ErrorText* FindErrorText(std::string_view reason) { return FindIn(AllErrorTexts(), reason); }

bool IsOfThisMachine(std::string_view reason) { return FindIn(FileTexts(), reason) != nullptr; }

absl::Status Usage(std::string_view reason, std::string_view path, std::string_view detail) {
  const ErrorText* text = FindErrorText(reason);
  absl::Status status =
      base::Malformed(reason, path, detail.empty() && text != nullptr ? text->en : detail);
  if (!detail.empty()) status.SetPayload(kDetailUrl, absl::Cord(base::Absl(detail)));
  return status;
}

absl::Status Absent(std::string_view reason, std::string_view path) {
  const ErrorText* text = FindErrorText(reason);
  return base::Error(absl::StatusCode::kNotFound, reason, path, text == nullptr ? "" : text->en);
}

DescribedError Describe(const absl::Status& status, Language language) {
  DescribedError described{base::ReasonOf(status), base::PathOf(status), "", ""};
  const std::string message(status.message());
  const ErrorText* text = TextOf(status);
  if (text == nullptr) {
    described.text = message;
    return described;
  }
  described.text = std::string(language == Language::kFrench ? text->fr : text->en);
  if (language == Language::kFrench)
    described.detail = DetailOf(status, message, absl::EndsWith(described.text, ":"));
  else if (message != text->en)
    described.detail = message;
  if (described.detail.empty() && absl::EndsWith(described.text, " :"))
    described.text.resize(described.text.size() - 2);
  return described;
}

std::string DescribeError(const absl::Status& status, Language language) {
  const DescribedError described = Describe(status, language);
  return absl::StrCat(described.reason, described.path.empty() ? "" : " ", described.path, ": ",
                      described.text, described.detail.empty() ? "" : "\n  ", described.detail);
}

}  // namespace passerelle::gateway::cli
