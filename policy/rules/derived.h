// What an accepted act of an exchange changes, computed once for the checks that weigh it and the
// outcome that records it.
#ifndef PASSERELLE_POLICY_RULES_DERIVED_H_
#define PASSERELLE_POLICY_RULES_DERIVED_H_

#include "passerelle/record/v1/decision.pb.h"
#include "passerelle/record/v1/state.pb.h"
#include "passerelle/statement/v1/exchange.pb.h"
#include "policy/rules/judgement.h"

namespace passerelle::policy::rules {

// The terms that conditions leave: terms only narrow. (article_ix_2.cc)
record::v1::TermsOutcome Narrowed(const record::v1::TermsOutcome& terms,
                                  const statement::v1::Conditions& conditions);

// The recommendation that the act answers, or null. (article_ix_2_recommendations.cc)
const record::v1::RecommendationRow* AnsweredRow(const Judgement& j);

// Whether the act accepts a recommendation that was not accepted yet.
// (article_ix_2_recommendations.cc)
bool NewlyAccepted(const Judgement& j);

// The freeze in force that the act, by a second agent of its side, confirms, or null. (freezes.cc)
// REQUIRES: somebody carries the act.
const record::v1::FreezeRow* FreezeToConfirm(const Judgement& j);

}  // namespace passerelle::policy::rules

#endif  // PASSERELLE_POLICY_RULES_DERIVED_H_
