// What acts of data, exchange, transfer and gateway change.
#include <algorithm>
#include <string>

#include "absl/status/statusor.h"
#include "gateway/base/status.h"
#include "policy/acts.h"
#include "policy/rules/fields.h"
#include "policy/state/heads.h"

namespace passerelle::policy {
namespace {

using gateway::base::Corrupt;
using record::v1::DatasetRow;
using record::v1::ExchangeRow;
using record::v1::TransferRow;
using state::Absolute;
using state::KeyOf;
using statement::v1::ActRef;

// A row that an act changes, and its key.
template <typename Row>
struct Target {
  std::string key;
  ActRef ref;
  Row row;
};

template <typename Row>
absl::StatusOr<Target<Row>> Copy(const ActEffect& effect, const state::Table<Row>& table,
                                 const ActRef& ref) {
  Target<Row> target;
  target.ref = Absolute(ref, effect.digest);
  target.key = KeyOf(target.ref);
  const Row* row = table.Find(target.key);
  if (row == nullptr) return Corrupt("REFERENCE_UNKNOWN", "an act refers to nothing");
  target.row = *row;
  return target;
}

absl::StatusOr<Target<ExchangeRow>> CopyExchange(const ActEffect& effect, const ActRef& ref) {
  return Copy(effect, effect.state.exchanges, ref);
}

absl::StatusOr<Target<TransferRow>> CopyTransfer(const ActEffect& effect, const ActRef& ref) {
  return Copy(effect, effect.state.transfers, ref);
}

// The share of a party in a transfer.
absl::StatusOr<record::v1::DeliveryRow*> ShareOf(TransferRow& transfer, std::string_view party) {
  for (record::v1::DeliveryRow& share : *transfer.mutable_deliveries())
    if (share.party() == party) return &share;
  return Corrupt("RECIPIENT_UNKNOWN", "an outcome names a party that the transfer is not for");
}

absl::Status OutcomeMissing() {
  return Corrupt("OUTCOME_MISSING", "the outcome of an accepted act is missing");
}

}  // namespace

absl::Status ApplyDatasetDeclared(const ActEffect& effect) {
  DatasetRow row;
  *row.mutable_declared() = effect.act.dataset_declared();
  row.set_controller(effect.act.party());
  *row.mutable_declaration() = ProvenanceOf(effect);
  record::v1::SlugRow slug;
  *slug.mutable_act() = effect.ref;
  slug.set_version(row.declared().version());
  effect.state.Put(row.declared().slug(), std::move(slug));
  effect.state.Put(KeyOf(effect.ref), std::move(row));
  return absl::OkStatus();
}

absl::Status ApplyExchangeProposed(const ActEffect& effect) {
  if (!effect.outcome.has_exchange()) return OutcomeMissing();
  const auto& proposed = effect.act.exchange_proposed();
  ASSIGN_OR_RETURN(const auto dataset, Copy(effect, effect.state.datasets, proposed.dataset()));
  ExchangeRow row;
  row.set_phase(record::v1::EXCHANGE_PHASE_PROPOSED);
  *row.mutable_dataset() = dataset.ref;
  row.set_slug(effect.outcome.exchange().slug());
  row.set_holder(effect.outcome.exchange().holder());
  row.set_recipient(effect.outcome.exchange().recipient());
  row.set_recipient_class(effect.outcome.exchange().recipient_class());
  if (effect.outcome.exchange().has_lapses_on())
    *row.mutable_lapses_on() = effect.outcome.exchange().lapses_on();
  row.set_purpose(proposed.purpose());
  *row.mutable_units() = proposed.units();
  *row.mutable_from() = proposed.from();
  *row.mutable_retain_until() = proposed.retain_until();
  record::v1::TermsOutcome& terms = *row.mutable_terms();
  for (const statement::v1::Field& field : dataset.row.declared().fields())
    if (rules::Contains(proposed.fields(), field.name())) terms.add_fields(field.name());
  terms.set_threshold(dataset.row.declared().threshold());
  *terms.mutable_until() = proposed.until();
  terms.set_release(statement::v1::RELEASE_STANDING);
  *row.mutable_proposal() = ProvenanceOf(effect);
  *row.mutable_proposed_on() = effect.civil_date;
  // Who transcribes a paper proposal does not propose.
  if (!effect.act.has_under_deed())
    for (const record::v1::Carrier& carrier : effect.outcome.carriers())
      row.add_proposers(carrier.agent());
  effect.state.Put(KeyOf(effect.ref), std::move(row));
  return absl::OkStatus();
}

absl::Status ApplyDpoOpinionGiven(const ActEffect& effect) {
  if (!effect.outcome.has_terms() || effect.outcome.carriers().empty()) return OutcomeMissing();
  const auto& given = effect.act.dpo_opinion_given();
  ASSIGN_OR_RETURN(auto exchange, CopyExchange(effect, given.exchange()));
  exchange.row.set_phase(given.opinion() == statement::v1::OPINION_FAVOURABLE
                             ? record::v1::EXCHANGE_PHASE_FAVOURABLE
                             : record::v1::EXCHANGE_PHASE_UNFAVOURABLE);
  *exchange.row.mutable_terms() = effect.outcome.terms();
  *exchange.row.mutable_opinion() = ProvenanceOf(effect);
  *exchange.row.mutable_opinion_on() = effect.civil_date;
  exchange.row.set_opinion_agent(effect.outcome.carriers(0).agent());
  // Another opinion recommends anew: the answers to the former one are gone.
  exchange.row.clear_recommendations();
  for (const statement::v1::Recommendation& recommended : given.recommendations()) {
    record::v1::RecommendationRow& row = *exchange.row.add_recommendations();
    row.set_weight(recommended.weight());
    if (recommended.has_conditions()) *row.mutable_conditions() = recommended.conditions();
  }
  effect.state.Put(exchange.key, std::move(exchange.row));
  return absl::OkStatus();
}

absl::Status ApplyExchangeDecided(const ActEffect& effect) {
  if (!effect.outcome.has_terms()) return OutcomeMissing();
  const auto& decided = effect.act.exchange_decided();
  ASSIGN_OR_RETURN(auto exchange, CopyExchange(effect, decided.exchange()));
  exchange.row.set_phase(decided.verdict() == statement::v1::VERDICT_APPROVED
                             ? record::v1::EXCHANGE_PHASE_APPROVED
                             : record::v1::EXCHANGE_PHASE_REFUSED);
  *exchange.row.mutable_terms() = effect.outcome.terms();
  *exchange.row.mutable_decision() = ProvenanceOf(effect);
  effect.state.Put(exchange.key, std::move(exchange.row));
  return absl::OkStatus();
}

absl::Status ApplyRegisterEntryRecorded(const ActEffect& effect) {
  const auto& recorded = effect.act.register_entry_recorded();
  ASSIGN_OR_RETURN(auto exchange, CopyExchange(effect, recorded.exchange()));
  // The recipient's own entry is in the log; what gates transfers is the holder's.
  if (effect.act.party() != exchange.row.holder()) return absl::OkStatus();
  *exchange.row.mutable_register_entry() = ProvenanceOf(effect);
  *exchange.row.mutable_register_review_on() = recorded.next_review_on();
  exchange.row.set_register_version(recorded.version());
  effect.state.Put(exchange.key, std::move(exchange.row));
  return absl::OkStatus();
}

absl::Status ApplyRecommendationAnswered(const ActEffect& effect) {
  if (!effect.outcome.has_terms()) return OutcomeMissing();
  const auto& answered = effect.act.recommendation_answered();
  ASSIGN_OR_RETURN(auto exchange, CopyExchange(effect, answered.exchange()));
  if (answered.recommendation() >= static_cast<uint32_t>(exchange.row.recommendations_size()))
    return Corrupt("RECOMMENDATION_UNKNOWN", "an answer names no recommendation of the opinion");
  record::v1::RecommendationRow& row =
      *exchange.row.mutable_recommendations(static_cast<int>(answered.recommendation()));
  row.set_answer(answered.answer());
  *row.mutable_answered() = ProvenanceOf(effect);
  *exchange.row.mutable_terms() = effect.outcome.terms();
  effect.state.Put(exchange.key, std::move(exchange.row));
  return absl::OkStatus();
}

absl::Status ApplyFreezePlaced(const ActEffect& effect) {
  if (!effect.outcome.has_stop() || effect.outcome.carriers().empty()) return OutcomeMissing();
  const record::v1::StopOutcome& stop = effect.outcome.stop();
  if (stop.has_confirms()) {
    ASSIGN_OR_RETURN(auto freeze, Copy(effect, effect.state.freezes, stop.confirms()));
    *freeze.row.mutable_confirmed() = effect.ref;
    effect.state.Put(freeze.key, std::move(freeze.row));
    return absl::OkStatus();
  }
  const auto& placed = effect.act.freeze_placed();
  record::v1::FreezeRow row;
  if (placed.has_transfer()) {
    ASSIGN_OR_RETURN(const auto transfer, CopyTransfer(effect, placed.transfer()));
    *row.mutable_exchange() = transfer.row.exchange();
    *row.mutable_transfer() = transfer.ref;
  } else {
    ASSIGN_OR_RETURN(const auto exchange, CopyExchange(effect, placed.exchange()));
    *row.mutable_exchange() = exchange.ref;
  }
  row.set_party(effect.act.party());
  row.set_agent(effect.outcome.carriers(0).agent());
  *row.mutable_placed() = ProvenanceOf(effect);
  *row.mutable_lapses_on() = stop.lapses_on();
  effect.state.Put(KeyOf(effect.ref), std::move(row));
  return absl::OkStatus();
}

absl::Status ApplyFreezeLifted(const ActEffect& effect) {
  ASSIGN_OR_RETURN(auto freeze,
                   Copy(effect, effect.state.freezes, effect.act.freeze_lifted().freeze()));
  *freeze.row.mutable_lifted() = ProvenanceOf(effect);
  effect.state.Put(freeze.key, std::move(freeze.row));
  return absl::OkStatus();
}

absl::Status ApplyTransferSubmitted(const ActEffect& effect) {
  if (!effect.outcome.has_transfer()) return OutcomeMissing();
  const auto& submitted = effect.act.transfer_submitted();
  ASSIGN_OR_RETURN(auto exchange, CopyExchange(effect, submitted.exchange()));
  TransferRow row;
  row.set_phase(record::v1::TRANSFER_PHASE_KEPT);
  *row.mutable_exchange() = exchange.ref;
  row.set_holder(exchange.row.holder());
  for (const record::v1::Delivery& delivery : effect.outcome.transfer().deliveries()) {
    record::v1::DeliveryRow& share = *row.add_deliveries();
    share.set_party(delivery.party());
    share.set_phase(delivery.release() == statement::v1::RELEASE_EACH_RULED
                        ? record::v1::DELIVERY_PHASE_HELD
                        : record::v1::DELIVERY_PHASE_RELEASED);
  }
  row.set_index(effect.index);
  row.set_period(submitted.period());
  row.set_payload(submitted.payload().digest());
  row.set_destroy_after_ms(submitted.destroy_after_ms());
  *row.mutable_retain_until() = effect.outcome.transfer().retain_until();
  *row.mutable_submitted() = ProvenanceOf(effect);
  effect.state.Put(KeyOf(effect.ref), std::move(row));
  exchange.row.set_transfers(effect.outcome.transfer().sequence());
  effect.state.Put(exchange.key, std::move(exchange.row));
  return absl::OkStatus();
}

namespace {

// The DPO has seen the members of a class whose share she releases: from then on they wait no more.
absl::Status Clear(const ActEffect& effect, const TransferRow& transfer) {
  if (effect.act.transfer_ruled().ruling() != statement::v1::RULING_RELEASED)
    return absl::OkStatus();
  ASSIGN_OR_RETURN(auto exchange, CopyExchange(effect, transfer.exchange()));
  if (exchange.row.recipient_class().empty()) return absl::OkStatus();
  auto& cleared = *exchange.row.mutable_terms()->mutable_cleared();
  for (const std::string& party : effect.outcome.ruling().parties())
    if (!rules::Contains(cleared, party)) *cleared.Add() = party;
  std::sort(cleared.begin(), cleared.end());
  effect.state.Put(exchange.key, std::move(exchange.row));
  return absl::OkStatus();
}

}  // namespace

absl::Status ApplyTransferRuled(const ActEffect& effect) {
  if (!effect.outcome.has_ruling()) return OutcomeMissing();
  const auto& ruled = effect.act.transfer_ruled();
  ASSIGN_OR_RETURN(auto transfer, CopyTransfer(effect, ruled.transfer()));
  for (const std::string& party : effect.outcome.ruling().parties()) {
    ASSIGN_OR_RETURN(record::v1::DeliveryRow* const share, ShareOf(transfer.row, party));
    share->set_phase(ruled.ruling() == statement::v1::RULING_RELEASED
                         ? record::v1::DELIVERY_PHASE_RELEASED
                         : record::v1::DELIVERY_PHASE_REFUSED);
    *share->mutable_ruling() = ProvenanceOf(effect);
  }
  RETURN_IF_ERROR(Clear(effect, transfer.row));
  // Nobody is left to receive it: the last refusal is the ground of the erasure.
  bool wanted = false;
  for (const record::v1::DeliveryRow& share : transfer.row.deliveries())
    wanted = wanted || share.phase() != record::v1::DELIVERY_PHASE_REFUSED;
  if (!wanted) {
    transfer.row.set_phase(record::v1::TRANSFER_PHASE_ERASURE_DUE);
    *transfer.row.mutable_ground() = effect.ref;
  }
  effect.state.Put(transfer.key, std::move(transfer.row));
  return absl::OkStatus();
}

absl::Status ApplyTransferAcknowledged(const ActEffect& effect) {
  if (!effect.outcome.has_delivery()) return OutcomeMissing();
  ASSIGN_OR_RETURN(auto transfer,
                   CopyTransfer(effect, effect.act.transfer_acknowledged().transfer()));
  ASSIGN_OR_RETURN(record::v1::DeliveryRow* const share,
                   ShareOf(transfer.row, effect.outcome.delivery().party()));
  if (share->has_acknowledgement()) return absl::OkStatus();
  *share->mutable_acknowledgement() = effect.ref;
  effect.state.Put(transfer.key, std::move(transfer.row));
  return absl::OkStatus();
}

absl::Status ApplyContentHandedOver(const ActEffect& effect) {
  if (!effect.outcome.has_delivery()) return OutcomeMissing();
  ASSIGN_OR_RETURN(auto transfer,
                   CopyTransfer(effect, effect.act.content_handed_over().transfer()));
  ASSIGN_OR_RETURN(record::v1::DeliveryRow* const share,
                   ShareOf(transfer.row, effect.outcome.delivery().party()));
  share->set_handovers(share->handovers() + 1);
  effect.state.Put(transfer.key, std::move(transfer.row));
  return absl::OkStatus();
}

absl::Status ApplyRetentionReached(const ActEffect& effect) {
  ASSIGN_OR_RETURN(auto transfer, CopyTransfer(effect, effect.act.retention_reached().transfer()));
  transfer.row.set_phase(record::v1::TRANSFER_PHASE_ERASURE_DUE);
  *transfer.row.mutable_ground() = effect.ref;
  effect.state.Put(transfer.key, std::move(transfer.row));
  return absl::OkStatus();
}

absl::Status ApplyPayloadErased(const ActEffect& effect) {
  ASSIGN_OR_RETURN(auto transfer, CopyTransfer(effect, effect.act.payload_erased().transfer()));
  transfer.row.set_phase(record::v1::TRANSFER_PHASE_ERASED);
  effect.state.Put(transfer.key, std::move(transfer.row));
  return absl::OkStatus();
}

absl::Status ApplyPartyHeads(const ActEffect& effect) {
  record::v1::StatedHeadsRow row;
  row.set_index(effect.index);
  row.set_time_ms(effect.time_ms);
  // The chains do not hold this entry yet.
  for (record::v1::ChainHead& head : state::HeadsOf(effect.state))
    *row.add_heads() = std::move(head);
  effect.state.Put("", std::move(row));
  return absl::OkStatus();
}

absl::Status ApplyCheckpointStamped(const ActEffect& effect) {
  const statement::v1::CheckpointStamped& stamped = effect.act.checkpoint_stamped();
  record::v1::StampedRow row;
  row.set_index(effect.index);
  row.set_size(stamped.size());
  row.set_time_ms(stamped.time_ms());
  row.set_time_stamp(stamped.time_stamp());
  effect.state.Put("", std::move(row));
  return absl::OkStatus();
}

}  // namespace passerelle::policy
