// passerelle deed: papers, transcribed by the secretariat and countersigned.
#include <memory>

#include "gateway/base/status.h"
#include "gateway/cli/app.h"
#include "gateway/cli/input.h"

namespace passerelle::gateway::cli {
namespace {

struct Options {
  std::string party, kind, dated, document;
  Destination destination;
};

absl::StatusOr<int> Record(App& app, const Options& options) {
  client::Draft draft;
  statement::v1::Act& act = draft.acts.emplace_back();
  ASSIGN_OR_RETURN(*act.mutable_party(), ReadParty(app, options.party));
  statement::v1::DeedRecorded& deed = *act.mutable_deed_recorded();
  ASSIGN_OR_RETURN(const int kind,
                   ReadEnum("--kind", options.kind, *statement::v1::DeedKind_descriptor()));
  deed.set_kind(static_cast<statement::v1::DeedKind>(kind));
  ASSIGN_OR_RETURN(*deed.mutable_dated(), ReadDate("--dated", options.dated));
  ASSIGN_OR_RETURN(*deed.mutable_document()->mutable_digest(),
                   AttachFile(app, draft, options.document));
  return Deliver(app, options.destination, std::move(draft));
}

}  // namespace

void AddDeed(App& app) {
  CLI::App* noun = app.AddNoun("deed", "Actes papier transcrits", "Transcribed deeds");
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.AddVerb(noun, "record", "Transcrire un acte papier", "Transcribe a deed",
                               [&app, options] { return Record(app, *options); });
  verb->add_option("--party", options->party,
                   app.Say("Partie dont c'est l'acte", "Party whose deed it is"))
      ->required();
  verb->add_option("--kind", options->kind, "deliberation | signature | mandate | notice")
      ->required();
  verb->add_option("--dated", options->dated, app.Say("Date de l'acte", "Date of the deed"))
      ->required();
  verb->add_option("--document", options->document,
                   app.Say("Fichier de l'acte", "File of the deed"))
      ->required();
  AddDestination(app, verb, options->destination);
}

}  // namespace passerelle::gateway::cli
