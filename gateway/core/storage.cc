#include "gateway/core/storage.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "audit/log/sqlite_store.h"
#include "gateway/base/bytes.h"
#include "gateway/base/files.h"
#include "gateway/base/secret.h"
#include "gateway/base/status.h"

namespace passerelle::gateway::core {
namespace {

constexpr size_t kMaxKeyFileBytes = 4096;
constexpr std::string_view kSignerPrefix = "PRIVATE+KEY+";

std::string KeyFolder(const StoragePaths& paths) { return paths.folder + "/keys"; }
std::string CheckpointKeyFile(const StoragePaths& paths) {
  return KeyFolder(paths) + "/checkpoint.key";
}
std::string StatementKeyFile(const StoragePaths& paths) {
  return KeyFolder(paths) + "/statement.key";
}

// The x/mod text of a note's private key: `PRIVATE+KEY+name+hex8+base64(0x01 ‖ seed)`, so that the
// key can be moved to other tools.
absl::StatusOr<audit::checkpoint::NoteSigner> ParseSigner(std::string_view text) {
  const absl::Status malformed =
      base::Corrupt("CHECKPOINT_KEY", "keys/checkpoint.key is not a note's private key");
  if (text.substr(0, kSignerPrefix.size()) != kSignerPrefix) return malformed;
  text.remove_prefix(kSignerPrefix.size());
  const size_t name_end = text.find('+');
  const size_t id_end =
      name_end == std::string_view::npos ? name_end : text.find('+', name_end + 1);
  if (id_end == std::string_view::npos) return malformed;
  std::string_view encoded = text.substr(id_end + 1);
  if (!encoded.empty() && encoded.back() == '\n') encoded.remove_suffix(1);
  absl::StatusOr<std::string> key = base::FromBase64(encoded);
  if (!key.ok() || key->size() != 33 || (*key)[0] != 1) return malformed;
  key->erase(0, 1);
  return audit::checkpoint::NoteSigner::FromSeed(text.substr(0, name_end),
                                                 base::Secret(*std::move(key)));
}

absl::Status WriteSigner(const StoragePaths& paths, const std::string& origin,
                         base::Random& random) {
  const base::Secret seed(random.Bytes(32));
  ASSIGN_OR_RETURN(const audit::checkpoint::NoteSigner signer,
                   audit::checkpoint::NoteSigner::FromSeed(origin, seed));
  std::string id;
  base::AppendBigEndian32(id, signer.verifier().key_id());
  const base::Secret key(absl::StrCat("\1", std::string(seed.RevealSecret())));
  const base::Secret text(absl::StrCat(std::string(kSignerPrefix), origin, "+", base::ToHex(id),
                                       "+", base::ToBase64(key.RevealSecret()), "\n"));
  return base::WriteFile(CheckpointKeyFile(paths), text.RevealSecret(), base::FileMode::kPrivate);
}

}  // namespace

absl::Status CreateStorage(const StoragePaths& paths, const std::string& origin,
                           base::Random& random) {
  if (base::Exists(CheckpointKeyFile(paths)) || base::Exists(StatementKeyFile(paths)))
    return base::Error(absl::StatusCode::kAlreadyExists, "ALREADY_INITIALISED", "",
                       absl::StrCat(paths.folder, " already holds the keys of a convention"));
  RETURN_IF_ERROR(audit::checkpoint::CheckOrigin(origin));
  RETURN_IF_ERROR(base::MakeFolder(KeyFolder(paths), base::FileMode::kPrivate));
  ASSIGN_OR_RETURN(const certs::keys::PrivateKey statement_key,
                   certs::keys::PrivateKey::Generate(certs::keys::KeyType::kEd25519));
  RETURN_IF_ERROR(statement_key.Save(StatementKeyFile(paths)));
  RETURN_IF_ERROR(WriteSigner(paths, origin, random));
  return vault::Keyring::Open(KeyFolder(paths), random).status();
}

absl::StatusOr<std::unique_ptr<Storage>> Storage::Open(
    const StoragePaths& paths, base::Random& random,
    absl::FunctionRef<absl::Status(uint64_t, const std::string&, const base::Digest&)> replay) {
  auto storage = std::make_unique<Storage>();
  ASSIGN_OR_RETURN(const std::string signer_text,
                   base::ReadFile(CheckpointKeyFile(paths), kMaxKeyFileBytes));
  ASSIGN_OR_RETURN(audit::checkpoint::NoteSigner signer, ParseSigner(signer_text));
  storage->signer = std::make_unique<audit::checkpoint::NoteSigner>(std::move(signer));
  ASSIGN_OR_RETURN(certs::keys::PrivateKey key,
                   certs::keys::PrivateKey::Load(StatementKeyFile(paths)));
  storage->statement_key = std::make_unique<certs::keys::PrivateKey>(std::move(key));
  ASSIGN_OR_RETURN(storage->keyring, vault::Keyring::Open(KeyFolder(paths), random));
  ASSIGN_OR_RETURN(storage->vault,
                   vault::Vault::Open(paths.folder + "/vault.db", *storage->keyring, random));
  ASSIGN_OR_RETURN(storage->store, audit::log::OpenSqliteStore(paths.folder + "/audit.db"));
  const std::string& origin = storage->signer->verifier().name();
  ASSIGN_OR_RETURN(storage->guard, audit::log::Guard::Open(paths.guard, origin));
  ASSIGN_OR_RETURN(storage->log,
                   audit::log::Log::Open(origin, *storage->store, storage->guard.get(),
                                         *storage->signer, replay));
  return storage;
}

}  // namespace passerelle::gateway::core
