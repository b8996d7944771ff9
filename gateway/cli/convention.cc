// passerelle convention: what entry 0 fixed, the settings in force, and how they are replaced.
#include <google/protobuf/text_format.h>

#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "gateway/base/bytes.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/cli/app.h"
#include "gateway/cli/follow.h"
#include "gateway/cli/input.h"
#include "gateway/cli/messages.h"
#include "gateway/cli/show.h"

namespace passerelle::gateway::cli {
namespace {

absl::StatusOr<int> Show(App& app) {
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const record::v1::FoundingRow founding, session->GetConvention());
  if (app.json()) {
    std::printf("%s\n", JsonOf(founding).c_str());
    return kDone;
  }
  const convention::v1::Convention& convention = founding.convention();
  const bool test = founding.environment() == statement::v1::ENVIRONMENT_TEST;
  std::printf("%s%s\n", test ? app.Say("[ESSAI] ", "[TEST] ").c_str() : "",
              convention.title().c_str());
  PrintTable({"", ""},
             {{app.Say("code", "slug"), convention.slug()},
              {app.Say("du", "from"), ShowDate(convention.starts_on())},
              {app.Say("au", "until"), ShowDate(convention.ends_on())},
              {app.Say("parties", "parties"), std::to_string(convention.parties_size())},
              {app.Say("finalités", "purposes"), std::to_string(convention.purposes_size())},
              {app.Say("secrétariat", "secretariat"), convention.secretariat_party()},
              {app.Say("journal", "log"), base::ToHex(founding.log())},
              {app.Say("origine", "origin"), founding.origin()},
              {app.Say("clé", "key"), founding.checkpoint_vkey()}});
  return kDone;
}

struct EnactOptions {
  std::string file;
  Destination destination;
};

// A number of days or years, or that there is none.
std::string Limit(const App& app, uint32_t number) {
  return number == 0 ? app.Say("aucun", "none") : absl::StrCat(number);
}

std::string HolidaysOf(const App& app, const convention::v1::Settings& settings) {
  std::vector<std::string> days;
  for (const convention::v1::Holiday& holiday : settings.holidays()) {
    if (holiday.has_month_day())
      days.push_back(
          absl::StrFormat("%02u-%02u", holiday.month_day() / 100, holiday.month_day() % 100));
    else
      days.push_back(
          absl::StrFormat("%s%+d", app.Say("Pâques", "Easter"), holiday.days_from_easter()));
  }
  return days.empty() ? "-" : absl::StrJoin(days, ", ");
}

void PrintSettings(const App& app, const record::v1::FoundingRow& founding) {
  const convention::v1::Settings& settings = founding.settings();
  PrintTable(
      {"", ""},
      {{app.Say("par l'acte", "by the act"), NameOf(founding.settings_ref(), true)},
       {app.Say("autorités TLS", "TLS anchors"), absl::StrCat(settings.tls_trust_anchors_size())},
       {app.Say("délai des actes papier (ms)", "delay of deeds (ms)"),
        absl::StrCat(settings.deed_delay_ms())},
       {app.Say("décalage d'horloge (ms)", "clock shift (ms)"),
        absl::StrCat(settings.clock_shift_ms())},
       {app.Say("seuil minimal", "least threshold"), absl::StrCat(settings.least_threshold())},
       {app.Say("jours pour l'avis", "days for the opinion"),
        Limit(app, settings.opinion_due_days())},
       {app.Say("jours pour la décision", "days for the decision"),
        Limit(app, settings.decision_due_days())},
       {app.Say("caducité d'une demande (jours)", "a request lapses after (days)"),
        Limit(app, settings.request_lapse_days())},
       {app.Say("jours ouvrés d'un gel", "working days of a freeze"),
        Limit(app, settings.stop_working_days())},
       {app.Say("jours de l'identité d'un lecteur", "days of a reader's identity"),
        absl::StrCat(settings.reader_opening_days())},
       {app.Say("années des dossiers de décision", "years of decision files"),
        absl::StrCat(settings.decision_file_years())},
       {app.Say("jours fériés", "holidays"), HolidaysOf(app, settings)},
       {app.Say("témoins, quorum", "witnesses, quorum"),
        absl::StrCat(settings.witnesses_size(), ", ", settings.witness_quorum())},
       {app.Say("autorités d'horodatage", "time-stamp authorities"),
        absl::StrCat(settings.time_stamp_authorities_size())},
       {app.Say("retard admis des preuves (minutes)", "lag of evidence (minutes)"),
        Limit(app, settings.evidence_lag_minutes())}});
  std::vector<std::vector<std::string>> units, classes;
  for (const convention::v1::Unit& unit : settings.units())
    units.push_back({unit.code(), app.Say(unit.label_fr(), unit.label_en())});
  std::printf("\n");
  PrintTable({app.Say("service", "unit"), ""}, units);
  for (const convention::v1::RecipientClass& each : settings.recipient_classes())
    classes.push_back({each.code(), app.Say(each.label_fr(), each.label_en()),
                       absl::StrJoin(each.parties(), ", ")});
  if (classes.empty()) return;
  std::printf("\n");
  PrintTable({app.Say("classe", "class"), "", app.Say("membres", "members")}, classes);
}

absl::StatusOr<int> ShowSettings(App& app, const std::string& out) {
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const record::v1::FoundingRow founding, session->GetConvention());
  if (!out.empty()) {
    google::protobuf::TextFormat::Printer printer;
    printer.SetUseUtf8StringEscaping(true);
    std::string text;
    if (!printer.PrintToString(founding.settings(), &text)) return Usage("TEXTPROTO", "--out", out);
    RETURN_IF_ERROR(base::WriteFile(out, text, base::FileMode::kPublic));
    if (app.json()) std::printf("%s\n", JsonObject({{"file", out}}).c_str());
    std::fprintf(stderr, "%s\n", out.c_str());
    return kDone;
  }
  if (app.json())
    std::printf("%s\n", JsonOf(founding.settings()).c_str());
  else
    PrintSettings(app, founding);
  return kDone;
}

absl::StatusOr<int> Enact(App& app, const EnactOptions& options) {
  ASSIGN_OR_RETURN(const std::string text, base::ReadFile(options.file, base::kMaxDocumentBytes));
  client::Draft draft;
  statement::v1::Act& act = draft.acts.emplace_back();
  statement::v1::SettingsEnacted& enacted = *act.mutable_settings_enacted();
  if (!google::protobuf::TextFormat::ParseFromString(text, enacted.mutable_settings()))
    return Usage("TEXTPROTO", "file", options.file);
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const record::v1::FoundingRow founding, session->GetConvention());
  *enacted.mutable_replaces() = founding.settings_ref();
  act.set_party(founding.convention().secretariat_party());
  return Deliver(app, options.destination, std::move(draft));
}

}  // namespace

void AddConvention(App& app) {
  const Command noun = app.commands().AddNoun("convention", "La convention", "The convention");
  app.commands().AddVerb(noun, "show", "Montrer la convention", "Show the convention",
                         [&app] { return Show(app); });
  auto out = std::make_shared<std::string>();
  const Command settings = app.commands().AddVerb(
      noun, "settings", "Montrer les réglages en vigueur", "Show the settings in force",
      [&app, out] { return ShowSettings(app, *out); });
  settings.Add("--out", *out, "Les écrire dans ce fichier (textproto), à modifier",
               "Write them to this file (textproto), to be changed");
  auto options = std::make_shared<EnactOptions>();
  const Command enact = app.commands().AddVerb(
      settings, "enact",
      "Remplacer les réglages, sous les signatures du secrétariat et de la contresignature",
      "Replace the settings, under the signatures of secretariat and countersigner",
      [&app, options] { return Enact(app, *options); });
  enact.Add("file", options->file, "Réglages entiers (textproto)", "Whole settings (textproto)")
      .Required();
  AddDestination(enact, options->destination);
  AddFollow(app, noun);
}

}  // namespace passerelle::gateway::cli
