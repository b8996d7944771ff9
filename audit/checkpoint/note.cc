#include "audit/checkpoint/note.h"

#include <algorithm>
#include <utility>

#include "audit/checkpoint/ed25519.h"
#include "audit/checkpoint/note_format.h"
#include "audit/checkpoint/vkey.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"

namespace passerelle::audit::checkpoint {
namespace {

using gateway::base::Error;
using gateway::base::Malformed;
using gateway::base::Secret;

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
  ASSIGN_OR_RETURN(Vkey key, VkeyFromText(kTypeNote, vkey));
  return NoteVerifier(std::move(key.name), key.key_id, std::move(key.public_key));
}

std::string NoteVerifier::ToVkey() const {
  return checkpoint::ToText(kTypeNote, {name_, key_id_, public_key_});
}

bool NoteVerifier::Verify(std::string_view text, std::string_view signature) const {
  return VerifyEd25519(public_key_, text, signature);
}

absl::StatusOr<NoteSigner> NoteSigner::FromSeed(std::string_view name, const Secret& seed) {
  ASSIGN_OR_RETURN(const std::string public_key, Ed25519PublicKey(seed));
  ASSIGN_OR_RETURN(const Vkey key, MakeVkey(kTypeNote, name, public_key));
  NoteSigner signer;
  ASSIGN_OR_RETURN(signer.verifier_, NoteVerifier::FromVkey(checkpoint::ToText(kTypeNote, key)));
  signer.seed_ = seed.Clone();
  return signer;
}

absl::StatusOr<NoteSigner> NoteSigner::FromText(std::string_view text) {
  ASSIGN_OR_RETURN(const NamedSeed named, SeedFromPrivateText(kTypeNote, text));
  return FromSeed(named.key.name, named.seed);
}

Secret NoteSigner::ToText() const {
  return ToPrivateText(kTypeNote, {verifier_.name(), verifier_.key_id(), verifier_.public_key()},
                       seed_);
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

absl::StatusOr<std::string> NoteOfOne(std::string_view note, const NoteVerifier& verifier) {
  RETURN_IF_ERROR(OpenNote(note, {&verifier, 1}).status());
  ASSIGN_OR_RETURN(const ParsedNote parsed, ParseNote(note));
  const auto own =
      std::find_if(parsed.lines.begin(), parsed.lines.end(), [&](const NoteLine& line) {
        return line.name == verifier.name() && line.key_id == verifier.key_id();
      });
  return std::string(parsed.text) + "\n" + ToLine(own->name, own->key_id, own->signature);
}

}  // namespace passerelle::audit::checkpoint
