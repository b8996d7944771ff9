#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/keys/key.h"
#include "certs/keys/openssl.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/new_file.h"
#include "gateway/base/status.h"

namespace passerelle::certs::keys {
namespace {

using gateway::base::Error;
using gateway::base::InContext;
using gateway::base::Malformed;
using gateway::base::Secret;

constexpr size_t kEd25519SeedBytes = 32;

// One PEM block; its bytes are wiped.
struct PemBlock {
  PemBlock() = default;
  PemBlock(const PemBlock&) = delete;
  PemBlock& operator=(const PemBlock&) = delete;
  ~PemBlock() {
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_clear_free(data, static_cast<size_t>(size));
  }
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
};

using OwnedInfo = Owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;
using OwnedEncrypted = Owned<X509_SIG, X509_SIG_free>;

// The cost of trying a passphrase: 128·N·r = 16 MiB, half of what OpenSSL's readers allow, and
// p = 5, which weighs at that size as much as p = 1 does at 128 MiB.
constexpr uint64_t kScryptN = 1 << 14;
constexpr uint64_t kScryptR = 8;
constexpr uint64_t kScryptP = 5;

// Reads the first block of a PEM text.
bool ReadBlock(std::string_view pem, PemBlock& block) {
  const OwnedBio bio = ReadingBio(pem);
  return PEM_read_bio(bio.get(), &block.name, &block.header, &block.data, &block.size) == 1;
}

// The key of a PKCS#8 structure that fills the block; null otherwise.
std::shared_ptr<EVP_PKEY> KeyOf(const PemBlock& block) {
  const unsigned char* in = block.data;
  const OwnedInfo info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &in, block.size));
  if (info == nullptr || in != block.data + block.size) return nullptr;
  return {EVP_PKCS82PKEY(info.get()), EVP_PKEY_free};
}

}  // namespace

absl::StatusOr<PrivateKey> PrivateKey::FromEvp(std::shared_ptr<EVP_PKEY> key) {
  const absl::Status form =
      Malformed("KEY_FORM", "", "a private key is Ed25519 or P-256 with its own public key");
  if (!EVP_PKEY_is_a(key.get(), "ED25519") && !EVP_PKEY_is_a(key.get(), "EC")) return form;
  const Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(
      EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  RequireOpenssl(context != nullptr);
  // A PKCS#8 file states both halves of a P-256 key, and nothing else compares them.
  if (EVP_PKEY_is_a(key.get(), "EC") && EVP_PKEY_pairwise_check(context.get()) != 1) return form;
  PrivateKey made;
  ASSIGN_OR_RETURN(made.public_key_, PublicKey::FromSpki(ToDerWith(i2d_PUBKEY, key.get())));
  made.key_ = std::move(key);
  return made;
}

absl::StatusOr<PrivateKey> PrivateKey::Generate(KeyType type) {
  const ErrorScope errors;
  std::shared_ptr<EVP_PKEY> key(type == KeyType::kEd25519
                                    ? EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")
                                    : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"),
                                EVP_PKEY_free);
  if (key == nullptr)
    return Error(absl::StatusCode::kInternal, "KEY_GENERATION", "", "no key could be generated");
  return FromEvp(std::move(key));
}

absl::StatusOr<PrivateKey> PrivateKey::FromEd25519Seed(std::string_view seed) {
  const ErrorScope errors;
  if (seed.size() != kEd25519SeedBytes)
    return Malformed("KEY_FORM", "", "an Ed25519 seed is 32 bytes long");
  std::shared_ptr<EVP_PKEY> key(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Bytes(seed), seed.size()),
      EVP_PKEY_free);
  RequireOpenssl(key != nullptr);
  return FromEvp(std::move(key));
}

absl::StatusOr<PrivateKey> PrivateKey::FromPem(std::string_view pem) {
  const ErrorScope errors;
  PemBlock block;
  if (!ReadBlock(pem, block)) return Malformed("KEY_FORM", "", "this is not a PEM text");
  const std::string_view name = block.name;
  if (name != PEM_STRING_PKCS8INF)
    return Malformed("KEY_FORM", "",
                     "not an unencrypted PKCS#8 key; `openssl pkcs8 -topk8 -nocrypt` makes one");
  std::shared_ptr<EVP_PKEY> key = KeyOf(block);
  if (key == nullptr) return Malformed("KEY_FORM", "", "the PKCS#8 structure is damaged");
  return FromEvp(std::move(key));
}

absl::StatusOr<PrivateKey> PrivateKey::FromEncryptedPem(std::string_view pem,
                                                        const Secret& passphrase) {
  const ErrorScope errors;
  PemBlock block;
  if (!ReadBlock(pem, block) || std::string_view(block.name) != PEM_STRING_PKCS8)
    return Malformed("KEY_FORM", "", "this is no encrypted PKCS#8 key");
  const unsigned char* in = block.data;
  const OwnedEncrypted encrypted(d2i_X509_SIG(nullptr, &in, block.size));
  if (encrypted == nullptr || in != block.data + block.size)
    return Malformed("KEY_FORM", "", "the encrypted PKCS#8 structure is damaged");
  const std::string_view secret = passphrase.RevealSecret();
  const OwnedInfo info(
      PKCS8_decrypt(encrypted.get(), secret.data(), static_cast<int>(secret.size())));
  if (info == nullptr)
    return Error(absl::StatusCode::kFailedPrecondition, "KEY_PASSPHRASE", "",
                 "the passphrase does not open this key");
  std::shared_ptr<EVP_PKEY> key(EVP_PKCS82PKEY(info.get()), EVP_PKEY_free);
  if (key == nullptr) return Malformed("KEY_FORM", "", "the PKCS#8 structure is damaged");
  return FromEvp(std::move(key));
}

bool IsEncryptedPem(std::string_view pem) {
  const ErrorScope errors;
  PemBlock block;
  return ReadBlock(pem, block) && std::string_view(block.name) == PEM_STRING_PKCS8;
}

absl::StatusOr<PrivateKey> PrivateKey::Load(const std::string& path, const Secret& passphrase) {
  ASSIGN_OR_RETURN(const int mode, gateway::base::PermissionsOf(path));
  if ((mode & 077) != 0)
    return Error(
        absl::StatusCode::kFailedPrecondition, "KEY_PERMISSIONS", "",
        absl::StrCat(path, ": others may read this private key; mend with: chmod 600 ", path));
  ASSIGN_OR_RETURN(std::string bytes, gateway::base::ReadFile(path, gateway::base::kMaxPemBytes));
  const Secret pem(std::move(bytes));
  const bool encrypted = IsEncryptedPem(pem.RevealSecret());
  if (encrypted && passphrase.empty())
    return Error(absl::StatusCode::kFailedPrecondition, "KEY_ENCRYPTED", "",
                 absl::StrCat(path, ": this key is encrypted and no passphrase is given"));
  absl::StatusOr<PrivateKey> key =
      encrypted ? FromEncryptedPem(pem.RevealSecret(), passphrase) : FromPem(pem.RevealSecret());
  if (!key.ok()) return InContext(key.status(), path);
  return key;
}

Secret PrivateKey::ToPem() const {
  const ErrorScope errors;
  const OwnedBio bio = WritingBio();
  RequireOpenssl(PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr,
                                               nullptr) == 1);
  return Secret(Written(bio.get()));
}

std::string PrivateKey::ToEncryptedPem(const Secret& passphrase) const {
  const ErrorScope errors;
  const OwnedInfo info(EVP_PKEY2PKCS8(key_.get()));
  RequireOpenssl(info != nullptr);
  X509_ALGOR* const scheme =
      PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), nullptr, 0, nullptr, kScryptN, kScryptR, kScryptP);
  RequireOpenssl(scheme != nullptr);
  const std::string_view secret = passphrase.RevealSecret();
  // Takes the scheme over.
  const OwnedEncrypted encrypted(
      PKCS8_set0_pbe(secret.data(), static_cast<int>(secret.size()), info.get(), scheme));
  RequireOpenssl(encrypted != nullptr);
  const OwnedBio bio = WritingBio();
  RequireOpenssl(PEM_write_bio_PKCS8(bio.get(), encrypted.get()) == 1);
  return Written(bio.get());
}

absl::Status PrivateKey::Save(const std::string& path, const Secret& passphrase) const {
  const Secret pem = passphrase.empty() ? ToPem() : Secret(ToEncryptedPem(passphrase));
  return gateway::base::WriteNewFile(path, pem.RevealSecret(), gateway::base::FileMode::kPrivate);
}

std::string PrivateKey::Sign(std::string_view message) const {
  const ErrorScope errors;
  static EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  const EVP_MD* digest = public_key_.type() == KeyType::kP256 ? sha256 : nullptr;
  const OwnedMdContext context(EVP_MD_CTX_new());
  RequireOpenssl(context != nullptr &&
                 EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key_.get()) == 1);
  size_t size = 0;
  RequireOpenssl(EVP_DigestSign(context.get(), nullptr, &size, Bytes(message), message.size()) ==
                 1);
  std::string signature(size, '\0');
  RequireOpenssl(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()),
                                &size, Bytes(message), message.size()) == 1);
  signature.resize(size);
  return signature;
}

}  // namespace passerelle::certs::keys
