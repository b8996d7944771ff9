// passerelle doctor: says what is wrong and the mend, before anybody has to ask.
#include "gateway/cli/doctor.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/base/civil.h"
#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"
#include "gateway/cli/messages.h"
#include "gateway/cli/show.h"

namespace passerelle::gateway::cli {
namespace {

constexpr size_t kMaxConfigurationBytes = 64 * 1024;

const char* WordOfHealth(Health health) {
  switch (health) {
    case Health::kFine:
      return "ok";
    case Health::kWarning:
      return "warn";
    case Health::kFailure:
      return "fail";
  }
  return "fail";
}

std::string LineOf(const Check& check) {
  std::string line = absl::StrCat(WordOfHealth(check.health), "\t", check.area);
  if (!check.text.empty()) absl::StrAppend(&line, "\t", check.text);
  if (!check.detail.empty())
    absl::StrAppend(&line, check.text.empty() ? "\t" : " (", check.detail,
                    check.text.empty() ? "" : ")");
  if (!check.mend.empty()) absl::StrAppend(&line, " → ", check.mend);
  // One line a check, whatever a message holds.
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

const Ailment& AilmentOf(std::string_view code) {
  const absl::Span<const Ailment> all = AllAilments();
  const auto* found =
      std::find_if(all.begin(), all.end(), [&](const Ailment& each) { return each.code == code; });
  return found == all.end() ? all.front() : *found;
}

// What a gateway's configuration file says, where the command line does not.
absl::Status AddConfiguration(const std::string& file, Installation& installation) {
  ASSIGN_OR_RETURN(const std::string text, base::ReadFile(file, kMaxConfigurationBytes));
  ASSIGN_OR_RETURN(const auto values, ConfigurationOf(text));
  const std::pair<const char*, std::string*> wanted[] = {
      {"data", &installation.data},
      {"guards", &installation.guards},
      {"certificate", &installation.certificate},
      {"key", &installation.key},
      {"listen", &installation.listen},
      {"passphrase-file", &installation.passphrase_file}};
  for (const auto& [name, value] : wanted)
    if (const auto said = values.find(name); value->empty() && said != values.end())
      *value = said->second;
  return absl::OkStatus();
}

absl::StatusOr<int> Examine(App& app, Installation installation, const std::string& file) {
  Diagnosis diagnosis(app);
  if (!file.empty()) {
    if (absl::Status read = AddConfiguration(file, installation); !read.ok()) {
      diagnosis.Failed("configuration", read);
      return diagnosis.Finish();
    }
    diagnosis.Fine("configuration", file);
  }
  if (installation.passphrase_file.empty()) installation.passphrase_file = app.PassphraseFile();
  if (installation.data.empty() && installation.certificate.empty())
    ExaminePartner(app, diagnosis);
  else
    ExamineInstallation(app, std::move(installation), diagnosis);
  return diagnosis.Finish();
}

}  // namespace

void Diagnosis::Fine(std::string_view area, std::string_view detail) {
  Add({std::string(area), Health::kFine, "", "", "", std::string(detail)});
}

void Diagnosis::Found(std::string_view area, std::string_view code, std::string_view detail) {
  const Ailment& ailment = AilmentOf(code);
  Add({std::string(area), ailment.health, std::string(code), app_.Say(ailment.fr, ailment.en),
       app_.Say(ailment.mend_fr, ailment.mend_en), std::string(detail)});
}

void Diagnosis::Failed(std::string_view area, const absl::Status& error) {
  const DescribedError described = Describe(error, app_.language());
  std::string text = described.text;
  if (!text.empty() && text.back() == ':') text.pop_back();
  while (!text.empty() && text.back() == ' ') text.pop_back();
  Add({std::string(area), Health::kFailure, described.reason, text, "",
       absl::StrCat(described.path, described.path.empty() || described.detail.empty() ? "" : ", ",
                    described.detail)});
}

void Diagnosis::Add(Check check) {
  if (!app_.json()) std::printf("%s\n", LineOf(check).c_str());
  checks_.push_back(std::move(check));
}

int Diagnosis::Finish() const {
  size_t failures = 0, warnings = 0;
  nlohmann::json list = nlohmann::json::array();
  for (const Check& check : checks_) {
    failures += check.health == Health::kFailure ? 1 : 0;
    warnings += check.health == Health::kWarning ? 1 : 0;
    list.push_back({{"area", check.area},
                    {"state", WordOfHealth(check.health)},
                    {"code", check.code},
                    {"text", check.text},
                    {"detail", check.detail},
                    {"mend", check.mend}});
  }
  if (app_.json())
    std::printf(
        "%s\n",
        TextOf(nlohmann::json{{"checks", list}, {"failures", failures}, {"warnings", warnings}})
            .c_str());
  else
    std::printf("%s\n", absl::StrCat(checks_.size(), app_.Say(" points vus, ", " checks, "),
                                     failures, app_.Say(" à corriger, ", " failed, "), warnings,
                                     app_.Say(" à surveiller", " to keep an eye on"))
                            .c_str());
  return failures == 0 ? kDone : kRefused;
}

bool CheckDays(const App& app, Whose whose, const certs::x509::Certificate& certificate,
               const std::string& file, Diagnosis& diagnosis) {
  const std::string who = whose == Whose::kOurs ? "certificate" : "gateway";
  const std::string area = whose == Whose::kOurs ? "certificate" : "gateway-certificate";
  const int64_t now = app.clock().WallMs();
  const std::string today =
      absl::StrCat(app.Say("aujourd'hui ", "today "), base::ToIsoInstant(now).substr(0, 10));
  const std::string begin = base::ToIsoInstant(certificate.not_before_ms()).substr(0, 10);
  const std::string end = base::ToIsoInstant(certificate.not_after_ms()).substr(0, 10);
  if (now < certificate.not_before_ms())
    diagnosis.Found(area, who + "-not-yet", absl::StrCat(file, ", ", begin, ", ", today));
  else if (now >= certificate.not_after_ms())
    diagnosis.Found(area, who + "-expired", absl::StrCat(file, ", ", end, ", ", today));
  else if (certificate.not_after_ms() - now < kSoonMs)
    diagnosis.Found(area, who + "-soon", absl::StrCat(file, ", ", end));
  else
    diagnosis.Fine(area, absl::StrCat(file, app.Say(", jusqu'au ", ", until "), end));
  return now >= certificate.not_before_ms() && now < certificate.not_after_ms();
}

void AddDoctor(App& app) {
  auto installation = std::make_shared<Installation>();
  auto file = std::make_shared<std::string>();
  const Command verb = app.commands().AddVerb(
      "doctor", "Dire ce qui ne va pas et le remède ; sous un profil, ou sur la machine même",
      "Say what is wrong and the mend; under a profile, or on the machine itself",
      [&app, installation, file] { return Examine(app, *installation, *file); });
  verb.Add("--data", installation->data, "Dossier des données d'une passerelle",
           "Data directory of a gateway");
  verb.Add("--guards", installation->guards, "Dossier des témoins de tête, hors des données",
           "Folder of the guards, outside the data");
  verb.Add("--config", *file, "Fichier de configuration de la passerelle",
           "Configuration file of the gateway");
  verb.Add("--certificate", installation->certificate, "Certificat de la passerelle (PEM)",
           "Certificate of the gateway (PEM)");
  verb.Add("--key", installation->key, "Clé de ce certificat (PEM)",
           "Key of that certificate (PEM)");
  verb.Add("--listen", installation->listen, "Adresse et port où sert la passerelle",
           "Address and port where the gateway serves");
  verb.Add("--least-mib", installation->least_mib,
           "Place en Mio sous laquelle le disque est tenu pour plein",
           "Space in MiB below which the disk counts as full")
      .Between(1, int64_t{1} << 40);
}

}  // namespace passerelle::gateway::cli
