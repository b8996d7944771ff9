// The time stamps that a log states, and the record times around them.
#ifndef PASSERELLE_GATEWAY_VERIFY_STAMPS_H_
#define PASSERELLE_GATEWAY_VERIFY_STAMPS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/digest.h"
#include "gateway/verify/fault.h"
#include "passerelle/convention/v1/settings.pb.h"
#include "passerelle/record/v1/entry.pb.h"
#include "passerelle/record/v1/state.pb.h"
#include "passerelle/statement/v1/statement.pb.h"

namespace passerelle::gateway::verify {

// Holds every entry's record time between the stamps around it, within the tolerance of the
// settings in force: an entry below a stamped checkpoint was recorded before the stamp, one after
// the entry that states it later (AUDIT-LOG, "Cadence and witnesses"). Each stamp that is at hand
// is verified itself. Thread-compatible.
class StampCheck {
 public:
  // `folder`: where the stamps are kept, if they are at hand. `root_at`: the root of so many first
  // entries, once they are taken.
  StampCheck(std::string folder, std::function<base::Digest(uint64_t size)> root_at)
      : folder_(std::move(folder)), root_at_(std::move(root_at)) {}

  // Takes the next entry, before it is applied. `statement`: null for a refusal; `founding`:
  // settings, origin and key in force, null before there are any.
  Check Take(uint64_t index, const record::v1::Entry& entry,
             const statement::v1::Statement* statement, const record::v1::FoundingRow* founding);

  // Stamps that were verified, and the first entry that states one that is not at hand.
  uint64_t verified() const { return verified_; }
  std::optional<uint64_t> first_missing() const { return first_missing_; }
  uint64_t missing() const { return missing_; }
  // The last one that was verified: its checkpoint's size, and its time.
  uint64_t last_size() const { return last_size_; }
  int64_t last_ms() const { return last_ms_; }

 private:
  Check CheckTimes(uint64_t index, const record::v1::Entry& entry,
                   const statement::v1::CheckpointStamped& stamped,
                   const convention::v1::Settings& settings);
  Check CheckKept(uint64_t index, const record::v1::Entry& entry,
                  const statement::v1::CheckpointStamped& stamped,
                  const record::v1::FoundingRow& founding);

  const std::string folder_;
  const std::function<base::Digest(uint64_t size)> root_at_;

  // Record times of the entries from `first_` on, which no stamp covers yet.
  std::vector<int64_t> times_ms_;
  uint64_t first_ = 0;
  // The least record time of what follows, and the entry whose stamp says so.
  int64_t least_ms_ = 0;
  uint64_t stated_by_ = 0;

  uint64_t verified_ = 0;
  uint64_t missing_ = 0;
  std::optional<uint64_t> first_missing_;
  uint64_t last_size_ = 0;
  int64_t last_ms_ = 0;
};

}  // namespace passerelle::gateway::verify

#endif  // PASSERELLE_GATEWAY_VERIFY_STAMPS_H_
