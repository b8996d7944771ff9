// The erasable half of the evidence: payloads, documents, names, reasons. The store sees ciphertext
// only; what is erased is found in no file.
//
// Who trusts what: whoever alters `vault.db` can make content unreadable, never replace it: every
// row authenticates under a data key and opens a commitment that stands in the log.
#ifndef PASSERELLE_GATEWAY_VAULT_VAULT_H_
#define PASSERELLE_GATEWAY_VAULT_VAULT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "gateway/base/digest.h"
#include "gateway/base/random.h"
#include "gateway/vault/content.h"
#include "gateway/vault/keyring.h"
#include "gateway/vault/objects.h"
#include "passerelle/record/v1/attachment.pb.h"

namespace passerelle::gateway::vault {

// Forgetting too much is a fault too: each class has its own ground of erasure.
enum class RecordClass {
  // Payloads: destroyed at retention, refusal or recall.
  kTransitPayload = 1,
  // Opinions, reasons, deeds, agreements, titles, sheets, names: kept past closure for the stated
  // years.
  kDecisionFile = 2,
  // Who read: expires on its own clock.
  kIncidentalPerson = 3,
};

// Where a row belongs: the act at (index, ordinal) of the log, and the place of the commitment in
// it. An index is below 2^43, ordinal and slot are below 1,024.
struct Position {
  uint64_t index = 0;
  uint32_t ordinal = 0;
  uint32_t slot = 0;
  auto operator<=>(const Position&) const = default;
};

// Content encrypted under a fresh data key, not stored yet. Movable.
struct Sealed {
  RecordClass record_class = RecordClass::kDecisionFile;
  base::Digest commitment{};
  uint32_t epoch = 0;
  std::string wrapped_key;
  // AES-256-GCM of nonce, media type and bytes (of an object: its length): iv ‖ ciphertext ‖ tag.
  std::string ciphertext;
  // The file that holds the bytes of content that came as a stream; null: they are above. Shared
  // until the row is stored; one row alone may name it.
  std::shared_ptr<StagedObject> object;
};

// Content and its position.
struct Placed {
  Position position;
  Sealed sealed;
  // Instant after which it is destroyed by time alone; 0: never. For incidental persons.
  int64_t expires_ms = 0;
};

// What is kept of a refused statement, so that its repetition gets the same answer (WIRE 26).
struct RefusedStatement {
  base::Digest digest{};
  uint64_t index = 0;
  std::string salt;
  std::string envelope;
  int64_t expires_ms = 0;
};

// The vault of one convention: `vault.db`, SQLite in WAL mode, synchronous FULL, secure_delete, and
// `objects/` for content that came as a stream.
// Seal, Begin and the reads are thread-safe; Commit, Shred, Sweep and Expire come from one thread
// at a time.
class Vault {
 public:
  // Opens or creates the vault in a folder, and removes the objects that no row names. `keyring`
  // and `random` must outlive it. DATA_LOSS when it is not one of ours.
  static absl::StatusOr<std::unique_ptr<Vault>> Open(const std::string& folder,
                                                     const Keyring& keyring, base::Random& random);
  virtual ~Vault() = default;

  // Encrypts content in memory. Stores nothing. INVALID_ARGUMENT (path: the field) when a length is
  // wrong. REQUIRES: the content opens its commitment; otherwise it can never be read.
  virtual absl::StatusOr<Sealed> Seal(RecordClass record_class,
                                      const record::v1::Attachment& content) = 0;

  // Begins content of any size. `length` bytes must fit beside what the disk keeps for the log:
  // RESOURCE_EXHAUSTED (DISK_FULL) otherwise.
  virtual absl::StatusOr<std::unique_ptr<ContentWriter>> Begin(RecordClass record_class,
                                                               uint64_t length) = 0;

  // Stores a group's rows and refusals in one durable commit. RESOURCE_EXHAUSTED when the disk is
  // full, INVALID_ARGUMENT when a position or a salt is out of bounds; nothing was written then.
  // ABORTED on any other error: the process must end.
  virtual absl::Status Commit(absl::Span<const Placed> rows,
                              absl::Span<const RefusedStatement> refused) = 0;

  // Opens the content at a position, checking that it opens `commitment`. NOT_FOUND when erased
  // (CONTENT_ERASED) or when the key-encryption key's epoch is destroyed (KEK_EPOCH), DATA_LOSS
  // when the row was altered or is of another commitment, OUT_OF_RANGE (CONTENT_STREAMED) when it
  // came as a stream and is longer than kMaxUnaryPayloadBytes.
  virtual absl::StatusOr<record::v1::Attachment> Read(const Position& position,
                                                      const base::Digest& commitment) const = 0;

  // The same for content of any size, which may be read until it is destroyed. Errors as Read;
  // what came as a stream authenticates piece by piece.
  virtual absl::StatusOr<std::unique_ptr<ContentReader>> OpenContent(
      const Position& position, const base::Digest& commitment) const = 0;

  // Bytes of the content at a position if it came as a stream, else 0. Errors as Read.
  virtual absl::StatusOr<uint64_t> StreamedLength(const Position& position,
                                                  const base::Digest& commitment) const = 0;

  // Position and class of the first row of a document's commitment. NOT_FOUND when there is none.
  virtual absl::StatusOr<Position> FindDocument(const base::Digest& commitment) const = 0;

  // The first of these positions at which no row is stored, or not the object that it names;
  // nothing when all are there. Linear in the rows between the first and the last, of which no
  // content is read. REQUIRES: they ascend. INVALID_ARGUMENT (POSITION) when one is out of bounds.
  virtual absl::StatusOr<std::optional<Position>> FindMissing(
      absl::Span<const Position> demanded) const = 0;

  // The refusal kept for a statement, if any. Errors as Read.
  virtual absl::StatusOr<std::optional<RefusedStatement>> FindRefused(
      const base::Digest& digest) const = 0;

  // Destroys the rows of the act at (index, ordinal): removes their objects, deletes them, ends
  // readers, truncates the WAL, and makes sure that the bytes of ciphertext and wrapped key are in
  // no file of the vault. Idempotent. Only when it returns OK may PayloadErased be recorded.
  // UNAVAILABLE (VAULT_BUSY) when another process keeps reading: to be called again later;
  // RESOURCE_EXHAUSTED when the disk is full, ABORTED on any other error. Rows may be gone then,
  // but their bytes need not be: the next Shred, Sweep or Expire, after a restart too, finishes
  // that first.
  virtual absl::Status Shred(uint64_t index, uint32_t ordinal) = 0;

  // Destroys every row that belongs to a position at or beyond `size`: what a crash left behind.
  // Errors as Shred.
  virtual absl::Status Sweep(uint64_t size) = 0;

  // Destroys what expires by time alone, once its instant is past. Errors as Shred.
  virtual absl::Status Expire(int64_t now_ms) = 0;

  // The last instant at which nothing has to expire; absent when nothing ever does. Errors as Read.
  virtual absl::StatusOr<std::optional<int64_t>> NextExpiry() const = 0;
};

}  // namespace passerelle::gateway::vault

#endif  // PASSERELLE_GATEWAY_VAULT_VAULT_H_
