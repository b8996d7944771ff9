#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>

#include <cstring>
#include <utility>

#include "certs/keys/key.h"
#include "certs/keys/openssl.h"
#include "certs/keys/point.h"
#include "gateway/base/status.h"

namespace passerelle::certs::keys {
namespace {

using gateway::base::Error;
using gateway::base::Malformed;

// SubjectPublicKeyInfo of Ed25519 (RFC 8410) up to the 32 bytes of the point.
constexpr std::string_view kEd25519Prefix("\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", 12);
// SubjectPublicKeyInfo of a P-256 key on the named curve (RFC 5480) up to the point, whose first
// byte, 4, says that it is uncompressed.
constexpr std::string_view kP256Prefix(
    "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"
    "\x03\x42\x00\x04",
    27);
constexpr size_t kEd25519PointBytes = 32;
constexpr size_t kP256PointBytes = 64;
constexpr size_t kEd25519SignatureBytes = 64;

bool HasForm(std::string_view der, std::string_view prefix, size_t point) {
  return der.size() == prefix.size() + point && der.starts_with(prefix);
}

std::shared_ptr<EVP_PKEY> Ed25519Key(std::string_view point) {
  if (!IsAcceptableEd25519Point(point)) return nullptr;
  return {EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(point), point.size()),
          EVP_PKEY_free};
}

// The key of an uncompressed point; null when it is not on the curve.
std::shared_ptr<EVP_PKEY> P256Key(std::string_view point) {
  const Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(
      EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  RequireOpenssl(context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1);
  std::string group = SN_X9_62_prime256v1;
  std::string bytes(point);
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, bytes.data(), bytes.size()),
      OSSL_PARAM_construct_end()};
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1) return nullptr;
  return {key, EVP_PKEY_free};
}

std::shared_ptr<const EVP_MD_CTX> Verifier(KeyType type, EVP_PKEY* key) {
  // Fetched once: each look-up of an algorithm costs a lock and a hash.
  static EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  std::shared_ptr<EVP_MD_CTX> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const EVP_MD* digest = type == KeyType::kP256 ? sha256 : nullptr;
  RequireOpenssl(context != nullptr && sha256 != nullptr &&
                 EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key) == 1);
  return context;
}

// Whether a P-256 signature is the DER of its two numbers and of nothing else. OpenSSL's parser
// alone takes other encodings too; the range of the numbers is checked when verifying.
bool IsStrictDer(std::string_view signature) {
  const unsigned char* in = Bytes(signature);
  const Owned<ECDSA_SIG, ECDSA_SIG_free> parsed(
      d2i_ECDSA_SIG(nullptr, &in, static_cast<long>(signature.size())));
  return parsed != nullptr && ToDerWith(i2d_ECDSA_SIG, parsed.get()) == signature;
}

}  // namespace

absl::StatusOr<PublicKey> PublicKey::FromSpki(std::string_view der) {
  const ErrorScope errors;
  PublicKey key;
  if (HasForm(der, kEd25519Prefix, kEd25519PointBytes)) {
    key.type_ = KeyType::kEd25519;
    key.key_ = Ed25519Key(der.substr(kEd25519Prefix.size()));
  } else if (HasForm(der, kP256Prefix, kP256PointBytes)) {
    key.type_ = KeyType::kP256;
    key.key_ = P256Key(der.substr(kP256Prefix.size() - 1));
  } else {
    return Malformed("SPKI_FORM", "",
                     "a key is Ed25519 (44 bytes) or P-256, named and uncompressed (91 bytes)");
  }
  if (key.key_ == nullptr)
    return Malformed("SPKI_FORM", "", "the key is not an acceptable point of its curve");
  key.spki_ = std::string(der);
  key.fingerprint_ = gateway::base::Sha256(der);
  key.verifier_ = Verifier(key.type_, key.key_.get());
  return key;
}

absl::Status PublicKey::Verify(std::string_view message, std::string_view signature) const {
  const ErrorScope errors;
  absl::Status invalid = Error(absl::StatusCode::kUnauthenticated, "SIGNATURE_INVALID", "",
                               "the signature is not this key's over these bytes");
  if (type_ == KeyType::kEd25519 ? signature.size() != kEd25519SignatureBytes
                                 : !IsStrictDer(signature))
    return invalid;
  const OwnedMdContext context(EVP_MD_CTX_new());
  RequireOpenssl(context != nullptr && EVP_MD_CTX_copy_ex(context.get(), verifier_.get()) == 1);
  if (EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(message),
                       message.size()) != 1)
    return invalid;
  return absl::OkStatus();
}

}  // namespace passerelle::certs::keys
