// C2SP signed-note: text with Ed25519 signature lines (c2sp.org/signed-note).
#ifndef PASSERELLE_AUDIT_CHECKPOINT_NOTE_H_
#define PASSERELLE_AUDIT_CHECKPOINT_NOTE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "gateway/base/secret.h"

namespace passerelle::audit::checkpoint {

// A verifier key: `name+hex8(key id)+base64(0x01 ‖ public key)`. Copyable; immutable and
// thread-safe.
class NoteVerifier {
 public:
  // Verifies nothing.
  NoteVerifier() = default;

  // Reads a vkey of type Ed25519 (0x01). INVALID_ARGUMENT when it is malformed, of another type,
  // its key id is not that of name and key, or its point is not canonical or of low order (OpenSSL
  // accepts forged signatures under those).
  static absl::StatusOr<NoteVerifier> FromVkey(std::string_view vkey);

  const std::string& name() const { return name_; }
  uint32_t key_id() const { return key_id_; }
  const std::string& public_key() const { return public_key_; }
  std::string ToVkey() const;

  // Whether `signature` (64 bytes) is this key's over `text`.
  bool Verify(std::string_view text, std::string_view signature) const;

 private:
  NoteVerifier(std::string name, uint32_t key_id, std::string public_key)
      : name_(std::move(name)), key_id_(key_id), public_key_(std::move(public_key)) {}

  std::string name_;
  uint32_t key_id_ = 0;
  std::string public_key_;
};

// A signing key. Movable; Sign is thread-safe and deterministic.
class NoteSigner {
 public:
  // The key of a 32-byte Ed25519 seed under a name (non-empty, no space, no '+', at most 255
  // bytes).
  static absl::StatusOr<NoteSigner> FromSeed(std::string_view name,
                                             const gateway::base::Secret& seed);

  // The key in the text form of golang.org/x/mod/sumdb/note, so that it can be moved to other
  // tools: `PRIVATE+KEY+name+hex(key id)+base64(01 ‖ seed)`, one line. DATA_LOSS (CHECKPOINT_KEY)
  // when it is not.
  static absl::StatusOr<NoteSigner> FromText(std::string_view text);
  gateway::base::Secret ToText() const;

  const NoteVerifier& verifier() const { return verifier_; }

  // The note: text (which ends in a newline), an empty line, our signature line. INVALID_ARGUMENT
  // when the text is not one that a note may hold.
  absl::StatusOr<std::string> Sign(std::string_view text) const;

 private:
  NoteVerifier verifier_;
  gateway::base::Secret seed_;
};

// A note that at least one known key signed.
struct OpenedNote {
  // The signed text, its final newline included.
  std::string text;
  // Names of the known keys whose signatures verified, in the order of the lines, each key once.
  std::vector<std::string> signed_by;
};

// Opens a note. Unknown (name, id) pairs are ignored; a known pair with a bad signature, no good
// signature, more than 100 lines or any malformed byte refuses the whole note. INVALID_ARGUMENT
// when malformed, or when two different known keys share name and id; UNAUTHENTICATED otherwise.
absl::StatusOr<OpenedNote> OpenNote(std::string_view note, absl::Span<const NoteVerifier> known);

// A note as one key alone signed it, without the lines of others: what its NoteSigner made. Errors
// as OpenNote's.
absl::StatusOr<std::string> NoteOfOne(std::string_view note, const NoteVerifier& verifier);

}  // namespace passerelle::audit::checkpoint

#endif  // PASSERELLE_AUDIT_CHECKPOINT_NOTE_H_
