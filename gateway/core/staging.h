// Documents that were uploaded before the statement that commits to them. They are kept in no
// table: a restart forgets them, and their keys with them.
#ifndef PASSERELLE_GATEWAY_CORE_STAGING_H_
#define PASSERELLE_GATEWAY_CORE_STAGING_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "gateway/base/digest.h"
#include "gateway/base/mutex.h"
#include "gateway/vault/vault.h"

namespace passerelle::gateway::core {

// Thread-safe.
class Staging {
 public:
  // Keeps a document until `expires_ms`; one of the same commitment takes the earlier one's place.
  // RESOURCE_EXHAUSTED (STAGING_FULL) when too many wait already, or too many of this agent's.
  absl::Status Put(const std::string& agent, vault::Sealed document, int64_t expires_ms)
      EXCLUDES_LOCK(mutex_);

  // Takes a document out: it serves one act of one statement.
  std::optional<vault::Sealed> Take(const base::Digest& commitment) EXCLUDES_LOCK(mutex_);

  // Whether nothing waits.
  bool empty() const EXCLUDES_LOCK(mutex_);

  // Forgets what waited for too long.
  void Expire(int64_t now_ms) EXCLUDES_LOCK(mutex_);

 private:
  struct Waiting {
    std::string agent;
    vault::Sealed document;
    int64_t expires_ms = 0;
  };
  mutable base::Mutex mutex_;
  absl::flat_hash_map<base::Digest, Waiting> waiting_ GUARDED_BY(mutex_);
};

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_STAGING_H_
