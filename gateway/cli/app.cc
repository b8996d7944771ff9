#include "gateway/cli/app.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"

namespace passerelle::gateway::cli {
namespace {

using policy::rules::Language;

// French where the locale is, before any option is read: the help texts are made from it.
Language LanguageOfLocale() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0')
      return absl::StartsWith(value, "fr") ? Language::kFrench : Language::kEnglish;
  }
  return Language::kEnglish;
}

// `--lang` counts for the help texts too, so it is looked for before the parser runs.
Language LanguageOf(int argc, char** argv) {
  Language language = LanguageOfLocale();
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const std::string_view value = word == "--lang" && i + 1 < argc ? std::string_view(argv[i + 1])
                                   : absl::StartsWith(base::Absl(word), "--lang=") ? word.substr(7)
                                                                                   : "";
    if (value == "fr") language = Language::kFrench;
    if (value == "en") language = Language::kEnglish;
  }
  return language;
}

int ExitCodeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return kUnreachable;
    case absl::StatusCode::kInvalidArgument:
      return kUsage;
    default:
      return kRefused;
  }
}

}  // namespace

App::App() : parser_("passerelle"), language_(LanguageOfLocale()) {}

int App::Run(int argc, char** argv) {
  language_ = LanguageOf(argc, argv);
  parser_.description(Say(
      "passerelle : échanges de données d'une convention territoriale globale, sous l'article IX.",
      "passerelle: data exchanges of a convention territoriale globale, under its Article IX."));
  parser_.add_option("--lang", language_option_, Say("Langue : fr ou en", "Language: fr or en"))
      ->check(CLI::IsMember({"fr", "en"}));
  parser_
      .add_option("--profile", profile_file_,
                  Say("Fichier de profil (passerelle, certificat, clé, journal)",
                      "Profile file (gateway, certificate, key, log)"))
      ->envname("PASSERELLE_PROFILE");
  parser_.add_option("--receipts", receipts_folder_,
                     Say("Dossier des reçus ; par défaut « receipts » à côté du profil",
                         "Folder of receipts; default `receipts` beside the profile"));
  parser_.add_flag("--json", json_, Say("Réponse en JSON", "Answer in JSON"));
  parser_.require_subcommand(1);
  parser_.fallthrough();
  for (auto* add :
       {AddPki, AddInit, AddConvention, AddStatement, AddDeed, AddParty, AddAgent, AddMandate,
        AddDataset, AddExchange, AddTransfer, AddRegister, AddAudit, AddReceipt, AddRules})
    add(*this);
  try {
    parser_.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return parser_.exit(error) == 0 ? kDone : kUsage;
  }
  return exit_code_;
}

CLI::App* App::AddNoun(const std::string& name, std::string_view fr, std::string_view en) {
  CLI::App* noun = parser_.add_subcommand(name, Say(fr, en));
  noun->require_subcommand(1);
  noun->fallthrough();
  return noun;
}

CLI::App* App::AddVerb(CLI::App* noun, const std::string& name, std::string_view fr,
                       std::string_view en, std::function<absl::StatusOr<int>()> action) {
  CLI::App* verb = (noun == nullptr ? &parser_ : noun)->add_subcommand(name, Say(fr, en));
  verb->fallthrough();
  verb->callback([this, action = std::move(action)] { exit_code_ = Finish(action()); });
  return verb;
}

std::string App::Say(std::string_view fr, std::string_view en) const {
  return std::string(language_ == Language::kFrench ? fr : en);
}

absl::StatusOr<client::Profile> App::Profile() const {
  return client::ReadProfile(profile_file_.empty() ? "passerelle.json" : profile_file_);
}

std::string App::ReceiptsFolder() const {
  if (!receipts_folder_.empty()) return receipts_folder_;
  const std::filesystem::path profile(profile_file_.empty() ? "passerelle.json" : profile_file_);
  return (profile.parent_path() / "receipts").string();
}

absl::StatusOr<client::Session*> App::Session() {
  if (session_ == nullptr) {
    ASSIGN_OR_RETURN(const client::Profile profile, Profile());
    ASSIGN_OR_RETURN(session_, client::Session::Open(profile, clock_, random_));
  }
  return session_.get();
}

int App::Finish(const absl::StatusOr<int>& result) const {
  if (result.ok()) return *result;
  const std::string path = base::PathOf(result.status());
  std::fprintf(stderr, "passerelle: %s%s%s: %s\n", base::ReasonOf(result.status()).c_str(),
               path.empty() ? "" : " ", path.c_str(),
               std::string(result.status().message()).c_str());
  return ExitCodeOf(result.status());
}

}  // namespace passerelle::gateway::cli
