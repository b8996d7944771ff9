// Who can mend what a finding says: the structured half of the catalogue's mends.
#ifndef PASSERELLE_POLICY_MEND_H_
#define PASSERELLE_POLICY_MEND_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "passerelle/record/v1/decision.pb.h"
#include "passerelle/record/v1/state.pb.h"
#include "passerelle/statement/v1/people.pb.h"
#include "policy/state/state.h"

namespace passerelle::policy {

// A mandate that it takes; no role: the author of the act mends it himself, or nobody can.
struct Mend {
  std::string party;
  statement::v1::Role role = statement::v1::ROLE_UNSPECIFIED;
  // Whether an act of that mandate is what is missing, rather than something in the act's way.
  bool missing = false;
};

// Who mends a finding about an act done in the name of `party`, which is about this exchange (null:
// about none). Pure and total; thread-safe.
Mend MendOf(const state::State& state, const record::v1::Finding& finding, std::string_view party,
            const record::v1::ExchangeRow* exchange);

// (rule, code) pairs that the table behind it knows; an empty code stands for every other code of
// its rule. For tests.
std::vector<std::pair<std::string_view, std::string_view>> MendTable();

}  // namespace passerelle::policy

#endif  // PASSERELLE_POLICY_MEND_H_
