// Where a log's bytes live: the contract that SQLite, the in-memory fake and later PostgreSQL
// fulfil.
//
// Who trusts what: whoever alters a store can make the gateway refuse to start, never make it sign
// a head that contradicts an earlier one: size and root are recomputed at start and held against
// the guard, the signer refuses a head inconsistent with the last it signed, and a snapshot counts
// only under the log's own seal.
#ifndef PASSERELLE_AUDIT_LOG_STORE_H_
#define PASSERELLE_AUDIT_LOG_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "audit/merkle/merkle.h"
#include "gateway/base/digest.h"

namespace passerelle::audit::log {

using gateway::base::Digest;

// The head of a log: everything below `size` is durable.
struct Head {
  uint64_t size = 0;
  Digest root = merkle::EmptyRoot();
  // Record time of the last entry, milliseconds UTC.
  int64_t time_ms = 0;
  // Term of the writer; a store refuses a writer of an older term.
  uint64_t epoch = 0;
  bool operator==(const Head&) const = default;
};

// Entries that become durable together, and the head they lead to.
struct Group {
  std::vector<std::string> entries;
  Head head;
};

// A projection of the log at a size, so that a start need not read the entries before it. A cache
// of opaque bytes, never evidence: the log makes it again, and whoever verifies never looks at it.
struct StateSnapshot {
  // The head it was made at: number of entries, their root, record time of the last one.
  uint64_t size = 0;
  Digest root = merkle::EmptyRoot();
  int64_t time_ms = 0;
  std::string bytes;
  bool operator==(const StateSnapshot&) const = default;
};

// What became of an append.
enum class Appended {
  // Durable.
  kCommitted,
  // The head is not the expected one; nothing was written.
  kConflict,
  // A writer of a newer epoch has taken over; nothing was written.
  kFenced,
  // No space; nothing was written.
  kFull,
  // Nobody can say whether it is durable: the process must end and recover.
  kUnknown,
};

// The durable bytes of one log. Appends come from one thread at a time; reads from any.
class LogStore {
 public:
  virtual ~LogStore() = default;

  // Appends a group durably if the head is `expected`. At most kMaxGroupEntries and kMaxGroupBytes;
  // a group whose entries do not lead to its head is kUnknown: memory cannot be trusted. After
  // kUnknown every append is kUnknown.
  virtual Appended Append(const Head& expected, const Group& group) = 0;

  // The durable head; a fresh store has the head of the empty log.
  virtual absl::StatusOr<Head> ReadHead() const = 0;

  // The entries [begin, end), exact bytes. OUT_OF_RANGE past the head, DATA_LOSS when one is
  // missing.
  virtual absl::StatusOr<std::vector<std::string>> ReadEntries(uint64_t begin,
                                                               uint64_t end) const = 0;

  // The hash of a complete subtree, from the store's tiles. OUT_OF_RANGE past the head.
  virtual absl::StatusOr<Digest> ReadNode(merkle::NodeId node) const = 0;

  // The permanent index from statement digest to entry: filled off the answer's path, so it may lag
  // behind the head. OUT_OF_RANGE past the head; a digest indexed before keeps its entry;
  // UNAVAILABLE when nothing was indexed and it may be tried again.
  virtual absl::Status IndexStatements(
      const std::vector<std::pair<Digest, uint64_t>>& statements) = 0;
  virtual absl::StatusOr<std::optional<uint64_t>> FindStatement(const Digest& digest) const = 0;

  // One past the highest index of the permanent index; where filling resumes after a crash.
  virtual absl::StatusOr<uint64_t> IndexedSize() const = 0;

  // Keeps a snapshot instead of the one that is kept; a crash leaves either. Appends are as sure
  // after a failure as before it. OUT_OF_RANGE past the head; RESOURCE_EXHAUSTED (STORE_FULL)
  // without space, UNAVAILABLE otherwise: it may be tried again.
  virtual absl::Status PutSnapshot(const StateSnapshot& snapshot) = 0;

  // The snapshot that is kept; nothing when none ever was. DATA_LOSS when it is no longer legible;
  // whether its bytes are those that were put is for the reader to find (Log seals them).
  virtual absl::StatusOr<std::optional<StateSnapshot>> FindSnapshot() const = 0;
};

}  // namespace passerelle::audit::log

#endif  // PASSERELLE_AUDIT_LOG_STORE_H_
