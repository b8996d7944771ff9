// The signatures of a log's statements, verified on several cores while the entries after them are
// read: they are most of the work, and none depends on another.
#ifndef PASSERELLE_GATEWAY_VERIFY_SIGNATURES_H_
#define PASSERELLE_GATEWAY_VERIFY_SIGNATURES_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "certs/keys/key.h"
#include "gateway/base/mutex.h"
#include "gateway/verify/fault.h"
#include "passerelle/statement/v1/envelope.pb.h"

namespace passerelle::gateway::verify {

// The envelope of one entry, and the keys that must have signed it, in order.
struct Signed {
  uint64_t index = 0;
  int64_t time_ms = 0;
  statement::v1::Envelope envelope;
  std::vector<certs::keys::PublicKey> keys;
};

// Whoever adds them is one thread, which lends a hand where the others do not keep up: no more than
// kMostWaiting envelopes ever wait. What is found is the same for any number of threads.
class Signatures {
 public:
  static constexpr size_t kMostWaiting = 256;

  // So many threads beside the caller's; 0: each envelope is verified when it is added.
  explicit Signatures(size_t threads);

  // Verifies nothing more.
  ~Signatures();
  Signatures(const Signatures&) = delete;
  Signatures& operator=(const Signatures&) = delete;

  // Adds the next entry's. REQUIRES: its index is above every other's.
  void Add(Signed next) EXCLUDES_LOCK(mutex_);

  // Whether a signature is known to be wrong, so that nothing more need be added.
  bool failed() const EXCLUDES_LOCK(mutex_);

  // Verifies all that was added; the fault of the lowest entry that has one.
  Check Settle() EXCLUDES_LOCK(mutex_);

 private:
  struct Failure {
    uint64_t index = 0;
    int64_t time_ms = 0;
    absl::Status status;
  };

  void Work() EXCLUDES_LOCK(mutex_);
  // Verifies the first that waits; it lets go of the lock meanwhile. REQUIRES: one waits.
  void VerifyFirst() REQUIRES_LOCK(mutex_);

  mutable base::Mutex mutex_;
  base::CondVar added_, done_;
  std::deque<Signed> waiting_ GUARDED_BY(mutex_);
  size_t at_work_ GUARDED_BY(mutex_) = 0;
  bool ending_ GUARDED_BY(mutex_) = false;
  std::optional<Failure> lowest_ GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;  // constant after construction
};

}  // namespace passerelle::gateway::verify

#endif  // PASSERELLE_GATEWAY_VERIFY_SIGNATURES_H_
