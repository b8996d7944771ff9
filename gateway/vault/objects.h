// The folder of large contents: one encrypted file each, under a random name.
//
//   file = segments; segment n = AES-256-GCM of up to kSegmentBytes: iv ‖ ciphertext ‖ tag,
//          AAD = u64 n ‖ u8 (1: the last), big-endian
//
// Every file has a data key of its own, wrapped in the row of `vault.db` that names it. Segments
// cannot be swapped, dropped or cut without failing to authenticate.
#ifndef PASSERELLE_GATEWAY_VAULT_OBJECTS_H_
#define PASSERELLE_GATEWAY_VAULT_OBJECTS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/base/digest.h"
#include "gateway/base/limits.h"
#include "gateway/base/random.h"
#include "gateway/base/secret.h"
#include "gateway/base/stream_file.h"

namespace passerelle::gateway::vault {

// Plaintext bytes of a segment.
inline constexpr size_t kSegmentBytes = base::kStreamChunkBytes;

// An object file that no row names yet: it is removed when this goes, unless it was kept.
// Thread-compatible.
class StagedObject {
 public:
  StagedObject(std::string folder, std::string name)
      : folder_(std::move(folder)), name_(std::move(name)) {}
  ~StagedObject();
  StagedObject(const StagedObject&) = delete;
  StagedObject& operator=(const StagedObject&) = delete;

  const std::string& name() const { return name_; }
  // A row names it now.
  void Keep() { kept_ = true; }
  // Bytes of its content, once it is finished.
  uint64_t bytes() const { return bytes_; }
  void SetBytes(uint64_t bytes) { bytes_ = bytes; }

 private:
  const std::string folder_;
  const std::string name_;
  bool kept_ = false;
  uint64_t bytes_ = 0;
};

// Writes one object. Thread-compatible.
class ObjectWriter {
 public:
  // Makes a file in `folder`. `random` must outlive the writer.
  static absl::StatusOr<ObjectWriter> Create(const std::string& folder, base::Random& random);

  absl::Status Append(std::string_view bytes);
  // Writes the last segment and waits for the disk.
  absl::Status Finish();

  const base::Secret& data_key() const { return data_key_; }
  // Plaintext bytes so far.
  uint64_t length() const { return length_; }
  // SHA-256 of the plaintext. Called once, after the last Append.
  base::Digest Digest() { return hasher_->Finish(); }
  const std::shared_ptr<StagedObject>& object() const { return object_; }

 private:
  ObjectWriter(std::shared_ptr<StagedObject> object, base::StreamWriter file, base::Random& random);
  absl::Status WriteSegment(std::string_view plain, bool last);

  std::shared_ptr<StagedObject> object_;
  base::StreamWriter file_;
  base::Random* random_;
  base::Secret data_key_;
  std::unique_ptr<base::Sha256Hasher> hasher_;
  // A segment is sealed only once it is known whether it is the last.
  std::string pending_;
  uint64_t segments_ = 0;
  uint64_t length_ = 0;
};

// Reads one object. Thread-safe.
class ObjectReader {
 public:
  // NOT_FOUND when there is no such file, DATA_LOSS (OBJECT_LENGTH) when it is not as long as a
  // content of `length` bytes makes it.
  static absl::StatusOr<ObjectReader> Open(const std::string& folder, const std::string& name,
                                           base::Secret data_key, uint64_t length);

  // The bytes from `offset` to the end of its segment; empty at or past the end. DATA_LOSS
  // (NOT_AUTHENTIC).
  absl::StatusOr<std::string> Read(uint64_t offset) const;

 private:
  ObjectReader(base::StreamReader file, base::Secret data_key, uint64_t length)
      : file_(std::move(file)), data_key_(std::move(data_key)), length_(length) {}

  base::StreamReader file_;
  base::Secret data_key_;
  uint64_t length_;
};

// Bytes of the file of a content of `length` bytes.
uint64_t ObjectFileBytes(uint64_t length);

// Removes an object durably. OK when there is none.
absl::Status RemoveObject(const std::string& folder, const std::string& name);

// Whether an object is there.
bool HasObject(const std::string& folder, const std::string& name);

// Removes every object that is not among `names`: what a crash or a cut stream left behind.
absl::Status RemoveOtherObjects(const std::string& folder, const std::set<std::string>& names);

}  // namespace passerelle::gateway::vault

#endif  // PASSERELLE_GATEWAY_VAULT_OBJECTS_H_
