#include "gateway/base/secret.h"

#include <openssl/crypto.h>

namespace passerelle::gateway::base {

void Wipe(std::string& bytes) {
  OPENSSL_cleanse(bytes.data(), bytes.capacity());
  bytes.clear();
}

Secret::Secret(std::string&& bytes) : bytes_(bytes) { Wipe(bytes); }

Secret::~Secret() { Wipe(bytes_); }

// Copied: a moved short string would leave its bytes in the other, where no wipe looks.
// NOLINTNEXTLINE(performance-move-constructor-init)
Secret::Secret(Secret&& other) noexcept : bytes_(other.bytes_) { Wipe(other.bytes_); }

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    Wipe(bytes_);
    bytes_ = other.bytes_;
    Wipe(other.bytes_);
  }
  return *this;
}

Secret Secret::Clone() const {
  std::string copy = bytes_;
  return Secret(std::move(copy));
}

bool ConstantTimeEquals(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace passerelle::gateway::base
