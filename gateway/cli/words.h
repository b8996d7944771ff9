// The codes of the protocol in the words of the user: one catalogue for every enumeration that
// people are shown.
#ifndef PASSERELLE_GATEWAY_CLI_WORDS_H_
#define PASSERELLE_GATEWAY_CLI_WORDS_H_

#include <google/protobuf/descriptor.h>

#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "policy/rules/catalogue.h"

namespace passerelle::gateway::cli {

// One enum value, in words.
struct Word {
  int number;
  std::string_view fr, en;
};

// The values of one enumeration.
struct Words {
  const google::protobuf::EnumDescriptor* (*type)();
  absl::Span<const Word> words;
};

// The whole catalogue. Static.
absl::Span<const Words> AllWords();

// An enum value in words; its code as ShowEnum gives it, where the catalogue has none.
std::string WordOf(const google::protobuf::EnumDescriptor& type, int number,
                   policy::rules::Language language);

}  // namespace passerelle::gateway::cli

#endif  // PASSERELLE_GATEWAY_CLI_WORDS_H_
