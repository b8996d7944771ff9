// OpenSSL's objects as owners, and its error queue left as it was found.
#ifndef PASSERELLE_CERTS_KEYS_OPENSSL_H_
#define PASSERELLE_CERTS_KEYS_OPENSSL_H_

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

namespace passerelle::certs::keys {

// Deletes with one of OpenSSL's `_free` functions.
template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};

// Owns one object of OpenSSL.
template <typename T, auto Free>
using Owned = std::unique_ptr<T, Deleter<Free>>;

using OwnedBio = Owned<BIO, BIO_free_all>;
using OwnedBn = Owned<BIGNUM, BN_free>;
using OwnedBnContext = Owned<BN_CTX, BN_CTX_free>;
using OwnedMdContext = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;

// Forgets, when it goes, the errors that OpenSSL queued for this thread since it was made: a stale
// one would be taken by the next TLS call for its own. Not thread-safe; for a scope.
class ErrorScope {
 public:
  ErrorScope() { ERR_set_mark(); }
  ~ErrorScope() { ERR_pop_to_mark(); }
  ErrorScope(const ErrorScope&) = delete;
  ErrorScope& operator=(const ErrorScope&) = delete;
};

// Ends the process unless `ok`: for calls that fail only without memory or without a provider.
inline void RequireOpenssl(bool ok) {
  if (!ok) std::abort();
}

// A read-only BIO over the bytes, which must outlive it.
inline OwnedBio ReadingBio(std::string_view bytes) {
  OwnedBio bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
  RequireOpenssl(bio != nullptr);
  return bio;
}

// An empty BIO to write to; it wipes what it held.
inline OwnedBio WritingBio() {
  OwnedBio bio(BIO_new(BIO_s_secmem()));
  RequireOpenssl(bio != nullptr);
  return bio;
}

// A copy of what was written to a BIO.
inline std::string Written(BIO* bio) {
  const char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<size_t>(size));
}

// The DER that an `i2d_` function makes of an object.
template <typename T>
std::string ToDerWith(int (*i2d)(const T*, unsigned char**), const T* object) {
  const int size = i2d(object, nullptr);
  RequireOpenssl(size > 0);
  std::string der(static_cast<size_t>(size), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  RequireOpenssl(i2d(object, &out) == size);
  return der;
}

// The bytes as OpenSSL takes them.
inline const unsigned char* Bytes(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace passerelle::certs::keys

#endif  // PASSERELLE_CERTS_KEYS_OPENSSL_H_
