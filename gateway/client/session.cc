// Statements, transfers and their proofs.
#include "gateway/client/session.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/proof.h"
#include "certs/keys/dsse.h"
#include "certs/x509/certificate.h"
#include "gateway/base/bytes.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/client/connect.h"
#include "gateway/client/remote_session.h"

namespace passerelle::gateway::client {
namespace {

constexpr size_t kNonceBytes = 16;

}  // namespace

Answer AnswerOf(Proven proven, const base::Digest& statement) {
  Answer answer;
  answer.effect = proven.effect;
  answer.entry = std::move(proven.entry);
  answer.index = proven.index;
  answer.statement = statement;
  answer.receipt = std::move(proven.file);
  answer.level = proven.level;
  answer.time_stamp = std::move(proven.time_stamp);
  answer.stamped = std::move(proven.stamped);
  return answer;
}

namespace {

// Errors after which nobody knows whether the statement was recorded: those of the line, and faults
// inside the gateway. A reason of the gateway's own says that it was not.
bool LeavesDoubt(const absl::Status& status) {
  const std::string reason = base::ReasonOf(status);
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
      return reason == "UNREACHABLE" || reason == absl::StatusCodeToString(status.code());
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
      return true;
    default:
      return false;
  }
}

// Freezes, key stops and receipts of what was lost go out whatever the view.
bool ReportsOnly(const statement::v1::Statement& statement) {
  return std::all_of(
      statement.acts().begin(), statement.acts().end(), [](const statement::v1::Act& act) {
        return act.has_freeze_placed() || act.has_key_stopped() || act.has_receipt_presented();
      });
}

// What the gateway would refuse for its size, said before it leaves.
absl::Status CheckSizes(const SignedFile& file, const std::string& envelope) {
  size_t bytes = 0;
  for (const record::v1::Attachment& attachment : file.attachments)
    bytes += attachment.content().size();
  const bool fits = envelope.size() <= base::kMaxEnvelopeBytes &&
                    file.attachments.size() <= base::kMaxAttachments &&
                    bytes <= base::kMaxAttachmentsBytes;
  if (fits) return absl::OkStatus();
  return base::Error(absl::StatusCode::kOutOfRange, "TOO_LARGE", "",
                     "the statement or its attachments are larger than one request may be");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Session>> Session::Open(const Profile& profile,
                                                       const base::Clock& clock,
                                                       base::Random& random) {
  ASSIGN_OR_RETURN(Connected connected, Connect(profile));
  return OpenOver(profile, std::move(connected.channel), std::move(connected.key), clock, random);
}

absl::StatusOr<std::unique_ptr<Session>> Session::OpenOver(const Profile& profile,
                                                           std::shared_ptr<Channel> channel,
                                                           certs::keys::PrivateKey key,
                                                           const base::Clock& clock,
                                                           base::Random& random) {
  ASSIGN_OR_RETURN(Pins pins, PinsOf(profile));
  ASSIGN_OR_RETURN(CheckpointMemory memory,
                   CheckpointMemory::Open(profile.checkpoint_file, pins, clock));
  return std::make_unique<RemoteSession>(std::move(pins), std::move(memory), std::move(channel),
                                         std::move(key), clock, random);
}

absl::StatusOr<uint64_t> RemoteSession::SeenSize() {
  ASSIGN_OR_RETURN(const auto last, memory_.Last());
  return last.has_value() ? last->size : 0;
}

absl::Status RemoteSession::Judged(const absl::Status& status) const {
  return base::ReasonOf(status) == "SEEN_AHEAD" ? memory_.RolledBack() : status;
}

absl::StatusOr<statement::v1::Header> RemoteSession::NewHeader(
    const std::vector<base::Digest>& signers) {
  const absl::StatusOr<const record::v1::FoundingRow*> founding = Founding();
  // A stopped key reads nothing, and reports all the same.
  if (!founding.ok() && base::ReasonOf(founding.status()) != "KEY_NOT_IN_FORCE")
    return founding.status();
  // The convention's own receipt brought a checkpoint if there was none.
  ASSIGN_OR_RETURN(const auto last, memory_.Last());
  statement::v1::Header header;
  header.set_log(log());
  if (last.has_value()) {
    header.mutable_seen()->set_origin(last->origin);
    header.mutable_seen()->set_size(last->size);
    header.mutable_seen()->set_root(base::ToBytes(last->root));
  }
  std::vector<base::Digest> sorted = signers;
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  for (const base::Digest& signer : sorted) header.add_signers(base::ToBytes(signer));
  const base::ShiftedClock clock(
      clock_, founding.ok() ? (*founding)->settings().clock_shift_ms() : pins_.clock_shift_ms);
  header.set_issued_at_ms(clock.WallMs());
  header.set_not_after_ms(header.issued_at_ms() + base::kDefaultStatementLifeMs);
  header.set_nonce(random_.Bytes(kNonceBytes));
  return header;
}

absl::StatusOr<Answer> RemoteSession::Submit(const Draft& draft) {
  ASSIGN_OR_RETURN(const statement::v1::Header header,
                   NewHeader({key_.public_key().fingerprint()}));
  SignedFile file = StartFile(header, draft);
  RETURN_IF_ERROR(AddSignature(file, key_));
  return SubmitSigned(file);
}

absl::StatusOr<Answer> RemoteSession::Send(const Draft& draft) {
  for (const statement::v1::Act& act : draft.acts)
    if (!act.has_transfer_submitted())
      return base::Malformed("NOT_A_TRANSFER", "acts", "only transfers are sent; submit the rest");
  return Submit(draft);
}

absl::StatusOr<Answer> RemoteSession::SubmitSigned(const SignedFile& file) {
  return Deliver(file,
                 [&](const statement::v1::Statement& statement, const std::string& envelope,
                     uint64_t seen_size) -> absl::StatusOr<api::Receipt> {
                   RETURN_IF_ERROR(CheckSizes(file, envelope));
                   return statement.acts(0).has_transfer_submitted()
                              ? SendWhole(file, envelope, seen_size)
                              : SubmitWhole(file, envelope, seen_size);
                 });
}

absl::StatusOr<Answer> RemoteSession::Deliver(const SignedFile& file, Carry carry) {
  ASSIGN_OR_RETURN(const statement::v1::Envelope envelope, ToEnvelope(file));
  ASSIGN_OR_RETURN(const statement::v1::Statement statement, StatementOf(file));
  if (statement.header().log() != base::View(pins_.log))
    return base::Error(absl::StatusCode::kFailedPrecondition, "FOREIGN_LOG", "statement.header.log",
                       "the statement was made for another log than the profile's");
  if (!ReportsOnly(statement)) RETURN_IF_ERROR(DemandFresh());
  const std::string bytes = envelope.SerializeAsString();
  const base::Digest digest = certs::keys::StatementDigest(file.payload);
  absl::StatusOr<Answer> answer = CarryAndProve(statement, bytes, digest, carry);
  if (answer.ok() || !LeavesDoubt(answer.status())) return answer;
  return base::Error(
      answer.status().code(), "OUTCOME_UNKNOWN", base::ToHex(base::View(digest)),
      absl::StrCat(base::ReasonOf(answer.status()), ": ", answer.status().message()));
}

absl::StatusOr<Answer> RemoteSession::CarryAndProve(const statement::v1::Statement& statement,
                                                    const std::string& envelope,
                                                    const base::Digest& digest, Carry carry) {
  ASSIGN_OR_RETURN(const uint64_t seen_size, SeenSize());
  const absl::StatusOr<api::Receipt> receipt = carry(statement, envelope, seen_size);
  if (!receipt.ok()) return Judged(receipt.status());
  ASSIGN_OR_RETURN(Proven proven, Check(*receipt, level_));
  RETURN_IF_ERROR(DemandEnvelope(proven, digest, envelope));
  return AnswerOf(std::move(proven), digest);
}

absl::StatusOr<api::Receipt> RemoteSession::SendWhole(const SignedFile& file,
                                                      const std::string& envelope,
                                                      uint64_t seen_size) {
  api::SendRequest request;
  request.set_log(log());
  request.set_envelope(envelope);
  request.set_seen_size(seen_size);
  request.set_level(level_);
  request.mutable_payloads()->Assign(file.attachments.begin(), file.attachments.end());
  ASSIGN_OR_RETURN(api::SendResponse response, channel_->Send(request));
  return std::move(*response.mutable_receipt());
}

absl::StatusOr<api::Receipt> RemoteSession::SubmitWhole(const SignedFile& file,
                                                        const std::string& envelope,
                                                        uint64_t seen_size) {
  api::SubmitRequest request;
  request.set_log(log());
  request.set_envelope(envelope);
  request.set_seen_size(seen_size);
  request.set_level(level_);
  request.mutable_attachments()->Assign(file.attachments.begin(), file.attachments.end());
  ASSIGN_OR_RETURN(api::SubmitResponse response, channel_->Submit(request));
  return std::move(*response.mutable_receipt());
}

absl::StatusOr<Fetched> RemoteSession::Fetch(const statement::v1::ActRef& transfer) {
  absl::StatusOr<base::Digest> sent = base::DigestFromBytes(transfer.statement());
  if (!sent.ok()) return base::AtPath(sent.status(), "transfer.statement");
  RETURN_IF_ERROR(DemandFresh());
  ASSIGN_OR_RETURN(const uint64_t seen_size, SeenSize());
  api::FetchRequest request;
  request.set_log(log());
  *request.mutable_transfer() = transfer;
  request.set_seen_size(seen_size);
  absl::StatusOr<api::FetchResponse> response = channel_->Fetch(request);
  if (!response.ok()) return Judged(response.status());
  Fetched fetched;
  if (response->findings_size() > 0) {
    fetched.findings = {response->findings().begin(), response->findings().end()};
    return fetched;
  }
  ASSIGN_OR_RETURN(Proven handover, CheckReceipt(response->receipt(), pins_, memory_));
  RETURN_IF_ERROR(DemandHandover(handover, transfer, seen_size));
  ASSIGN_OR_RETURN(const Proven submitted, Prove(*sent));
  RETURN_IF_ERROR(DemandPayload(submitted, transfer, response->payload().nonce(),
                                base::Sha256(response->payload().content())));
  fetched.payload = std::move(*response->mutable_payload());
  fetched.length = fetched.payload.content().size();
  const base::Digest statement = handover.digest;
  fetched.handover = AnswerOf(std::move(handover), statement);
  return fetched;
}

absl::StatusOr<Proven> RemoteSession::Check(const api::Receipt& receipt, api::Level asked) {
  ASSIGN_OR_RETURN(Proven proven, CheckReceipt(receipt, pins_, memory_, asked));
  if (proven.level <= api::LEVEL_COMMITTED) return proven;
  ASSIGN_OR_RETURN(const record::v1::FoundingRow* founding, Founding());
  absl::Status reached = DemandLevel(pins_, founding->settings(), proven);
  if (!reached.ok()) {
    // Other settings may be in force since we read them.
    founding_.reset();
    ASSIGN_OR_RETURN(founding, Founding());
    reached = DemandLevel(pins_, founding->settings(), proven);
  }
  RETURN_IF_ERROR(reached);
  return proven;
}

absl::StatusOr<Proven> RemoteSession::Prove(const base::Digest& statement, api::Level level) {
  ASSIGN_OR_RETURN(const uint64_t seen_size, SeenSize());
  api::GetReceiptRequest request;
  request.set_log(log());
  request.set_statement(base::ToBytes(statement));
  request.set_seen_size(seen_size);
  request.set_level(level);
  absl::StatusOr<api::GetReceiptResponse> response = channel_->GetReceipt(request);
  if (!response.ok()) return Judged(response.status());
  ASSIGN_OR_RETURN(Proven proven, Check(response->receipt(), level));
  RETURN_IF_ERROR(DemandStatement(proven, statement));
  return proven;
}

absl::StatusOr<Answer> RemoteSession::GetReceipt(const base::Digest& statement) {
  ASSIGN_OR_RETURN(Proven proven, Prove(statement, level_));
  return AnswerOf(std::move(proven), statement);
}

}  // namespace passerelle::gateway::client
