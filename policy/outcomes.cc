// What each kind of decision derives, so that Apply has only to copy.
#include <string>

#include "policy/acts.h"
#include "policy/calendar/calendar.h"
#include "policy/rules/checks.h"
#include "policy/rules/derived.h"
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

void DeriveKeyStop(const Judgement& j, Outcome& outcome) {
  record::v1::StopOutcome& stop = *outcome.mutable_stop();
  if (j.act().key_stopped().cause() != statement::v1::STOP_CAUSE_SUSPENDED) return;
  if (const record::v1::KeyStopRow* confirmed = rules::ConfirmedStop(j))
    *stop.mutable_confirms() = confirmed->stopped().act();
  else
    *stop.mutable_lapses_on() = calendar::AddWorkingDays(
        j.today(), j.settings().stop_working_days(), j.settings().holidays());
}

void DeriveExchange(const Judgement& j, Outcome& outcome) {
  record::v1::ExchangeOutcome* exchange = outcome.mutable_exchange();
  exchange->set_holder(j.subject.holder);
  exchange->set_recipient(j.act().exchange_proposed().recipient().party());
  exchange->set_recipient_class(j.act().exchange_proposed().recipient().recipient_class());
  exchange->set_slug(j.subject.dataset->declared().slug());
  const uint32_t days = j.settings().request_lapse_days();
  if (days != 0) *exchange->mutable_lapses_on() = calendar::AddCivilDays(j.today(), days);
}

void DeriveOpinion(const Judgement& j, Outcome& outcome) {
  const auto& given = j.act().dpo_opinion_given();
  const TermsOutcome& asked = j.subject.exchange->terms();
  TermsOutcome& terms = *outcome.mutable_terms();
  terms = asked;
  terms.clear_cleared();
  if (given.opinion() != statement::v1::OPINION_FAVOURABLE) return;
  terms = rules::Narrowed(terms, given.conditions());
  if (!j.subject.exchange->recipient_class().empty())
    for (const std::string& member : j.subject.recipients) terms.add_cleared(member);
}

void DeriveAnswer(const Judgement& j, Outcome& outcome) {
  TermsOutcome& terms = *outcome.mutable_terms();
  terms = j.subject.exchange->terms();
  if (rules::NewlyAccepted(j)) terms = rules::Narrowed(terms, rules::AnsweredRow(j)->conditions());
}

void DeriveFreeze(const Judgement& j, Outcome& outcome) {
  record::v1::StopOutcome& stop = *outcome.mutable_stop();
  const record::v1::FreezeRow* confirmed = rules::FreezeToConfirm(j);
  if (confirmed != nullptr)
    *stop.mutable_confirms() = confirmed->placed().act();
  else
    *stop.mutable_lapses_on() = calendar::AddWorkingDays(
        j.today(), j.settings().stop_working_days(), j.settings().holidays());
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
  for (const std::string& recipient : j.subject.recipients) {
    record::v1::Delivery& delivery = *transfer->add_deliveries();
    delivery.set_party(recipient);
    // Who joined a class after the opinion waits for the DPO (WIRE 13).
    const bool seen = exchange.recipient_class().empty() ||
                      rules::Contains(exchange.terms().cleared(), recipient);
    delivery.set_release(seen ? exchange.terms().release() : statement::v1::RELEASE_EACH_RULED);
  }
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
