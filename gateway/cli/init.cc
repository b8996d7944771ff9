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
#include "gateway/cli/init_questions.h"
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
  Founding founding;
  std::string guards;
  std::string out = "founding.json", enact, profile_out;
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
  for (const std::string& path : options.founding.anchors) {
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
  RETURN_IF_ERROR(
      ReadText("--convention", options.founding.convention, *enacted.mutable_convention()));
  RETURN_IF_ERROR(ReadText("--settings", options.founding.settings, *enacted.mutable_settings()));
  constexpr int64_t kDayMs = int64_t{24} * 3600 * 1000;
  if (options.shift_days != 0)
    enacted.mutable_settings()->set_clock_shift_ms(options.shift_days * kDayMs);
  RETURN_IF_ERROR(AddAnchors(options, *enacted.mutable_settings()));
  enacted.set_environment(options.founding.environment == "production"
                              ? statement::v1::ENVIRONMENT_PRODUCTION
                              : statement::v1::ENVIRONMENT_TEST);
  enacted.set_origin(options.founding.origin);
  enacted.set_checkpoint_vkey(keys.checkpoint_vkey);
  FoundingKey& gateway = *enacted.add_founding_keys();
  gateway.set_agent(app.random().Bytes(16));
  gateway.set_kind(statement::v1::AGENT_KIND_GATEWAY);
  gateway.set_party(enacted.convention().secretariat_party());
  gateway.set_role(statement::v1::ROLE_OPERATOR);
  gateway.set_spki(keys.statement_spki);
  gateway.set_scheme(statement::v1::SIGNATURE_SCHEME_RAW);
  for (const std::string& text : options.founding.founders) {
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

core::HostPaths PathsOf(const Options& options) {
  const std::string& data = options.founding.data;
  return {data, options.guards.empty() ? core::DefaultGuards(data) : options.guards};
}

absl::StatusOr<int> Begin(App& app, Options options) {
  RETURN_IF_ERROR(Complete(app, options.founding));
  const core::HostPaths host = PathsOf(options);
  convention::v1::Convention convention;
  RETURN_IF_ERROR(ReadText("--convention", options.founding.convention, convention));
  ASSIGN_OR_RETURN(const base::FileLock lock, core::LockData(host));
  const core::StoragePaths paths = core::PathsOf(host, convention.slug());
  RETURN_IF_ERROR(core::CreateStorage(paths, options.founding.origin, app.random()));
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
  if (options.founding.data.empty()) return Usage("OPTION_MISSING", "--data");
  const core::HostPaths host = PathsOf(options);
  ASSIGN_OR_RETURN(const client::SignedFile file, ReadSignedFile(options.enact));
  ASSIGN_OR_RETURN(const statement::v1::Envelope envelope, client::ToEnvelope(file));
  statement::v1::Statement statement;
  if (!statement.ParseFromString(file.payload) || statement.acts_size() != 1 ||
      !statement.acts(0).has_convention_enacted())
    return Usage("NOT_A_FOUNDING", "--enact");
  const ConventionEnacted& enacted = statement.acts(0).convention_enacted();
  ASSIGN_OR_RETURN(const base::FileLock lock, core::LockData(host));
  ASSIGN_OR_RETURN(const core::Founded founded,
                   core::Enact(core::PathsOf(host, enacted.convention().slug()),
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
      "init",
      "Préparer puis fonder le journal d'une convention ; au terminal, demande ce qui manque",
      "Prepare, then found, the log of a convention; at a terminal, asks what is missing",
      [&app, options]() -> absl::StatusOr<int> {
        return options->enact.empty() ? Begin(app, *options) : EnactFile(app, *options);
      });
  verb.Add("--data", options->founding.data, "Dossier des données", "Data directory");
  verb.Add("--guards", options->guards, "Dossier des témoins de tête, hors des données",
           "Folder of the guards, outside the data");
  verb.Add("--convention", options->founding.convention, "Convention (textproto)",
           "Convention (textproto)");
  verb.Add("--settings", options->founding.settings, "Réglages (textproto)",
           "Settings (textproto)");
  verb.Add("--environment", options->founding.environment,
           "Environnement : test (par défaut) | production",
           "Environment: test (default) | production")
      .OneOf({"test", "production"});
  verb.Add("--origin", options->founding.origin,
           "Nom des attestations, tel passerelle.example/ctg/test",
           "Origin of the checkpoints, such as passerelle.example/ctg/test");
  verb.Add("--anchor", options->founding.anchors, "Autorité TLS reconnue (PEM)",
           "TLS trust anchor (PEM)");
  verb.Add("--founder", options->founding.founders,
           "Clé fondatrice : role:partie:agent:fichier.spki",
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
