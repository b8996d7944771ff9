#include "gateway/vault/sealing_writer.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "gateway/base/limits.h"
#include "gateway/base/machine.h"
#include "gateway/base/status.h"
#include "gateway/vault/sealing.h"

namespace passerelle::gateway::vault {

absl::Status Reservations::Take(const std::string& folder, uint64_t bytes) {
  ASSIGN_OR_RETURN(const base::Space space, base::SpaceAt(folder));
  base::MutexLock lock(mutex_);
  if (space.bytes < bytes + taken_ + base::kDiskFloorBytes)
    return base::Error(absl::StatusCode::kResourceExhausted, "DISK_FULL", "",
                       "the gateway's disk has no room for this content; try again later");
  taken_ += bytes;
  return absl::OkStatus();
}

void Reservations::Give(uint64_t bytes) {
  base::MutexLock lock(mutex_);
  taken_ -= bytes;
}

absl::StatusOr<std::unique_ptr<ContentWriter>> SealingWriter::Begin(
    const std::string& folder, const Keyring& keyring, base::Random& random,
    RecordClass record_class, uint64_t length, Reservations& reservations) {
  const uint64_t needed = ObjectFileBytes(length);
  RETURN_IF_ERROR(reservations.Take(folder, needed));
  absl::StatusOr<ObjectWriter> object = ObjectWriter::Create(folder, random);
  if (!object.ok()) {
    reservations.Give(needed);
    return object.status();
  }
  return std::unique_ptr<ContentWriter>(
      new SealingWriter(*std::move(object), keyring, random, record_class, needed, reservations));
}

absl::Status SealingWriter::Append(std::string_view bytes) {
  RETURN_IF_ERROR(object_.Append(bytes));
  // What is written is not free any more.
  const uint64_t written = std::min<uint64_t>(reserved_, bytes.size());
  reserved_ -= written;
  reservations_.Give(written);
  return absl::OkStatus();
}

absl::StatusOr<Sealed> SealingWriter::Finish(base::CommitmentKind kind, const ContentHead& head) {
  if (object_.length() != head.length)
    return base::Malformed("ATTACHMENT_LENGTH", "length",
                           absl::StrCat(object_.length(), " bytes came instead of ", head.length));
  if (base::CommitToDigest(kind, head.nonce, object_.Digest()) != head.commitment)
    return base::Malformed("ATTACHMENT_MISMATCH", "chunk",
                           "nonce and bytes do not open the commitment");
  RETURN_IF_ERROR(object_.Finish());
  ASSIGN_OR_RETURN(Ciphertext made, SealHead(keyring_, random_, record_class_, object_.data_key(),
                                             object_.object()->name(), head));
  return Sealed{record_class_,         head.commitment, made.epoch, std::move(made.wrapped_key),
                std::move(made.bytes), object_.object()};
}

}  // namespace passerelle::gateway::vault
