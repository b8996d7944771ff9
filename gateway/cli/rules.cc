// passerelle rules: the rules that decide, by id.
#include <cstdio>
#include <memory>

#include "gateway/base/status.h"
#include "gateway/cli/app.h"
#include "gateway/cli/messages.h"
#include "gateway/cli/show.h"
#include "policy/rules/catalogue.h"

namespace passerelle::gateway::cli {
namespace {

using policy::rules::Rule;

absl::StatusOr<int> Show(App& app, const std::string& id) {
  const Rule* rule = policy::rules::FindRule(id);
  if (rule == nullptr) return Usage("RULE_UNKNOWN", "id");
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const record::v1::FoundingRow founding, session->GetConvention());
  const std::string title = app.Say(rule->title_fr, rule->title_en);
  const std::string sentence = QuoteOf(app, founding.convention(), *rule);
  if (app.json()) {
    std::printf("%s\n", JsonObject({{"id", rule->id},
                                    {"source", SourceOf(app, *rule)},
                                    {"gdpr", rule->gdpr},
                                    {"title", title},
                                    {"sentence", sentence}})
                            .c_str());
    return kDone;
  }
  std::printf("%s (%s%s%s)\n  %s\n  %s\n", std::string(rule->id).c_str(),
              SourceOf(app, *rule).c_str(),
              rule->gdpr.empty() ? "" : app.Say(", RGPD art. ", ", GDPR art. ").c_str(),
              std::string(rule->gdpr).c_str(), title.c_str(), sentence.c_str());
  return kDone;
}

absl::StatusOr<int> List(App& app) {
  std::vector<std::string> list;
  std::vector<std::vector<std::string>> rows;
  for (const Rule* rule : policy::rules::AllRules()) {
    const std::string title = app.Say(rule->title_fr, rule->title_en);
    list.push_back(JsonObject({{"id", rule->id},
                               {"source", SourceOf(app, *rule)},
                               {"gdpr", rule->gdpr},
                               {"title", title}}));
    rows.push_back({std::string(rule->id), SourceOf(app, *rule), std::string(rule->gdpr), title});
  }
  if (app.json())
    std::printf("%s\n", JsonList(list).c_str());
  else
    PrintTable(
        {app.Say("règle", "rule"), "source", app.Say("RGPD", "GDPR"), app.Say("objet", "about")},
        rows);
  return kDone;
}

}  // namespace

void AddRules(App& app) {
  const Command noun = app.commands().AddNoun("rules", "Les règles", "The rules");
  app.commands().AddVerb(noun, "list", "Lister les règles", "List the rules",
                         [&app] { return List(app); });
  auto id = std::make_shared<std::string>();
  app.commands()
      .AddVerb(noun, "show", "Montrer une règle et la phrase qu'elle applique",
               "Show a rule and the sentence it carries out", [&app, id] { return Show(app, *id); })
      .Add("id", *id, "La règle, telle IX.2c", "The rule, such as IX.2c")
      .Required();
}

}  // namespace passerelle::gateway::cli
