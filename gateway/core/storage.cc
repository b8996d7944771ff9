#include "gateway/core/storage.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "audit/log/sqlite_store.h"
#include "gateway/base/files.h"
#include "gateway/base/secret.h"
#include "gateway/base/status.h"

namespace passerelle::gateway::core {
namespace {

constexpr size_t kMaxKeyFileBytes = 4096;

std::string KeyFolder(const StoragePaths& paths) { return paths.folder + "/keys"; }
std::string StatementKeyFile(const StoragePaths& paths) {
  return KeyFolder(paths) + "/statement.key";
}

absl::Status WriteSigner(const StoragePaths& paths, const std::string& origin,
                         base::Random& random) {
  ASSIGN_OR_RETURN(const audit::checkpoint::NoteSigner signer,
                   audit::checkpoint::NoteSigner::FromSeed(origin, base::Secret(random.Bytes(32))));
  return base::WriteFile(SignerFile(paths), signer.ToText().RevealSecret(),
                         base::FileMode::kPrivate);
}

}  // namespace

std::string SignerFile(const StoragePaths& paths) { return KeyFolder(paths) + "/checkpoint.key"; }

std::string NextSignerFile(const StoragePaths& paths) { return SignerFile(paths) + ".next"; }

absl::StatusOr<audit::checkpoint::NoteSigner> LoadSignerFrom(const std::string& file) {
  ASSIGN_OR_RETURN(const std::string text, base::ReadFile(file, kMaxKeyFileBytes));
  return audit::checkpoint::NoteSigner::FromText(text);
}

absl::Status CreateStorage(const StoragePaths& paths, const std::string& origin,
                           base::Random& random) {
  if (base::Exists(SignerFile(paths)) || base::Exists(StatementKeyFile(paths)))
    return base::Error(absl::StatusCode::kAlreadyExists, "ALREADY_INITIALISED", "",
                       absl::StrCat(paths.folder, " already holds the keys of a convention"));
  RETURN_IF_ERROR(audit::checkpoint::CheckOrigin(origin));
  RETURN_IF_ERROR(base::MakeFolder(KeyFolder(paths), base::FileMode::kPrivate));
  const base::Secret seed(random.Bytes(32));
  ASSIGN_OR_RETURN(const certs::keys::PrivateKey statement_key,
                   certs::keys::PrivateKey::FromEd25519Seed(seed.RevealSecret()));
  RETURN_IF_ERROR(statement_key.Save(StatementKeyFile(paths)));
  RETURN_IF_ERROR(WriteSigner(paths, origin, random));
  return vault::Keyring::Create(KeyFolder(paths), random);
}

absl::StatusOr<std::unique_ptr<audit::checkpoint::NoteSigner>> LoadSigner(
    const std::string& folder) {
  ASSIGN_OR_RETURN(audit::checkpoint::NoteSigner signer, LoadSignerFrom(SignerFile({folder, ""})));
  return std::make_unique<audit::checkpoint::NoteSigner>(std::move(signer));
}

absl::StatusOr<std::unique_ptr<Storage>> Storage::Open(const StoragePaths& paths,
                                                       base::Random& random,
                                                       audit::log::Log::Replay replay,
                                                       const audit::log::Log::Restore* restore) {
  auto storage = std::make_unique<Storage>();
  ASSIGN_OR_RETURN(const int mode, base::PermissionsOf(SignerFile(paths)));
  if ((mode & 0077) != 0)
    return base::Error(
        absl::StatusCode::kFailedPrecondition, "KEY_PERMISSIONS", "",
        absl::StrCat(SignerFile(paths), ": others may read this private key; mend with: chmod 600 ",
                     SignerFile(paths)));
  ASSIGN_OR_RETURN(storage->signer, LoadSigner(paths.folder));
  ASSIGN_OR_RETURN(certs::keys::PrivateKey key,
                   certs::keys::PrivateKey::Load(StatementKeyFile(paths)));
  storage->statement_key = std::make_unique<certs::keys::PrivateKey>(std::move(key));
  ASSIGN_OR_RETURN(storage->keyring, vault::Keyring::Open(KeyFolder(paths), random));
  ASSIGN_OR_RETURN(storage->vault, vault::Vault::Open(paths.folder, *storage->keyring, random));
  ASSIGN_OR_RETURN(storage->store, audit::log::OpenSqliteStore(paths.folder + "/audit.db"));
  const std::string& origin = storage->signer->verifier().name();
  ASSIGN_OR_RETURN(storage->guard, audit::log::Guard::Open(paths.guard, origin));
  if (restore == nullptr) {
    ASSIGN_OR_RETURN(storage->log,
                     audit::log::Log::Open(origin, *storage->store, storage->guard.get(),
                                           *storage->signer, replay));
  } else {
    ASSIGN_OR_RETURN(storage->log, audit::log::Log::OpenFromSnapshot(
                                       origin, *storage->store, storage->guard.get(),
                                       *storage->signer, *restore, replay));
  }
  return storage;
}

}  // namespace passerelle::gateway::core
