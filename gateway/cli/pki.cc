// passerelle pki: the small certification authority of an installation without a PKI.
#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "certs/ca/authority.h"
#include "gateway/base/bytes.h"
#include "gateway/base/civil.h"
#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "gateway/cli/app.h"
#include "gateway/cli/input.h"

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
  std::string ca, out, agent, convention, environment = "test", kind = "person", key_type = "p256";
  std::vector<std::string> dns, addresses;
  int days = 825;
};

absl::StatusOr<int> Init(App& app, const InitOptions& options) {
  const int64_t now = app.clock().WallMs();
  ASSIGN_OR_RETURN(const certs::ca::Authority authority,
                   certs::ca::Authority::Create(options.name, now - kBackdatedMs,
                                                now + options.days * kDayMs, app.random()));
  RETURN_IF_ERROR(base::MakeFolder(options.folder, base::FileMode::kPrivate));
  RETURN_IF_ERROR(authority.Save(options.folder));
  std::printf("%s/ca.pem\n", options.folder.c_str());
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

// Writes `<out>.key` (kept when it is there already: a renewal), `<out>.pem` and `<out>.pub`.
absl::StatusOr<int> Issue(App& app, const IssueOptions& options) {
  ASSIGN_OR_RETURN(const certs::ca::Authority authority, certs::ca::Authority::Load(options.ca));
  const std::string key_file = options.out + ".key";
  if (!base::Exists(key_file)) {
    ASSIGN_OR_RETURN(const certs::keys::PrivateKey fresh,
                     certs::keys::PrivateKey::Generate(options.key_type == "ed25519"
                                                           ? certs::keys::KeyType::kEd25519
                                                           : certs::keys::KeyType::kP256));
    RETURN_IF_ERROR(fresh.Save(key_file));
  }
  ASSIGN_OR_RETURN(const certs::keys::PrivateKey key, certs::keys::PrivateKey::Load(key_file));
  const bool is_server = !options.dns.empty() || !options.addresses.empty();
  if (!is_server && options.convention.empty())
    return base::Malformed(
        "OPTION", "--convention",
        "an agent's certificate names its convention; a server's, --dns or --ip");
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
    std::printf(
        "{\"agent\":\"%s\",\"fingerprint\":\"%s\",\"key\":\"%s\",\"certificate\":\"%s.pem\"}\n",
        agent.c_str(), fingerprint.c_str(), key_file.c_str(), options.out.c_str());
  else
    std::printf("%s %s\n%s %s\n", app.Say("agent", "agent").c_str(), agent.c_str(),
                app.Say("empreinte", "fingerprint").c_str(), fingerprint.c_str());
  return kDone;
}

}  // namespace

void AddPki(App& app) {
  CLI::App* noun =
      app.AddNoun("pki", "Petite autorité de certification", "Small certification authority");
  auto init = std::make_shared<InitOptions>();
  CLI::App* verb = app.AddVerb(noun, "init", "Créer l'autorité", "Make the authority",
                               [&app, init] { return Init(app, *init); });
  verb->add_option("folder", init->folder,
                   app.Say("Dossier de l'autorité", "Folder of the authority"))
      ->required();
  verb->add_option("--name", init->name, app.Say("Nom de l'autorité", "Name of the authority"));
  verb->add_option("--days", init->days, app.Say("Validité en jours", "Validity in days"))
      ->check(CLI::Range(1, 7300));

  auto issue = std::make_shared<IssueOptions>();
  verb = app.AddVerb(noun, "issue", "Émettre un certificat (et sa clé, si elle manque)",
                     "Issue a certificate (and its key, where it is missing)",
                     [&app, issue] { return Issue(app, *issue); });
  verb->add_option("--ca", issue->ca, app.Say("Dossier de l'autorité", "Folder of the authority"))
      ->required();
  verb->add_option(
          "--out", issue->out,
          app.Say("Préfixe des fichiers .key, .pem, .spki", "Prefix of files .key, .pem, .spki"))
      ->required();
  verb->add_option("--agent", issue->agent,
                   app.Say("Identifiant opaque de l'agent ; tiré au sort s'il manque",
                           "Opaque id of the agent; drawn when missing"));
  verb->add_option("--convention", issue->convention,
                   app.Say("Code de la convention", "Slug of the convention"));
  verb->add_option("--environment", issue->environment, "test | production")
      ->check(CLI::IsMember({"test", "production"}));
  verb->add_option("--kind", issue->kind, "person | service")
      ->check(CLI::IsMember({"person", "service"}));
  verb->add_option("--key-type", issue->key_type, "p256 | ed25519")
      ->check(CLI::IsMember({"p256", "ed25519"}));
  verb->add_option("--dns", issue->dns, app.Say("Nom DNS d'un serveur", "DNS name of a server"));
  verb->add_option("--ip", issue->addresses,
                   app.Say("Adresse IP d'un serveur", "IP address of a server"));
  verb->add_option("--days", issue->days, app.Say("Validité en jours", "Validity in days"))
      ->check(CLI::Range(1, 3650));
}

}  // namespace passerelle::gateway::cli
