// Content of any size, in constant memory: written front to back into an encrypted file of its own,
// read at any place until it is destroyed.
#ifndef PASSERELLE_GATEWAY_VAULT_CONTENT_H_
#define PASSERELLE_GATEWAY_VAULT_CONTENT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/base/commitment.h"
#include "gateway/base/digest.h"
#include "passerelle/record/v1/attachment.pb.h"

namespace passerelle::gateway::vault {

struct Sealed;

// What is said of content beside its bytes.
struct ContentHead {
  base::Digest commitment{};
  // 32 bytes.
  std::string nonce;
  std::string media_type;
  // Bytes of the content.
  uint64_t length = 0;
};

// Content on its way in. Thread-compatible. Unless it is finished and then stored, nothing remains.
class ContentWriter {
 public:
  virtual ~ContentWriter() = default;

  // Encrypts and writes the next bytes. RESOURCE_EXHAUSTED (DISK_FULL), UNAVAILABLE (FILE_ERROR).
  virtual absl::Status Append(std::string_view bytes) = 0;

  // Waits until the file is durable. INVALID_ARGUMENT (ATTACHMENT_MISMATCH) when the bytes do not
  // open the commitment as `kind`, (ATTACHMENT_LENGTH) when there are more or fewer than
  // `head.length`. Nothing else may be called after it.
  virtual absl::StatusOr<Sealed> Finish(base::CommitmentKind kind, const ContentHead& head) = 0;
};

// Content to read. Thread-safe.
class ContentReader {
 public:
  virtual ~ContentReader() = default;

  virtual const ContentHead& head() const = 0;

  // The bytes from `offset` to a place of the reader's choice, at most kStreamChunkBytes; empty at
  // or past the end. NOT_FOUND (CONTENT_ERASED) once it is destroyed, DATA_LOSS when it was
  // altered.
  virtual absl::StatusOr<std::string> Read(uint64_t offset) = 0;
};

// The whole of a content that fits into one message. The errors of ContentReader::Read.
absl::StatusOr<record::v1::Attachment> ReadWhole(ContentReader& content);

}  // namespace passerelle::gateway::vault

#endif  // PASSERELLE_GATEWAY_VAULT_CONTENT_H_
