// Ed25519 (RFC 8032) over OpenSSL, for notes only. Internal to audit/checkpoint.
#ifndef PASSERELLE_AUDIT_CHECKPOINT_ED25519_H_
#define PASSERELLE_AUDIT_CHECKPOINT_ED25519_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "gateway/base/secret.h"

namespace passerelle::audit::checkpoint {

inline constexpr size_t kEd25519KeyBytes = 32;
inline constexpr size_t kEd25519SignatureBytes = 64;

// Whether a public key may be trusted: 32 bytes, canonical (y < p), and not one of the points of
// low order, under which OpenSSL accepts one signature for every message. A key that is not on the
// curve passes here and verifies nothing.
bool IsSafeEd25519Key(std::string_view public_key);

// The public key of a 32-byte seed. INVALID_ARGUMENT for another length.
absl::StatusOr<std::string> Ed25519PublicKey(const gateway::base::Secret& seed);

// The 64-byte signature of `message`. INVALID_ARGUMENT unless the seed has 32 bytes.
absl::StatusOr<std::string> SignEd25519(const gateway::base::Secret& seed,
                                        std::string_view message);

// Whether `signature` is the key's over `message`.
bool VerifyEd25519(std::string_view public_key, std::string_view message,
                   std::string_view signature);

}  // namespace passerelle::audit::checkpoint

#endif  // PASSERELLE_AUDIT_CHECKPOINT_ED25519_H_
