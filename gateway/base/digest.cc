#include "gateway/base/digest.h"

#include <openssl/evp.h>

#include <cstdlib>
#include <cstring>

#include "gateway/base/status.h"

namespace passerelle::gateway::base {

struct Sha256Hasher::Context {
  EVP_MD_CTX* md = nullptr;
};

namespace {

// Fetched once: EVP_sha256() would look the provider up at every initialisation.
EVP_MD* FetchedSha256() {
  static EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return md;
}

// Hashing without SHA-256 is impossible; nothing sensible is left to do.
void Require(bool ok) {
  if (!ok) std::abort();
}

}  // namespace

Sha256Hasher::Sha256Hasher() : context_(std::make_unique<Context>()) {
  context_->md = EVP_MD_CTX_new();
  Require(context_->md != nullptr &&
          EVP_DigestInit_ex2(context_->md, FetchedSha256(), nullptr) == 1);
}

Sha256Hasher::~Sha256Hasher() { EVP_MD_CTX_free(context_->md); }

void Sha256Hasher::Update(std::string_view bytes) {
  Require(EVP_DigestUpdate(context_->md, bytes.data(), bytes.size()) == 1);
}

Digest Sha256Hasher::Finish() {
  Digest digest;
  unsigned int size = 0;
  Require(EVP_DigestFinal_ex(context_->md, digest.data(), &size) == 1 && size == digest.size());
  Require(EVP_DigestInit_ex2(context_->md, nullptr, nullptr) == 1);
  return digest;
}

Digest Sha256(std::initializer_list<std::string_view> parts) {
  thread_local Sha256Hasher hasher;
  for (std::string_view part : parts) hasher.Update(part);
  return hasher.Finish();
}

Digest Sha256(std::string_view bytes) { return Sha256({bytes}); }

std::string Concatenated(absl::Span<const Digest> digests) {
  std::string bytes;
  bytes.reserve(digests.size() * sizeof(Digest));
  for (const Digest& digest : digests) bytes.append(View(digest));
  return bytes;
}

absl::StatusOr<std::vector<Digest>> DigestsFromBytes(std::string_view bytes, size_t most) {
  constexpr size_t kSize = sizeof(Digest);
  if (bytes.size() % kSize != 0 || bytes.size() / kSize > most)
    return Malformed("DIGESTS", "", "not a whole number of 32-byte hashes, or too many");
  std::vector<Digest> digests(bytes.size() / kSize);
  for (size_t i = 0; i < digests.size(); ++i)
    std::memcpy(digests[i].data(), bytes.data() + i * kSize, kSize);
  return digests;
}

absl::StatusOr<Digest> DigestFromBytes(std::string_view bytes) {
  Digest digest;
  if (bytes.size() != digest.size())
    return Malformed("DIGEST_LENGTH", "", "a digest is 32 bytes long");
  std::memcpy(digest.data(), bytes.data(), digest.size());
  return digest;
}

}  // namespace passerelle::gateway::base
