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
                   AttachFile(app, draft, "--document", options.document));
  return Deliver(app, options.destination, std::move(draft));
}

}  // namespace

void AddDeed(App& app) {
  const Command noun =
      app.commands().AddNoun("deed", "Actes papier transcrits", "Transcribed deeds");
  auto options = std::make_shared<Options>();
  Command verb =
      app.commands().AddVerb(noun, "record", "Transcrire un acte papier", "Transcribe a deed",
                             [&app, options] { return Record(app, *options); });
  verb.Add("--party", options->party, "Partie dont c'est l'acte", "Party whose deed it is")
      .Required();
  verb.Add("--kind", options->kind, "Nature : deliberation | signature | mandate | notice",
           "Kind: deliberation | signature | mandate | notice")
      .Required();
  verb.Add("--dated", options->dated, "Date de l'acte", "Date of the deed").Required();
  verb.Add("--document", options->document, "Fichier de l'acte", "File of the deed").Required();
  AddDestination(verb, options->destination);
}

}  // namespace passerelle::gateway::cli
