#include "gateway/cli/app.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/base/files.h"
#include "gateway/base/passphrase.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"
#include "gateway/cli/messages.h"
#include "gateway/cli/show.h"

namespace passerelle::gateway::cli {
namespace {

using policy::rules::Language;

constexpr char kDefaultProfile[] = "passerelle.json";
constexpr char kWitnessed[] = "witnessed";
constexpr char kStamped[] = "stamped";
constexpr char kCredential[] = "passerelle-passphrase";

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

// `--json` counts for the errors of the parser too.
bool WantsJson(int argc, char** argv) {
  for (int i = 1; i < argc; ++i)
    if (std::string_view(argv[i]) == "--json") return true;
  return false;
}

int ExitCodeOf(const absl::Status& status) {
  if (IsOfThisMachine(base::ReasonOf(status))) return kUsage;
  // Broken off before its answer, under whatever code.
  if (base::ReasonOf(status) == "OUTCOME_UNKNOWN") return kUnreachable;
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
      return kUnreachable;
    case absl::StatusCode::kInvalidArgument:
      return kUsage;
    default:
      return kRefused;
  }
}

}  // namespace

App::App(int argc, char** argv, std::unique_ptr<client::Session> session)
    : argc_(argc),
      argv_(argv),
      language_(LanguageOf(argc, argv)),
      commands_(language_),
      session_(std::move(session)) {
  commands_.Describe(
      "passerelle : échanges de données d'une convention territoriale globale, sous l'article IX.",
      "passerelle: data exchanges of a convention territoriale globale, under its Article IX.");
  commands_.EndHelpWith(
      "Codes de sortie : 0 fait ; 1 refusé par les règles, non vérifié, ou absent du journal ; "
      "2 faute dans la commande ou sur cette machine ; 3 passerelle injoignable, occupée ou muette "
      "; "
      "4 inscrit, mais n'engage personne.",
      "Exit codes: 0 done; 1 refused by the rules, not verified, or not in the log; 2 a mistake in "
      "the command or on this machine; 3 gateway unreachable, busy or silent; 4 recorded, but "
      "binds nobody.");
  const Command everywhere = commands_.Everywhere();
  everywhere.Add("--lang", language_option_, "Langue : fr ou en", "Language: fr or en")
      .OneOf({"fr", "en"});
  everywhere
      .Add("--profile", profile_file_, "Fichier de profil (passerelle, certificat, clé, journal)",
           "Profile file (gateway, certificate, key, log)")
      .FromVariable("PASSERELLE_PROFILE");
  everywhere.Add("--receipts", receipts_folder_,
                 "Dossier des reçus ; par défaut « receipts » à côté du profil",
                 "Folder of receipts; default `receipts` beside the profile");
  everywhere
      .Add("--wait", wait_,
           "Attendre que le reçu soit cosigné par les témoins (witnessed) ou horodaté par une "
           "autorité (stamped), une demi-minute au plus",
           "Wait until the receipt is cosigned by the witnesses (witnessed) or stamped with the "
           "time "
           "by an authority (stamped), half a minute at most")
      .OneOf({"committed", kWitnessed, kStamped});
  everywhere.Add("--passphrase-file", passphrase_file_,
                 "Fichier (0600) de la phrase secrète qui ouvre une clé chiffrée",
                 "File (0600) of the passphrase that opens an encrypted key");
  everywhere
      .Add("--passphrase-fd", passphrase_descriptor_,
           "Descripteur ouvert d'où lire cette phrase secrète",
           "Open descriptor to read that passphrase from")
      .Between(3, 1024);
  everywhere.AddFlag("--json", json_, "Réponse en JSON", "Answer in JSON");
  for (auto* add : {AddPki,      AddInit,    AddConvention, AddStatement, AddDeed,     AddParty,
                    AddAgent,    AddMandate, AddDataset,    AddExchange,  AddTransfer, AddDocument,
                    AddRegister, AddAudit,   AddReceipt,    AddRules,     AddInbox,    AddDoctor,
                    AddBackup,   AddRecover, AddWitness,    AddCompletion})
    add(*this);
}

int App::Run() {
  const absl::StatusOr<int> code = commands_.Run(argc_, argv_);
  if (code.ok()) return *code;
  const int exit_code = ExitCodeOf(code.status());
  if (WantsJson(argc_, argv_)) {
    const DescribedError error = Describe(code.status(), language_);
    const nlohmann::json json = {{"error",
                                  {{"code", error.reason},
                                   {"path", error.path},
                                   {"message", error.text},
                                   {"detail", error.detail},
                                   {"exit", exit_code}}}};
    std::printf("%s\n", TextOf(json).c_str());
  }
  std::fprintf(stderr, "passerelle: %s\n", DescribeError(code.status(), language_).c_str());
  return exit_code;
}

std::string App::Say(std::string_view fr, std::string_view en) const {
  return std::string(language_ == Language::kFrench ? fr : en);
}

absl::StatusOr<client::Profile> App::Profile() const {
  if (profile_file_.empty() && !base::Exists(kDefaultProfile))
    return Usage("PROFILE_NONE", "--profile");
  ASSIGN_OR_RETURN(client::Profile profile, client::ReadProfile(ProfileFile()));
  if (const std::string file = PassphraseFile(); !file.empty()) profile.passphrase_file = file;
  return profile;
}

std::string App::ProfileFile() const {
  return profile_file_.empty() ? kDefaultProfile : profile_file_;
}

std::string App::PassphraseFile() const {
  if (!passphrase_file_.empty()) return passphrase_file_;
  if (passphrase_descriptor_ > 0) return base::FileOfDescriptor(passphrase_descriptor_);
  const char* const credentials = std::getenv("CREDENTIALS_DIRECTORY");
  if (credentials == nullptr) return "";
  const std::string file = absl::StrCat(credentials, "/", kCredential);
  return base::Exists(file) ? file : "";
}

absl::StatusOr<base::Secret> App::Passphrase() const {
  return base::ReadPassphraseIfAny(PassphraseFile());
}

absl::StatusOr<certs::keys::PrivateKey> App::LoadKey(const std::string& path) const {
  ASSIGN_OR_RETURN(const base::Secret passphrase, Passphrase());
  return certs::keys::PrivateKey::Load(path, passphrase);
}

std::string App::ReceiptsFolder() const {
  if (!receipts_folder_.empty()) return receipts_folder_;
  const std::filesystem::path profile(ProfileFile());
  return (profile.parent_path() / "receipts").string();
}

absl::StatusOr<client::Session*> App::Session() {
  if (session_ == nullptr) {
    ASSIGN_OR_RETURN(const client::Profile profile, Profile());
    ASSIGN_OR_RETURN(session_, client::Session::Open(profile, clock_, random_));
  }
  session_->WaitFor(WaitLevel());
  return session_.get();
}

passerelle::gateway::v1::Level App::WaitLevel() const {
  if (wait_ == kStamped) return passerelle::gateway::v1::LEVEL_STAMPED;
  return wait_ == kWitnessed ? passerelle::gateway::v1::LEVEL_WITNESSED
                             : passerelle::gateway::v1::LEVEL_COMMITTED;
}

}  // namespace passerelle::gateway::cli
