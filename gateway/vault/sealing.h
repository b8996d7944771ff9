// What the vault's ciphertexts hold, and what they are bound to.
//
//   item     AAD = commitment ‖ class byte        plaintext = nonce(32) ‖ u16 length ‖ media type ‖
//   bytes
//   refusal  AAD = digest ‖ 0x00 ‖ u64 index      plaintext = u16 length ‖ salt ‖ envelope
//   head     AAD = commitment ‖ class byte ‖ object name   plaintext = nonce(32) ‖ u16 length ‖
//   media type ‖ u64 bytes of the object
//
// Numbers are big-endian. Each has a data key of its own, wrapped with the commitment (digest) as
// AAD.
#ifndef PASSERELLE_GATEWAY_VAULT_SEALING_H_
#define PASSERELLE_GATEWAY_VAULT_SEALING_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "gateway/base/digest.h"
#include "gateway/base/random.h"
#include "gateway/base/secret.h"
#include "gateway/vault/content.h"
#include "gateway/vault/keyring.h"
#include "gateway/vault/vault.h"

namespace passerelle::gateway::vault {

// A wrapped data key and what it encrypts.
struct Ciphertext {
  uint32_t epoch = 0;
  std::string wrapped_key;
  // iv ‖ ciphertext ‖ tag.
  std::string bytes;
};

// Encrypts an item. INVALID_ARGUMENT when commitment or nonce is not 32 bytes long, the media type
// is longer than 255 bytes, or the content longer than all attachments of a request may be.
absl::StatusOr<Ciphertext> SealItem(const Keyring& keyring, base::Random& random,
                                    RecordClass record_class,
                                    const record::v1::Attachment& content);

// Decrypts an item and checks that it opens `commitment`. DATA_LOSS when it does not, NOT_FOUND
// (KEK_EPOCH) when its epoch is destroyed.
absl::StatusOr<record::v1::Attachment> OpenItem(const Keyring& keyring, RecordClass record_class,
                                                const base::Digest& commitment,
                                                const Ciphertext& stored);

// Wraps the data key of an object and encrypts what is said of it under the same key.
// INVALID_ARGUMENT as SealItem.
absl::StatusOr<Ciphertext> SealHead(const Keyring& keyring, base::Random& random,
                                    RecordClass record_class, const base::Secret& data_key,
                                    std::string_view object, const ContentHead& head);

// An object's head and the key of its segments.
struct OpenedHead {
  ContentHead head;
  base::Secret data_key;
};

// Decrypts the head of an object. Errors as OpenItem.
absl::StatusOr<OpenedHead> OpenHead(const Keyring& keyring, RecordClass record_class,
                                    const base::Digest& commitment, std::string_view object,
                                    const Ciphertext& stored);

// Encrypts salt and envelope of a refusal. INVALID_ARGUMENT when the salt is longer than 255 bytes.
absl::StatusOr<Ciphertext> SealRefused(const Keyring& keyring, base::Random& random,
                                       const RefusedStatement& refused);

// Fills salt and envelope of a refusal whose digest and index are set. Errors as OpenItem.
absl::Status OpenRefused(const Keyring& keyring, const Ciphertext& stored,
                         RefusedStatement& refused);

}  // namespace passerelle::gateway::vault

#endif  // PASSERELLE_GATEWAY_VAULT_SEALING_H_
