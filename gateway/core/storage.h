// Everything a convention keeps on disk, opened together.
#ifndef PASSERELLE_GATEWAY_CORE_STORAGE_H_
#define PASSERELLE_GATEWAY_CORE_STORAGE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "audit/checkpoint/note.h"
#include "audit/log/guard.h"
#include "audit/log/log.h"
#include "audit/log/store.h"
#include "certs/keys/key.h"
#include "gateway/base/random.h"
#include "gateway/vault/keyring.h"
#include "gateway/vault/vault.h"

namespace passerelle::gateway::core {

// Where a convention lives.
struct StoragePaths {
  // `<data>/conventions/<name>`: `audit.db` (append-only; whoever alters it makes the start fail),
  // `vault.db` (ciphertext; whoever alters it makes content unreadable) and `keys/` (0600; whoever
  // reads it can sign as this gateway and decrypt the vault; backed up apart).
  std::string folder;
  // The guard file, outside the data directory; whoever alters it makes the start fail.
  std::string guard;
};

// Makes the folders and keys of a new convention: the checkpoint key named `origin`, the statement
// key, the first key-encryption key. ALREADY_EXISTS when the folder holds keys.
absl::Status CreateStorage(const StoragePaths& paths, const std::string& origin,
                           base::Random& random);

// The file of the checkpoint key, and of the one that a succession makes (core/succession.h).
std::string SignerFile(const StoragePaths& paths);
std::string NextSignerFile(const StoragePaths& paths);

// Reads a checkpoint key from a file, and that of a convention's folder.
absl::StatusOr<audit::checkpoint::NoteSigner> LoadSignerFrom(const std::string& file);
absl::StatusOr<std::unique_ptr<audit::checkpoint::NoteSigner>> LoadSigner(
    const std::string& folder);

// The opened parts, in the order in which they depend on each other.
struct Storage {
  std::unique_ptr<vault::Keyring> keyring;
  std::unique_ptr<vault::Vault> vault;
  std::unique_ptr<audit::log::LogStore> store;
  std::unique_ptr<audit::log::Guard> guard;
  std::unique_ptr<audit::checkpoint::NoteSigner> signer;
  std::unique_ptr<certs::keys::PrivateKey> statement_key;
  std::unique_ptr<audit::log::Log> log;

  // Opens everything, telling `replay` every entry in order, or, where `restore` is given and takes
  // the log's snapshot over, those after it. `random` must outlive the storage.
  static absl::StatusOr<std::unique_ptr<Storage>> Open(
      const StoragePaths& paths, base::Random& random, audit::log::Log::Replay replay,
      const audit::log::Log::Restore* restore = nullptr);
};

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_STORAGE_H_
