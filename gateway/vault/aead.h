// AES-256-GCM (NIST SP 800-38D) over OpenSSL's EVP: the cipher is fetched once and each thread
// reuses one context (PERFORMANCE).
#ifndef PASSERELLE_GATEWAY_VAULT_AEAD_H_
#define PASSERELLE_GATEWAY_VAULT_AEAD_H_

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "gateway/base/random.h"
#include "gateway/base/secret.h"

namespace passerelle::gateway::vault {

inline constexpr size_t kKeyBytes = 32;
inline constexpr size_t kIvBytes = 12;
inline constexpr size_t kTagBytes = 16;

// iv ‖ ciphertext ‖ tag of the concatenated parts, under a fresh random iv. Thread-safe. INTERNAL
// when the cipher fails. REQUIRES: `key` is kKeyBytes long.
absl::StatusOr<std::string> AeadSeal(const base::Secret& key, std::string_view associated,
                                     std::initializer_list<std::string_view> parts,
                                     base::Random& random);

// The plaintext of what AeadSeal made. Thread-safe. DATA_LOSS (NOT_AUTHENTIC) when key, associated
// data or any byte differs. REQUIRES: `key` is kKeyBytes long.
absl::StatusOr<std::string> AeadOpen(const base::Secret& key, std::string_view associated,
                                     std::string_view sealed);

}  // namespace passerelle::gateway::vault

#endif  // PASSERELLE_GATEWAY_VAULT_AEAD_H_
