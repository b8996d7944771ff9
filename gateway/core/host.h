// The conventions of this process.
#ifndef PASSERELLE_GATEWAY_CORE_HOST_H_
#define PASSERELLE_GATEWAY_CORE_HOST_H_

#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/base/files.h"
#include "gateway/base/mutex.h"
#include "gateway/core/convention.h"

namespace passerelle::gateway::core {

// Where the process keeps its conventions.
struct HostPaths {
  // The data directory; `lock` in it keeps other processes out.
  std::string data;
  // The folder of the guards, outside the data directory.
  std::string guards;
};

// Where the guards of a data directory are unless somebody says otherwise: beside it, under its
// name with `.guards` added, however it is spelt.
std::string DefaultGuards(const std::string& data);

// Storage of one convention of a host.
StoragePaths PathsOf(const HostPaths& paths, std::string_view name);

// Takes the data directory's lock. FAILED_PRECONDITION (LOCKED) while another gateway or `init`
// runs.
absl::StatusOr<base::FileLock> LockData(const HostPaths& paths);

// Thread-safe.
class Host {
 public:
  // Opens every convention of the data directory. One that cannot be opened is reported and not
  // served; its neighbours are. FAILED_PRECONDITION when none can be.
  static absl::StatusOr<std::unique_ptr<Host>> Open(const HostPaths& paths,
                                                    const Surroundings& surroundings);
  ~Host();

  // The convention of a log name (32 bytes); null when this process does not serve it.
  Convention* Find(std::string_view log_name) const;

  // Every convention served.
  std::vector<Convention*> All() const;

  // Refuses new statements and finishes those admitted.
  void Drain();

 private:
  explicit Host(base::FileLock lock) : lock_(std::move(lock)) {}
  void TickUntilStopped() EXCLUDES_LOCK(mutex_);

  base::FileLock lock_;
  // Constant after Open.
  std::vector<std::pair<std::string, std::unique_ptr<Convention>>> conventions_;
  base::Mutex mutex_;
  base::CondVar stopping_;
  bool stop_ GUARDED_BY(mutex_) = false;
  std::thread ticker_;
};

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_HOST_H_
