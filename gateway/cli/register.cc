// passerelle register: the controller's Art. 30 entries, and the register that real traffic feeds.
#include <cstdio>
#include <memory>

#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "gateway/cli/app.h"
#include "gateway/cli/find.h"
#include "gateway/cli/input.h"

namespace passerelle::gateway::cli {
namespace {

struct RecordOptions {
  std::string party, exchange, reference, legal_basis, review_on, sheet;
  uint32_t version = 1;
  Destination destination;
};

struct ExportOptions {
  std::string party, format = "csv", out;
};

absl::StatusOr<int> Record(App& app, const RecordOptions& options) {
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
                   AttachFile(app, draft, options.sheet));
  draft.acts.push_back(std::move(act));
  return Deliver(app, options.destination, std::move(draft));
}

absl::StatusOr<int> Export(App& app, const ExportOptions& options) {
  std::string party;
  if (!options.party.empty()) {
    ASSIGN_OR_RETURN(party, ReadParty(app, options.party));
  }
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const std::string file, session->ExportRegister(party));
  if (options.out.empty()) {
    std::fwrite(file.data(), 1, file.size(), stdout);
    return kDone;
  }
  RETURN_IF_ERROR(base::WriteFile(options.out, file, base::FileMode::kPrivate));
  std::fprintf(stderr, "%s\n", options.out.c_str());
  return kDone;
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
  verb.Add("--party", options->party, "Ce responsable ; sans lui, toute la convention",
           "This controller; without it, the whole convention");
  verb.Add("--format", options->format, "Forme : csv", "Form: csv").OneOf({"csv"});
  verb.Add("-o,--out", options->out, "Fichier à écrire", "File to write");
}

}  // namespace passerelle::gateway::cli
