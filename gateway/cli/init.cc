// passerelle init: makes the keys of a new convention and a draft of entry 0; enacts it once the
// founders have signed.
#include <algorithm>
#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "certs/x509/certificate.h"
#include "gateway/base/bytes.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/cli/app.h"
#include "gateway/cli/input.h"
#include "gateway/cli/messages.h"
#include "gateway/cli/show.h"
#include "gateway/client/draft.h"
#include "gateway/core/founding.h"
#include "gateway/core/host.h"
#include "gateway/core/storage.h"

namespace passerelle::gateway::cli {
namespace {

using statement::v1::ConventionEnacted;
using statement::v1::FoundingKey;

struct Options {
  core::HostPaths paths;
  std::string convention, settings, environment = "test", origin, out = "founding.json", enact;
  std::string profile_out;
  std::vector<std::string> anchors, founders;
  int64_t shift_days = 0;
};

// `role:party:agent:file.spki`, where the role is secretariat or countersigner.
absl::StatusOr<FoundingKey> ReadFounder(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits(':', 3));
  if (parts.size() != 4) return Usage("FOUNDER_FORM", "--founder");
  FoundingKey key;
  ASSIGN_OR_RETURN(const int role,
                   ReadEnum("--founder", parts[0], *statement::v1::Role_descriptor()));
  key.set_role(static_cast<statement::v1::Role>(role));
  key.set_party(parts[1]);
  ASSIGN_OR_RETURN(*key.mutable_agent(), ReadAgent("--founder", parts[2]));
  ASSIGN_OR_RETURN(std::string spki, base::ReadFile(parts[3], base::kMaxPemBytes));
  while (!spki.empty() && spki.back() == '\n') spki.pop_back();
  ASSIGN_OR_RETURN(*key.mutable_spki(), base::FromHex(spki));
  key.set_kind(statement::v1::AGENT_KIND_PERSON);
  key.set_scheme(statement::v1::SIGNATURE_SCHEME_RAW);
  return key;
}

absl::Status AddAnchors(const Options& options, convention::v1::Settings& settings) {
  for (const std::string& path : options.anchors) {
    ASSIGN_OR_RETURN(const std::string pem, base::ReadFile(path, base::kMaxPemBytes));
    ASSIGN_OR_RETURN(const std::vector<certs::x509::Certificate> anchors,
                     certs::x509::Certificate::ListFromPem(pem));
    for (const certs::x509::Certificate& anchor : anchors)
      settings.add_tls_trust_anchors(anchor.ToDer());
  }
  return absl::OkStatus();
}

absl::StatusOr<ConventionEnacted> Compose(App& app, const Options& options,
                                          const core::FoundingKeys& keys) {
  ConventionEnacted enacted;
  RETURN_IF_ERROR(ReadText("--convention", options.convention, *enacted.mutable_convention()));
  RETURN_IF_ERROR(ReadText("--settings", options.settings, *enacted.mutable_settings()));
  constexpr int64_t kDayMs = int64_t{24} * 3600 * 1000;
  if (options.shift_days != 0)
    enacted.mutable_settings()->set_clock_shift_ms(options.shift_days * kDayMs);
  RETURN_IF_ERROR(AddAnchors(options, *enacted.mutable_settings()));
  enacted.set_environment(options.environment == "production"
                              ? statement::v1::ENVIRONMENT_PRODUCTION
                              : statement::v1::ENVIRONMENT_TEST);
  enacted.set_origin(options.origin);
  enacted.set_checkpoint_vkey(keys.checkpoint_vkey);
  FoundingKey& gateway = *enacted.add_founding_keys();
  gateway.set_agent(app.random().Bytes(16));
  gateway.set_kind(statement::v1::AGENT_KIND_GATEWAY);
  gateway.set_party(enacted.convention().secretariat_party());
  gateway.set_role(statement::v1::ROLE_OPERATOR);
  gateway.set_spki(keys.statement_spki);
  gateway.set_scheme(statement::v1::SIGNATURE_SCHEME_RAW);
  for (const std::string& text : options.founders) {
    ASSIGN_OR_RETURN(*enacted.add_founding_keys(), ReadFounder(text));
  }
  return enacted;
}

statement::v1::Header HeaderOf(App& app, const ConventionEnacted& enacted) {
  statement::v1::Header header;
  std::vector<std::string> signers;
  for (const FoundingKey& key : enacted.founding_keys())
    signers.push_back(base::ToBytes(base::Sha256(key.spki())));
  std::sort(signers.begin(), signers.end());
  for (std::string& signer : signers) header.add_signers(std::move(signer));
  const int64_t now = app.clock().WallMs() + enacted.settings().clock_shift_ms();
  header.set_issued_at_ms(now);
  header.set_not_after_ms(now + base::kMaxStatementLifeMs);
  header.set_nonce(app.random().Bytes(16));
  return header;
}

absl::StatusOr<int> Begin(App& app, const Options& options) {
  convention::v1::Convention convention;
  RETURN_IF_ERROR(ReadText("--convention", options.convention, convention));
  ASSIGN_OR_RETURN(const base::FileLock lock, core::LockData(options.paths));
  const core::StoragePaths paths = core::PathsOf(options.paths, convention.slug());
  RETURN_IF_ERROR(core::CreateStorage(paths, options.origin, app.random()));
  ASSIGN_OR_RETURN(const std::unique_ptr<core::Storage> storage,
                   core::Storage::Open(paths, app.random(),
                                       [](uint64_t, const std::string&, const base::Digest&) {
                                         return absl::OkStatus();
                                       }));
  ASSIGN_OR_RETURN(const ConventionEnacted enacted,
                   Compose(app, options, core::PublicKeysOf(*storage)));
  client::Draft draft;
  *draft.acts.emplace_back().mutable_convention_enacted() = enacted;
  client::SignedFile file = client::StartFile(HeaderOf(app, enacted), draft);
  RETURN_IF_ERROR(client::AddSignature(file, *storage->statement_key));
  RETURN_IF_ERROR(base::WriteFile(options.out, client::ToJson(file), base::FileMode::kPublic));
  if (app.json()) {
    std::printf("%s\n", JsonObject({{"file", options.out}}).c_str());
    return kDone;
  }
  std::printf("%s\n%s\n", options.out.c_str(),
              app.Say("Faites signer ce fichier par chaque fondateur (passerelle sign), puis : "
                      "passerelle init --enact",
                      "Have every founder sign this file (passerelle sign), then: passerelle init "
                      "--enact")
                  .c_str());
  return kDone;
}

absl::StatusOr<int> EnactFile(App& app, const Options& options) {
  ASSIGN_OR_RETURN(const client::SignedFile file, ReadSignedFile(options.enact));
  ASSIGN_OR_RETURN(const statement::v1::Envelope envelope, client::ToEnvelope(file));
  statement::v1::Statement statement;
  if (!statement.ParseFromString(file.payload) || statement.acts_size() != 1 ||
      !statement.acts(0).has_convention_enacted())
    return Usage("NOT_A_FOUNDING", "--enact");
  const ConventionEnacted& enacted = statement.acts(0).convention_enacted();
  ASSIGN_OR_RETURN(const base::FileLock lock, core::LockData(options.paths));
  ASSIGN_OR_RETURN(const core::Founded founded,
                   core::Enact(core::PathsOf(options.paths, enacted.convention().slug()),
                               envelope.SerializeAsString(), app.clock(), app.random()));
  const std::string log = base::ToHex(base::View(founded.log));
  if (!options.profile_out.empty()) {
    // What every partner pins: no identity, no address yet.
    client::Profile pinned;
    pinned.log = std::string(base::View(founded.log));
    pinned.origin = enacted.origin();
    pinned.checkpoint_vkey = enacted.checkpoint_vkey();
    pinned.clock_shift_ms = enacted.settings().clock_shift_ms();
    RETURN_IF_ERROR(client::WriteProfile(options.profile_out, pinned));
  }
  if (app.json())
    std::printf("%s\n", JsonObject({{"log", log},
                                    {"origin", enacted.origin()},
                                    {"checkpoint_vkey", enacted.checkpoint_vkey()}})
                            .c_str());
  else
    std::printf("%s %s\n%s %s\n", app.Say("journal", "log").c_str(), log.c_str(),
                app.Say("clé", "key").c_str(), enacted.checkpoint_vkey().c_str());
  return kDone;
}

}  // namespace

void AddInit(App& app) {
  auto options = std::make_shared<Options>();
  Command verb = app.commands().AddVerb(
      "init", "Préparer puis fonder le journal d'une convention",
      "Prepare, then found, the log of a convention", [&app, options]() -> absl::StatusOr<int> {
        if (options->paths.guards.empty())
          options->paths.guards = core::DefaultGuards(options->paths.data);
        if (!options->enact.empty()) return EnactFile(app, *options);
        if (options->convention.empty() || options->settings.empty() || options->origin.empty())
          return Usage("FOUNDING_PARTS", "--convention");
        return Begin(app, *options);
      });
  verb.Add("--data", options->paths.data, "Dossier des données", "Data directory").Required();
  verb.Add("--guards", options->paths.guards, "Dossier des témoins de tête, hors des données",
           "Folder of the guards, outside the data");
  verb.Add("--convention", options->convention, "Convention (textproto)", "Convention (textproto)");
  verb.Add("--settings", options->settings, "Réglages (textproto)", "Settings (textproto)");
  verb.Add("--environment", options->environment, "Environnement : test | production",
           "Environment: test | production")
      .OneOf({"test", "production"});
  verb.Add("--origin", options->origin, "Nom des attestations, tel passerelle.example/ctg/test",
           "Origin of the checkpoints, such as passerelle.example/ctg/test");
  verb.Add("--anchor", options->anchors, "Autorité TLS reconnue (PEM)", "TLS trust anchor (PEM)");
  verb.Add("--founder", options->founders, "Clé fondatrice : role:partie:agent:fichier.spki",
           "Founding key: role:party:agent:file.spki");
  verb.Add("--shift-days", options->shift_days, "Décalage d'horloge d'un journal d'essai, en jours",
           "Clock shift of a test log, in days");
  verb.Add("--out", options->out, "Fichier à signer", "File to sign");
  verb.Add("--enact", options->enact, "Fonder : fichier que tous ont signé",
           "Enact: the file that all signed");
  verb.Add("--pin", options->profile_out,
           "Écrire ici ce que chaque partenaire épingle (profil sans identité)",
           "Write here what every partner pins (a profile without identity)");
}

}  // namespace passerelle::gateway::cli
