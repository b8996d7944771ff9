// passerelle rules: the rules that decide, by id.
#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"
#include "gateway/cli/app.h"
#include "gateway/cli/input.h"
#include "gateway/cli/messages.h"
#include "gateway/cli/show.h"
#include "policy/rules/catalogue.h"

namespace passerelle::gateway::cli {
namespace {

using base::Absl;
using convention::v1::Convention;
using policy::rules::Rule;

struct Options {
  std::string id, format = "table", convention;
};

// The convention whose sentences are quoted: a file's, or that of the profile's log.
absl::StatusOr<Convention> ReadConvention(App& app, const Options& options) {
  Convention convention;
  if (options.convention.empty()) {
    ASSIGN_OR_RETURN(client::Session * session, app.Session());
    ASSIGN_OR_RETURN(const record::v1::FoundingRow founding, session->GetConvention());
    convention = founding.convention();
  } else {
    RETURN_IF_ERROR(ReadText("--convention", options.convention, convention));
  }
  return convention;
}

absl::StatusOr<int> Show(App& app, const Options& options) {
  const Rule* rule = policy::rules::FindRule(options.id);
  if (rule == nullptr) return Usage("RULE_UNKNOWN", "id");
  ASSIGN_OR_RETURN(const Convention convention, ReadConvention(app, options));
  const std::string title = app.Say(rule->title_fr, rule->title_en);
  const std::string sentence = QuoteOf(app, convention, *rule);
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

// A text as the cell of a table, in one language.
std::string CellOf(std::string_view what, std::string_view mend) {
  return absl::StrReplaceAll(absl::StrCat(Absl(what), " ", Absl(mend)), {{"|", "\\|"}});
}

// One rule as a section of a document, in both languages.
void PrintSection(const App& app, const Convention& convention, const Rule& rule) {
  std::printf("## %s\n\n%s\n*%s*\n\n", std::string(rule.id).c_str(),
              std::string(rule.title_en).c_str(), std::string(rule.title_fr).c_str());
  const bool quotes = rule.source == policy::rules::Source::kConvention;
  std::printf("- %s%s\n", quotes ? (SourceOf(app, rule) + ": ").c_str() : "",
              QuoteOf(app, convention, rule).c_str());
  if (!rule.gdpr.empty())
    std::printf("- %s: %s\n", app.Say("RGPD", "GDPR").c_str(), std::string(rule.gdpr).c_str());
  std::printf("\n| %s | English | français |\n|---|---|---|\n",
              app.Say("constat", "finding").c_str());
  for (const policy::rules::Message& message : rule.messages)
    std::printf("| `%s` | %s | %s |\n", std::string(message.code).c_str(),
                CellOf(message.en, message.mend_en).c_str(),
                CellOf(message.fr, message.mend_fr).c_str());
  std::printf("\n");
}

absl::StatusOr<int> PrintDocument(App& app, const Options& options) {
  ASSIGN_OR_RETURN(const Convention convention, ReadConvention(app, options));
  for (const Rule* rule : policy::rules::AllRules()) PrintSection(app, convention, *rule);
  return kDone;
}

absl::StatusOr<int> List(App& app, const Options& options) {
  if (options.format == "markdown") return PrintDocument(app, options);
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
  auto options = std::make_shared<Options>();
  const auto add_convention = [&options](const Command& verb) {
    verb.Add("--convention", options->convention,
             "Citer ce fichier de convention plutôt que celle du journal",
             "Quote this file of a convention rather than the log's");
  };
  const Command list = app.commands().AddVerb(noun, "list", "Lister les règles", "List the rules",
                                              [&app, options] { return List(app, *options); });
  list.Add("--format", options->format, "table, ou markdown : tout, avec phrases et constats",
           "table, or markdown: all of it, with sentences and findings")
      .OneOf({"table", "markdown"});
  add_convention(list);
  const Command show =
      app.commands().AddVerb(noun, "show", "Montrer une règle et la phrase qu'elle applique",
                             "Show a rule and the sentence it carries out",
                             [&app, options] { return Show(app, *options); });
  show.Add("id", options->id, "La règle, telle IX.2c", "The rule, such as IX.2c").Required();
  add_convention(show);
}

}  // namespace passerelle::gateway::cli
