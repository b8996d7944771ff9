#include "gateway/cli/key_file.h"

#include <cstdio>
#include <memory>
#include <string>

#include "gateway/base/bytes.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/cli/messages.h"
#include "gateway/cli/show.h"

namespace passerelle::gateway::cli {
namespace {

using certs::keys::PrivateKey;

absl::StatusOr<bool> IsEncrypted(const std::string& file) {
  ASSIGN_OR_RETURN(std::string bytes, base::ReadFile(file, base::kMaxPemBytes));
  const base::Secret pem(std::move(bytes));
  return certs::keys::IsEncryptedPem(pem.RevealSecret());
}

int Print(App& app, const std::string& file, const PrivateKey& key, bool encrypted) {
  const std::string fingerprint = base::ToHex(base::View(key.public_key().fingerprint()));
  const char* const type =
      key.public_key().type() == certs::keys::KeyType::kEd25519 ? "ed25519" : "p256";
  if (app.json())
    std::printf("%s\n", JsonObject({{"file", file},
                                    {"type", type},
                                    {"fingerprint", fingerprint},
                                    {"encrypted", encrypted}})
                            .c_str());
  else
    std::printf(
        "%s  %s  %s  %s\n", file.c_str(), type, fingerprint.c_str(),
        (encrypted ? app.Say("chiffrée", "encrypted") : app.Say("en clair", "in clear")).c_str());
  return kDone;
}

absl::StatusOr<int> Show(App& app, const std::string& file) {
  ASSIGN_OR_RETURN(const PrivateKey key, app.LoadKey(file));
  ASSIGN_OR_RETURN(const bool encrypted, IsEncrypted(file));
  return Print(app, file, key, encrypted);
}

absl::StatusOr<int> Encrypt(App& app, const std::string& file) {
  ASSIGN_OR_RETURN(const base::Secret passphrase, app.Passphrase());
  if (passphrase.empty()) return Usage("PASSPHRASE_MISSING", "--passphrase-file");
  ASSIGN_OR_RETURN(const bool encrypted, IsEncrypted(file));
  // A passphrase is changed by way of a key in clear, so that nobody takes the new one for the old.
  if (encrypted) return Usage("KEY_ENCRYPTED_ALREADY", "file", file);
  ASSIGN_OR_RETURN(const PrivateKey key, PrivateKey::Load(file));
  const std::string pem = key.ToEncryptedPem(passphrase);
  // Nothing is replaced by what does not open.
  RETURN_IF_ERROR(PrivateKey::FromEncryptedPem(pem, passphrase).status());
  RETURN_IF_ERROR(base::WriteFile(file, pem, base::FileMode::kPrivate));
  return Print(app, file, key, true);
}

absl::StatusOr<int> Decrypt(App& app, const std::string& file) {
  ASSIGN_OR_RETURN(const PrivateKey key, app.LoadKey(file));
  RETURN_IF_ERROR(base::WriteFile(file, key.ToPem().RevealSecret(), base::FileMode::kPrivate));
  return Print(app, file, key, false);
}

}  // namespace

void AddKeyFileVerbs(App& app, const Command& noun) {
  const Command key = app.commands().AddVerb(
      noun, "key", "Fichier de clé de cette machine", "Key file of this machine",
      [] { return Usage("COMMAND_MISSING", "agent key", "show, encrypt, decrypt"); });
  auto file = std::make_shared<std::string>();
  const auto add = [&](const char* name, const char* fr, const char* en, auto* run) {
    app.commands()
        .AddVerb(key, name, fr, en, [&app, file, run] { return run(app, *file); })
        .Add("file", *file, "Clé (PEM)", "Key (PEM)")
        .Required();
  };
  add("show", "Dire ce que tient un fichier de clé", "Tell what a key file holds", &Show);
  add("encrypt", "Fermer une clé d'une phrase secrète", "Close a key with a passphrase", &Encrypt);
  add("decrypt", "Remettre une clé en clair", "Put a key back in clear", &Decrypt);
}

}  // namespace passerelle::gateway::cli
