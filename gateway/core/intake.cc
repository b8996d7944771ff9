#include "gateway/core/intake.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "policy/content/check.h"

namespace passerelle::gateway::core {

std::shared_ptr<Intake> Intake::Make(Pool& pool, std::unique_ptr<vault::ContentWriter> writer,
                                     std::unique_ptr<policy::content::PayloadChecker> check,
                                     base::CommitmentKind kind, vault::ContentHead head,
                                     std::shared_ptr<void> held) {
  return std::shared_ptr<Intake>(new Intake(pool, std::move(writer), std::move(check), kind,
                                            std::move(head), std::move(held)));
}

Intake::Intake(Pool& pool, std::unique_ptr<vault::ContentWriter> writer,
               std::unique_ptr<policy::content::PayloadChecker> check, base::CommitmentKind kind,
               vault::ContentHead head, std::shared_ptr<void> held)
    : held_(std::move(held)),
      writing_(Strand::Make(pool)),
      checking_(Strand::Make(pool)),
      kind_(kind),
      head_(std::move(head)),
      writer_(std::move(writer)),
      check_(std::move(check)) {}

Intake::~Intake() = default;

absl::Status Intake::Claim(size_t bytes) {
  RETURN_IF_ERROR(failed_);
  if (bytes > base::kMaxUnaryPayloadBytes)
    return base::Malformed(
        "CHUNK_TOO_LARGE", "chunk",
        absl::StrCat("a chunk is at most ", base::kMaxUnaryPayloadBytes, " bytes long"));
  if (bytes > head_.length - received_)
    return base::Malformed("ATTACHMENT_LENGTH", "length",
                           absl::StrCat("more than the announced ", head_.length, " bytes came"));
  received_ += bytes;
  ++in_flight_;
  return absl::OkStatus();
}

void Intake::Add(std::string chunk, Ready ready) {
  absl::Status claimed;
  {
    base::MutexLock lock(mutex_);
    claimed = Claim(chunk.size());
    if (!claimed.ok()) failed_ = claimed;
  }
  if (!claimed.ok()) return ready(claimed);
  // The last lane that lets go of a piece frees its place.
  std::shared_ptr<const std::string> piece(new std::string(std::move(chunk)),
                                           [self = shared_from_this()](const std::string* bytes) {
                                             delete bytes;
                                             self->Release();
                                           });
  if (check_ != nullptr)
    checking_->Post([self = shared_from_this(), piece] { self->check_->Add(*piece); });
  writing_->Post([self = shared_from_this(), piece = std::move(piece)] { self->Write(*piece); });
  // Only now that the piece is in both lanes may the next one come, from whatever thread.
  {
    base::MutexLock lock(mutex_);
    if (in_flight_ >= base::kMaxChunksInFlight) {
      waiting_ = std::move(ready);
      return;
    }
  }
  ready(absl::OkStatus());
}

void Intake::Write(const std::string& chunk) {
  {
    base::MutexLock lock(mutex_);
    if (!failed_.ok()) return;
  }
  const absl::Status written = writer_->Append(chunk);
  if (written.ok()) return;
  base::MutexLock lock(mutex_);
  failed_ = written;
}

void Intake::Release() {
  Ready ready;
  absl::Status status;
  {
    base::MutexLock lock(mutex_);
    --in_flight_;
    ready.swap(waiting_);
    status = failed_;
  }
  if (ready) ready(status);
}

void Intake::Finish(Done done) {
  // Behind the last piece of either lane.
  checking_->Post([self = shared_from_this(), done = std::move(done)]() mutable {
    auto found = std::make_shared<record::v1::PayloadObserved>();
    if (self->check_ != nullptr) *found = self->check_->Finish().observed;
    self->writing_->Post([self, found, done = std::move(done)] {
      absl::Status failed;
      {
        base::MutexLock lock(self->mutex_);
        failed = self->failed_;
      }
      if (!failed.ok()) return done(failed);
      absl::StatusOr<vault::Sealed> sealed = self->writer_->Finish(self->kind_, self->head_);
      if (!sealed.ok()) return done(sealed.status());
      done(Taken{*std::move(sealed), std::move(*found)});
    });
  });
}

}  // namespace passerelle::gateway::core
