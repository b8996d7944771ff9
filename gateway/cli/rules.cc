// passerelle rules: the rules that decide, by id.
#include <cstdio>
#include <memory>

#include "gateway/base/status.h"
#include "gateway/cli/app.h"
#include "gateway/cli/show.h"
#include "policy/rules/catalogue.h"

namespace passerelle::gateway::cli {
namespace {

using policy::rules::Rule;

nlohmann::json Describe(const App& app, const convention::v1::Convention& convention,
                        const Rule& rule) {
  const bool french = app.language() == policy::rules::Language::kFrench;
  return {{"id", rule.id},
          {"source", SourceOf(app, rule)},
          {"gdpr", rule.gdpr},
          {"title", french ? rule.title_fr : rule.title_en},
          {"sentence", QuoteOf(app, convention, rule)}};
}

absl::StatusOr<int> Show(App& app, const std::string& id) {
  const Rule* rule = policy::rules::FindRule(id);
  if (rule == nullptr)
    return base::Malformed("RULE_UNKNOWN", "id", "no rule has this id; `passerelle rules list`");
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const record::v1::FoundingRow founding, session->GetConvention());
  const nlohmann::json json = Describe(app, founding.convention(), *rule);
  if (app.json()) {
    std::printf("%s\n", json.dump().c_str());
    return kDone;
  }
  std::printf("%s (%s%s%s)\n  %s\n  %s\n", std::string(rule->id).c_str(),
              SourceOf(app, *rule).c_str(),
              rule->gdpr.empty() ? "" : app.Say(", RGPD art. ", ", GDPR art. ").c_str(),
              std::string(rule->gdpr).c_str(), json["title"].get<std::string>().c_str(),
              json["sentence"].get<std::string>().c_str());
  return kDone;
}

absl::StatusOr<int> List(App& app) {
  nlohmann::json list = nlohmann::json::array();
  std::vector<std::vector<std::string>> rows;
  for (const Rule* rule : policy::rules::AllRules()) {
    const bool french = app.language() == policy::rules::Language::kFrench;
    list.push_back({{"id", rule->id},
                    {"source", SourceOf(app, *rule)},
                    {"gdpr", rule->gdpr},
                    {"title", french ? rule->title_fr : rule->title_en}});
    rows.push_back({std::string(rule->id), SourceOf(app, *rule), std::string(rule->gdpr),
                    std::string(french ? rule->title_fr : rule->title_en)});
  }
  if (app.json())
    std::printf("%s\n", list.dump().c_str());
  else
    PrintTable(
        {app.Say("règle", "rule"), "source", app.Say("RGPD", "GDPR"), app.Say("objet", "about")},
        rows);
  return kDone;
}

}  // namespace

void AddRules(App& app) {
  CLI::App* noun = app.AddNoun("rules", "Les règles", "The rules");
  app.AddVerb(noun, "list", "Lister les règles", "List the rules", [&app] { return List(app); });
  auto id = std::make_shared<std::string>();
  app.AddVerb(noun, "show", "Montrer une règle et la phrase qu'elle applique",
              "Show a rule and the sentence it carries out", [&app, id] { return Show(app, *id); })
      ->add_option("id", *id, app.Say("La règle, telle IX.2c", "The rule, such as IX.2c"))
      ->required();
}

}  // namespace passerelle::gateway::cli
