// The rows of `vault.db`: ciphertext by position, refusals by entry. Knows no key and no plaintext.
//
//   items(place, class, epoch, expires_ms, commitment, wrapped, ciphertext, object)
//   refused(entry, digest, epoch, expires_ms, wrapped, ciphertext)
//   erasure(unfinished)
//
// place = index << 20 | ordinal << 10 | slot is the row id, so that a group is appended at the
// right edge of one tree (half the time and a third of the space of a WITHOUT ROWID table keyed by
// the three columns: a 1 KiB payload fits beside others in a page). Commitments are kept, and
// indexed, for documents only: payloads have no index of random keys. Which places are taken, and
// by which objects, an index says that holds no content, so that a start need not read all of it.
// `object` names the file of content that came as a stream; its ciphertext is the head alone.
#ifndef PASSERELLE_GATEWAY_VAULT_STORE_H_
#define PASSERELLE_GATEWAY_VAULT_STORE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "gateway/base/digest.h"
#include "gateway/base/mutex.h"
#include "gateway/vault/readers.h"
#include "gateway/vault/residue.h"
#include "gateway/vault/sealing.h"
#include "gateway/vault/sqlite.h"
#include "gateway/vault/vault.h"

namespace passerelle::gateway::vault {

// How many slots one act may have; the row ids of its slots are consecutive.
inline constexpr int64_t kSlots = 1024;

// The row id of a position. INVALID_ARGUMENT (POSITION) when a part is out of its bound.
absl::StatusOr<int64_t> PlaceOf(const Position& position);

// The position of a row id.
Position PositionOf(int64_t place);

// An item as stored.
struct StoredItem {
  RecordClass record_class = RecordClass::kDecisionFile;
  Ciphertext ciphertext;
  // Empty: the ciphertext is the content.
  std::string object;
};

// A refusal as stored: `statement` without salt and envelope.
struct StoredRefusal {
  RefusedStatement statement;
  Ciphertext ciphertext;
};

// A data key as it is wrapped.
struct WrappedKey {
  uint32_t epoch = 0;
  std::string wrapped;
  // Commitment or digest to which it is bound; empty where the row does not say.
  std::string name;
};

// An inclusive range; empty by default.
struct Range {
  int64_t first = 1;
  int64_t last = 0;
};

// Which rows an erasure takes: ranges of place and entry, or of the instant of expiry.
struct Doomed {
  enum class By { kPosition, kExpiry };
  By by = By::kPosition;
  Range items;
  Range refused;
};

// Reads are thread-safe; writes come from one thread at a time.
class Store {
 public:
  static absl::StatusOr<std::unique_ptr<Store>> Open(const std::string& path);

  // Stores all rows in one durable transaction, or none.
  absl::Status Commit(absl::Span<const Placed> rows, absl::Span<const StoredRefusal> refused)
      EXCLUDES_LOCK(mutex_);

  // NOT_FOUND (CONTENT_ERASED) when no row is there.
  absl::StatusOr<StoredItem> ReadItem(int64_t place);
  // Whether a row is there, and the object that it names: nothing, or a name that may be empty.
  absl::StatusOr<std::optional<std::string>> FindObject(int64_t place);
  // Tells `visit` the rows of a range, ascending, and the object that each names or nothing, until
  // it returns false. Erasures wait meanwhile.
  absl::Status VisitPlaces(const Range& places,
                           absl::FunctionRef<bool(int64_t place, std::string_view object)> visit);
  // Of the first and the last row of each kind, what a key-encryption key wrapped.
  absl::StatusOr<std::vector<WrappedKey>> SampleKeys() EXCLUDES_LOCK(mutex_);
  // The earliest instant of what expires by time; absent when nothing does.
  absl::StatusOr<std::optional<int64_t>> NextExpiry() EXCLUDES_LOCK(mutex_);
  // The objects that rows name: all of them, those of doomed rows.
  absl::StatusOr<std::set<std::string>> ListObjects() EXCLUDES_LOCK(mutex_);
  absl::StatusOr<std::set<std::string>> ListObjects(const Doomed& doomed) EXCLUDES_LOCK(mutex_);
  // NOT_FOUND (DOCUMENT_UNKNOWN) when there is none.
  absl::StatusOr<int64_t> FindDocument(const base::Digest& commitment);
  absl::StatusOr<std::optional<StoredRefusal>> FindRefused(const base::Digest& digest);

  // Deletes rows and makes sure that their bytes are in no file of the database. An erasure that
  // was interrupted, in this process or before, is finished with the next one.
  absl::Status Erase(const Doomed& doomed) EXCLUDES_LOCK(mutex_);

 private:
  Store(std::string path, Connection connection)
      : path_(path), connection_(std::move(connection)), readers_(std::move(path)) {}
  absl::Status Prepare() EXCLUDES_LOCK(mutex_);
  absl::Status Insert(absl::Span<const Placed> rows, absl::Span<const StoredRefusal> refused)
      REQUIRES_LOCK(mutex_);
  absl::Status Delete(const Doomed& doomed) REQUIRES_LOCK(mutex_);
  absl::Status Destroy(const Residue& erased, bool unfinished) REQUIRES_LOCK(mutex_);
  absl::StatusOr<Residue> Collect(const Doomed& doomed) REQUIRES_LOCK(mutex_);
  absl::StatusOr<bool> IsAnywhere(const Residue& erased) const REQUIRES_LOCK(mutex_);
  absl::Status Truncate() REQUIRES_LOCK(mutex_);
  // Runs `work` in a transaction: all of it becomes durable, or none.
  template <typename Work>
  absl::Status Transact(Work work) REQUIRES_LOCK(mutex_);

  const std::string path_;
  base::Mutex mutex_;
  Connection connection_ GUARDED_BY(mutex_);
  std::optional<Statement> insert_item_ GUARDED_BY(mutex_);
  std::optional<Statement> insert_refused_ GUARDED_BY(mutex_);
  // Last, so that the readers are closed before the connection that writes.
  ReaderPool readers_;
};

}  // namespace passerelle::gateway::vault

#endif  // PASSERELLE_GATEWAY_VAULT_STORE_H_
