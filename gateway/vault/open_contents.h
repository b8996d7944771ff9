// Which contents are being read, so that what is destroyed is read no further.
#ifndef PASSERELLE_GATEWAY_VAULT_OPEN_CONTENTS_H_
#define PASSERELLE_GATEWAY_VAULT_OPEN_CONTENTS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "gateway/base/mutex.h"

namespace passerelle::gateway::vault {

// Thread-safe.
class OpenContents {
 public:
  // Gives the bytes from an offset. Holds what it reads from: file, key, bytes.
  using Source = std::function<absl::StatusOr<std::string>(uint64_t offset)>;

  // A content that is read, or will be once its source is set. Thread-safe.
  class Slot {
   public:
    void Set(Source source) EXCLUDES_LOCK(mutex_);
    // NOT_FOUND (CONTENT_ERASED) once it is revoked.
    absl::StatusOr<std::string> Read(uint64_t offset) EXCLUDES_LOCK(mutex_);
    void Revoke() EXCLUDES_LOCK(mutex_);

   private:
    base::Mutex mutex_;
    bool revoked_ GUARDED_BY(mutex_) = false;
    Source source_ GUARDED_BY(mutex_);
  };

  // Announces a reader of the content at a place, before it looks for the row: what is destroyed
  // from here on is either not found there or revoked.
  std::shared_ptr<Slot> Add(int64_t place) EXCLUDES_LOCK(mutex_);

  // Ends the readers of the contents at places from `first` to `last`: waits for a read under way,
  // then lets go of files and keys.
  void Revoke(int64_t first, int64_t last) EXCLUDES_LOCK(mutex_);

 private:
  base::Mutex mutex_;
  std::multimap<int64_t, std::weak_ptr<Slot>> slots_ GUARDED_BY(mutex_);
};

}  // namespace passerelle::gateway::vault

#endif  // PASSERELLE_GATEWAY_VAULT_OPEN_CONTENTS_H_
