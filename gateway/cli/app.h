// What every command has in common: language, output form, profile, exit codes. Habits are those of
// git and kubectl: noun then verb, references by unambiguous prefix, `--json` on every read.
#ifndef PASSERELLE_GATEWAY_CLI_APP_H_
#define PASSERELLE_GATEWAY_CLI_APP_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "certs/keys/key.h"
#include "gateway/base/clock.h"
#include "gateway/base/random.h"
#include "gateway/base/secret.h"
#include "gateway/cli/command_line.h"
#include "gateway/client/session.h"
#include "policy/rules/catalogue.h"

namespace passerelle::gateway::cli {

// Exit codes: done; refused by the rules, not verified, or not so in the log; a mistake in the
// words or on this machine; a gateway that cannot be reached, or stops; recorded, but binding
// nobody.
inline constexpr int kDone = 0;
inline constexpr int kRefused = 1;
inline constexpr int kUsage = 2;
inline constexpr int kUnreachable = 3;
inline constexpr int kNoted = 4;

// The command line and what its options chose. Not thread-safe.
class App {
 public:
  // With a session the caller made, none is opened under the profile.
  App(int argc, char** argv, std::unique_ptr<client::Session> session = nullptr);

  // Parses and runs. Returns the exit code.
  int Run();

  // Where the nouns add themselves.
  CommandLine& commands() { return commands_; }

  // The text in the language of the user.
  std::string Say(std::string_view fr, std::string_view en) const;

  policy::rules::Language language() const { return language_; }
  bool json() const { return json_; }
  const base::Clock& clock() const { return clock_; }
  base::Random& random() { return random_; }

  // The profile that --profile, PASSERELLE_PROFILE or ./passerelle.json names.
  absl::StatusOr<client::Profile> Profile() const;

  // The file of the passphrase of encrypted keys: --passphrase-file, --passphrase-fd, or the
  // credential `passerelle-passphrase` that systemd hands over; empty where there is none.
  std::string PassphraseFile() const;

  // That passphrase; an empty one where there is none. A pipe can be read once.
  absl::StatusOr<base::Secret> Passphrase() const;

  // A key file, under that passphrase. Errors as those of client::LoadKey.
  absl::StatusOr<certs::keys::PrivateKey> LoadKey(const std::string& path) const;

  // The folder where receipts are kept: --receipts, else `receipts` beside the profile.
  std::string ReceiptsFolder() const;

  // The file of the profile: --profile, else the one in this folder.
  std::string ProfileFile() const;

  // The level of evidence that --wait asks for.
  passerelle::gateway::v1::Level WaitLevel() const;

  // A session under the profile; made once.
  absl::StatusOr<client::Session*> Session();

 private:
  const int argc_;
  char** const argv_;
  const policy::rules::Language language_;
  CommandLine commands_;
  std::string language_option_;
  std::string profile_file_;
  std::string receipts_folder_;
  std::string wait_;
  std::string passphrase_file_;
  // 0: none; nobody's passphrase stands on standard input.
  int passphrase_descriptor_ = 0;
  bool json_ = false;
  base::SystemClock clock_;
  base::SystemRandom random_;
  std::unique_ptr<client::Session> session_;
};

// The nouns, one file each.
void AddPki(App& app);
void AddInit(App& app);
void AddConvention(App& app);
void AddStatement(App& app);  // sign, preview, submit
void AddDeed(App& app);
void AddParty(App& app);
void AddAgent(App& app);
void AddMandate(App& app);
void AddDataset(App& app);
void AddExchange(App& app);
void AddTransfer(App& app);
void AddDocument(App& app);
void AddRegister(App& app);
void AddAudit(App& app);
void AddReceipt(App& app);
void AddRules(App& app);
void AddInbox(App& app);
void AddDoctor(App& app);
void AddBackup(App& app);
void AddRecover(App& app);
void AddWitness(App& app);
void AddCompletion(App& app);

}  // namespace passerelle::gateway::cli

#endif  // PASSERELLE_GATEWAY_CLI_APP_H_
