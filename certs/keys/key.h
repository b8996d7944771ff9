// Key pairs of the two accepted kinds, Ed25519 and ECDSA P-256 (WIRE 18).
#ifndef PASSERELLE_CERTS_KEYS_KEY_H_
#define PASSERELLE_CERTS_KEYS_KEY_H_

#include <openssl/types.h>

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/base/digest.h"
#include "gateway/base/secret.h"

namespace passerelle::certs::keys {

// The accepted kinds of key.
enum class KeyType { kEd25519, kP256 };

// A public key in exactly one of two SPKI forms: Ed25519 (44 bytes) or uncompressed named-curve
// P-256 (91 bytes). Copyable; immutable and thread-safe.
class PublicKey {
 public:
  // Reads a DER SubjectPublicKeyInfo. INVALID_ARGUMENT (reason SPKI_FORM) for any other form, a
  // point off the curve, or an Ed25519 point that is not canonical or of low order.
  static absl::StatusOr<PublicKey> FromSpki(std::string_view der);

  KeyType type() const { return type_; }

  // The DER it was read from.
  const std::string& spki() const { return spki_; }

  // SHA-256 of spki(): the key's identity, which belongs to one agent for ever.
  const gateway::base::Digest& fingerprint() const { return fingerprint_; }

  // UNAUTHENTICATED (reason SIGNATURE_INVALID) unless `signature` is this key's over `message`.
  // Ed25519: 64 bytes, RFC 8032. P-256: strict DER over SHA-256.
  absl::Status Verify(std::string_view message, std::string_view signature) const;

  // The OpenSSL key, shared; must not be changed. Holds no private part.
  EVP_PKEY* evp() const { return key_.get(); }

 private:
  friend class PrivateKey;
  PublicKey() = default;
  KeyType type_ = KeyType::kEd25519;
  std::string spki_;
  gateway::base::Digest fingerprint_{};
  std::shared_ptr<EVP_PKEY> key_;
  // Initialised once and copied by each Verify: looking the algorithms up costs more than a copy.
  std::shared_ptr<const EVP_MD_CTX> verifier_;
};

// Whether a PEM text begins with an encrypted PKCS#8 key.
bool IsEncryptedPem(std::string_view pem);

// A private key. Movable; Sign is thread-safe.
class PrivateKey {
 public:
  // A fresh key from OpenSSL's generator.
  static absl::StatusOr<PrivateKey> Generate(KeyType type);

  // The Ed25519 key of a 32-byte seed (RFC 8032).
  static absl::StatusOr<PrivateKey> FromEd25519Seed(std::string_view seed);

  // Reads an unencrypted PKCS#8 PEM. INVALID_ARGUMENT (KEY_FORM or SPKI_FORM) otherwise.
  static absl::StatusOr<PrivateKey> FromPem(std::string_view pem);

  // Reads a PKCS#8 PEM that PBES2 encrypts under the passphrase. FAILED_PRECONDITION
  // (KEY_PASSPHRASE) when the passphrase does not open it, else as FromPem.
  static absl::StatusOr<PrivateKey> FromEncryptedPem(std::string_view pem,
                                                     const gateway::base::Secret& passphrase);

  // Reads a PEM file, encrypted or not; an empty passphrase stands for none. FAILED_PRECONDITION
  // (reason KEY_PERMISSIONS) when group or others may read it, (KEY_ENCRYPTED) when it needs a
  // passphrase and none is given.
  static absl::StatusOr<PrivateKey> Load(
      const std::string& path, const gateway::base::Secret& passphrase = gateway::base::Secret());

  // Unencrypted PKCS#8 PEM.
  gateway::base::Secret ToPem() const;

  // PKCS#8 PEM encrypted by PBES2 with scrypt (N = 2^14, r = 8, p = 5) and AES-256-CBC, which
  // `openssl pkey` opens. REQUIRES: the passphrase is not empty.
  std::string ToEncryptedPem(const gateway::base::Secret& passphrase) const;

  // Writes the PEM with mode 0600, durably, encrypted unless the passphrase is empty.
  // ALREADY_EXISTS when something is there: keys are never overwritten.
  absl::Status Save(const std::string& path,
                    const gateway::base::Secret& passphrase = gateway::base::Secret()) const;

  const PublicKey& public_key() const { return public_key_; }

  // Ed25519: 64 bytes, deterministic. P-256: DER over SHA-256.
  std::string Sign(std::string_view message) const;

  // The OpenSSL key, for signing certificates; must not be changed. Valid while this object is.
  EVP_PKEY* evp() const { return key_.get(); }

 private:
  PrivateKey() = default;
  // Takes a key of an accepted kind, whose halves belong together.
  static absl::StatusOr<PrivateKey> FromEvp(std::shared_ptr<EVP_PKEY> key);
  PublicKey public_key_;
  std::shared_ptr<EVP_PKEY> key_;
};

}  // namespace passerelle::certs::keys

#endif  // PASSERELLE_CERTS_KEYS_KEY_H_
