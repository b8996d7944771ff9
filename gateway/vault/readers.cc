#include "gateway/vault/readers.h"

#include <utility>

#include "gateway/base/limits.h"
#include "gateway/base/status.h"

namespace passerelle::gateway::vault {

absl::StatusOr<std::unique_ptr<Reader>> Reader::Open(const std::string& path) {
  ASSIGN_OR_RETURN(Connection connection, Connection::Open(path, Connection::Access::kReadOnly));
  // As the writer's (store.cc): there are many vaults in one process.
  RETURN_IF_ERROR(connection.Execute("PRAGMA cache_size=-256"));
  ASSIGN_OR_RETURN(Statement item,
                   Statement::Prepare(connection,
                                      "SELECT class, epoch, wrapped, ciphertext, object FROM items"
                                      " WHERE place = ?1"));
  // By the index alone: a name stands behind its content, which may be long.
  ASSIGN_OR_RETURN(Statement object,
                   Statement::Prepare(connection,
                                      "SELECT object FROM items INDEXED BY items_place"
                                      " WHERE place = ?1"));
  ASSIGN_OR_RETURN(Statement places,
                   Statement::Prepare(connection,
                                      "SELECT place, object FROM items INDEXED BY items_place"
                                      " WHERE place BETWEEN ?1 AND ?2 ORDER BY place"));
  // The condition on the class is the partial index's own, word for word, or it is not used.
  ASSIGN_OR_RETURN(Statement document,
                   Statement::Prepare(connection,
                                      "SELECT place FROM items WHERE commitment = ?1 AND class <> 1"
                                      " ORDER BY place LIMIT 1"));
  ASSIGN_OR_RETURN(
      Statement refused,
      Statement::Prepare(connection,
                         "SELECT entry, expires_ms, epoch, wrapped, ciphertext FROM refused"
                         " WHERE digest = ?1 ORDER BY entry LIMIT 1"));
  return std::unique_ptr<Reader>(new Reader{std::move(connection), std::move(item),
                                            std::move(object), std::move(places),
                                            std::move(document), std::move(refused)});
}

absl::StatusOr<ReaderPool::Lease> ReaderPool::Borrow() {
  std::unique_ptr<Reader> reader;
  {
    base::MutexLock lock(mutex_);
    while (excluded_) changed_.Wait(mutex_);
    ++lent_;
    if (!idle_.empty()) {
      reader = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (reader != nullptr) return Lease(this, std::move(reader));
  absl::StatusOr<std::unique_ptr<Reader>> opened = Reader::Open(path_);
  if (opened.ok()) return Lease(this, *std::move(opened));
  Return(nullptr);
  return opened.status();
}

void ReaderPool::Return(std::unique_ptr<Reader> reader) {
  base::MutexLock lock(mutex_);
  if (reader != nullptr && idle_.size() < base::kMaxIdleReaders) idle_.push_back(std::move(reader));
  // A reader too many is closed before it counts as back.
  reader.reset();
  --lent_;
  changed_.NotifyAll();
}

void ReaderPool::Exclude() {
  base::MutexLock lock(mutex_);
  excluded_ = true;
  while (lent_ != 0) changed_.Wait(mutex_);
  // Their page caches hold what is about to be erased.
  idle_.clear();
}

void ReaderPool::Admit() {
  base::MutexLock lock(mutex_);
  excluded_ = false;
  changed_.NotifyAll();
}

}  // namespace passerelle::gateway::vault
