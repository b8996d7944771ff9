// SHA-256 over byte strings, with contexts that are made once and reused (PERFORMANCE).
#ifndef PASSERELLE_GATEWAY_BASE_DIGEST_H_
#define PASSERELLE_GATEWAY_BASE_DIGEST_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace passerelle::gateway::base {

// 32 bytes of SHA-256. Compares and hashes by value.
using Digest = std::array<uint8_t, 32>;

// The digest as a byte string; a view into `digest`, which must outlive it.
inline std::string_view View(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// The digest as an owned byte string, as protobuf fields hold it.
inline std::string ToBytes(const Digest& digest) { return std::string(View(digest)); }

// Reads exactly 32 bytes. INVALID_ARGUMENT otherwise.
absl::StatusOr<Digest> DigestFromBytes(std::string_view bytes);

// Several digests as one byte string, one after the other, as proofs travel; and back.
// INVALID_ARGUMENT when the bytes are no whole number of digests, or more than `most`.
std::string Concatenated(absl::Span<const Digest> digests);
absl::StatusOr<std::vector<Digest>> DigestsFromBytes(std::string_view bytes, size_t most);

// SHA-256 of one byte string. Thread-safe (one reused context a thread).
Digest Sha256(std::string_view bytes);

// SHA-256 of the concatenation of the parts. Thread-safe (one reused context a thread).
Digest Sha256(std::initializer_list<std::string_view> parts);

// SHA-256 in pieces. Not thread-safe; reusable: Finish begins anew.
class Sha256Hasher {
 public:
  Sha256Hasher();
  ~Sha256Hasher();
  Sha256Hasher(const Sha256Hasher&) = delete;
  Sha256Hasher& operator=(const Sha256Hasher&) = delete;

  // Appends bytes to the message.
  void Update(std::string_view bytes);

  // The digest of all bytes since construction or the last Finish.
  Digest Finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace passerelle::gateway::base

#endif  // PASSERELLE_GATEWAY_BASE_DIGEST_H_
