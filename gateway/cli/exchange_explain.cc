// passerelle exchange explain: clause by clause, what is satisfied by which entry, what is missing,
// and who must do it.
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/base/status.h"
#include "gateway/cli/exchange_verbs.h"
#include "gateway/cli/find.h"
#include "gateway/cli/findings.h"
#include "gateway/cli/show.h"
#include "gateway/cli/words.h"

namespace passerelle::gateway::cli {
namespace {

using passerelle::gateway::v1::Clause;
using passerelle::gateway::v1::ExplainExchangeResponse;
using policy::rules::Rule;

std::string StandingOf(const App& app, const Clause& clause) {
  std::string text = WordOf(*passerelle::gateway::v1::ClauseStanding_descriptor(),
                            clause.standing(), app.language());
  if (clause.has_index())
    absl::StrAppend(&text, app.Say(" par l'inscription ", " by entry "), clause.index());
  if (clause.has_act())
    absl::StrAppend(&text, app.Say(", acte ", ", act "), NameOf(clause.act(), true));
  const std::string mender = MenderOf(app, clause.gap());
  if (!mender.empty())
    absl::StrAppend(&text, app.Say(", à faire par : ", ", to be done by: "), mender);
  if (clause.has_due())
    absl::StrAppend(&text, app.Say(", avant le ", ", by "), ShowDate(clause.due()));
  return text;
}

// What the clause asks for where it holds, what is missing where it does not.
std::string TextOfClause(const App& app, const Clause& clause, const Rule* rule) {
  if (clause.has_gap()) return policy::rules::Describe(clause.gap().finding(), app.language());
  return rule == nullptr ? "" : app.Say(rule->title_fr, rule->title_en);
}

void PrintClause(const App& app, const convention::v1::Convention& deed, const Clause& clause) {
  const Rule* rule = policy::rules::FindRule(clause.rule());
  std::string head = clause.rule();
  if (rule != nullptr) absl::StrAppend(&head, " ", BasisOf(app, *rule));
  if (clause.has_recommendation())
    absl::StrAppend(&head, app.Say(", recommandation n° ", ", recommendation no. "),
                    clause.recommendation() + 1);
  std::printf("%s : %s\n", head.c_str(), StandingOf(app, clause).c_str());
  const std::string text = TextOfClause(app, clause, rule);
  if (!text.empty()) std::printf("    %s\n", text.c_str());
  if (rule != nullptr) std::printf("    %s\n", QuoteOf(app, deed, *rule).c_str());
}

// The response as it came, each clause with its words.
nlohmann::json JsonOfClauses(const App& app, const convention::v1::Convention& deed,
                             const ExplainExchangeResponse& explained) {
  nlohmann::json json = ToJson(explained);
  // What is false is not written otherwise, and this is the answer.
  json["open"] = explained.open();
  for (int i = 0; i < explained.clauses_size(); ++i) {
    nlohmann::json& clause = json["clauses"][static_cast<size_t>(i)];
    const Rule* rule = policy::rules::FindRule(explained.clauses(i).rule());
    clause["text"] = TextOfClause(app, explained.clauses(i), rule);
    if (rule != nullptr) clause["sentence"] = QuoteOf(app, deed, *rule);
  }
  return json;
}

absl::StatusOr<int> Explain(App& app, const std::string& typed) {
  ASSIGN_OR_RETURN(const statement::v1::ActRef exchange, FindExchange(app, typed));
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const ExplainExchangeResponse explained, session->ExplainExchange(exchange));
  const convention::v1::Convention deed = DeedOf(app);
  if (app.json()) {
    std::printf("%s\n", TextOf(JsonOfClauses(app, deed, explained)).c_str());
    return kDone;
  }
  for (const Clause& clause : explained.clauses()) PrintClause(app, deed, clause);
  std::printf("%s\n", (explained.open() ? app.Say("Ouvert : un envoi conforme serait accepté.",
                                                  "Open: a well-formed transfer would be accepted.")
                                        : app.Say("Pas ouvert : aucun envoi ne serait accepté.",
                                                  "Not open: no transfer would be accepted."))
                          .c_str());
  return kDone;
}

}  // namespace

void AddExplain(App& app, const Command& noun) {
  auto typed = std::make_shared<std::string>();
  app.commands()
      .AddVerb(
          noun, "explain",
          "Expliquer clause par clause : ce qui est satisfait, ce qui manque, qui doit le faire",
          "Explain clause by clause: what is satisfied, what is missing, who must do it",
          [&app, typed] { return Explain(app, *typed); })
      .Add("exchange", *typed, "L'échange", "The exchange")
      .Required();
}

}  // namespace passerelle::gateway::cli
