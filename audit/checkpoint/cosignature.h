// C2SP cosignature/v1 with Ed25519 (c2sp.org/tlog-cosignature, type 04): a witness states that at
// this time it had seen no other history of the log than the one that leads to a checkpoint.
#ifndef PASSERELLE_AUDIT_CHECKPOINT_COSIGNATURE_H_
#define PASSERELLE_AUDIT_CHECKPOINT_COSIGNATURE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "gateway/base/secret.h"

namespace passerelle::audit::checkpoint {

// A witness's verifier key. Copyable; immutable and thread-safe.
class CosignatureVerifier {
 public:
  // Reads a vkey of type 04. INVALID_ARGUMENT as NoteVerifier::FromVkey.
  static absl::StatusOr<CosignatureVerifier> FromVkey(std::string_view vkey);

  const std::string& name() const { return name_; }
  uint32_t key_id() const { return key_id_; }
  const std::string& public_key() const { return public_key_; }
  std::string ToVkey() const;

 private:
  CosignatureVerifier(std::string name, uint32_t key_id, std::string public_key)
      : name_(std::move(name)), key_id_(key_id), public_key_(std::move(public_key)) {}

  std::string name_;
  uint32_t key_id_ = 0;
  std::string public_key_;
};

// A witness's signing key. Movable; Cosign is thread-safe.
class CosignatureSigner {
 public:
  // As those of NoteSigner. The key must serve nothing else: the signed message does not name it.
  static absl::StatusOr<CosignatureSigner> FromSeed(std::string_view name,
                                                    const gateway::base::Secret& seed);
  static absl::StatusOr<CosignatureSigner> FromText(std::string_view text);
  gateway::base::Secret ToText() const;

  const CosignatureVerifier& verifier() const { return verifier_; }

  // The signature line over a note's text at a time (seconds since 1970, at least 0), its newline
  // included. INVALID_ARGUMENT when the text is not one that a note may hold.
  absl::StatusOr<std::string> Cosign(std::string_view text, int64_t time_s) const;

 private:
  CosignatureSigner(CosignatureVerifier verifier, gateway::base::Secret seed)
      : verifier_(std::move(verifier)), seed_(std::move(seed)) {}

  CosignatureVerifier verifier_;
  gateway::base::Secret seed_;
};

// A cosignature that verified.
struct Cosignature {
  // The witness.
  std::string name;
  uint32_t key_id = 0;
  // When it cosigned, seconds since 1970.
  uint64_t time_s = 0;
};

// The cosignatures of known witnesses on a note, in the order of its lines, the latest of each key.
// Unknown (name, id) pairs are ignored. INVALID_ARGUMENT for a malformed note; UNAUTHENTICATED
// (NOTE_SIGNATURE_INVALID) for a line of a known key that does not verify.
absl::StatusOr<std::vector<Cosignature>> OpenCosignatures(
    std::string_view note, absl::Span<const CosignatureVerifier> known);

// When a quorum of known witnesses stood behind a note: the time of the quorum-th latest of their
// cosignatures, seconds since 1970. One key counts once. INVALID_ARGUMENT (WITNESS_QUORUM) when
// fewer cosigned; the errors of OpenCosignatures. REQUIRES: quorum > 0.
absl::StatusOr<uint64_t> CheckQuorum(std::string_view note,
                                     absl::Span<const CosignatureVerifier> known, size_t quorum);

}  // namespace passerelle::audit::checkpoint

#endif  // PASSERELLE_AUDIT_CHECKPOINT_COSIGNATURE_H_
