// passerelle sign, preview and submit: statements that several people sign, as files. `sign`
// trusts no web page: it shows what is signed from the very bytes that are signed (WIRE 31).
#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "gateway/base/bytes.h"
#include "gateway/base/digest.h"
#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "gateway/cli/app.h"
#include "gateway/cli/findings.h"
#include "gateway/cli/input.h"
#include "gateway/cli/messages.h"
#include "gateway/cli/show.h"
#include "gateway/cli/words.h"
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

// The key that is named, else the profile's.
absl::StatusOr<certs::keys::PrivateKey> KeyFor(const App& app, const Options& options) {
  if (!options.key.empty()) return app.LoadKey(options.key);
  ASSIGN_OR_RETURN(const client::Profile profile, app.Profile());
  return client::LoadKey(profile);
}

absl::StatusOr<int> Sign(App& app, const Options& options) {
  ASSIGN_OR_RETURN(client::SignedFile file, ReadSignedFile(options.file));
  ASSIGN_OR_RETURN(const certs::keys::PrivateKey key, KeyFor(app, options));
  statement::v1::Statement statement;
  if (!statement.ParseFromString(file.payload)) return Usage("STATEMENT", "payload");
  PrintActs(app, statement);
  RETURN_IF_ERROR(client::AddSignature(file, key));
  RETURN_IF_ERROR(base::WriteFile(options.file, client::ToJson(file), base::FileMode::kPublic));
  const uint64_t awaited = statement.header().signers_size() - file.signatures.size();
  if (app.json())
    std::printf("%s\n", JsonObject({{"file", options.file},
                                    {"signatures", uint64_t{file.signatures.size()}},
                                    {"awaited", awaited}})
                            .c_str());
  std::fprintf(
      stderr, "%s %zu/%d  %s\n", app.Say("signatures", "signatures").c_str(),
      file.signatures.size(), statement.header().signers_size(),
      (awaited == 0 ? app.Say("à envoyer : passerelle submit", "to be sent: passerelle submit")
                    : app.Say("d'autres doivent signer", "others are to sign"))
          .c_str());
  return kDone;
}

absl::StatusOr<int> Submit(App& app, const Options& options) {
  ASSIGN_OR_RETURN(const client::SignedFile file, ReadSignedFile(options.file));
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const client::Answer answer, session->SubmitSigned(file));
  return FinishAnswer(app, answer);
}

void PrintPreview(App& app, const passerelle::gateway::v1::PreviewResponse& preview) {
  std::printf(
      "%s\n",
      (preview.effect() == record::v1::EFFECT_REFUSED ? app.Say("serait refusé", "would be refused")
       : preview.effect() == record::v1::EFFECT_NOTED
           ? app.Say("serait noté, sans engager personne", "would be noted, binding nobody")
           : app.Say("serait accepté", "would be accepted"))
          .c_str());
  for (const passerelle::gateway::v1::Assumed& assumed : preview.assumed())
    std::printf("  %s acts[%u] : %s\n", app.Say("supposé", "assumed").c_str(), assumed.act(),
                WordOf(*passerelle::gateway::v1::Assumption_descriptor(), assumed.assumption(),
                       app.language())
                    .c_str());
}

// A file that all have signed leaves nothing to assume of its signers.
void DropSignatures(passerelle::gateway::v1::PreviewResponse& preview) {
  auto& assumed = *preview.mutable_assumed();
  assumed.erase(std::remove_if(assumed.begin(), assumed.end(),
                               [](const passerelle::gateway::v1::Assumed& each) {
                                 return each.assumption() ==
                                        passerelle::gateway::v1::ASSUMPTION_SIGNATURES;
                               }),
                assumed.end());
}

// What would become of the acts if the awaited signers signed them now. Nothing is recorded.
absl::StatusOr<int> Preview(App& app, const std::string& path) {
  ASSIGN_OR_RETURN(const client::SignedFile file, ReadSignedFile(path));
  ASSIGN_OR_RETURN(const statement::v1::Statement statement, client::StatementOf(file));
  const client::Draft draft = {{statement.acts().begin(), statement.acts().end()},
                               file.attachments};
  std::vector<base::Digest> signers;
  for (const std::string& signer : statement.header().signers()) {
    ASSIGN_OR_RETURN(const base::Digest digest, base::DigestFromBytes(signer));
    signers.push_back(digest);
  }
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(auto preview, session->Preview(draft, signers));
  if (file.signatures.size() == signers.size()) DropSignatures(preview);
  if (app.json())
    std::printf("%s\n", JsonOf(preview).c_str());
  else
    PrintPreview(app, preview);
  std::vector<record::v1::Finding> findings;
  for (const record::v1::Decision& decision : preview.decisions())
    findings.insert(findings.end(), decision.findings().begin(), decision.findings().end());
  PrintFindings(app, findings);
  const std::vector<passerelle::gateway::v1::Gap> gaps(preview.gaps().begin(),
                                                       preview.gaps().end());
  PrintGaps(app, gaps);
  if (preview.gaps_omitted() > 0) std::fprintf(stderr, "  + %u\n", preview.gaps_omitted());
  return ExitCodeOf(preview.effect());
}

}  // namespace

void AddStatement(App& app) {
  auto options = std::make_shared<Options>();
  Command verb = app.commands().AddVerb("sign", "Signer un fichier d'actes", "Sign a file of acts",
                                        [&app, options] { return Sign(app, *options); });
  verb.Add("file", options->file, "Fichier à signer", "File to sign").Required();
  verb.Add("--key", options->key, "Clé (PEM) ; par défaut celle du profil",
           "Key (PEM); default: the profile's");
  auto draft = std::make_shared<std::string>();
  app.commands()
      .AddVerb("preview", "Dire ce que deviendrait un fichier d'actes, sans rien inscrire",
               "Tell what would become of a file of acts, recording nothing",
               [&app, draft] { return Preview(app, *draft); })
      .Add("file", *draft, "Fichier d'actes, signé ou non", "File of acts, signed or not")
      .Required();
  verb = app.commands().AddVerb("submit", "Envoyer un fichier d'actes que tous ont signé",
                                "Submit a file of acts that all signed",
                                [&app, options] { return Submit(app, *options); });
  verb.Add("file", options->file, "Fichier signé", "Signed file").Required();
}

}  // namespace passerelle::gateway::cli
