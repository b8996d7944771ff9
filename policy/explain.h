// Where an exchange stands, clause by clause, and who must act: codes only, whose words are in the
// rules' catalogue. What is missing and what stands in the way is what the rules themselves find in
// the acts that come next, so that it cannot differ from what Decide would answer.
#ifndef PASSERELLE_POLICY_EXPLAIN_H_
#define PASSERELLE_POLICY_EXPLAIN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "passerelle/convention/v1/date.pb.h"
#include "passerelle/record/v1/decision.pb.h"
#include "passerelle/statement/v1/common.pb.h"
#include "policy/decide.h"
#include "policy/mend.h"
#include "policy/state/state.h"

namespace passerelle::policy {

// Whether a clause holds.
enum class Standing { kSatisfied, kMissing, kBlocked };

// One clause on the way from the proposal to a transfer.
struct Clause {
  // Id of the rule.
  std::string rule;
  Standing standing = Standing::kSatisfied;
  // The act that satisfies it; absent when none had to.
  std::optional<statement::v1::ActRef> act;
  // What is missing or in the way, and who mends it; absent when satisfied.
  std::optional<record::v1::Finding> finding;
  Mend mend;
  // By what day it is asked for.
  std::optional<convention::v1::Date> due;
  // Ordinal of the recommendation it is about.
  std::optional<uint32_t> recommendation;
};

// What is said of an exchange.
struct Explanation {
  // In the order of the procedure.
  std::vector<Clause> clauses;
  // Whether an entitled sender's well-formed transfer would be accepted now.
  bool open = false;
};

// Explains an exchange. Pure; thread-safe. REQUIRES: `exchange` is in the state.
Explanation Explain(const state::State& state, const statement::v1::ActRef& exchange,
                    const Now& now);

}  // namespace passerelle::policy

#endif  // PASSERELLE_POLICY_EXPLAIN_H_
