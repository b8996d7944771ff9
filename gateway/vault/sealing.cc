#include "gateway/vault/sealing.h"

#include <initializer_list>
#include <utility>

#include "gateway/base/bytes.h"
#include "gateway/base/commitment.h"
#include "gateway/base/limits.h"
#include "gateway/base/secret.h"
#include "gateway/base/status.h"
#include "gateway/vault/aead.h"

namespace passerelle::gateway::vault {
namespace {

constexpr size_t kNonceBytes = 32;
constexpr size_t kMaxPrefixed = 255;

std::string ItemContext(const base::Digest& commitment, RecordClass record_class) {
  std::string context = base::ToBytes(commitment);
  context.push_back(static_cast<char>(record_class));
  return context;
}

// The file is bound too: a row that was made to name another object opens nothing.
std::string HeadContext(const base::Digest& commitment, RecordClass record_class,
                        std::string_view object) {
  std::string context = ItemContext(commitment, record_class);
  context.append(object);
  return context;
}

absl::Status CheckNonceAndType(std::string_view nonce, std::string_view media_type) {
  if (nonce.size() != kNonceBytes)
    return base::Malformed("NONCE_LENGTH", "nonce", "a nonce is 32 bytes long");
  if (media_type.size() > kMaxPrefixed)
    return base::Malformed("MEDIA_TYPE_LENGTH", "media_type", "at most 255 bytes");
  return absl::OkStatus();
}

// The index is bound too: a refusal moved to another entry would testify to that one.
std::string RefusedContext(const RefusedStatement& refused) {
  std::string context = base::ToBytes(refused.digest);
  context.push_back('\0');
  base::AppendBigEndian64(context, refused.index);
  return context;
}

absl::StatusOr<Ciphertext> Encrypt(const Keyring& keyring, base::Random& random,
                                   const base::Secret& data_key, const base::Digest& name,
                                   std::string_view context,
                                   std::initializer_list<std::string_view> parts) {
  Ciphertext made;
  made.epoch = keyring.current_epoch();
  ASSIGN_OR_RETURN(made.wrapped_key, keyring.Wrap(data_key, base::View(name), random));
  ASSIGN_OR_RETURN(made.bytes, AeadSeal(data_key, context, parts, random));
  return made;
}

absl::StatusOr<std::string> Decrypt(const Keyring& keyring, const base::Digest& name,
                                    std::string_view context, const Ciphertext& stored) {
  ASSIGN_OR_RETURN(const base::Secret data_key,
                   keyring.Unwrap(stored.epoch, stored.wrapped_key, base::View(name)));
  return AeadOpen(data_key, context, stored.bytes);
}

std::string Length(std::string_view bytes) {
  std::string length;
  base::AppendBigEndian16(length, static_cast<uint16_t>(bytes.size()));
  return length;
}

// Takes `size` bytes off the front; false when there are fewer.
bool Take(std::string_view& rest, size_t size, std::string_view& taken) {
  if (rest.size() < size) return false;
  taken = rest.substr(0, size);
  rest.remove_prefix(size);
  return true;
}

bool TakePrefixed(std::string_view& rest, std::string_view& taken) {
  std::string_view length;
  return Take(rest, 2, length) && Take(rest, base::ReadBigEndian16(length), taken);
}

// Which hashes a class may hold: a payload's bytes never pass for a document's.
bool Opens(RecordClass record_class, const base::Digest& commitment, std::string_view nonce,
           std::string_view bytes) {
  using base::CommitmentKind;
  const auto is = [&](CommitmentKind kind) {
    return base::Commit(kind, nonce, bytes) == commitment;
  };
  switch (record_class) {
    case RecordClass::kTransitPayload:
      return is(CommitmentKind::kPayload);
    case RecordClass::kDecisionFile:
      return is(CommitmentKind::kDocument) || is(CommitmentKind::kPerson);
    case RecordClass::kIncidentalPerson:
      return is(CommitmentKind::kReader) || is(CommitmentKind::kPerson);
  }
  return false;
}

}  // namespace

absl::StatusOr<Ciphertext> SealItem(const Keyring& keyring, base::Random& random,
                                    RecordClass record_class,
                                    const record::v1::Attachment& content) {
  const absl::StatusOr<base::Digest> commitment = base::DigestFromBytes(content.commitment());
  if (!commitment.ok()) return base::AtPath(commitment.status(), "commitment");
  RETURN_IF_ERROR(CheckNonceAndType(content.nonce(), content.media_type()));
  if (content.content().size() > base::kMaxAttachmentsBytes)
    return base::Malformed("CONTENT_LENGTH", "content", "longer than a request may be");
  return Encrypt(
      keyring, random, base::Secret(random.Bytes(kKeyBytes)), *commitment,
      ItemContext(*commitment, record_class),
      {content.nonce(), Length(content.media_type()), content.media_type(), content.content()});
}

absl::StatusOr<record::v1::Attachment> OpenItem(const Keyring& keyring, RecordClass record_class,
                                                const base::Digest& commitment,
                                                const Ciphertext& stored) {
  ASSIGN_OR_RETURN(std::string plain,
                   Decrypt(keyring, commitment, ItemContext(commitment, record_class), stored));
  std::string_view rest = plain;
  std::string_view nonce;
  std::string_view media_type;
  absl::StatusOr<record::v1::Attachment> opened =
      base::Corrupt("NOT_OPENING", "stored content does not open its commitment");
  if (Take(rest, kNonceBytes, nonce) && TakePrefixed(rest, media_type) &&
      Opens(record_class, commitment, nonce, rest)) {
    opened.emplace();
    opened->set_commitment(base::ToBytes(commitment));
    opened->set_nonce(std::string(nonce));
    opened->set_media_type(std::string(media_type));
    opened->set_content(std::string(rest));
  }
  base::Wipe(plain);
  return opened;
}

absl::StatusOr<Ciphertext> SealHead(const Keyring& keyring, base::Random& random,
                                    RecordClass record_class, const base::Secret& data_key,
                                    std::string_view object, const ContentHead& head) {
  RETURN_IF_ERROR(CheckNonceAndType(head.nonce, head.media_type));
  std::string length;
  base::AppendBigEndian64(length, head.length);
  return Encrypt(keyring, random, data_key, head.commitment,
                 HeadContext(head.commitment, record_class, object),
                 {head.nonce, Length(head.media_type), head.media_type, length});
}

absl::StatusOr<OpenedHead> OpenHead(const Keyring& keyring, RecordClass record_class,
                                    const base::Digest& commitment, std::string_view object,
                                    const Ciphertext& stored) {
  OpenedHead opened;
  ASSIGN_OR_RETURN(opened.data_key,
                   keyring.Unwrap(stored.epoch, stored.wrapped_key, base::View(commitment)));
  ASSIGN_OR_RETURN(
      const std::string plain,
      AeadOpen(opened.data_key, HeadContext(commitment, record_class, object), stored.bytes));
  std::string_view rest = plain;
  std::string_view nonce;
  std::string_view media_type;
  if (!Take(rest, kNonceBytes, nonce) || !TakePrefixed(rest, media_type) || rest.size() != 8)
    return base::Corrupt("NOT_OPENING", "the stored head of an object is malformed");
  opened.head = {commitment, std::string(nonce), std::string(media_type),
                 base::ReadBigEndian64(rest)};
  return opened;
}

absl::StatusOr<Ciphertext> SealRefused(const Keyring& keyring, base::Random& random,
                                       const RefusedStatement& refused) {
  if (refused.salt.size() > kMaxPrefixed)
    return base::Malformed("SALT_LENGTH", "salt", "at most 255 bytes");
  return Encrypt(keyring, random, base::Secret(random.Bytes(kKeyBytes)), refused.digest,
                 RefusedContext(refused), {Length(refused.salt), refused.salt, refused.envelope});
}

absl::Status OpenRefused(const Keyring& keyring, const Ciphertext& stored,
                         RefusedStatement& refused) {
  ASSIGN_OR_RETURN(std::string plain,
                   Decrypt(keyring, refused.digest, RefusedContext(refused), stored));
  std::string_view rest = plain;
  std::string_view salt;
  if (!TakePrefixed(rest, salt))
    return base::Corrupt("NOT_OPENING", "a stored refusal is too short");
  refused.salt = std::string(salt);
  refused.envelope = std::string(rest);
  base::Wipe(plain);
  return absl::OkStatus();
}

}  // namespace passerelle::gateway::vault
