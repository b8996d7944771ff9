// What each kind of decision derives, so that Apply has only to copy.
#include <algorithm>
#include <string>

#include "policy/acts.h"
#include "policy/calendar/calendar.h"
#include "policy/rules/fields.h"

namespace passerelle::policy {

using record::v1::ExchangeRow;
using record::v1::Outcome;
using record::v1::TermsOutcome;
using rules::Judgement;

void DeriveNothing(const Judgement& /*j*/, Outcome& /*outcome*/) {}

void DeriveMandate(const Judgement& j, Outcome& outcome) {
  const auto& given = j.act().mandate_given();
  const convention::v1::Date& end = j.convention().ends_on();
  const bool earlier = given.has_until() && state::NumberOf(given.until()) < state::NumberOf(end);
  *outcome.mutable_mandate()->mutable_until() = earlier ? given.until() : end;
}

void DeriveExchange(const Judgement& j, Outcome& outcome) {
  record::v1::ExchangeOutcome* exchange = outcome.mutable_exchange();
  exchange->set_holder(j.subject.holder);
  exchange->set_recipient(j.act().exchange_proposed().recipient().party());
  exchange->set_slug(j.subject.dataset->declared().slug());
  const uint32_t days = j.settings().request_lapse_days();
  if (days != 0) *exchange->mutable_lapses_on() = calendar::AddCivilDays(j.today(), days);
}

void DeriveOpinion(const Judgement& j, Outcome& outcome) {
  const auto& given = j.act().dpo_opinion_given();
  const TermsOutcome& asked = j.subject.exchange->terms();
  TermsOutcome& terms = *outcome.mutable_terms();
  terms = asked;
  if (given.opinion() != statement::v1::OPINION_FAVOURABLE) return;
  // Terms only narrow.
  const auto& conditions = given.conditions();
  terms.clear_fields();
  for (const std::string& field : asked.fields())
    if (!rules::Contains(conditions.dropped_fields(), field)) terms.add_fields(field);
  terms.set_threshold(std::max(asked.threshold(), conditions.threshold()));
  const uint32_t cap = conditions.transfer_cap();
  if (cap != 0 && (asked.transfer_cap() == 0 || cap < asked.transfer_cap()))
    terms.set_transfer_cap(cap);
  if (conditions.has_until()) *terms.mutable_until() = conditions.until();
  if (conditions.has_release() && conditions.release() == statement::v1::RELEASE_EACH_RULED)
    terms.set_release(statement::v1::RELEASE_EACH_RULED);
}

void DeriveDecision(const Judgement& j, Outcome& outcome) {
  *outcome.mutable_terms() = j.subject.exchange->terms();
}

void DeriveTransfer(const Judgement& j, Outcome& outcome) {
  const ExchangeRow& exchange = *j.subject.exchange;
  record::v1::TransferOutcome* transfer = outcome.mutable_transfer();
  *transfer->mutable_decision() = exchange.decision().act();
  *transfer->mutable_opinion() = exchange.opinion().act();
  *transfer->mutable_register_entry() = exchange.register_entry().act();
  transfer->set_sequence(exchange.transfers() + 1);
  record::v1::Delivery& delivery = *transfer->add_deliveries();
  delivery.set_party(exchange.recipient());
  delivery.set_release(exchange.terms().release());
  *transfer->mutable_retain_until() = exchange.retain_until();
}

void DeriveRuling(const Judgement& j, Outcome& outcome) {
  const std::string& recipient = j.act().transfer_ruled().recipient();
  for (const record::v1::DeliveryRow& share : j.subject.transfer->deliveries())
    if (share.phase() == record::v1::DELIVERY_PHASE_HELD &&
        (recipient.empty() || recipient == share.party()))
      outcome.mutable_ruling()->add_parties(share.party());
}

void DeriveAcknowledgement(const Judgement& j, Outcome& outcome) {
  outcome.mutable_delivery()->set_party(j.act().party());
}

void DeriveHandover(const Judgement& j, Outcome& outcome) {
  outcome.mutable_delivery()->set_party(j.observed().reader().party());
}

}  // namespace passerelle::policy
