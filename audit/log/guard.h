// The guard: a log's last head, kept outside the data directory, so that a store rolled back to an
// older copy is refused at start.
#ifndef PASSERELLE_AUDIT_LOG_GUARD_H_
#define PASSERELLE_AUDIT_LOG_GUARD_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "audit/log/store.h"

namespace passerelle::audit::log {

// One file with two alternating slots of 512 bytes, each with its own check value
// (audit/FORMAT.md): a torn write leaves the other. Writes are made off the answer's path, so a
// guard is only ever behind. Thread-compatible.
//
// Who trusts what: the check value finds accidents, not forgers. Whoever can write both the guard
// and the store can roll a log back unseen by this gateway; witnesses and clients still see it.
class Guard {
 public:
  // Opens or creates the file (mode 0600) of one origin. DATA_LOSS when both slots are torn
  // (GUARD_TORN), or it is another origin's (GUARD_FOREIGN).
  static absl::StatusOr<std::unique_ptr<Guard>> Open(const std::string& path,
                                                     const std::string& origin);
  ~Guard();
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

  // The last head written; nothing when none ever was.
  std::optional<Head> last() const { return last_; }

  // Writes a head into the older slot, durably. INTERNAL (GUARD_SYNC) when it cannot be: the
  // process must end, since nobody can say what reached the disk.
  absl::Status Write(const Head& head);

 private:
  Guard(std::string origin, int descriptor) : origin_(std::move(origin)), descriptor_(descriptor) {}
  // Reads both slots. DATA_LOSS as Open says.
  absl::Status Load(std::string_view file);

  const std::string origin_;
  const int descriptor_;
  std::optional<Head> last_;
  // Number of the last write; its lowest bit names the slot.
  uint64_t sequence_ = 0;
};

}  // namespace passerelle::audit::log

#endif  // PASSERELLE_AUDIT_LOG_GUARD_H_
