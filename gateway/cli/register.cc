// passerelle register: the controller's Art. 30 entries, and the register that real traffic feeds.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "gateway/cli/app.h"
#include "gateway/cli/find.h"
#include "gateway/cli/input.h"
#include "gateway/cli/messages.h"
#include "gateway/cli/show.h"

namespace passerelle::gateway::cli {
namespace {

namespace api = passerelle::gateway::v1;

struct RecordOptions {
  std::string party, exchange, reference, legal_basis, review_on, sheet;
  uint32_t version = 1;
  Destination destination;
};

struct ExportOptions {
  std::string party, as_of, format = "csv", out;
};

// Where the text of a sheet is no JSON, or what it must be instead; nothing when it is one object.
std::string FaultOfSheet(const App& app, std::string_view text) {
  try {
    if (nlohmann::json::parse(text).is_object()) return "";
    return "{ … }";
  } catch (const nlohmann::json::parse_error& error) {
    const std::string_view before = text.substr(0, error.byte);
    return absl::StrCat(app.Say("ligne ", "line "),
                        1 + std::count(before.begin(), before.end(), '\n'));
  }
}

absl::Status CheckSheet(const App& app, const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadDocument("--sheet", path));
  const std::string fault = FaultOfSheet(app, text);
  if (fault.empty()) return absl::OkStatus();
  return Usage("SHEET_FORM", "--sheet", absl::StrCat(path, " ", fault));
}

absl::StatusOr<int> Record(App& app, const RecordOptions& options) {
  RETURN_IF_ERROR(CheckSheet(app, options.sheet));
  client::Draft draft;
  statement::v1::Act act;
  ASSIGN_OR_RETURN(*act.mutable_party(), ReadParty(app, options.party));
  statement::v1::RegisterEntryRecorded& recorded = *act.mutable_register_entry_recorded();
  ASSIGN_OR_RETURN(*recorded.mutable_exchange(), FindExchange(app, options.exchange));
  recorded.set_reference(options.reference);
  recorded.set_version(options.version);
  ASSIGN_OR_RETURN(const int basis, ReadEnum("--legal-basis", options.legal_basis,
                                             *statement::v1::LegalBasis_descriptor()));
  recorded.set_legal_basis(static_cast<statement::v1::LegalBasis>(basis));
  ASSIGN_OR_RETURN(*recorded.mutable_next_review_on(), ReadDate("--review-on", options.review_on));
  ASSIGN_OR_RETURN(*recorded.mutable_sheet()->mutable_digest(),
                   AttachFile(app, draft, "--sheet", options.sheet));
  draft.acts.push_back(std::move(act));
  return Deliver(app, options.destination, std::move(draft));
}

absl::StatusOr<client::RegisterFile> Ask(App& app, const ExportOptions& options,
                                         api::RegisterContents contents) {
  api::ExportRegisterRequest request;
  if (!options.party.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_party(), ReadParty(app, options.party));
  }
  if (!options.as_of.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_as_of(), ReadDate("--as-of", options.as_of));
  }
  ASSIGN_OR_RETURN(const int format,
                   ReadEnum("--format", options.format, *api::RegisterFormat_descriptor()));
  request.set_format(static_cast<api::RegisterFormat>(format));
  request.set_language(app.language() == policy::rules::Language::kFrench
                           ? api::REGISTER_LANGUAGE_FRENCH
                           : api::REGISTER_LANGUAGE_ENGLISH);
  request.set_contents(contents);
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  // The last messages bring bytes and no further entry.
  uint64_t shown = 0;
  return session->ExportRegister(std::move(request), [&](uint64_t done, uint64_t total) {
    if (done != shown) ShowProgress(done, total);
    shown = done;
  });
}

absl::StatusOr<int> Export(App& app, const ExportOptions& options) {
  const bool spreadsheet = options.format == "xlsx" && isatty(STDOUT_FILENO) != 0;
  if (options.out.empty() && (app.json() || spreadsheet)) return Usage("OPTION_MISSING", "--out");
  ASSIGN_OR_RETURN(const client::RegisterFile file,
                   Ask(app, options, api::REGISTER_CONTENTS_WHOLE));
  if (options.out.empty()) {
    std::fwrite(file.bytes.data(), 1, file.bytes.size(), stdout);
    return kDone;
  }
  RETURN_IF_ERROR(base::WriteFile(options.out, file.bytes, base::FileMode::kPrivate));
  const std::string as_of = ShowDate(file.summary.as_of());
  if (app.json())
    std::printf("%s\n", JsonObject({{"file", options.out},
                                    {"as_of", as_of},
                                    {"sheets", file.summary.sheets()},
                                    {"discrepancies", file.summary.discrepancies()},
                                    {"points_to_watch", file.summary.points_to_watch()}})
                            .c_str());
  else
    std::fprintf(stderr, "%s  %s %s, %lu %s, %lu %s, %lu %s\n", options.out.c_str(),
                 app.Say("au", "on").c_str(), as_of.c_str(), file.summary.sheets(),
                 app.Say("fiche(s)", "sheet(s)").c_str(), file.summary.discrepancies(),
                 app.Say("écart(s)", "discrepancies").c_str(), file.summary.points_to_watch(),
                 app.Say("point(s) à surveiller", "point(s) to watch").c_str());
  return kDone;
}

// A text of an object, empty when there is none.
std::string TextAt(const nlohmann::json& object, const char* member) {
  const auto it = object.find(member);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

absl::StatusOr<int> ListDiscrepancies(App& app, ExportOptions options) {
  options.format = "json";
  ASSIGN_OR_RETURN(const client::RegisterFile file,
                   Ask(app, options, api::REGISTER_CONTENTS_DISCREPANCIES));
  if (app.json()) {
    std::fwrite(file.bytes.data(), 1, file.bytes.size(), stdout);
    return kDone;
  }
  const nlohmann::json json =
      nlohmann::json::parse(file.bytes, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("discrepancies"))
    return base::Corrupt("REGISTER_INCOMPLETE", "the gateway's list cannot be read");
  // The length of a name as people type it.
  constexpr size_t kShortName = 12;
  std::vector<std::vector<std::string>> rows;
  for (const nlohmann::json& found : json["discrepancies"]) {
    if (!found.is_object()) continue;
    std::vector<std::string> entries;
    if (const auto it = found.find("entries"); it != found.end())
      for (const nlohmann::json& entry : *it) entries.push_back(entry.dump());
    rows.push_back({TextAt(found, "exchange").substr(0, kShortName), TextAt(found, "controller"),
                    TextAt(found, "dataset"), TextAt(found, "code"), absl::StrJoin(entries, ","),
                    TextAt(found, "words")});
  }
  PrintTable(
      {app.Say("ÉCHANGE", "EXCHANGE"), app.Say("FICHE", "ENTRY OF"), app.Say("JEU", "DATASET"),
       "CODE", app.Say("INSCRIPTIONS", "ENTRIES"), app.Say("CONSTAT", "FINDING")},
      rows);
  return kDone;
}

// Whose register, and of which day.
void AddScope(const Command& verb, ExportOptions& options) {
  verb.Add("--party", options.party, "Ce responsable ; sans lui, toute la convention",
           "This controller; without it, the whole convention");
  verb.Add("--as-of", options.as_of, "Tel qu'il était à la fin de ce jour ; sans lui, aujourd'hui",
           "As it stood at the end of this day; without it, today");
}

}  // namespace

void AddRegister(App& app) {
  const Command noun = app.commands().AddNoun("register", "Registre des traitements (art. 30)",
                                              "Record of processing activities (Art. 30)");
  auto record = std::make_shared<RecordOptions>();
  Command verb =
      app.commands().AddVerb(noun, "record", "Inscrire une fiche au registre", "Record a sheet",
                             [&app, record] { return Record(app, *record); });
  verb.Add("exchange", record->exchange, "L'échange", "The exchange").Required();
  verb.Add("--party", record->party, "Responsable de traitement", "Controller").Required();
  verb.Add("--reference", record->reference, "Référence dans votre registre",
           "Reference in your own register")
      .Required();
  verb.Add("--sheet-version", record->version, "Version de la fiche", "Version of the sheet");
  verb.Add("--legal-basis", record->legal_basis,
           "Base légale : consent | contract | legal_obligation | vital_interests | public_task | "
           "legitimate_interests",
           "Legal basis: consent | contract | legal_obligation | vital_interests | public_task | "
           "legitimate_interests")
      .Required();
  verb.Add("--review-on", record->review_on, "Prochaine révision", "Next review").Required();
  verb.Add("--sheet", record->sheet, "Fiche : JSON aux identifiants du modèle de la CNIL",
           "Sheet: JSON with the identifiers of the CNIL's model")
      .Required();
  AddDestination(verb, record->destination);
  auto options = std::make_shared<ExportOptions>();
  verb = app.commands().AddVerb(noun, "export", "Exporter le registre", "Export the register",
                                [&app, options] { return Export(app, *options); });
  AddScope(verb, *options);
  verb.Add("--format", options->format, "Forme : csv | json | xlsx", "Form: csv | json | xlsx")
      .OneOf({"csv", "json", "xlsx"});
  verb.Add("-o,--out", options->out, "Fichier à écrire", "File to write");
  auto scope = std::make_shared<ExportOptions>();
  verb = app.commands().AddVerb(
      noun, "discrepancies",
      "Lister les écarts entre ce qui est déclaré et ce que le journal prouve",
      "List where the log proves other than what is declared",
      [&app, scope] { return ListDiscrepancies(app, *scope); });
  AddScope(verb, *scope);
}

}  // namespace passerelle::gateway::cli
