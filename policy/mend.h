// Who can mend what a finding says: the structured half of the catalogue's mends.
#ifndef PASSERELLE_POLICY_MEND_H_
#define PASSERELLE_POLICY_MEND_H_

#include <string>
#include <string_view>

#include "passerelle/record/v1/decision.pb.h"
#include "passerelle/record/v1/state.pb.h"
#include "passerelle/statement/v1/people.pb.h"
#include "policy/state/state.h"

namespace passerelle::policy {

// A mandate that it takes; no role: the author of the act mends it himself, or nobody can.
struct Mend {
  std::string party;
  statement::v1::Role role = statement::v1::ROLE_UNSPECIFIED;
};

// Who mends a finding about an act done in the name of `party`, which is about this exchange (null:
// about none). Pure and total; thread-safe.
Mend MendOf(const state::State& state, const record::v1::Finding& finding, std::string_view party,
            const record::v1::ExchangeRow* exchange);

// One line of the table behind it, for tests.
struct MendRule {
  std::string_view rule;
  // Empty: every code of the rule that has no line of its own.
  std::string_view code;
};
bool HasMendRule(std::string_view rule, std::string_view code);

}  // namespace passerelle::policy

#endif  // PASSERELLE_POLICY_MEND_H_
