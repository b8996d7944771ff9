#include "gateway/vault/content.h"

#include "gateway/base/status.h"

namespace passerelle::gateway::vault {

absl::StatusOr<record::v1::Attachment> ReadWhole(ContentReader& content) {
  const ContentHead& head = content.head();
  record::v1::Attachment whole;
  whole.set_commitment(base::ToBytes(head.commitment));
  whole.set_nonce(head.nonce);
  whole.set_media_type(head.media_type);
  std::string& bytes = *whole.mutable_content();
  bytes.reserve(head.length);
  while (bytes.size() < head.length) {
    ASSIGN_OR_RETURN(const std::string piece, content.Read(bytes.size()));
    bytes.append(piece);
  }
  return whole;
}

}  // namespace passerelle::gateway::vault
