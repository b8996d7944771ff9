#include "audit/checkpoint/vkey.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/ed25519.h"
#include "audit/checkpoint/note_format.h"
#include "gateway/base/bytes.h"
#include "gateway/base/digest.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"

namespace passerelle::audit::checkpoint {
namespace {

using gateway::base::Malformed;
using gateway::base::Secret;

constexpr std::string_view kPrivatePrefix = "PRIVATE+KEY+";

std::string Typed(char type, std::string_view key) {
  return std::string(1, type) + std::string(key);
}

std::string KeyIdHex(uint32_t key_id) {
  std::string bytes;
  gateway::base::AppendBigEndian32(bytes, key_id);
  return gateway::base::ToHex(bytes);
}

}  // namespace

absl::Status CheckName(std::string_view name) {
  if (!IsKeyName(name) || name.size() > gateway::base::kMaxOriginBytes)
    return Malformed("KEY_NAME", "name", "the key has no valid name of at most 255 bytes");
  return absl::OkStatus();
}

absl::StatusOr<Vkey> MakeVkey(char type, std::string_view name, std::string_view public_key) {
  RETURN_IF_ERROR(CheckName(name));
  if (!IsSafeEd25519Key(public_key))
    return Malformed("VKEY_KEY", "vkey", "the key is not a safe Ed25519 public key");
  Vkey key;
  key.name = std::string(name);
  key.public_key = std::string(public_key);
  key.key_id = gateway::base::ReadBigEndian32(
      gateway::base::View(gateway::base::Sha256({name, "\n", Typed(type, public_key)})));
  return key;
}

std::string ToText(char type, const Vkey& key) {
  return absl::StrCat(key.name, "+", KeyIdHex(key.key_id), "+",
                      gateway::base::ToBase64(Typed(type, key.public_key)));
}

absl::StatusOr<Vkey> VkeyFromText(char type, std::string_view text) {
  // Base64 may hold '+' itself: only the first two separate.
  const size_t first = text.find('+');
  const size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos)
    return Malformed("VKEY_FORMAT", "vkey", "a verifier key has three parts joined by '+'");
  const std::string_view name = text.substr(0, first);
  RETURN_IF_ERROR(CheckName(name));
  const absl::StatusOr<std::string> bytes = gateway::base::FromBase64(text.substr(second + 1));
  if (!bytes.ok()) return Malformed("VKEY_FORMAT", "vkey", "the key is not standard base64");
  if (bytes->empty() || bytes->front() != type)
    return Malformed("VKEY_TYPE", "vkey", "the key is of another type than wanted");
  ASSIGN_OR_RETURN(Vkey key, MakeVkey(type, name, std::string_view(*bytes).substr(1)));
  if (ToText(type, key) != text)
    return Malformed("VKEY_ID", "vkey", "the key id is not that of name and key");
  return key;
}

Secret ToPrivateText(char type, const Vkey& key, const Secret& seed) {
  const Secret typed(Typed(type, seed.RevealSecret()));
  return Secret(absl::StrCat(gateway::base::Absl(kPrivatePrefix), key.name, "+",
                             KeyIdHex(key.key_id), "+",
                             gateway::base::ToBase64(typed.RevealSecret()), "\n"));
}

absl::StatusOr<NamedSeed> SeedFromPrivateText(char type, std::string_view text) {
  const absl::Status malformed =
      gateway::base::Corrupt("CHECKPOINT_KEY", "not the private key of a note");
  if (text.substr(0, kPrivatePrefix.size()) != kPrivatePrefix) return malformed;
  text.remove_prefix(kPrivatePrefix.size());
  const size_t first = text.find('+');
  const size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos) return malformed;
  std::string_view encoded = text.substr(second + 1);
  if (!encoded.empty() && encoded.back() == '\n') encoded.remove_suffix(1);
  absl::StatusOr<std::string> typed = gateway::base::FromBase64(encoded);
  if (!typed.ok() || typed->empty() || typed->front() != type) return malformed;
  typed->erase(0, 1);
  Secret seed(*std::move(typed));
  const absl::StatusOr<std::string> public_key = Ed25519PublicKey(seed);
  if (!public_key.ok()) return malformed;
  absl::StatusOr<Vkey> key = MakeVkey(type, text.substr(0, first), *public_key);
  if (!key.ok() || KeyIdHex(key->key_id) != text.substr(first + 1, second - first - 1))
    return malformed;
  return NamedSeed{*std::move(key), std::move(seed)};
}

}  // namespace passerelle::audit::checkpoint
