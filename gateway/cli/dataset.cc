// passerelle dataset: declared datasets.
#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "gateway/base/status.h"
#include "gateway/cli/app.h"
#include "gateway/cli/input.h"
#include "gateway/cli/show.h"

namespace passerelle::gateway::cli {
namespace {

struct DeclareOptions {
  std::string party, file, title;
  Destination destination;
};

absl::StatusOr<int> Declare(App& app, const DeclareOptions& options) {
  client::Draft draft;
  statement::v1::Act act;
  ASSIGN_OR_RETURN(*act.mutable_party(), ReadParty(app, options.party));
  RETURN_IF_ERROR(ReadText("file", options.file, *act.mutable_dataset_declared()));
  ASSIGN_OR_RETURN(*act.mutable_dataset_declared()->mutable_title()->mutable_digest(),
                   AttachFile(app, draft, "--title", options.title));
  draft.acts.push_back(std::move(act));
  return Deliver(app, options.destination, std::move(draft));
}

absl::StatusOr<int> List(App& app) {
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const auto datasets, session->ListDatasets(""));
  std::vector<std::string> list;
  std::vector<std::vector<std::string>> rows;
  for (const auto& dataset : datasets) {
    list.push_back(JsonOf(dataset));
    const statement::v1::DatasetDeclared& declared = dataset.row().declared();
    rows.push_back({NameOf(dataset.name(), true), declared.slug(),
                    std::to_string(declared.version()), dataset.row().controller(),
                    std::to_string(declared.fields_size()), std::to_string(declared.threshold()),
                    ShowDate(declared.retain_until())});
  }
  if (app.json())
    std::printf("%s\n", JsonList(list).c_str());
  else
    PrintTable({app.Say("nom", "name"), app.Say("code", "slug"), "version",
                app.Say("responsable", "controller"), app.Say("champs", "fields"),
                app.Say("seuil", "threshold"), app.Say("conservation", "retained until")},
               rows);
  return kDone;
}

}  // namespace

void AddDataset(App& app) {
  const Command noun = app.commands().AddNoun("dataset", "Jeux de données", "Datasets");
  auto options = std::make_shared<DeclareOptions>();
  Command verb =
      app.commands().AddVerb(noun, "declare", "Déclarer un jeu de données", "Declare a dataset",
                             [&app, options] { return Declare(app, *options); });
  verb.Add("file", options->file, "Déclaration (textproto de DatasetDeclared, sans titre)",
           "Declaration (textproto of DatasetDeclared, without title)")
      .Required();
  verb.Add("--party", options->party, "Responsable de traitement", "Controller").Required();
  verb.Add("--title", options->title, "Fichier du titre", "File of the title").Required();
  AddDestination(verb, options->destination);
  app.commands().AddVerb(noun, "list", "Lister les jeux de données", "List the datasets",
                         [&app] { return List(app); });
}

}  // namespace passerelle::gateway::cli
