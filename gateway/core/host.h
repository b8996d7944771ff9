// The conventions of this process.
#ifndef PASSERELLE_GATEWAY_CORE_HOST_H_
#define PASSERELLE_GATEWAY_CORE_HOST_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/base/digest.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/mutex.h"
#include "gateway/core/convention.h"
#include "passerelle/record/v1/card.pb.h"

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

// How many conventions a process holds in memory.
struct HostBounds {
  // States in memory; beyond them, the one that was idle for longest rests.
  size_t awake = base::kMaxAwakeConventions;
  // A convention that nobody asked for during so long rests, milliseconds.
  int64_t idle_ms = base::kIdleConventionMs;
};

// The conventions of one data directory. Each is awake, with its state in memory, or rests, known
// by its card alone until somebody asks for it or something in it falls due. Thread-safe.
class Host {
 public:
  // Reads the cards of the data directory and opens the conventions that have none, that were open
  // when the last process ended, or all of them where that many may be awake. One that cannot be
  // opened is reported, and tried again when somebody asks for it; its neighbours are served.
  // FAILED_PRECONDITION when there is nothing to serve.
  static absl::StatusOr<std::unique_ptr<Host>> Open(const HostPaths& paths,
                                                    const Surroundings& surroundings,
                                                    const HostBounds& bounds = {});
  // Lays every convention to rest.
  ~Host();

  // The convention of a log name (32 bytes), awake for as long as the answer is held. NOT_FOUND
  // (LOG_UNKNOWN), UNAVAILABLE (CONVENTION_STOPPED) when it cannot be opened.
  absl::StatusOr<std::shared_ptr<Convention>> Find(std::string_view log_name);

  // The logs in which the key of a fingerprint may be enrolled: a no is certain of those that rest
  // and never said of those that are awake.
  std::vector<std::string> LogsThatMayKnow(const base::Digest& fingerprint) const;
  bool MayKnow(std::string_view log_name, const base::Digest& fingerprint) const;
  // Whether a log is served and would have to be opened.
  bool Rests(std::string_view log_name) const;

  // The conventions that are awake, and how many there are in all.
  std::vector<std::shared_ptr<Convention>> Awake() const;
  size_t registered() const { return slots_.size(); }

  // The TLS trust anchors of all conventions (DER), each once.
  std::set<std::string> TrustAnchors() const;

  // Does what is due everywhere, wakes and lays to rest. Called by a thread of the host's every 100
  // ms, and by tests.
  void Tick();

  // Refuses new statements and finishes those admitted.
  void Drain();

 private:
  // One convention. `mutex` guards what changes.
  struct Slot {
    enum class Phase { kResting, kMoving, kAwake };
    std::string name;
    mutable base::Mutex mutex;
    base::CondVar moved;
    Phase phase GUARDED_BY(mutex) = Phase::kResting;
    record::v1::Card card GUARDED_BY(mutex);
    std::shared_ptr<Convention> convention GUARDED_BY(mutex);
    // By the monotonic clock: when somebody last asked for it, and before when it is not opened
    // again because it failed.
    int64_t asked_ms GUARDED_BY(mutex) = 0;
    int64_t retry_ms GUARDED_BY(mutex) = 0;
    absl::Status refused GUARDED_BY(mutex);
  };

  Host(base::FileLock lock, HostPaths paths, const Surroundings& surroundings,
       const HostBounds& bounds);
  absl::Status Register(const std::string& name, bool open);
  // Opens a convention; `card` becomes that of its state, as it stands on disk then.
  absl::StatusOr<std::shared_ptr<Convention>> OpenOne(const std::string& name,
                                                      record::v1::Card& card) const;
  // Lays one to rest that nobody is handed any more; returns its card, as it stands on disk then.
  record::v1::Card Rest(const std::string& name, Convention& convention) const;
  absl::StatusOr<std::shared_ptr<Convention>> Wake(Slot& slot) EXCLUDES_LOCK(slot.mutex);
  static void Refuse(Slot& slot, int64_t now_ms) REQUIRES_LOCK(slot.mutex);
  bool IsDue(const Slot& slot) const EXCLUDES_LOCK(slot.mutex);
  // Lays a convention to rest that nobody holds; false when somebody does.
  bool LayToRest(Slot& slot) EXCLUDES_LOCK(slot.mutex);
  void LayIdleToRest();
  void TickUntilStopped() EXCLUDES_LOCK(mutex_);

  base::FileLock lock_;
  const HostPaths paths_;
  const Surroundings surroundings_;
  const HostBounds bounds_;
  // Constant after Open, by log name.
  std::map<std::string, std::unique_ptr<Slot>, std::less<>> slots_;
  base::Mutex mutex_;
  base::CondVar stopping_;
  bool stop_ GUARDED_BY(mutex_) = false;
  std::thread ticker_;
};

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_HOST_H_
