#include "gateway/vault/aead.h"

#include <openssl/evp.h>

#include "gateway/base/status.h"

namespace passerelle::gateway::vault {
namespace {

const unsigned char* Bytes(std::string_view view) {
  return reinterpret_cast<const unsigned char*>(view.data());
}

unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// Fetched once: EVP_aes_256_gcm() would look the provider up at every initialisation.
EVP_CIPHER* FetchedCipher() {
  static EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  return cipher;
}

enum class Direction { kOpen = 0, kSeal = 1 };

// A context of one thread. Not thread-safe.
class Context {
 public:
  Context() : context_(EVP_CIPHER_CTX_new()) {
    ready_ = context_ != nullptr &&
             EVP_CipherInit_ex2(context_, FetchedCipher(), nullptr, nullptr, 1, nullptr) == 1;
  }
  ~Context() { EVP_CIPHER_CTX_free(context_); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  // The cipher stays that of the constructor: naming it again would throw the context away.
  bool Start(std::string_view key, std::string_view iv, Direction direction) {
    return ready_ && EVP_CipherInit_ex2(context_, nullptr, Bytes(key), Bytes(iv),
                                        static_cast<int>(direction), nullptr) == 1;
  }

  bool Associate(std::string_view data) {
    int written = 0;
    return EVP_CipherUpdate(context_, nullptr, &written, Bytes(data),
                            static_cast<int>(data.size())) == 1;
  }

  // Processes `in` into `out`, which is as long. GCM is a stream: nothing is held back.
  bool Update(std::string_view in, unsigned char* out) {
    int written = 0;
    return in.empty() ||
           EVP_CipherUpdate(context_, out, &written, Bytes(in), static_cast<int>(in.size())) == 1;
  }

  bool Finish() {
    int written = 0;
    unsigned char none[kTagBytes];
    return EVP_CipherFinal_ex(context_, none, &written) == 1;
  }

  bool GetTag(unsigned char* tag) {
    return EVP_CIPHER_CTX_ctrl(context_, EVP_CTRL_AEAD_GET_TAG, kTagBytes, tag) == 1;
  }

  bool SetTag(std::string_view tag) {
    // OpenSSL's parameter is not const, but it only reads.
    return EVP_CIPHER_CTX_ctrl(context_, EVP_CTRL_AEAD_SET_TAG, kTagBytes,
                               const_cast<unsigned char*>(Bytes(tag))) == 1;
  }

  // Overwrites the key schedule: a destroyed item's key must not outlive it in an idle thread.
  void Forget() {
    static constexpr char kZero[kKeyBytes] = {};
    Start({kZero, kKeyBytes}, {kZero, kIvBytes}, Direction::kSeal);
  }

 private:
  EVP_CIPHER_CTX* const context_;
  bool ready_;
};

Context& ThreadContext() {
  thread_local Context context;
  return context;
}

}  // namespace

absl::StatusOr<std::string> AeadSeal(const base::Secret& key, std::string_view associated,
                                     std::initializer_list<std::string_view> parts,
                                     base::Random& random) {
  size_t size = 0;
  for (std::string_view part : parts) size += part.size();
  std::string sealed = random.Bytes(kIvBytes);
  sealed.resize(kIvBytes + size + kTagBytes);
  Context& context = ThreadContext();
  bool ok = context.Start(key.RevealSecret(), std::string_view(sealed).substr(0, kIvBytes),
                          Direction::kSeal) &&
            context.Associate(associated);
  unsigned char* out = Bytes(sealed) + kIvBytes;
  for (std::string_view part : parts) {
    ok = ok && context.Update(part, out);
    out += part.size();
  }
  ok = ok && context.Finish() && context.GetTag(out);
  context.Forget();
  if (!ok)
    return base::Error(absl::StatusCode::kInternal, "CIPHER", "", "the cipher failed to encrypt");
  return sealed;
}

absl::StatusOr<std::string> AeadOpen(const base::Secret& key, std::string_view associated,
                                     std::string_view sealed) {
  const absl::Status refused =
      base::Corrupt("NOT_AUTHENTIC", "stored bytes do not authenticate under their key");
  if (sealed.size() < kIvBytes + kTagBytes) return refused;
  const std::string_view body = sealed.substr(kIvBytes, sealed.size() - kIvBytes - kTagBytes);
  std::string plain(body.size(), '\0');
  Context& context = ThreadContext();
  const bool ok = context.Start(key.RevealSecret(), sealed.substr(0, kIvBytes), Direction::kOpen) &&
                  context.Associate(associated) && context.Update(body, Bytes(plain)) &&
                  context.SetTag(sealed.substr(sealed.size() - kTagBytes)) && context.Finish();
  context.Forget();
  if (ok) return plain;
  // What was decrypted before the tag was checked is nobody's to see.
  base::Wipe(plain);
  return refused;
}

}  // namespace passerelle::gateway::vault
