// Key-encryption keys in epochs: files outside the data that is backed up (`keys/kek-<epoch>`,
// 0600, 32 bytes each). A destroyed epoch makes every copy of what it wraps unreadable; an empty
// file marks it, so that its number is never given again.
#ifndef PASSERELLE_GATEWAY_VAULT_KEYRING_H_
#define PASSERELLE_GATEWAY_VAULT_KEYRING_H_

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/base/random.h"
#include "gateway/base/secret.h"

namespace passerelle::gateway::vault {

// Wraps and unwraps data keys (AES-256-GCM). Thread-safe: immutable after Open.
class Keyring {
 public:
  // Makes the first epoch of a folder that holds none. ALREADY_EXISTS (FILE_EXISTS) otherwise.
  static absl::Status Create(const std::string& folder, base::Random& random);

  // Reads every epoch of a folder. Makes the next one when the last is destroyed.
  // FAILED_PRECONDITION when there is none (KEK_EPOCH) or others may read one, DATA_LOSS when one
  // has another length.
  static absl::StatusOr<std::unique_ptr<Keyring>> Open(const std::string& folder,
                                                       base::Random& random);

  // Whether an epoch was destroyed, its file left empty.
  bool IsDestroyed(uint32_t epoch) const { return destroyed_.count(epoch) > 0; }

  // The epoch that new data keys are wrapped under.
  uint32_t current_epoch() const { return current_epoch_; }

  // Wraps a 32-byte data key under the current epoch, bound to `context`.
  absl::StatusOr<std::string> Wrap(const base::Secret& data_key, std::string_view context,
                                   base::Random& random) const;

  // Unwraps. NOT_FOUND (KEK_EPOCH) when the epoch is destroyed or missing, DATA_LOSS when it does
  // not authenticate.
  absl::StatusOr<base::Secret> Unwrap(uint32_t epoch, std::string_view wrapped,
                                      std::string_view context) const;

 private:
  Keyring() = default;
  std::map<uint32_t, base::Secret> keys_;
  std::set<uint32_t> destroyed_;
  uint32_t current_epoch_ = 0;
};

}  // namespace passerelle::gateway::vault

#endif  // PASSERELLE_GATEWAY_VAULT_KEYRING_H_
