// One look at a convention as its caller may see it: state, moment and sight agree.
#ifndef PASSERELLE_GATEWAY_SERVICE_VIEW_H_
#define PASSERELLE_GATEWAY_SERVICE_VIEW_H_

#include <functional>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "gateway/base/status.h"
#include "gateway/service/caller.h"
#include "gateway/service/service.h"
#include "gateway/service/visibility.h"
#include "policy/decide.h"
#include "policy/state/state.h"

namespace passerelle::gateway::service {

// Valid during the read that gives it.
struct View {
  const policy::state::State& state;
  const policy::Now& now;
  const Sight& sight;
};

// Answers from a view; `answer` must keep no references.
template <typename Answer>
absl::StatusOr<Answer> ReadAs(const Caller& caller,
                              absl::FunctionRef<absl::StatusOr<Answer>(const View&)> answer) {
  ASSIGN_OR_RETURN(const policy::Now now, caller.convention->Now());
  absl::StatusOr<Answer> answered = absl::UnknownError("");
  caller.convention->Read([&](const policy::state::State& state) {
    answered = answer({state, now, Sight(state, caller.agent, now)});
  });
  return answered;
}

// Which receipt a caller asks for.
struct Wanted {
  api::Level level = api::LEVEL_UNSPECIFIED;
  // Size of the last checkpoint that the caller verified; 0: none.
  uint64_t seen_size = 0;
};

// Answers with the receipt once it is of the level wanted, with a lower one where that takes too
// long or will never be (statements.cc).
void AnswerAtLevel(const Caller& caller, const Wanted& wanted, api::Receipt receipt,
                   Answer<api::Receipt> answer);

// Answers with a receipt. A statement that the rules refused counts more: it stays in the log.
template <typename Response>
core::Reply AnswerWithReceipt(const Caller& caller, const Wanted& wanted, Answer<Response> answer) {
  return [caller, wanted, answer = std::move(answer)](absl::StatusOr<api::Receipt> receipt) {
    if (!receipt.ok()) return answer(receipt.status());
    if (receipt->effect() == record::v1::EFFECT_REFUSED)
      caller.quotas->ChargeRefusal(caller.payer());
    AnswerAtLevel(caller, wanted, *std::move(receipt),
                  [answer](absl::StatusOr<api::Receipt> raised) {
                    if (!raised.ok()) return answer(raised.status());
                    Response response;
                    *response.mutable_receipt() = *std::move(raised);
                    answer(std::move(response));
                  });
  };
}

// PERMISSION_DENIED (NOT_LOG_AUDITOR) unless the caller may read the whole log (records.cc).
absl::Status CheckLogAuditor(const Caller& caller);

// Fills in a dataset version and its name.
void AddDataset(const policy::state::State& state, const statement::v1::ActRef& name,
                api::Dataset& dataset);

// NOT_FOUND, for an exchange that is none and for one that the caller may not see.
absl::Status UnknownExchange();

// A watch whose states `next` gives, as long as the caller's key is in force.
template <typename Response>
absl::StatusOr<Watched<Response>> StartWatch(const Caller& caller, std::function<void()> wake,
                                             Source<Response> next) {
  Watched<Response> watched;
  ASSIGN_OR_RETURN(watched.subscription, caller.convention->Watch(caller.agent, std::move(wake)));
  watched.next = [caller, next = std::move(next)]() -> absl::StatusOr<std::optional<Response>> {
    RETURN_IF_ERROR(CheckKeyInForce(caller));
    return next();
  };
  return watched;
}

}  // namespace passerelle::gateway::service

#endif  // PASSERELLE_GATEWAY_SERVICE_VIEW_H_
