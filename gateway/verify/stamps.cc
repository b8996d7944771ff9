#include "gateway/verify/stamps.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/checkpoint.h"
#include "audit/checkpoint/stamp_files.h"
#include "gateway/base/civil.h"
#include "gateway/base/digest.h"
#include "gateway/base/strings.h"
#include "gateway/verify/vouched.h"

namespace passerelle::gateway::verify {
namespace {

using audit::checkpoint::KeptStamp;
using audit::checkpoint::NoteVerifier;
using convention::v1::Settings;
using statement::v1::CheckpointStamped;

// The stamp that an entry states, if it is accepted; null otherwise.
const CheckpointStamped* StampOf(const record::v1::Entry& entry,
                                 const statement::v1::Statement* statement) {
  if (statement == nullptr || statement->acts_size() != 1 ||
      !statement->acts(0).has_checkpoint_stamped() ||
      entry.recorded().decisions(0).effect() != record::v1::EFFECT_ACCEPTED)
    return nullptr;
  return &statement->acts(0).checkpoint_stamped();
}

bool IsDigestOf(const std::string& digest, const std::string& bytes) {
  return digest == base::View(base::Sha256(bytes));
}

}  // namespace

Check StampCheck::Take(uint64_t index, const record::v1::Entry& entry,
                       const statement::v1::Statement* statement,
                       const record::v1::FoundingRow* founding) {
  if (entry.time_ms() < least_ms_)
    return FaultOfEntry(
        index, entry.time_ms(),
        absl::StrCat("it is dated before the time stamp that entry ", stated_by_,
                     " states, beyond what is tolerated (", base::ToIsoInstant(least_ms_), ")"),
        absl::StrCat("elle est datée d'avant l'horodatage qu'énonce l'entrée ", stated_by_,
                     ", au-delà de la tolérance (", base::ToIsoInstant(least_ms_), ")"));
  times_ms_.push_back(entry.time_ms());
  const CheckpointStamped* stamped = StampOf(entry, statement);
  if (stamped == nullptr || founding == nullptr) return std::nullopt;
  if (Check fault = CheckTimes(index, entry, *stamped, founding->settings()); fault.has_value())
    return fault;
  return CheckKept(index, entry, *stamped, *founding);
}

Check StampCheck::CheckTimes(uint64_t index, const record::v1::Entry& entry,
                             const CheckpointStamped& stamped, const Settings& settings) {
  // The log's clock may be shifted, the authority's is not.
  const int64_t time_ms = stamped.time_ms() + settings.clock_shift_ms();
  const int64_t tolerance_ms = int64_t{settings.time_stamp_tolerance_ms()};
  if (stamped.size() > index || stamped.size() <= first_)
    return FaultOfEntry(
        index, entry.time_ms(),
        "it states the stamp of a checkpoint that came before the last one stamped, "
        "or that the log did not have yet",
        "elle énonce l'horodatage d'un point de contrôle antérieur au dernier "
        "horodaté, ou que le journal n'avait pas encore");
  const uint64_t covered = stamped.size() - 1;
  const int64_t latest_ms = times_ms_[covered - first_];
  if (latest_ms > time_ms + tolerance_ms)
    return FaultOfEntry(
        covered, latest_ms,
        absl::StrCat(
            "it is dated after an authority stamped a checkpoint that holds it, beyond what "
            "is tolerated (entry ",
            index, ", ", base::ToIsoInstant(time_ms), ")"),
        absl::StrCat("elle est datée d'après l'horodatage d'un point de contrôle qui la contient, "
                     "au-delà de la tolérance (entrée ",
                     index, ", ", base::ToIsoInstant(time_ms), ")"));
  least_ms_ = std::max(least_ms_, time_ms - tolerance_ms);
  stated_by_ = index;
  times_ms_.erase(times_ms_.begin(),
                  times_ms_.begin() + static_cast<std::ptrdiff_t>(stamped.size() - first_));
  first_ = stamped.size();
  return std::nullopt;
}

Check StampCheck::CheckKept(uint64_t index, const record::v1::Entry& entry,
                            const CheckpointStamped& stamped,
                            const record::v1::FoundingRow& founding) {
  const absl::StatusOr<KeptStamp> kept = audit::checkpoint::ReadStamp(folder_, stamped.size());
  if (absl::IsNotFound(kept.status())) {
    ++missing_;
    if (!first_missing_.has_value()) first_missing_ = index;
    return std::nullopt;
  }
  if (!kept.ok()) return Unreadable(kept.status());
  const auto wrong = [&](std::string_view en, std::string_view fr) {
    return FaultOfEntry(index, entry.time_ms(), en, fr);
  };
  if (!IsDigestOf(stamped.checkpoint(), kept->checkpoint))
    return wrong("the checkpoint kept beside its time stamp is not the one that it states",
                 "le point de contrôle gardé avec son horodatage n'est pas celui qu'elle énonce");
  if (!IsDigestOf(stamped.time_stamp(), kept->time_stamp))
    return wrong("the time stamp that is kept is not the one that it states",
                 "l'horodatage gardé n'est pas celui qu'elle énonce");
  const absl::StatusOr<NoteVerifier> log = NoteVerifier::FromVkey(founding.checkpoint_vkey());
  if (!log.ok()) return Unreadable(log.status());
  const auto checkpoint =
      audit::checkpoint::OpenCheckpoint(kept->checkpoint, *log, founding.origin());
  if (!checkpoint.ok() || checkpoint->size != stamped.size() ||
      checkpoint->root != root_at_(stamped.size()))
    return wrong("an authority stamped a checkpoint that this log never had: it has forked",
                 "une autorité a horodaté un point de contrôle que ce journal n'a jamais eu : il a "
                 "bifurqué");
  const absl::StatusOr<StampedNote> verified =
      VerifyStamp(kept->checkpoint, *log, kept->time_stamp, founding.settings(), kept->chain);
  if (!verified.ok())
    return wrong(
        absl::StrCat("its time stamp does not verify (", verified.status().message(), ")"),
        absl::StrCat("son horodatage ne se vérifie pas (", verified.status().message(), ")"));
  if (verified->time_ms != stamped.time_ms())
    return wrong("it states another time than its time stamp",
                 "elle énonce une autre heure que son horodatage");
  ++verified_;
  last_size_ = stamped.size();
  last_ms_ = stamped.time_ms();
  return std::nullopt;
}

}  // namespace passerelle::gateway::verify
