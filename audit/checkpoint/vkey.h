// Verifier keys and private keys as text, by signature type (c2sp.org/signed-note). Internal to
// audit/checkpoint.
#ifndef PASSERELLE_AUDIT_CHECKPOINT_VKEY_H_
#define PASSERELLE_AUDIT_CHECKPOINT_VKEY_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/base/secret.h"

namespace passerelle::audit::checkpoint {

// Signature types over Ed25519 keys: of a note, and of a cosignature.
inline constexpr char kTypeNote = 0x01;
inline constexpr char kTypeCosignature = 0x04;

// A key that a type of signatures is verified with.
struct Vkey {
  std::string name;
  uint32_t key_id = 0;
  std::string public_key;  // 32 bytes, safe (IsSafeEd25519Key)
};

// INVALID_ARGUMENT unless a key may have this name, of at most 255 bytes.
absl::Status CheckName(std::string_view name);

// Makes a key; INVALID_ARGUMENT for a name or a point that none may have.
absl::StatusOr<Vkey> MakeVkey(char type, std::string_view name, std::string_view public_key);

// `name+hex8(key id)+base64(type ‖ public key)`, and back: INVALID_ARGUMENT when it is malformed,
// of another type, or its key id is not that of name and key.
std::string ToText(char type, const Vkey& key);
absl::StatusOr<Vkey> VkeyFromText(char type, std::string_view text);

// `PRIVATE+KEY+name+hex8(key id)+base64(type ‖ seed)\n`, and back: DATA_LOSS (CHECKPOINT_KEY) when
// it is not.
struct NamedSeed {
  Vkey key;
  gateway::base::Secret seed;
};
gateway::base::Secret ToPrivateText(char type, const Vkey& key, const gateway::base::Secret& seed);
absl::StatusOr<NamedSeed> SeedFromPrivateText(char type, std::string_view text);

}  // namespace passerelle::audit::checkpoint

#endif  // PASSERELLE_AUDIT_CHECKPOINT_VKEY_H_
