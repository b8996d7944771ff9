#include "gateway/client/checkpoint_memory.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "audit/merkle/merkle.h"
#include "gateway/base/digest.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/new_file.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"

namespace passerelle::gateway::client {
namespace {

using audit::checkpoint::Checkpoint;
using base::Absl;
using base::Digest;

constexpr std::string_view kAdviceEn =
    "This log has forked: the gateway presents a history that does not continue the one verified "
    "before. Send nothing more; keep both notes; show them to the secretariat, to your data "
    "protection officer and to another party, who can compare them with the checkpoint that they "
    "hold.";
constexpr std::string_view kAdviceFr =
    "Ce journal a bifurqué : la passerelle présente une histoire qui ne prolonge pas celle qui "
    "avait été vérifiée. N'envoyez plus rien ; gardez les deux notes ; montrez-les au secrétariat, "
    "à votre délégué à la protection des données et à une autre partie, qui les comparera au point "
    "de contrôle qu'elle détient.";

// How often a busy client touches its file.
constexpr int64_t kEveryMs = 1000;

std::string ForkFile(const std::string& file) { return file + ".fork"; }

absl::Status Forked(const std::string& file, std::string_view before, std::string_view now) {
  return base::Corrupt("FORK",
                       absl::StrCat(Absl(kAdviceEn), "\n", Absl(kAdviceFr), "\n\n--- ", file, "\n",
                                    Absl(before), "--- ", ForkFile(file), "\n", Absl(now)));
}

// Whether `next` continues `last`.
bool Continues(const Checkpoint& last, const Checkpoint& next, std::string_view consistency) {
  const absl::StatusOr<std::vector<Digest>> proof =
      base::DigestsFromBytes(consistency, base::kMaxConsistencyHashes);
  return proof.ok() &&
         audit::merkle::VerifyConsistency(last.size, next.size, *proof, last.root, next.root).ok();
}

}  // namespace

absl::StatusOr<CheckpointMemory> CheckpointMemory::Open(const std::string& file, const Pins& pins,
                                                        const base::Clock& clock) {
  CheckpointMemory memory(file, pins, clock);
  RETURN_IF_ERROR(memory.Reload());
  return memory;
}

absl::Status CheckpointMemory::Reload() {
  absl::StatusOr<std::string> note = base::ReadFile(file_, base::kMaxNoteBytes);
  if (!note.ok() && !absl::IsNotFound(note.status())) return note.status();
  if (base::Exists(ForkFile(file_))) {
    ASSIGN_OR_RETURN(const std::string other, base::ReadFile(ForkFile(file_), base::kMaxNoteBytes));
    return Forked(file_, note.ok() ? *note : note_, other);
  }
  // A file that was removed while we ran does not make us forget.
  if (!note.ok() || (last_.has_value() && *note == note_)) return absl::OkStatus();
  absl::StatusOr<Checkpoint> checkpoint =
      audit::checkpoint::OpenCheckpoint(*note, pins_.verifier, pins_.origin);
  if (!checkpoint.ok()) return base::InContext(checkpoint.status(), file_);
  if (last_.has_value() && checkpoint->size <= last_->size) return absl::OkStatus();
  note_ = *std::move(note);
  last_ = *std::move(checkpoint);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Checkpoint>> CheckpointMemory::Last() {
  const int64_t now_ms = clock_->MonotonicMs();
  if (now_ms >= next_look_ms_) {
    RETURN_IF_ERROR(Reload());
    next_look_ms_ = now_ms + kEveryMs;
  }
  return last_;
}

absl::StatusOr<Checkpoint> CheckpointMemory::Advance(std::string_view note,
                                                     std::string_view consistency) {
  ASSIGN_OR_RETURN(const Checkpoint next,
                   audit::checkpoint::OpenCheckpoint(note, pins_.verifier, pins_.origin));
  RETURN_IF_ERROR(Advance(note, next, consistency));
  return next;
}

absl::Status CheckpointMemory::Advance(std::string_view note, const Checkpoint& next,
                                       std::string_view consistency) {
  if (next.size == 0)
    return base::Error(absl::StatusCode::kFailedPrecondition, "LOG_EMPTY", "",
                       "the log is empty: no convention was enacted in it");
  if (last_.has_value() && !Continues(*last_, next, consistency)) return Fork(note);
  if (last_.has_value() && next.size == last_->size) return absl::OkStatus();
  note_ = std::string(note);
  last_ = next;
  behind_ = true;
  return clock_->MonotonicMs() < next_write_ms_ ? absl::OkStatus() : Keep();
}

absl::Status CheckpointMemory::Place(std::string_view note, const Checkpoint& other,
                                     std::string_view consistency) {
  if (!last_.has_value() || other.size >= last_->size) return Advance(note, other, consistency);
  return Continues(other, *last_, consistency) ? absl::OkStatus() : Fork(note);
}

absl::Status CheckpointMemory::Fork(std::string_view note) {
  next_look_ms_ = 0;
  // The evidence is both notes.
  const absl::Status kept = Keep();
  const absl::Status written = base::WriteNewFile(ForkFile(file_), note, base::FileMode::kPrivate);
  absl::Status forked = Forked(file_, note_, note);
  if (kept.ok() && (written.ok() || absl::IsAlreadyExists(written))) return forked;
  return base::Corrupt(
      "FORK", absl::StrCat(forked.message(), "\n", kept.message(), "\n", written.message()));
}

absl::Status CheckpointMemory::Keep() {
  if (!behind_) return absl::OkStatus();
  const absl::StatusOr<base::FileLock> lock = base::FileLock::Acquire(file_ + ".lock");
  // Another process is writing its own verified checkpoint this moment: ours is written later.
  if (base::ReasonOf(lock.status()) == "LOCKED") return absl::OkStatus();
  if (!lock.ok()) return lock.status();
  const absl::StatusOr<std::string> stored = base::ReadFile(file_, base::kMaxNoteBytes);
  if (stored.ok()) {
    const absl::StatusOr<Checkpoint> theirs =
        audit::checkpoint::OpenCheckpoint(*stored, pins_.verifier, pins_.origin);
    behind_ = !theirs.ok() || theirs->size < last_->size;
  }
  if (behind_) RETURN_IF_ERROR(base::WriteFile(file_, note_, base::FileMode::kPrivate));
  behind_ = false;
  next_write_ms_ = clock_->MonotonicMs() + kEveryMs;
  return absl::OkStatus();
}

absl::Status CheckpointMemory::RolledBack() const {
  return base::Corrupt(
      "FORK", absl::StrCat(Absl(kAdviceEn), "\n", Absl(kAdviceFr), "\n\n--- ", file_, "\n", note_));
}

}  // namespace passerelle::gateway::client
