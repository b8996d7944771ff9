// passerelle pki: the small certification authority of an installation without a PKI.
#include <cstdio>
#include <filesystem>
#include <memory>

#include "absl/strings/str_cat.h"
#include "certs/ca/authority.h"
#include "gateway/base/bytes.h"
#include "gateway/base/civil.h"
#include "gateway/base/files.h"
#include "gateway/base/passphrase.h"
#include "gateway/base/status.h"
#include "gateway/cli/app.h"
#include "gateway/cli/input.h"
#include "gateway/cli/messages.h"
#include "gateway/cli/show.h"

namespace passerelle::gateway::cli {
namespace {

constexpr int64_t kDayMs = int64_t{24} * 3600 * 1000;
// A host's clock may run a little behind the one that issues.
constexpr int64_t kBackdatedMs = 10 * 60 * 1000;

struct InitOptions {
  std::string folder, name = "Passerelle";
  int days = 3650;
};

struct IssueOptions {
  std::string ca, ca_passphrase_file, out, agent, convention, environment = "test", kind = "person",
                                                              key_type = "p256";
  std::vector<std::string> dns, addresses;
  // Clients refuse longer ones; a certificate begins some minutes before it is made.
  int days = 824;
};

absl::StatusOr<int> Init(App& app, const InitOptions& options) {
  const int64_t now = app.clock().WallMs();
  ASSIGN_OR_RETURN(const certs::ca::Authority authority,
                   certs::ca::Authority::Create(options.name, now - kBackdatedMs,
                                                now + options.days * kDayMs, app.random()));
  RETURN_IF_ERROR(base::MakeFolder(options.folder, base::FileMode::kPrivate));
  ASSIGN_OR_RETURN(const base::Secret passphrase, app.Passphrase());
  RETURN_IF_ERROR(authority.Save(options.folder, passphrase));
  const std::string certificate = options.folder + "/ca.pem";
  std::printf("%s\n", app.json() ? JsonObject({{"certificate", certificate}}).c_str()
                                 : certificate.c_str());
  return kDone;
}

certs::ca::Profile ProfileOf(const IssueOptions& options, const std::string& agent, int64_t now) {
  certs::ca::Profile profile;
  profile.not_before_ms = now - kBackdatedMs;
  profile.not_after_ms = now + options.days * kDayMs;
  profile.dns_names = options.dns;
  profile.ip_addresses = options.addresses;
  if (!options.dns.empty() || !options.addresses.empty()) {
    profile.common_name = options.dns.empty() ? options.addresses[0] : options.dns[0];
    return profile;
  }
  profile.common_name = agent;
  profile.uri = absl::StrCat("spiffe://", options.convention, "/", options.environment,
                             options.kind == "service" ? "/service/" : "/agent/", agent);
  return profile;
}

absl::StatusOr<certs::ca::Authority> LoadAuthority(const IssueOptions& options) {
  ASSIGN_OR_RETURN(const base::Secret passphrase,
                   base::ReadPassphraseIfAny(options.ca_passphrase_file));
  return certs::ca::Authority::Load(options.ca, passphrase);
}

// The key of a file, made where it is missing, and encrypted where there is a passphrase.
absl::StatusOr<certs::keys::PrivateKey> KeyAt(const App& app, const std::string& file,
                                              const std::string& type) {
  ASSIGN_OR_RETURN(const base::Secret passphrase, app.Passphrase());
  if (base::Exists(file)) return certs::keys::PrivateKey::Load(file, passphrase);
  absl::StatusOr<certs::keys::PrivateKey> fresh = certs::keys::PrivateKey::Generate(
      type == "ed25519" ? certs::keys::KeyType::kEd25519 : certs::keys::KeyType::kP256);
  if (fresh.ok()) RETURN_IF_ERROR(fresh->Save(file, passphrase));
  return fresh;
}

// Writes `<out>.key` (kept when it is there already: a renewal), `<out>.pem` and `<out>.pub`.
absl::StatusOr<int> Issue(App& app, const IssueOptions& options) {
  ASSIGN_OR_RETURN(const certs::ca::Authority authority, LoadAuthority(options));
  const std::string key_file = options.out + ".key";
  if (const std::string folder = std::filesystem::path(options.out).parent_path().string();
      !folder.empty())
    RETURN_IF_ERROR(base::MakeFolder(folder, base::FileMode::kPrivate));
  ASSIGN_OR_RETURN(const certs::keys::PrivateKey key, KeyAt(app, key_file, options.key_type));
  const bool is_server = !options.dns.empty() || !options.addresses.empty();
  if (!is_server && options.convention.empty()) return Usage("CERTIFICATE_PARTS", "--convention");
  std::string agent = options.agent;
  if (!is_server && agent.empty()) agent = base::ToHex(app.random().Bytes(16));
  if (!is_server) {
    ASSIGN_OR_RETURN(const std::string checked, ReadAgent("--agent", agent));
    agent = base::ToHex(checked);
  }
  ASSIGN_OR_RETURN(const certs::x509::Certificate leaf,
                   authority.Issue(ProfileOf(options, agent, app.clock().WallMs()),
                                   key.public_key(), app.random()));
  RETURN_IF_ERROR(base::WriteFile(options.out + ".pem", leaf.ToPem(), base::FileMode::kPublic));
  RETURN_IF_ERROR(base::WriteFile(
      options.out + ".spki", base::ToHex(key.public_key().spki()) + "\n", base::FileMode::kPublic));
  const std::string fingerprint = base::ToHex(base::View(key.public_key().fingerprint()));
  if (app.json())
    std::printf("%s\n", JsonObject({{"agent", agent},
                                    {"fingerprint", fingerprint},
                                    {"key", key_file},
                                    {"certificate", options.out + ".pem"}})
                            .c_str());
  else
    std::printf("%s %s\n%s %s\n", app.Say("agent", "agent").c_str(), agent.c_str(),
                app.Say("empreinte", "fingerprint").c_str(), fingerprint.c_str());
  return kDone;
}

}  // namespace

void AddPki(App& app) {
  const Command noun = app.commands().AddNoun("pki", "Petite autorité de certification",
                                              "Small certification authority");
  auto init = std::make_shared<InitOptions>();
  Command verb = app.commands().AddVerb(noun, "init", "Créer l'autorité", "Make the authority",
                                        [&app, init] { return Init(app, *init); });
  verb.Add("folder", init->folder, "Dossier de l'autorité", "Folder of the authority").Required();
  verb.Add("--name", init->name, "Nom de l'autorité", "Name of the authority");
  verb.Add("--days", init->days, "Validité en jours", "Validity in days").Between(1, 7300);

  auto issue = std::make_shared<IssueOptions>();
  verb = app.commands().AddVerb(noun, "issue", "Émettre un certificat (et sa clé, si elle manque)",
                                "Issue a certificate (and its key, where it is missing)",
                                [&app, issue] { return Issue(app, *issue); });
  verb.Add("--ca", issue->ca, "Dossier de l'autorité", "Folder of the authority").Required();
  verb.Add("--ca-passphrase-file", issue->ca_passphrase_file,
           "Fichier (0600) de la phrase secrète de l'autorité",
           "File (0600) of the authority's passphrase");
  verb.Add("--out", issue->out, "Préfixe des fichiers .key, .pem, .spki",
           "Prefix of files .key, .pem, .spki")
      .Required();
  verb.Add("--agent", issue->agent, "Identifiant opaque de l'agent ; tiré au sort s'il manque",
           "Opaque id of the agent; drawn when missing");
  verb.Add("--convention", issue->convention, "Code de la convention", "Slug of the convention");
  verb.Add("--environment", issue->environment, "Environnement : test | production",
           "Environment: test | production")
      .OneOf({"test", "production"});
  verb.Add("--kind", issue->kind, "Nature : person | service", "Kind: person | service")
      .OneOf({"person", "service"});
  verb.Add("--key-type", issue->key_type, "Sorte de clé : p256 | ed25519",
           "Type of key: p256 | ed25519")
      .OneOf({"p256", "ed25519"});
  verb.Add("--dns", issue->dns, "Nom DNS d'un serveur", "DNS name of a server");
  verb.Add("--ip", issue->addresses, "Adresse IP d'un serveur", "IP address of a server");
  verb.Add("--days", issue->days, "Validité en jours", "Validity in days").Between(1, 3650);
}

}  // namespace passerelle::gateway::cli
