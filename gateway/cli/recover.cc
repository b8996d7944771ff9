// passerelle recover: what an operator does, knowingly, when a log cannot be served as it is.
#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "audit/log/sqlite_store.h"
#include "gateway/base/bytes.h"
#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "gateway/base/stream_file.h"
#include "gateway/cli/app.h"
#include "gateway/cli/messages.h"
#include "gateway/cli/recover_succession.h"
#include "gateway/cli/show.h"
#include "gateway/core/host.h"
#include "gateway/core/replay.h"
#include "policy/state/snapshot.h"
#include "policy/state/state.h"

namespace passerelle::gateway::cli {
namespace {

struct Options {
  core::HostPaths paths;
  std::string convention;
  bool adopt_head = false;
  SuccessionOptions succession;
};

// Recomputes the log and takes its head for the last one, where nothing remembers a later one.
absl::StatusOr<audit::log::Head> Adopt(const core::StoragePaths& paths) {
  ASSIGN_OR_RETURN(const auto signer, core::LoadSigner(paths.folder));
  ASSIGN_OR_RETURN(const std::unique_ptr<audit::log::LogStore> store,
                   audit::log::OpenSqliteStore(paths.folder + "/audit.db"));
  policy::state::State state;
  core::Replay replay(state);
  ASSIGN_OR_RETURN(const std::unique_ptr<audit::log::Log> log, replay.ReadAll(*store, *signer));
  if (log->head().size == 0)
    return base::Error(absl::StatusCode::kFailedPrecondition, "NOT_ENACTED", "",
                       "the log is empty");
  ASSIGN_OR_RETURN(const std::unique_ptr<audit::log::Guard> guard,
                   audit::log::Guard::Open(paths.guard, log->origin()));
  if (guard->last().has_value())
    return base::Error(absl::StatusCode::kFailedPrecondition, "GUARD_THERE", "",
                       absl::StrCat(paths.guard, ": remembers ", guard->last()->size, " entries"));
  // One of the log that was lost would be taken for a proof that this one was rolled back.
  RETURN_IF_ERROR(log->KeepSnapshot(log->head(), policy::state::EncodeSnapshot(state)));
  RETURN_IF_ERROR(guard->Write(log->head()));
  // A card that lay there may be of another day; the start makes it again from the log.
  RETURN_IF_ERROR(base::RemoveFile(paths.folder + "/card"));
  return log->head();
}

absl::StatusOr<int> AdoptHead(App& app, const Options& options) {
  absl::StatusOr<audit::log::Head> head = Adopt(core::PathsOf(options.paths, options.convention));
  if (!head.ok()) return base::InContext(head.status(), options.convention);
  const std::string root = base::ToHex(base::View(head->root));
  if (app.json())
    std::printf(
        "%s\n",
        JsonObject({{"convention", options.convention}, {"entries", head->size}, {"root", root}})
            .c_str());
  else
    std::printf("%s  %lu %s  %s\n", options.convention.c_str(), head->size,
                app.Say("inscriptions", "entries").c_str(), root.c_str());
  std::fprintf(stderr, "%s\n",
               app.Say("Ce qui aurait suivi est perdu, et tout partenaire qui l'a vu le dira.",
                       "What may have come after it is lost, and every partner who saw it will "
                       "say so.")
                   .c_str());
  return kDone;
}

absl::StatusOr<int> Recover(App& app, Options options) {
  const SuccessionOptions& succession = options.succession;
  const int modes = static_cast<int>(options.adopt_head) +
                    static_cast<int>(!succession.draft.empty()) +
                    static_cast<int>(!succession.open.empty());
  if (modes == 0) return Usage("OPTION_MISSING", "--draft, --open, --adopt-head");
  if (modes > 1) return Usage("OPTIONS_EXCLUSIVE", "--draft, --open, --adopt-head");
  if (options.paths.guards.empty()) options.paths.guards = core::DefaultGuards(options.paths.data);
  ASSIGN_OR_RETURN(const base::FileLock lock, core::LockData(options.paths));
  const core::StoragePaths paths = core::PathsOf(options.paths, options.convention);
  if (!succession.draft.empty()) return DraftSuccessor(app, paths, succession);
  if (!succession.open.empty()) return OpenSuccessor(app, paths, succession);
  return AdoptHead(app, options);
}

void AddSuccession(const Command& verb, SuccessionOptions& options) {
  verb.Add("--draft", options.draft,
           "Préparer l'acte par lequel le journal continue sous une autre clé : fichier à signer",
           "Draft the act by which the log goes on under another key: the file to sign");
  verb.Add("--cause", options.cause, "Cause : loss (perte) | key-change (changement de clé)",
           "Cause: loss | key-change")
      .OneOf({"loss", "key-change"});
  verb.Add("--origin", options.origin, "Origine nouvelle ; par défaut l'ancienne et /2, /3, …",
           "The new origin; by default the old one and /2, /3, …");
  verb.Add("--closing", options.closings,
           "Point de contrôle qu'un partenaire a vu (fichier) ; à répéter",
           "Checkpoint that a partner saw (file); may be repeated");
  verb.Add("--without-witness", options.without,
           "Témoin que l'on ne peut joindre, par son nom ; à répéter",
           "Witness that cannot be reached, by its name; may be repeated");
  verb.Add("--signers", options.signers,
           "Empreintes de qui signera : secrétariat et contresignataire",
           "Fingerprints of who will sign: secretariat and countersigner")
      .SplitAtCommas();
  verb.Add("--open", options.open, "Ouvrir la suite : fichier que les deux ont signé",
           "Open the successor: the file that both signed");
  verb.Add("--pin", options.pin, "Écrire ici ce que chaque partenaire épingle désormais",
           "Write here what every partner pins from now on");
}

}  // namespace

void AddRecover(App& app) {
  auto options = std::make_shared<Options>();
  const Command verb = app.commands().AddVerb(
      "recover",
      "Remettre en service un journal après une perte, ou sous une autre clé de point de contrôle",
      "Put a log back into service after a loss, or under another checkpoint key",
      [&app, options] { return Recover(app, *options); });
  verb.Add("--data", options->paths.data, "Dossier des données", "Data directory").Required();
  verb.Add("--guards", options->paths.guards, "Dossier des témoins de tête, hors des données",
           "Folder of the guards, outside the data");
  verb.Add("--convention", options->convention, "Code de la convention", "Slug of the convention")
      .Required();
  verb.AddFlag("--adopt-head", options->adopt_head,
               "Tenir la dernière inscription de ce journal pour la dernière qu'il y eut",
               "Take the last entry of this log for the last there was");
  AddSuccession(verb, options->succession);
}

}  // namespace passerelle::gateway::cli
