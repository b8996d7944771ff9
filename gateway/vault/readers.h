// Read-only connections of the vault, lent to one thread each, and the way to have none.
#ifndef PASSERELLE_GATEWAY_VAULT_READERS_H_
#define PASSERELLE_GATEWAY_VAULT_READERS_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/base/mutex.h"
#include "gateway/vault/sqlite.h"

namespace passerelle::gateway::vault {

// A read-only connection and its statements. Thread-compatible.
struct Reader {
  static absl::StatusOr<std::unique_ptr<Reader>> Open(const std::string& path);

  Connection connection;
  Statement item;
  Statement object;
  Statement places;
  Statement document;
  Statement refused;
};

// Lends readers. Thread-safe. An open reader keeps erased bytes in the write-ahead log, so an
// erasure first takes an Exclusion: it waits until every lease is back, closes the readers, and
// lets nobody borrow until it goes.
class ReaderPool {
 public:
  explicit ReaderPool(std::string path) : path_(std::move(path)) {}

  // A borrowed reader; given back when it goes. Must go before the pool.
  class Lease {
   public:
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (reader_ != nullptr) pool_->Return(std::move(reader_));
    }
    Reader* operator->() const { return reader_.get(); }

   private:
    friend class ReaderPool;
    Lease(ReaderPool* pool, std::unique_ptr<Reader> reader)
        : pool_(pool), reader_(std::move(reader)) {}
    ReaderPool* pool_;
    std::unique_ptr<Reader> reader_;
  };

  // Lends a reader, opening one when none is idle. REQUIRES: this thread holds no lease.
  absl::StatusOr<Lease> Borrow() EXCLUDES_LOCK(mutex_);

  // While it lives no reader is open. REQUIRES: one at a time; this thread holds no lease.
  class Exclusion {
   public:
    explicit Exclusion(ReaderPool& pool) : pool_(pool) { pool_.Exclude(); }
    ~Exclusion() { pool_.Admit(); }
    Exclusion(const Exclusion&) = delete;
    Exclusion& operator=(const Exclusion&) = delete;

   private:
    ReaderPool& pool_;
  };

 private:
  void Return(std::unique_ptr<Reader> reader) EXCLUDES_LOCK(mutex_);
  void Exclude() EXCLUDES_LOCK(mutex_);
  void Admit() EXCLUDES_LOCK(mutex_);

  const std::string path_;
  base::Mutex mutex_;
  base::CondVar changed_;
  std::vector<std::unique_ptr<Reader>> idle_ GUARDED_BY(mutex_);
  size_t lent_ GUARDED_BY(mutex_) = 0;
  bool excluded_ GUARDED_BY(mutex_) = false;
};

}  // namespace passerelle::gateway::vault

#endif  // PASSERELLE_GATEWAY_VAULT_READERS_H_
