// StatementService.Preview and ExchangeService.ExplainExchange: what the rules would say, before
// anyone signs.
#include "gateway/core/preview.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "audit/entry/codec.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/core/receipt.h"
#include "gateway/service/service.h"
#include "gateway/service/view.h"
#include "policy/explain.h"
#include "policy/mend.h"
#include "policy/state/query.h"

namespace passerelle::gateway::service {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using policy::state::KeyOf;
using statement::v1::ActRef;

api::Gap GapOf(const record::v1::Finding& finding, const policy::Mend& mend) {
  api::Gap gap;
  *gap.mutable_finding() = finding;
  gap.set_party(mend.party);
  gap.set_role(mend.role);
  return gap;
}

// PERMISSION_DENIED unless the caller holds a mandate of the party of every act.
absl::Status CheckOwn(const View& view, const Caller& caller,
                      const google::protobuf::RepeatedPtrField<statement::v1::Act>& acts) {
  const std::vector<policy::state::HeldMandate> mandates =
      policy::state::MandatesOf(view.state, caller.agent);
  for (int i = 0; i < acts.size(); ++i) {
    bool own = false;
    for (const policy::state::HeldMandate& held : mandates)
      own = own ||
            (held.row->party() == acts[i].party() &&
             policy::state::InForce(view.state, *held.row, view.now.time_ms, view.now.civil_date));
    if (!own)
      return base::Error(absl::StatusCode::kPermissionDenied, "NOT_OWN_PARTY",
                         absl::StrCat("acts[", i, "].party"),
                         "acts are previewed in the name of a party that mandates you");
  }
  return absl::OkStatus();
}

// Whether a reference names an exchange, a transfer or a freeze that is not for the caller to see.
bool IsHidden(const View& view, const ActRef& ref) {
  const std::string key = KeyOf(ref);
  const record::v1::ExchangeRow* exchange = view.state.exchanges.Find(key);
  const record::v1::TransferRow* transfer = view.state.transfers.Find(key);
  if (transfer != nullptr) return !view.sight.SeesTransfer(*transfer, view.state);
  if (const record::v1::FreezeRow* freeze = view.state.freezes.Find(key))
    exchange = view.state.exchanges.Find(KeyOf(freeze->exchange()));
  return exchange != nullptr && !view.sight.SeesExchange(*exchange, view.state);
}

// Puts a reference to nothing in place of every one that is not for the caller to see.
void HideIn(const View& view, Message& message) {
  if (auto* ref = dynamic_cast<ActRef*>(&message)) {
    if (IsHidden(view, *ref)) ref->set_statement(std::string(base::Digest{}.size(), '\0'));
    return;
  }
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      HideIn(view, *message.GetReflection()->MutableMessage(&message, field));
      continue;
    }
    for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i)
      HideIn(view, *message.GetReflection()->MutableRepeatedMessage(&message, field, i));
  }
}

void AddGaps(const View& view, const core::UnsignedActs& acts, const record::v1::Refused& refused,
             api::PreviewResponse& response) {
  for (const record::v1::Finding& finding : refused.findings()) {
    const statement::v1::Act& act = acts.acts[finding.act()];
    const record::v1::ExchangeRow* exchange = ExchangeOf(act, ActRef(), view.state);
    *response.add_gaps() =
        GapOf(finding, policy::MendOf(view.state, finding, act.party(), exchange));
  }
  response.set_gaps_omitted(refused.findings_omitted());
}

api::ClauseStanding ToApi(policy::Standing standing) {
  switch (standing) {
    case policy::Standing::kSatisfied:
      return api::CLAUSE_STANDING_SATISFIED;
    case policy::Standing::kMissing:
      return api::CLAUSE_STANDING_MISSING;
    case policy::Standing::kBlocked:
      return api::CLAUSE_STANDING_BLOCKED;
  }
  return api::CLAUSE_STANDING_UNSPECIFIED;
}

api::Clause ToApi(const policy::Clause& clause) {
  api::Clause shown;
  shown.set_rule(clause.rule);
  shown.set_standing(ToApi(clause.standing));
  if (clause.act.has_value()) *shown.mutable_act() = *clause.act;
  if (clause.finding.has_value()) *shown.mutable_gap() = GapOf(*clause.finding, clause.mend);
  if (clause.due.has_value()) *shown.mutable_due() = *clause.due;
  if (clause.recommendation.has_value()) shown.set_recommendation(*clause.recommendation);
  return shown;
}

}  // namespace

absl::StatusOr<api::PreviewResponse> Preview(const Caller& caller,
                                             const api::PreviewRequest& request) {
  if (request.acts().empty() || request.acts_size() > static_cast<int>(base::kMaxActs))
    return base::Malformed("ACTS", "acts", "a preview is of one act or more, as a statement is");
  core::UnsignedActs acts;
  acts.signers.assign(request.signers().begin(), request.signers().end());
  if (acts.signers.empty()) acts.signers.push_back(base::ToBytes(caller.fingerprint));
  acts.attachments.assign(request.attachments().begin(), request.attachments().end());
  return ReadAs<api::PreviewResponse>(
      caller, [&](const View& view) -> absl::StatusOr<api::PreviewResponse> {
        RETURN_IF_ERROR(CheckOwn(view, caller, request.acts()));
        for (const statement::v1::Act& act : request.acts())
          HideIn(view, acts.acts.emplace_back(act));
        ASSIGN_OR_RETURN(const core::Previewed previewed,
                         core::PreviewActs(view.state, caller.convention->log(), acts, view.now));
        api::PreviewResponse response;
        response.set_effect(core::EffectOf(previewed.entry));
        *response.mutable_decisions() = previewed.entry.recorded().decisions();
        AddGaps(view, acts, previewed.entry.refused(), response);
        for (const auto& [act, assumption] : previewed.assumed) {
          api::Assumed& assumed = *response.add_assumed();
          assumed.set_act(act);
          assumed.set_assumption(assumption);
        }
        response.set_size(view.state.size());
        return response;
      });
}

absl::StatusOr<api::ExplainExchangeResponse> ExplainExchange(
    const Caller& caller, const api::ExplainExchangeRequest& request) {
  ASSIGN_OR_RETURN(
      api::ExplainExchangeResponse response,
      ReadAs<api::ExplainExchangeResponse>(
          caller, [&](const View& view) -> absl::StatusOr<api::ExplainExchangeResponse> {
            const record::v1::ExchangeRow* row =
                view.state.exchanges.Find(KeyOf(request.exchange()));
            if (row == nullptr || !view.sight.SeesExchange(*row, view.state))
              return UnknownExchange();
            const policy::Explanation explanation =
                policy::Explain(view.state, request.exchange(), view.now);
            api::ExplainExchangeResponse shown;
            for (const policy::Clause& clause : explanation.clauses)
              *shown.add_clauses() = ToApi(clause);
            shown.set_open(explanation.open);
            shown.set_size(view.state.size());
            return shown;
          }));
  // The log says where each act stands.
  for (api::Clause& clause : *response.mutable_clauses()) {
    if (!clause.has_act()) continue;
    ASSIGN_OR_RETURN(const base::Digest statement, base::DigestFromBytes(clause.act().statement()));
    ASSIGN_OR_RETURN(const uint64_t index, caller.convention->IndexOf(statement));
    clause.set_index(index);
  }
  return response;
}

}  // namespace passerelle::gateway::service
