#include "gateway/cli/init_questions.h"

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "audit/checkpoint/checkpoint.h"
#include "certs/keys/key.h"
#include "certs/x509/certificate.h"
#include "gateway/base/bytes.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/cli/input.h"
#include "gateway/cli/messages.h"
#include "passerelle/convention/v1/convention.pb.h"
#include "passerelle/convention/v1/settings.pb.h"

namespace passerelle::gateway::cli {
namespace {

constexpr int kKeysOfEachSide = 2;

bool SomebodyAnswers() { return isatty(STDIN_FILENO) != 0 && isatty(STDERR_FILENO) != 0; }

using Judge = absl::FunctionRef<absl::Status(const std::string& answer)>;

// Asks until an answer is good; an empty one takes what is offered.
absl::StatusOr<std::string> Ask(const App& app, const std::string& question,
                                const std::string& offered, Judge judge) {
  while (true) {
    std::fprintf(stderr, "%s%s : ", question.c_str(),
                 offered.empty() ? "" : absl::StrCat(" [", offered, "]").c_str());
    std::string answer;
    if (!std::getline(std::cin, answer)) return Usage("INPUT_ENDED", "init");
    answer = std::string(absl::StripAsciiWhitespace(answer));
    if (answer.empty()) answer = offered;
    if (answer.empty()) continue;
    const absl::Status verdict = judge(answer);
    if (verdict.ok()) return answer;
    std::fprintf(stderr, "  %s\n", DescribeError(verdict, app.language()).c_str());
  }
}

std::string IfThere(const std::string& file) { return base::Exists(file) ? file : ""; }

std::string HostName() {
  char name[256] = "";
  return gethostname(name, sizeof name - 1) == 0 && *name != '\0' ? name : "passerelle.example";
}

absl::Status JudgeCertificates(const std::string& file) { return ReadCertificates(file).status(); }

absl::Status JudgePublicKey(const std::string& file) {
  ASSIGN_OR_RETURN(std::string text, base::ReadFile(file, base::kMaxPemBytes));
  absl::StripTrailingAsciiWhitespace(&text);
  ASSIGN_OR_RETURN(const std::string spki, base::FromHex(text));
  return base::InContext(certs::keys::PublicKey::FromSpki(spki).status(), file);
}

// The agent that `pki issue` wrote into the certificate beside a public key.
std::string AgentBeside(const std::string& spki_file) {
  const auto file = std::filesystem::path(spki_file).replace_extension(".pem").string();
  const absl::StatusOr<std::string> pem = base::ReadFile(file, base::kMaxPemBytes);
  if (!pem.ok()) return "";
  const auto certificate = certs::x509::Certificate::FromPem(*pem);
  if (!certificate.ok() || certificate->Uris().size() != 1) return "";
  const std::string uri = certificate->Uris()[0];
  return uri.substr(uri.rfind('/') + 1);
}

absl::Status AskFounders(const App& app, const convention::v1::Convention& convention,
                         std::vector<std::string>& founders) {
  const std::pair<const char*, const std::string&> sides[] = {
      {"secretariat", convention.secretariat_party()},
      {"countersigner", convention.countersigning_party()}};
  for (const auto& [role, party] : sides)
    for (int number = 1; number <= kKeysOfEachSide; ++number) {
      const std::string who =
          absl::StrCat(role, " ", number, "/", kKeysOfEachSide, " (", party, ")");
      ASSIGN_OR_RETURN(const std::string file,
                       Ask(app,
                           absl::StrCat(who, app.Say(", clé publique (fichier .spki)",
                                                     ", public key (.spki file)")),
                           "", JudgePublicKey));
      ASSIGN_OR_RETURN(const std::string agent, Ask(app, absl::StrCat(who, ", agent"),
                                                    AgentBeside(file), [](const std::string& text) {
                                                      return ReadAgent("agent", text).status();
                                                    }));
      founders.push_back(absl::StrCat(role, ":", party, ":", agent, ":", file));
    }
  return absl::OkStatus();
}

// What two files say.
absl::Status AskFiles(const App& app, Founding& founding, convention::v1::Convention& convention) {
  if (founding.convention.empty()) {
    ASSIGN_OR_RETURN(
        founding.convention,
        Ask(app, app.Say("Convention (fichier textproto)", "Convention (textproto file)"), "",
            [&](const std::string& file) { return ReadText("--convention", file, convention); }));
  }
  RETURN_IF_ERROR(ReadText("--convention", founding.convention, convention));
  if (!founding.settings.empty()) return absl::OkStatus();
  const auto beside =
      std::filesystem::path(founding.convention).replace_extension(".settings.textproto").string();
  ASSIGN_OR_RETURN(founding.settings,
                   Ask(app, app.Say("Réglages (fichier textproto)", "Settings (textproto file)"),
                       IfThere(beside), [](const std::string& file) {
                         convention::v1::Settings settings;
                         return ReadText("--settings", file, settings);
                       }));
  return absl::OkStatus();
}

absl::Status AskAll(const App& app, Founding& founding) {
  if (founding.data.empty()) {
    ASSIGN_OR_RETURN(founding.data,
                     Ask(app, app.Say("Dossier des données", "Data directory"), "data",
                         [](const std::string&) { return absl::OkStatus(); }));
  }
  convention::v1::Convention convention;
  RETURN_IF_ERROR(AskFiles(app, founding, convention));
  if (founding.environment.empty()) {
    ASSIGN_OR_RETURN(founding.environment,
                     Ask(app,
                         app.Say("Environnement, pour toujours : test | production",
                                 "Environment, for ever: test | production"),
                         "test", [](const std::string& answer) {
                           if (answer == "test" || answer == "production") return absl::OkStatus();
                           return Usage("VALUE_UNKNOWN", "--environment", "test, production");
                         }));
  }
  if (founding.origin.empty()) {
    ASSIGN_OR_RETURN(
        founding.origin,
        Ask(app, app.Say("Nom des attestations du journal", "Origin of the log's checkpoints"),
            absl::StrCat(HostName(), "/", convention.slug(), "/", founding.environment),
            [](const std::string& answer) { return audit::checkpoint::CheckOrigin(answer); }));
  }
  if (founding.anchors.empty()) {
    ASSIGN_OR_RETURN(founding.anchors.emplace_back(),
                     Ask(app, app.Say("Autorité TLS reconnue (PEM)", "TLS trust anchor (PEM)"),
                         IfThere("pki/ca.pem"), JudgeCertificates));
  }
  if (founding.founders.empty()) return AskFounders(app, convention, founding.founders);
  return absl::OkStatus();
}

}  // namespace

absl::Status Complete(const App& app, Founding& founding) {
  if (SomebodyAnswers()) return AskAll(app, founding);
  const std::pair<const char*, bool> needed[] = {{"--data", founding.data.empty()},
                                                 {"--convention", founding.convention.empty()},
                                                 {"--settings", founding.settings.empty()},
                                                 {"--origin", founding.origin.empty()},
                                                 {"--founder", founding.founders.empty()}};
  for (const auto& [option, missing] : needed)
    if (missing) return Usage("OPTION_MISSING", option);
  if (founding.environment.empty()) founding.environment = "test";
  return absl::OkStatus();
}

}  // namespace passerelle::gateway::cli
