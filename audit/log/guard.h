// The guard: a log's last head, kept outside the data directory, so that a store rolled back to an
// older copy is refused at start.
#ifndef PASSERELLE_AUDIT_LOG_GUARD_H_
#define PASSERELLE_AUDIT_LOG_GUARD_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "audit/log/store.h"

namespace passerelle::audit::log {

// One file with two alternating slots, each with its own check value: a torn write leaves the
// other. Writes are made off the answer's path, so a guard is only ever behind. Thread-compatible.
class Guard {
 public:
  // Opens or creates the file of one origin. DATA_LOSS when both slots are torn, or it is another
  // origin's.
  static absl::StatusOr<std::unique_ptr<Guard>> Open(const std::string& path,
                                                     const std::string& origin);
  ~Guard();

  // The last head written; nothing when none ever was.
  std::optional<Head> last() const { return last_; }

  // Writes a head into the older slot, durably.
  absl::Status Write(const Head& head);

 private:
  Guard(std::string origin, int descriptor) : origin_(std::move(origin)), descriptor_(descriptor) {}
  const std::string origin_;
  const int descriptor_;
  std::optional<Head> last_;
  uint64_t sequence_ = 0;
};

}  // namespace passerelle::audit::log

#endif  // PASSERELLE_AUDIT_LOG_GUARD_H_
