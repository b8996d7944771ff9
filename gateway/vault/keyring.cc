#include "gateway/vault/keyring.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"
#include "gateway/vault/aead.h"

namespace passerelle::gateway::vault {
namespace {

constexpr std::string_view kPrefix = "kek-";
// What is read of a file that should hold a key: enough to see that it does not.
constexpr size_t kMaxFileBytes = 4096;

std::string PathOf(const std::string& folder, uint32_t epoch) {
  return absl::StrCat(folder, "/", base::Absl(kPrefix), epoch);
}

// The epoch that a file name stands for; 0 for any other file.
uint32_t EpochOf(std::string_view name) {
  if (name.substr(0, kPrefix.size()) != kPrefix) return 0;
  const absl::StatusOr<uint64_t> number = base::FromDecimal(name.substr(kPrefix.size()));
  if (!number.ok() || *number > std::numeric_limits<uint32_t>::max()) return 0;
  return static_cast<uint32_t>(*number);
}

absl::StatusOr<std::string> ReadKey(const std::string& path) {
  ASSIGN_OR_RETURN(const int permissions, base::PermissionsOf(path));
  if ((permissions & 0077) != 0)
    return base::Error(absl::StatusCode::kFailedPrecondition, "KEK_PERMISSIONS", "",
                       absl::StrCat(path, ": readable by others than its owner; set mode 0600"));
  ASSIGN_OR_RETURN(std::string key, base::ReadFile(path, kMaxFileBytes));
  if (!key.empty() && key.size() != kKeyBytes) {
    base::Wipe(key);
    return base::Corrupt("KEK_LENGTH", absl::StrCat(path, ": a key is 32 bytes long"));
  }
  return key;
}

}  // namespace

absl::Status Keyring::Create(const std::string& folder, base::Random& random) {
  RETURN_IF_ERROR(base::MakeFolder(folder, base::FileMode::kPrivate));
  if (base::Exists(PathOf(folder, 1)))
    return base::Error(absl::StatusCode::kAlreadyExists, "FILE_EXISTS", "",
                       absl::StrCat(PathOf(folder, 1), ": is there already and is not replaced"));
  const base::Secret key(random.Bytes(kKeyBytes));
  return base::WriteFile(PathOf(folder, 1), key.RevealSecret(), base::FileMode::kPrivate);
}

absl::StatusOr<std::unique_ptr<Keyring>> Keyring::Open(const std::string& folder,
                                                       base::Random& random) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, base::ListFolder(folder));
  std::unique_ptr<Keyring> ring(new Keyring());
  uint32_t last = 0;
  for (const std::string& name : names) {
    const uint32_t epoch = EpochOf(name);
    if (epoch == 0) continue;
    ASSIGN_OR_RETURN(std::string key, ReadKey(PathOf(folder, epoch)));
    last = std::max(last, epoch);
    if (key.empty())
      ring->destroyed_.insert(epoch);
    else
      ring->keys_.emplace(epoch, base::Secret(std::move(key)));
  }
  if (last == 0)
    return base::Error(absl::StatusCode::kFailedPrecondition, "KEK_EPOCH", "",
                       absl::StrCat(PathOf(folder, 1),
                                    ": the key-encryption key is missing; put it back, for nothing "
                                    "that is stored can be read without it"));
  if (ring->destroyed_.count(last) > 0) {
    // The number of a destroyed epoch is never given again: its rows must stay unreadable for the
    // reason that is true.
    base::Secret key(random.Bytes(kKeyBytes));
    RETURN_IF_ERROR(
        base::WriteFile(PathOf(folder, ++last), key.RevealSecret(), base::FileMode::kPrivate));
    ring->keys_.emplace(last, std::move(key));
  }
  ring->current_epoch_ = last;
  return ring;
}

absl::StatusOr<std::string> Keyring::Wrap(const base::Secret& data_key, std::string_view context,
                                          base::Random& random) const {
  return AeadSeal(keys_.at(current_epoch_), context, {data_key.RevealSecret()}, random);
}

absl::StatusOr<base::Secret> Keyring::Unwrap(uint32_t epoch, std::string_view wrapped,
                                             std::string_view context) const {
  const auto key = keys_.find(epoch);
  if (key == keys_.end())
    return base::Error(
        absl::StatusCode::kNotFound, "KEK_EPOCH", "",
        absl::StrCat("key-encryption key of epoch ", epoch, " is destroyed or missing"));
  ASSIGN_OR_RETURN(std::string data_key, AeadOpen(key->second, context, wrapped));
  if (data_key.size() != kKeyBytes) {
    base::Wipe(data_key);
    return base::Corrupt("NOT_AUTHENTIC", "a data key is 32 bytes long");
  }
  return base::Secret(std::move(data_key));
}

}  // namespace passerelle::gateway::vault
