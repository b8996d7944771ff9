// passerelle sign and passerelle submit: statements that several people sign, as files. `sign`
// trusts no web page: it shows what is signed from the very bytes that are signed (WIRE 31).
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "gateway/base/bytes.h"
#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "gateway/cli/app.h"
#include "gateway/cli/input.h"
#include "gateway/cli/messages.h"
#include "gateway/cli/show.h"
#include "gateway/client/draft.h"

namespace passerelle::gateway::cli {
namespace {

struct Options {
  std::string file, key;
};

// The founding is long: its parties and sentences are counted, not listed.
nlohmann::json Brief(const statement::v1::Act& act) {
  nlohmann::json json = ToJson(act);
  if (!act.has_convention_enacted()) return json;
  nlohmann::json& convention = json["convention_enacted"]["convention"];
  for (const char* list : {"parties", "purposes", "tags", "clauses", "data_subjects"})
    convention[list] = convention[list].size();
  json["convention_enacted"]["settings"]["tls_trust_anchors"] =
      act.convention_enacted().settings().tls_trust_anchors_size();
  return json;
}

void PrintActs(App& app, const statement::v1::Statement& statement) {
  std::fprintf(stderr, "%s\n",
               app.Say("Vous signez, mot pour mot :", "You sign, word for word:").c_str());
  for (const statement::v1::Act& act : statement.acts())
    std::fprintf(stderr, "  %s\n", TextOf(Brief(act)).c_str());
}

absl::StatusOr<int> Sign(App& app, const Options& options) {
  ASSIGN_OR_RETURN(client::SignedFile file, ReadSignedFile(options.file));
  std::string key_file = options.key;
  if (key_file.empty()) {
    ASSIGN_OR_RETURN(const client::Profile profile, app.Profile());
    key_file = profile.key_file;
  }
  ASSIGN_OR_RETURN(const certs::keys::PrivateKey key, certs::keys::PrivateKey::Load(key_file));
  statement::v1::Statement statement;
  if (!statement.ParseFromString(file.payload)) return Usage("STATEMENT", "payload");
  PrintActs(app, statement);
  RETURN_IF_ERROR(client::AddSignature(file, key));
  RETURN_IF_ERROR(base::WriteFile(options.file, client::ToJson(file), base::FileMode::kPublic));
  std::fprintf(stderr, "%s %zu/%d\n", app.Say("signatures", "signatures").c_str(),
               file.signatures.size(), statement.header().signers_size());
  return kDone;
}

absl::StatusOr<int> Submit(App& app, const Options& options) {
  ASSIGN_OR_RETURN(const client::SignedFile file, ReadSignedFile(options.file));
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const client::Answer answer, session->SubmitSigned(file));
  return FinishAnswer(app, answer);
}

}  // namespace

void AddStatement(App& app) {
  auto options = std::make_shared<Options>();
  Command verb = app.commands().AddVerb("sign", "Signer un fichier d'actes", "Sign a file of acts",
                                        [&app, options] { return Sign(app, *options); });
  verb.Add("file", options->file, "Fichier à signer", "File to sign").Required();
  verb.Add("--key", options->key, "Clé (PEM) ; par défaut celle du profil",
           "Key (PEM); default: the profile's");
  verb = app.commands().AddVerb("submit", "Envoyer un fichier d'actes que tous ont signé",
                                "Submit a file of acts that all signed",
                                [&app, options] { return Submit(app, *options); });
  verb.Add("file", options->file, "Fichier signé", "Signed file").Required();
}

}  // namespace passerelle::gateway::cli
