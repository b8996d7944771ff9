#include "audit/checkpoint/ed25519.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <algorithm>
#include <memory>

#include "gateway/base/bytes.h"
#include "gateway/base/status.h"

namespace passerelle::audit::checkpoint {
namespace {

using gateway::base::Error;
using gateway::base::Malformed;
using gateway::base::Secret;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Context = std::unique_ptr<EVP_MD_CTX, Free>;

// Leaves OpenSSL's error queue of this thread as it was: TLS in the same thread reads it.
class ErrorMark {
 public:
  ErrorMark() { ERR_set_mark(); }
  ~ErrorMark() { ERR_pop_to_mark(); }
  ErrorMark(const ErrorMark&) = delete;
  ErrorMark& operator=(const ErrorMark&) = delete;
};

const unsigned char* Data(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

absl::Status CryptoError() {
  return Error(absl::StatusCode::kInternal, "ED25519", "", "OpenSSL could not use the key");
}

absl::StatusOr<Key> PrivateKey(const Secret& seed) {
  const std::string_view bytes = seed.RevealSecret();
  if (bytes.size() != kEd25519KeyBytes)
    return Malformed("SEED_LENGTH", "seed", "an Ed25519 seed is 32 bytes long");
  Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Data(bytes), kEd25519KeyBytes));
  if (key == nullptr) return CryptoError();
  return key;
}

// The y coordinates of the eight points whose order divides 8, little-endian without the sign bit.
constexpr std::string_view kLowOrder[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",  // order 4
    "0100000000000000000000000000000000000000000000000000000000000000",  // order 1
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",  // order 2
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",  // order 8
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",  // order 8
};

// Whether a y coordinate without its sign bit is at least p = 2^255 - 19.
bool IsNotReduced(std::string_view y) {
  return static_cast<unsigned char>(y[0]) >= 0xed && y[31] == '\x7f' &&
         std::all_of(y.begin() + 1, y.end() - 1, [](char byte) { return byte == '\xff'; });
}

}  // namespace

bool IsSafeEd25519Key(std::string_view public_key) {
  if (public_key.size() != kEd25519KeyBytes) return false;
  std::string y(public_key);
  y[31] = static_cast<char>(y[31] & 0x7f);
  if (IsNotReduced(y)) return false;
  const std::string hex = gateway::base::ToHex(y);
  return std::find(std::begin(kLowOrder), std::end(kLowOrder), hex) == std::end(kLowOrder);
}

absl::StatusOr<std::string> Ed25519PublicKey(const Secret& seed) {
  const ErrorMark mark;
  ASSIGN_OR_RETURN(const Key key, PrivateKey(seed));
  unsigned char bytes[kEd25519KeyBytes];
  size_t size = sizeof(bytes);
  if (EVP_PKEY_get_raw_public_key(key.get(), bytes, &size) != 1 || size != sizeof(bytes))
    return CryptoError();
  return std::string(reinterpret_cast<const char*>(bytes), size);
}

absl::StatusOr<std::string> SignEd25519(const Secret& seed, std::string_view message) {
  const ErrorMark mark;
  ASSIGN_OR_RETURN(const Key key, PrivateKey(seed));
  const Context context(EVP_MD_CTX_new());
  unsigned char bytes[kEd25519SignatureBytes];
  size_t size = sizeof(bytes);
  if (context == nullptr ||
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), bytes, &size, Data(message), message.size()) != 1 ||
      size != sizeof(bytes))
    return CryptoError();
  return std::string(reinterpret_cast<const char*>(bytes), size);
}

bool VerifyEd25519(std::string_view public_key, std::string_view message,
                   std::string_view signature) {
  if (public_key.size() != kEd25519KeyBytes || signature.size() != kEd25519SignatureBytes)
    return false;
  const ErrorMark mark;
  const Key key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Data(public_key), public_key.size()));
  const Context context(EVP_MD_CTX_new());
  return key != nullptr && context != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), Data(signature), signature.size(), Data(message),
                          message.size()) == 1;
}

}  // namespace passerelle::audit::checkpoint
