// Contents as streams, both ways: Convention's part of them.
#include "gateway/core/upload.h"

#include <utility>

#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/core/convention.h"
#include "gateway/core/receipt.h"
#include "policy/content/check.h"

namespace passerelle::gateway::core {

void Upload::Finish(std::function<bool()> cancelled, Reply reply) {
  request_.cancelled = std::move(cancelled);
  if (intake_ == nullptr) return convention_.Submit(request_, std::move(reply));
  intake_->Finish([&convention = convention_, request = std::move(request_), held = held_,
                   reply = std::move(reply)](absl::StatusOr<Taken> taken) mutable {
    if (!taken.ok()) return reply(taken.status());
    request.streamed->taken = *std::move(taken);
    convention.Submit(request, std::move(reply));
  });
}

absl::StatusOr<std::unique_ptr<Upload>> Convention::BeginUpload(const UploadManifest& manifest) {
  RETURN_IF_ERROR(CheckSeenSize(manifest.seen_size, storage_->log->head().size));
  ASSIGN_OR_RETURN(std::shared_ptr<void> held, Hold());
  absl::StatusOr<Foreseen> foreseen = [&]() -> absl::StatusOr<Foreseen> {
    RETURN_IF_ERROR(evidence_->CheckUnbroken());
    base::ReaderLock lock(state_mutex_);
    RETURN_IF_ERROR(evidence_->CheckLag(state_, clock_.WallMs()));
    return hall_.Foresee(state_, manifest.envelope, manifest.length);
  }();
  RETURN_IF_ERROR(foreseen.status());
  Request request;
  request.door = Door::kTransfers;
  request.envelope = manifest.envelope;
  request.seen_size = manifest.seen_size;
  vault::ContentHead head{{}, manifest.nonce, manifest.media_type, manifest.length};
  ASSIGN_OR_RETURN(head.commitment, base::DigestFromBytes(foreseen->manifest.payload().digest()));
  request.streamed = Streamed{head.commitment, std::nullopt};
  std::shared_ptr<Intake> intake;
  if (foreseen->wanted) {
    ASSIGN_OR_RETURN(auto writer,
                     storage_->vault->Begin(vault::RecordClass::kTransitPayload, manifest.length));
    intake = Intake::Make(surroundings_.pool, std::move(writer),
                          std::make_unique<policy::content::PayloadChecker>(
                              foreseen->dataset, foreseen->commune_codes),
                          base::CommitmentKind::kPayload, std::move(head), held);
  }
  return std::make_unique<Upload>(*this, std::move(request), std::move(intake), std::move(held));
}

absl::StatusOr<std::shared_ptr<Intake>> Convention::BeginDocument(vault::ContentHead head) {
  if (head.length == 0)
    return base::Malformed("ATTACHMENT_EMPTY", "length",
                           "a document without a single byte says nothing; write it");
  if (head.length > base::kMaxStreamedDocumentBytes)
    return base::Malformed("ATTACHMENT_TOO_LARGE", "length", "a document is at most 64 MiB long");
  ASSIGN_OR_RETURN(std::shared_ptr<void> held, Hold());
  ASSIGN_OR_RETURN(auto writer,
                   storage_->vault->Begin(vault::RecordClass::kDecisionFile, head.length));
  return Intake::Make(surroundings_.pool, std::move(writer), nullptr,
                      base::CommitmentKind::kDocument, std::move(head), std::move(held));
}

absl::StatusOr<int64_t> Convention::KeepDocument(const std::string& agent, vault::Sealed document) {
  const int64_t until = surroundings_.clock.WallMs() + base::kStagedDocumentMs;
  RETURN_IF_ERROR(staging_.Put(agent, std::move(document), until));
  return until;
}

absl::StatusOr<std::shared_ptr<void>> Convention::Hold() {
  base::MutexLock lock(queue_mutex_);
  if (closed_) return Draining();
  ++tasks_;
  // The address alone matters: it is not null.
  return std::shared_ptr<void>(this, [](void* self) { static_cast<Convention*>(self)->EndTask(); });
}

}  // namespace passerelle::gateway::core
