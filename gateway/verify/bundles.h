// The bundles of an export, read and hashed on several cores ahead of whoever takes them: no
// entry's hash depends on another's.
#ifndef PASSERELLE_GATEWAY_VERIFY_BUNDLES_H_
#define PASSERELLE_GATEWAY_VERIFY_BUNDLES_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "audit/log/export.h"
#include "gateway/base/digest.h"
#include "gateway/base/mutex.h"
#include "gateway/verify/fault.h"

namespace passerelle::gateway::verify {

// One bundle, or why it cannot be read.
struct Bundle {
  Check fault;
  // Below the export's folder.
  std::string path;
  audit::log::ExportBundle content;
  // The leaf hashes of its entries.
  std::vector<base::Digest> leaves;
};

// Whoever takes them is one thread, which reads one itself where the others do not keep up. No more
// than kMostAhead bundles are ever read ahead. What is taken is the same for any number of threads.
class Bundles {
 public:
  static constexpr uint64_t kMostAhead = 8;

  // Of an export of `size` entries; so many threads beside the caller's, 0: each is read when it is
  // taken.
  Bundles(std::string folder, uint64_t size, size_t threads);

  // Reads nothing more.
  ~Bundles();
  Bundles(const Bundles&) = delete;
  Bundles& operator=(const Bundles&) = delete;

  // The next bundle in the order of the log. REQUIRES: there is one.
  Bundle Take() EXCLUDES_LOCK(mutex_);

 private:
  void Work() EXCLUDES_LOCK(mutex_);
  // Reads the next that nobody has begun; lets go of the lock meanwhile. REQUIRES: there is one.
  void ReadNext() REQUIRES_LOCK(mutex_);

  const std::string folder_;
  const uint64_t size_;
  const uint64_t count_;

  base::Mutex mutex_;
  base::CondVar taken_changed_, ready_changed_;
  // By number: what is read and not taken yet.
  std::map<uint64_t, Bundle> ready_ GUARDED_BY(mutex_);
  // The next to be begun, and the next to be taken.
  uint64_t begun_ GUARDED_BY(mutex_) = 0;
  uint64_t taken_ GUARDED_BY(mutex_) = 0;
  bool ending_ GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;  // constant after construction
};

}  // namespace passerelle::gateway::verify

#endif  // PASSERELLE_GATEWAY_VERIFY_BUNDLES_H_
