#include "audit/checkpoint/note.h"

#include <algorithm>
#include <utility>

#include "audit/checkpoint/ed25519.h"
#include "audit/checkpoint/note_format.h"
#include "gateway/base/bytes.h"
#include "gateway/base/digest.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"

namespace passerelle::audit::checkpoint {
namespace {

using gateway::base::Error;
using gateway::base::Malformed;
using gateway::base::Secret;

// Signature type of Ed25519 (signed-note, "Signature types").
constexpr char kTypeEd25519 = 0x01;

constexpr std::string_view kPrivatePrefix = "PRIVATE+KEY+";

std::string TypedKey(std::string_view public_key) {
  return std::string(1, kTypeEd25519) + std::string(public_key);
}

absl::Status CheckName(std::string_view name) {
  if (!IsKeyName(name) || name.size() > gateway::base::kMaxOriginBytes)
    return Malformed("KEY_NAME", "name", "the key has no valid name of at most 255 bytes");
  return absl::OkStatus();
}

uint32_t KeyId(std::string_view name, std::string_view public_key) {
  return gateway::base::ReadBigEndian32(
      gateway::base::View(gateway::base::Sha256({name, "\n", TypedKey(public_key)})));
}

std::string KeyIdHex(uint32_t key_id) {
  std::string bytes;
  gateway::base::AppendBigEndian32(bytes, key_id);
  return gateway::base::ToHex(bytes);
}

std::string VkeyOf(std::string_view name, std::string_view public_key) {
  return std::string(name) + "+" + KeyIdHex(KeyId(name, public_key)) + "+" +
         gateway::base::ToBase64(TypedKey(public_key));
}

// The verifier of a signature line's (name, id); null when it is unknown. Two different keys that
// share both cannot be told apart, which is the caller's mistake or an attack on its settings.
absl::StatusOr<const NoteVerifier*> FindVerifier(const NoteLine& line,
                                                 absl::Span<const NoteVerifier> known) {
  const NoteVerifier* found = nullptr;
  for (const NoteVerifier& verifier : known) {
    if (verifier.name() != line.name || verifier.key_id() != line.key_id) continue;
    if (found != nullptr && found->public_key() != verifier.public_key())
      return Malformed("NOTE_KEYS_AMBIGUOUS", "", "two known keys share their name and key id");
    found = &verifier;
  }
  return found;
}

}  // namespace

absl::StatusOr<NoteVerifier> NoteVerifier::FromVkey(std::string_view vkey) {
  // Base64 may hold '+' itself: only the first two separate.
  const size_t first = vkey.find('+');
  const size_t second = first == std::string_view::npos ? first : vkey.find('+', first + 1);
  if (second == std::string_view::npos)
    return Malformed("VKEY_FORMAT", "vkey", "a verifier key has three parts joined by '+'");
  const std::string_view name = vkey.substr(0, first);
  RETURN_IF_ERROR(CheckName(name));
  const absl::StatusOr<std::string> key = gateway::base::FromBase64(vkey.substr(second + 1));
  if (!key.ok()) return Malformed("VKEY_FORMAT", "vkey", "the key is not standard base64");
  if (key->empty() || key->front() != kTypeEd25519)
    return Malformed("VKEY_TYPE", "vkey", "the key is not of type Ed25519");
  NoteVerifier verifier;
  verifier.name_ = std::string(name);
  verifier.public_key_ = key->substr(1);
  if (!IsSafeEd25519Key(verifier.public_key_))
    return Malformed("VKEY_KEY", "vkey", "the key is not a safe Ed25519 public key");
  verifier.key_id_ = KeyId(name, verifier.public_key_);
  if (VkeyOf(name, verifier.public_key_) != vkey)
    return Malformed("VKEY_ID", "vkey", "the key id is not that of name and key");
  return verifier;
}

std::string NoteVerifier::ToVkey() const { return VkeyOf(name_, public_key_); }

bool NoteVerifier::Verify(std::string_view text, std::string_view signature) const {
  return VerifyEd25519(public_key_, text, signature);
}

absl::StatusOr<NoteSigner> NoteSigner::FromSeed(std::string_view name, const Secret& seed) {
  RETURN_IF_ERROR(CheckName(name));
  ASSIGN_OR_RETURN(const std::string public_key, Ed25519PublicKey(seed));
  NoteSigner signer;
  ASSIGN_OR_RETURN(signer.verifier_, NoteVerifier::FromVkey(VkeyOf(name, public_key)));
  signer.seed_ = seed.Clone();
  return signer;
}

absl::StatusOr<NoteSigner> NoteSigner::FromText(std::string_view text) {
  const absl::Status malformed =
      gateway::base::Corrupt("CHECKPOINT_KEY", "not the private key of a note");
  if (text.substr(0, kPrivatePrefix.size()) != kPrivatePrefix) return malformed;
  text.remove_prefix(kPrivatePrefix.size());
  const size_t first = text.find('+');
  const size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos) return malformed;
  std::string_view encoded = text.substr(second + 1);
  if (!encoded.empty() && encoded.back() == '\n') encoded.remove_suffix(1);
  absl::StatusOr<std::string> key = gateway::base::FromBase64(encoded);
  if (!key.ok() || key->empty() || key->front() != kTypeEd25519) return malformed;
  key->erase(0, 1);
  absl::StatusOr<NoteSigner> signer = FromSeed(text.substr(0, first), Secret(*std::move(key)));
  if (!signer.ok() ||
      KeyIdHex(signer->verifier_.key_id()) != text.substr(first + 1, second - first - 1))
    return malformed;
  return signer;
}

Secret NoteSigner::ToText() const {
  const Secret key(TypedKey(seed_.RevealSecret()));
  return Secret(std::string(kPrivatePrefix) + verifier_.name() + "+" +
                KeyIdHex(verifier_.key_id()) + "+" + gateway::base::ToBase64(key.RevealSecret()) +
                "\n");
}

absl::StatusOr<std::string> NoteSigner::Sign(std::string_view text) const {
  RETURN_IF_ERROR(CheckText(text));
  ASSIGN_OR_RETURN(const std::string signature, SignEd25519(seed_, text));
  std::string note(text);
  note += "\n" + ToLine(verifier_.name(), verifier_.key_id(), signature);
  if (note.size() > gateway::base::kMaxNoteBytes)
    return Malformed("NOTE_LENGTH", "text", "the note is too long");
  return note;
}

absl::StatusOr<OpenedNote> OpenNote(std::string_view note, absl::Span<const NoteVerifier> known) {
  ASSIGN_OR_RETURN(const ParsedNote parsed, ParseNote(note));
  OpenedNote opened;
  std::vector<const NoteVerifier*> verified;
  for (const NoteLine& line : parsed.lines) {
    ASSIGN_OR_RETURN(const NoteVerifier* verifier, FindVerifier(line, known));
    if (verifier == nullptr) continue;
    if (!verifier->Verify(parsed.text, line.signature))
      return Error(absl::StatusCode::kUnauthenticated, "NOTE_SIGNATURE_INVALID", "",
                   "a known key's signature does not verify");
    // A repeated line must not count twice towards a quorum.
    if (std::find(verified.begin(), verified.end(), verifier) != verified.end()) continue;
    verified.push_back(verifier);
    opened.signed_by.push_back(verifier->name());
  }
  if (verified.empty())
    return Error(absl::StatusCode::kUnauthenticated, "NOTE_KEY_UNKNOWN", "",
                 "no known key signed the note");
  opened.text = std::string(parsed.text);
  return opened;
}

}  // namespace passerelle::audit::checkpoint
