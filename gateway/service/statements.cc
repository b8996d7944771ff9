// StatementService and Send: the doors into the hall, and what comes out of it.
#include <algorithm>
#include <utility>

#include "audit/checkpoint/proof.h"
#include "audit/entry/codec.h"
#include "gateway/base/status.h"
#include "gateway/core/receipt.h"
#include "gateway/service/service.h"
#include "gateway/service/view.h"
#include "policy/rules/areas.h"

namespace passerelle::gateway::service {
namespace {

// Submit and Send differ in their door and in what their attachments are.
template <typename Response>
void Enter(const Caller& caller, const core::Request& request, api::Level level,
           Answer<Response> answer) {
  caller.convention->Submit(
      request, AnswerWithReceipt(caller, {level, request.seen_size}, std::move(answer)));
}

absl::Status Unseen() {
  return base::Error(absl::StatusCode::kNotFound, "STATEMENT_UNKNOWN", "statement",
                     "no such statement is recorded in this log, or not for you to see");
}

// A key that is not in force carries its own reports of fact, and nobody else's statement: whoever
// stole it would otherwise go on calling.
absl::Status CheckReportsOnly(const Caller& caller, const std::string& bytes) {
  ASSIGN_OR_RETURN(const audit::entry::SignedStatement read, audit::entry::DecodeSigned(bytes));
  const statement::v1::Statement& statement = read.statement;
  const auto& signers = statement.header().signers();
  const auto& acts = statement.acts();
  const bool own =
      std::find(signers.begin(), signers.end(), base::View(caller.fingerprint)) != signers.end();
  const bool reports = std::all_of(acts.begin(), acts.end(), [](const statement::v1::Act& act) {
    return policy::rules::IsReport(act.body_case());
  });
  return own && reports ? absl::OkStatus() : KeyNotInForce();
}

}  // namespace

absl::StatusOr<Sight> SightOf(const Caller& caller) {
  ASSIGN_OR_RETURN(const policy::Now now, caller.convention->Now());
  absl::StatusOr<Sight> sight = Unseen();
  caller.convention->Read(
      [&](const policy::state::State& state) { sight = Sight(state, caller.agent, now); });
  return sight;
}

void Submit(const Caller& caller, const api::SubmitRequest& request,
            std::function<bool()> cancelled, Answer<api::SubmitResponse> answer) {
  if (!caller.in_force)
    if (absl::Status refused = CheckReportsOnly(caller, request.envelope()); !refused.ok())
      return answer(std::move(refused));
  Enter(caller,
        {core::Door::kActs,
         request.envelope(),
         {request.attachments().begin(), request.attachments().end()},
         request.seen_size(),
         std::nullopt,
         {},
         std::move(cancelled)},
        request.level(), std::move(answer));
}

namespace {

// A receipt as far as there is evidence for its entry, up to the level wanted: what is recorded is
// answered, whatever becomes of the evidence.
api::Receipt Raised(const Caller& caller, const Wanted& wanted, uint64_t index,
                    api::Receipt receipt) {
  core::Convention& convention = *caller.convention;
  if (wanted.level >= api::LEVEL_STAMPED) {
    uint64_t size = 0;
    convention.Read([&](const policy::state::State& state) {
      const record::v1::StampedRow* last = state.stamped.Find("");
      size = last == nullptr ? 0 : last->size();
    });
    const auto kept = convention.evidence().stamps().Read(size);
    if (size > index && kept.ok()) {
      audit::log::SignedHead at;
      at.head.size = size;
      at.checkpoint = kept->cosigned.empty() ? kept->checkpoint : kept->cosigned;
      api::Receipt raised = receipt;
      raised.set_time_stamp(kept->time_stamp);
      if (core::Raise(convention.log(), at, api::LEVEL_STAMPED, wanted.seen_size, raised).ok())
        return raised;
    }
  }
  const auto witnessed = convention.evidence().witnessed();
  if (!witnessed.has_value() || witnessed->head.size <= index) return receipt;
  api::Receipt raised = receipt;
  const absl::Status done =
      core::Raise(convention.log(), *witnessed, api::LEVEL_WITNESSED, wanted.seen_size, raised);
  return done.ok() ? raised : receipt;
}

}  // namespace

void AnswerAtLevel(const Caller& caller, const Wanted& wanted, api::Receipt receipt,
                   Answer<api::Receipt> answer) {
  // Most callers ask for no more, and then nothing is looked at.
  if (wanted.level <= api::LEVEL_COMMITTED) return answer(std::move(receipt));
  bool witnesses = false, authorities = false;
  uint64_t stamped = 0;
  caller.convention->Read([&](const policy::state::State& state) {
    witnesses = state.founding()->settings().witness_quorum() > 0;
    authorities = !state.founding()->settings().time_stamp_authorities().empty();
    if (const record::v1::StampedRow* last = state.stamped.Find(""); last != nullptr)
      stamped = last->size();
  });
  const absl::StatusOr<audit::checkpoint::TlogProof> proof =
      audit::checkpoint::ProofFromText(receipt.tlog_proof());
  if (!proof.ok()) return answer(std::move(receipt));
  const uint64_t index = proof->index;
  const bool stamps = wanted.level >= api::LEVEL_STAMPED && authorities;
  if (!stamps && !witnesses) return answer(std::move(receipt));
  core::Evidence& evidence = caller.convention->evidence();
  auto raise = [caller, wanted, index, receipt = std::move(receipt), answer = std::move(answer)] {
    answer(Raised(caller, wanted, index, receipt));
  };
  if (!stamps) return evidence.Await(index, std::move(raise));
  if (stamped > index) return raise();
  evidence.stamps().Await(index, std::move(raise));
}

namespace {

absl::StatusOr<api::Receipt> FindReceipt(const Caller& caller,
                                         const api::GetReceiptRequest& request) {
  absl::StatusOr<base::Digest> digest = base::DigestFromBytes(request.statement());
  if (!digest.ok()) return base::AtPath(digest.status(), "statement");
  // Said before the look-up: afterwards it would tell that there is something.
  RETURN_IF_ERROR(core::CheckSeenSize(request.seen_size(), caller.convention->log().head().size));
  absl::StatusOr<api::Receipt> receipt =
      caller.convention->GetReceipt(*digest, request.seen_size());
  if (absl::IsNotFound(receipt.status())) return Unseen();
  RETURN_IF_ERROR(receipt.status());
  ASSIGN_OR_RETURN(const audit::checkpoint::TlogProof proof,
                   audit::checkpoint::ProofFromText(receipt->tlog_proof()));
  ASSIGN_OR_RETURN(const record::v1::Entry entry, audit::entry::DecodeLeaf(proof.extra));
  ASSIGN_OR_RETURN(const audit::entry::SignedStatement read,
                   audit::entry::DecodeSigned(entry.recorded().envelope()));
  statement::v1::ActRef name;
  name.set_statement(request.statement());
  ASSIGN_OR_RETURN(
      const bool seen, ReadAs<bool>(caller, [&](const View& view) {
        return absl::StatusOr<bool>(view.sight.SeesEntry(entry, read.statement, name, view.state));
      }));
  if (!seen) return Unseen();
  return receipt;
}

}  // namespace

void GetReceipt(const Caller& caller, const api::GetReceiptRequest& request,
                Answer<api::GetReceiptResponse> answer) {
  absl::StatusOr<api::Receipt> receipt = FindReceipt(caller, request);
  if (!receipt.ok()) return answer(receipt.status());
  AnswerAtLevel(caller, {request.level(), request.seen_size()}, *std::move(receipt),
                [answer = std::move(answer)](absl::StatusOr<api::Receipt> raised) {
                  if (!raised.ok()) return answer(raised.status());
                  api::GetReceiptResponse response;
                  *response.mutable_receipt() = *std::move(raised);
                  answer(std::move(response));
                });
}

void Send(const Caller& caller, const api::SendRequest& request, std::function<bool()> cancelled,
          Answer<api::SendResponse> answer) {
  Enter(caller,
        {core::Door::kTransfers,
         request.envelope(),
         {request.payloads().begin(), request.payloads().end()},
         request.seen_size(),
         std::nullopt,
         {},
         std::move(cancelled)},
        request.level(), std::move(answer));
}

}  // namespace passerelle::gateway::service
