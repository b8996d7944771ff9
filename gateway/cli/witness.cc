// passerelle witness: cosigns the checkpoints of logs for a partner who keeps it on a machine of
// his own (C2SP tlog-witness), and shows what a convention's settings ask of its witnesses.
#include "audit/witness/witness.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/checkpoint.h"
#include "audit/checkpoint/cosignature.h"
#include "audit/checkpoint/note.h"
#include "audit/checkpoint/submission.h"
#include "audit/witness/sqlite_store.h"
#include "certs/keys/key.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/base/stop_signals.h"
#include "gateway/cli/app.h"
#include "gateway/cli/input.h"
#include "gateway/cli/messages.h"
#include "gateway/cli/show.h"
#include "gateway/http/server.h"

namespace passerelle::gateway::cli {
namespace {

using audit::checkpoint::CosignatureSigner;
using audit::witness::Witness;
using audit::witness::WitnessAnswer;
using audit::witness::WitnessedLog;

constexpr size_t kSeedBytes = 32;
// A submission is a checkpoint and at most 63 hashes.
constexpr size_t kMostBodyBytes = base::kMaxNoteBytes;

struct KeyOptions {
  std::string name, key;
};

struct ServeOptions {
  std::string key, database = "witness.db", listen = "0.0.0.0:8445", certificate, tls_key,
                   port_file;
  std::vector<std::string> logs;
};

absl::StatusOr<CosignatureSigner> LoadSigner(const std::string& file) {
  ASSIGN_OR_RETURN(const int mode, base::PermissionsOf(file));
  if ((mode & 0077) != 0) return Usage("KEY_PERMISSIONS", "--key", file);
  ASSIGN_OR_RETURN(const std::string text, base::ReadFile(file, base::kMaxPemBytes));
  absl::StatusOr<CosignatureSigner> signer =
      CosignatureSigner::FromText(text.substr(0, text.find('\n')));
  if (!signer.ok()) return base::InContext(signer.status(), file);
  return signer;
}

int PrintVkey(const App& app, const CosignatureSigner& signer) {
  const std::string vkey = signer.verifier().ToVkey();
  std::printf("%s\n", app.json() ? JsonObject({{"vkey", vkey}}).c_str() : vkey.c_str());
  return kDone;
}

absl::StatusOr<int> MakeKey(App& app, const KeyOptions& options) {
  if (base::Exists(options.key)) return Usage("FILE_EXISTS", "--key", options.key);
  ASSIGN_OR_RETURN(
      const CosignatureSigner signer,
      CosignatureSigner::FromSeed(options.name, base::Secret(app.random().Bytes(kSeedBytes))));
  const base::Secret text = signer.ToText();
  RETURN_IF_ERROR(base::WriteFile(options.key, text.RevealSecret(), base::FileMode::kPrivate));
  return PrintVkey(app, signer);
}

absl::StatusOr<int> ShowKey(App& app, const KeyOptions& options) {
  ASSIGN_OR_RETURN(const CosignatureSigner signer, LoadSigner(options.key));
  return PrintVkey(app, signer);
}

// `vkey`, a file that holds one, or `origin=vkey` where the origin is not the key's name.
absl::StatusOr<WitnessedLog> ReadLog(const std::string& typed) {
  const size_t plus = typed.find('+');
  const size_t equals = typed.find('=');
  const bool named = equals != std::string::npos && (plus == std::string::npos || equals < plus);
  ASSIGN_OR_RETURN(const std::string vkey, ReadVkey(named ? typed.substr(equals + 1) : typed));
  absl::StatusOr<audit::checkpoint::NoteVerifier> verifier =
      audit::checkpoint::NoteVerifier::FromVkey(vkey);
  if (!verifier.ok()) return base::AtPath(verifier.status(), "--log");
  const std::string origin = named ? typed.substr(0, equals) : verifier->name();
  return WitnessedLog{origin, *std::move(verifier)};
}

// Tells whoever keeps the witness what came and what became of it. What a stranger sent is shown
// only where it names a log of ours.
void Tell(const App& app, const std::vector<std::string>& origins, const std::string& body,
          const WitnessAnswer& answer) {
  std::string origin, sizes;
  if (const auto submission = audit::checkpoint::SubmissionFromText(body); submission.ok()) {
    const std::string_view note = submission->checkpoint;
    const std::string first(note.substr(0, note.find('\n')));
    const auto checkpoint = audit::checkpoint::FromText(note.substr(0, note.rfind("\n\n") + 1));
    if (std::find(origins.begin(), origins.end(), first) != origins.end() && checkpoint.ok()) {
      origin = first;
      sizes = absl::StrCat(submission->old_size, " -> ", checkpoint->size);
    }
  }
  const bool fork = answer.code == 422;
  const std::string why = answer.code == 200 ? "" : answer.body.substr(0, answer.body.find('\n'));
  if (app.json()) {
    std::fprintf(stderr, "%s\n",
                 JsonObject({{"event", answer.code == 200 ? "cosigned" : "refused"},
                             {"origin", origin},
                             {"sizes", sizes},
                             {"code", static_cast<uint64_t>(answer.code)},
                             {"fork", fork},
                             {"why", why}})
                     .c_str());
    return;
  }
  std::fprintf(stderr, "%s %d  %s  %s  %s\n",
               (answer.code == 200 ? app.Say("cosigné", "cosigned")
                : fork             ? app.Say("AUTRE HISTOIRE", "ANOTHER HISTORY")
                                   : app.Say("refusé", "refused"))
                   .c_str(),
               answer.code, origin.c_str(), sizes.c_str(), why.c_str());
}

http::Routes RoutesOf(const App& app, Witness& witness, const std::vector<std::string>& origins) {
  const auto to_http = [](const WitnessAnswer& answer) {
    return http::Answer{answer.code, answer.content_type, answer.body, ""};
  };
  http::Routes routes;
  routes.get = [&witness, to_http](const http::Request& request) {
    constexpr std::string_view kEnd = "/checkpoint";
    const std::string& path = request.path;
    const bool asks = path.size() > kEnd.size() + 1 &&
                      path.compare(path.size() - kEnd.size(), kEnd.size(), kEnd) == 0;
    if (!asks) return http::Answer{404, "text/plain; charset=utf-8", "nothing is here\n", ""};
    return to_http(witness.GetCheckpoint(path.substr(1, path.size() - kEnd.size() - 1)));
  };
  routes.post["/add-checkpoint"] = [&app, &witness, &origins,
                                    to_http](const http::Request& request) {
    const WitnessAnswer answer = witness.AddCheckpoint(request.body);
    Tell(app, origins, request.body, answer);
    return to_http(answer);
  };
  return routes;
}

absl::StatusOr<int> Serve(App& app, const ServeOptions& options) {
  base::StopSignals signals;
  ASSIGN_OR_RETURN(CosignatureSigner signer, LoadSigner(options.key));
  std::vector<WitnessedLog> logs;
  std::vector<std::string> origins;
  for (const std::string& typed : options.logs) {
    ASSIGN_OR_RETURN(WitnessedLog log, ReadLog(typed));
    origins.push_back(log.origin);
    logs.push_back(std::move(log));
  }
  http::ServerOptions listening;
  listening.address = options.listen;
  listening.most_body_bytes = kMostBodyBytes;
  ASSIGN_OR_RETURN(listening.certificate_pem,
                   base::ReadFile(options.certificate, base::kMaxPemBytes));
  ASSIGN_OR_RETURN(const certs::keys::PrivateKey key, app.LoadKey(options.tls_key));
  listening.key_pem = key.ToPem();
  ASSIGN_OR_RETURN(const std::unique_ptr<audit::witness::WitnessStore> store,
                   audit::witness::OpenSqliteWitnessStore(options.database));
  Witness witness(std::move(logs), std::move(signer), *store,
                  [&app] { return app.clock().WallMs() / 1000; });
  ASSIGN_OR_RETURN(const std::unique_ptr<http::Server> server,
                   http::Server::Start(listening, RoutesOf(app, witness, origins)));
  if (!options.port_file.empty())
    RETURN_IF_ERROR(base::WriteFile(options.port_file, absl::StrCat(server->port(), "\n"),
                                    base::FileMode::kPublic));
  std::fprintf(
      stderr, "%s\n",
      absl::StrCat(app.Say("témoin ", "witness "), witness.verifier().name(),
                   app.Say(" à l'écoute sur le port ", " listens on port "), server->port())
          .c_str());
  while (!signals.Wait()) {
  }
  return kDone;
}

}  // namespace

void AddWitness(App& app) {
  const Command noun = app.commands().AddNoun("witness", "Témoin d'un journal", "Witness of a log");
  auto making = std::make_shared<KeyOptions>();
  const Command init = app.commands().AddVerb(
      noun, "init", "Faire la clé d'un témoin, et montrer celle à donner au secrétariat",
      "Make a witness's key, and show the one to give to the secretariat",
      [&app, making] { return MakeKey(app, *making); });
  init.Add("--name", making->name, "Nom du témoin, tel que « temoin.example/p001 »",
           "Name of the witness, such as `witness.example/p001`")
      .Required();
  init.Add("--key", making->key, "Fichier de la clé, à créer (0600)",
           "File of the key, to be made (0600)")
      .Required();
  auto showing = std::make_shared<KeyOptions>();
  app.commands()
      .AddVerb(noun, "key", "Montrer la clé à donner au secrétariat",
               "Show the key to give to the secretariat",
               [&app, showing] { return ShowKey(app, *showing); })
      .Add("key", showing->key, "Fichier de la clé", "File of the key")
      .Required();
  auto options = std::make_shared<ServeOptions>();
  const Command serve = app.commands().AddVerb(
      noun, "serve", "Cosigner les points de contrôle de journaux, jusqu'à un signal d'arrêt",
      "Cosign checkpoints of logs, until a signal to stop",
      [&app, options] { return Serve(app, *options); });
  serve.Add("--key", options->key, "Fichier de la clé du témoin", "File of the witness's key")
      .Required();
  serve
      .Add("--log", options->logs,
           "Clé d'un journal (vkey), ou fichier qui la contient ; à répéter",
           "Key of a log (vkey), or a file that holds it; may be repeated")
      .Required();
  serve.Add("--database", options->database,
            "Base du témoin ; jamais restaurée d'une sauvegarde (défaut : witness.db)",
            "Database of the witness; never restored from a backup (default witness.db)");
  serve.Add("--listen", options->listen, "Adresse et port HTTPS (défaut : 0.0.0.0:8445)",
            "Address and port of HTTPS (default 0.0.0.0:8445)");
  serve
      .Add("--certificate", options->certificate, "Chaîne de certificats HTTPS (PEM)",
           "Certificate chain of HTTPS (PEM)")
      .Required();
  serve
      .Add("--tls-key", options->tls_key, "Clé de ce certificat (PEM, 0600)",
           "Key of that certificate (PEM, 0600)")
      .Required();
  serve.Add("--port-file", options->port_file, "Fichier qui reçoit le port",
            "File that receives the port");
}

}  // namespace passerelle::gateway::cli
