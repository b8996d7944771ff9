#include "audit/witness/witness.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/checkpoint.h"
#include "audit/checkpoint/submission.h"
#include "audit/merkle/merkle.h"
#include "gateway/base/bytes.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"

namespace passerelle::audit::witness {
namespace {

using checkpoint::Checkpoint;
using checkpoint::Submission;

WitnessAnswer Refused(int code, std::string_view why) {
  return {code, "text/plain; charset=utf-8", absl::StrCat(gateway::base::Absl(why), "\n")};
}

WitnessAnswer Conflict(uint64_t size) {
  return {409, "text/x.tlog.size", absl::StrCat(size, "\n")};
}

// The text of a note, whoever signed it. REQUIRES: SubmissionFromText took the note.
std::string_view TextOf(std::string_view note) { return note.substr(0, note.rfind("\n\n") + 1); }

// Why a checkpoint does not continue what we cosigned; nothing when it does.
std::optional<WitnessAnswer> Inconsistent(const std::optional<Witnessed>& last,
                                          const Submission& submission, const Checkpoint& next) {
  if (!last.has_value() || last->size == 0) {
    if (!submission.proof.empty())
      return Refused(422, "nothing was witnessed before: the proof must be empty");
    return std::nullopt;
  }
  const absl::Status continues =
      merkle::VerifyConsistency(last->size, next.size, submission.proof, last->root, next.root);
  if (continues.ok()) return std::nullopt;
  return Refused(422, "the checkpoint does not continue the one cosigned before");
}

}  // namespace

const WitnessedLog* Witness::FindLog(std::string_view origin) const {
  const auto found = std::find_if(logs_.begin(), logs_.end(),
                                  [&](const WitnessedLog& log) { return log.origin == origin; });
  return found == logs_.end() ? nullptr : &*found;
}

WitnessAnswer Witness::AddCheckpoint(std::string_view body) {
  const absl::StatusOr<Submission> submission = checkpoint::SubmissionFromText(body);
  if (!submission.ok()) return Refused(400, gateway::base::Std(submission.status().message()));
  const std::string_view text = TextOf(submission->checkpoint);
  const WitnessedLog* const log = FindLog(text.substr(0, text.find('\n')));
  if (log == nullptr) return Refused(404, "the log is not one of those that are witnessed");
  if (!checkpoint::OpenNote(submission->checkpoint, {log->verifier}).ok())
    return Refused(403, "the checkpoint is not signed by the log's key");
  const absl::StatusOr<Checkpoint> next = checkpoint::FromText(text);
  if (!next.ok())
    return Refused(gateway::base::ReasonOf(next.status()) == "CHECKPOINT_ROOT" ? 422 : 400,
                   gateway::base::Std(next.status().message()));
  if (submission->old_size > next->size)
    return Refused(400, "the old size is larger than the checkpoint's");
  const absl::StatusOr<std::optional<Witnessed>> last = store_.Find(log->origin);
  if (!last.ok()) return Refused(500, "the store cannot be read");
  const uint64_t size = last->has_value() ? (*last)->size : 0;
  if (submission->old_size != size) return Conflict(size);
  if (auto refused = Inconsistent(*last, *submission, *next); refused.has_value()) return *refused;
  const absl::StatusOr<std::string> line = signer_.Cosign(text, now_s_());
  if (!line.ok()) return Refused(400, gateway::base::Std(line.status().message()));
  const absl::StatusOr<bool> replaced = store_.Replace(
      log->origin, size, {next->size, next->root, absl::StrCat(submission->checkpoint, *line)});
  if (!replaced.ok()) return Refused(500, "the store cannot be written");
  if (*replaced) return {200, "text/plain; charset=utf-8", *line};
  // Another submission was faster.
  const absl::StatusOr<std::optional<Witnessed>> now = store_.Find(log->origin);
  if (!now.ok() || !now->has_value()) return Refused(500, "the store cannot be read");
  return Conflict((*now)->size);
}

WitnessAnswer Witness::GetCheckpoint(std::string_view origin_hash) {
  for (const WitnessedLog& log : logs_) {
    if (gateway::base::ToHex(gateway::base::View(gateway::base::Sha256(log.origin))) != origin_hash)
      continue;
    absl::StatusOr<std::optional<Witnessed>> last = store_.Find(log.origin);
    if (!last.ok()) return Refused(500, "the store cannot be read");
    if (last->has_value()) return {200, "text/plain; charset=utf-8", std::move((*last)->note)};
  }
  return Refused(404, "no checkpoint of this log was cosigned");
}

}  // namespace passerelle::audit::witness
