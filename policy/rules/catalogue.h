// The catalogue of rules: what each id stands for, where it comes from, and how its findings read
// in French and English. One catalogue serves CLI, console and register.
#ifndef PASSERELLE_POLICY_RULES_CATALOGUE_H_
#define PASSERELLE_POLICY_RULES_CATALOGUE_H_

#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "passerelle/convention/v1/convention.pb.h"
#include "passerelle/record/v1/decision.pb.h"

namespace passerelle::policy::rules {

// Where a rule comes from.
enum class Source { kConvention, kLaw, kPolicy };

// A language of messages.
enum class Language { kFrench, kEnglish };

// One way in which a rule is not met. `{limit}`, `{actual}`, `{line}` and `{column}` stand for the
// finding's numbers, `{limit:date}` and `{actual:date}` for a number YYYYMMDD as a date.
struct Message {
  // Code, such as `opinion-missing`.
  std::string_view code;
  // What is missing or wrong.
  std::string_view fr, en;
  // Who can mend it, and how.
  std::string_view mend_fr, mend_en;
};

// A rule. Static; never changes while the process runs.
struct Rule {
  // Stable id, such as `IX.2c`: what is logged.
  std::string_view id;
  Source source;
  // GDPR articles it serves, such as `38(3), 39`; empty when none.
  std::string_view gdpr;
  // What the rule asks for, in one sentence.
  std::string_view title_fr, title_en;
  // Its messages.
  absl::Span<const Message> messages;
};

// Every rule, sorted by article.
absl::Span<const Rule* const> AllRules();

// The rule of an id, or null.
const Rule* FindRule(std::string_view id);

// What a finding says is missing or wrong, in words. An unknown rule or code is shown as it is.
std::string DescribeFault(const record::v1::Finding& finding, Language language);

// The same, and the mend.
std::string Describe(const record::v1::Finding& finding, Language language);

// The deed's whole sentence behind a rule whose source is the convention, from the convention's
// data; otherwise "policy of this installation" (with the sentence it serves, where the
// convention's data have one) or the law, in `language`.
std::string SentenceOf(const convention::v1::Convention& convention, const Rule& rule,
                       Language language);

}  // namespace passerelle::policy::rules

#endif  // PASSERELLE_POLICY_RULES_CATALOGUE_H_
