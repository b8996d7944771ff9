// What an act refers to (WIRE 10): found, of the right kind, looking backward only.
#include "policy/rules/references.h"

#include <string>

#include "policy/rules/areas.h"
#include "policy/rules/checks.h"
#include "policy/rules/fields.h"

namespace passerelle::policy::rules {
namespace {

using state::KeyOf;
using state::State;
using statement::v1::Act;
using statement::v1::ActRef;

constexpr size_t kDigestBytes = 32;

constexpr Message kMessages[] = {
    {"forward", "La référence désigne cet acte même ou un acte qui le suit dans l'ensemble.",
     "The reference names this very act or one after it in the set.",
     "Le signataire range les actes dans l'ordre et signe de nouveau.",
     "The signer puts the acts in order and signs again."},
    {"unknown", "La référence ne désigne rien de ce journal à quoi un acte puisse se référer.",
     "The reference names nothing of this log that an act may refer to.",
     "Le signataire vérifie la référence et signe de nouveau.",
     "The signer checks the reference and signs again."},
    {"other-kind", "La référence désigne un acte d'une autre nature.",
     "The reference names an act of another kind.",
     "Le signataire vérifie la référence et signe de nouveau.",
     "The signer checks the reference and signs again."},
};

}  // namespace

constexpr Rule kWireReference = {
    "wire.reference",
    Source::kPolicy,
    "5(2)",
    "Une référence désigne un acte antérieur de ce journal, de la nature voulue.",
    "A reference names an earlier act of this log, of the kind wanted.",
    kMessages,
};

namespace {

bool IsSomething(const State& state, const std::string& key) {
  return state.deeds.Find(key) != nullptr || state.mandates.Find(key) != nullptr ||
         state.datasets.Find(key) != nullptr || state.exchanges.Find(key) != nullptr ||
         state.transfers.Find(key) != nullptr || state.freezes.Find(key) != nullptr;
}

// A reference field of an act.
struct Given {
  bool present = false;
  const ActRef* ref = &ActRef::default_instance();
};

// The exchange that an act names.
Given ExchangeOf(const Act& act) {
  switch (act.body_case()) {
    case Act::kDpoOpinionGiven:
      return {act.dpo_opinion_given().has_exchange(), &act.dpo_opinion_given().exchange()};
    case Act::kExchangeDecided:
      return {act.exchange_decided().has_exchange(), &act.exchange_decided().exchange()};
    case Act::kRegisterEntryRecorded:
      return {act.register_entry_recorded().has_exchange(),
              &act.register_entry_recorded().exchange()};
    case Act::kRecommendationAnswered:
      return {act.recommendation_answered().has_exchange(),
              &act.recommendation_answered().exchange()};
    case Act::kTransferSubmitted:
      return {act.transfer_submitted().has_exchange(), &act.transfer_submitted().exchange()};
    default:
      return {};
  }
}

// The transfer that an act names.
Given TransferOf(const Act& act) {
  switch (act.body_case()) {
    case Act::kTransferRuled:
      return {act.transfer_ruled().has_transfer(), &act.transfer_ruled().transfer()};
    case Act::kTransferAcknowledged:
      return {act.transfer_acknowledged().has_transfer(), &act.transfer_acknowledged().transfer()};
    case Act::kContentHandedOver:
      return {act.content_handed_over().has_transfer(), &act.content_handed_over().transfer()};
    case Act::kRetentionReached:
      return {act.retention_reached().has_transfer(), &act.retention_reached().transfer()};
    case Act::kPayloadErased:
      return {act.payload_erased().has_transfer(), &act.payload_erased().transfer()};
    default:
      return {};
  }
}

void SetExchange(Judgement& j, const ActRef& ref, const record::v1::ExchangeRow& row) {
  j.subject.exchange_ref = ref;
  j.subject.exchange = &row;
  j.subject.holder = row.holder();
  j.subject.recipients = state::RecipientsOf(j.state(), row.holder(), row.recipient(),
                                             row.recipient_class(), j.time_ms());
  j.subject.dataset_ref = row.dataset();
  j.subject.dataset = j.state().datasets.Find(KeyOf(row.dataset()));
}

}  // namespace

std::optional<ActRef> NeedReference(Judgement& j, bool present, const ActRef& ref,
                                    std::string_view path) {
  const bool in_this_set = ref.statement().empty();
  if (!present) {
    Missing(j, path);
  } else if (!in_this_set && ref.statement().size() != kDigestBytes) {
    Malformed(j, path);
  } else if (in_this_set && ref.ordinal() >= j.ordinal()) {
    j.Refuse({kWireReference, "forward"}, path);
  } else {
    return state::Absolute(ref, j.matter().digest);
  }
  return std::nullopt;
}

void RefuseUnresolved(Judgement& j, const std::string& key, std::string_view path) {
  if (IsSomething(j.state(), key))
    j.Refuse({kWireReference, "other-kind"}, path);
  else
    j.Refuse({kWireReference, "unknown"}, path);
}

void ResolveDataset(Judgement& j) {
  const auto& proposal = j.act().exchange_proposed();
  const std::string path = j.At("dataset");
  const auto ref = NeedReference(j, proposal.has_dataset(), proposal.dataset(), path);
  if (!ref.has_value()) return;
  j.subject.dataset = FindOrRefuse(j, j.state().datasets, *ref, path);
  if (j.subject.dataset == nullptr) return;
  NeedStanding(j, j.subject.dataset->declaration(), path);
  j.subject.dataset_ref = *ref;
  j.subject.holder = j.subject.dataset->controller();
  j.subject.recipients =
      state::RecipientsOf(j.state(), j.subject.holder, proposal.recipient().party(),
                          proposal.recipient().recipient_class(), j.time_ms());
}

void ResolveExchange(Judgement& j) {
  const Given given = ExchangeOf(j.act());
  const std::string path = j.At("exchange");
  const auto ref = NeedReference(j, given.present, *given.ref, path);
  if (!ref.has_value()) return;
  const record::v1::ExchangeRow* row = FindOrRefuse(j, j.state().exchanges, *ref, path);
  if (row == nullptr) return;
  // A brake holds on what is paused too.
  if (!IsReport(j.act().body_case())) NeedStanding(j, row->proposal(), path);
  SetExchange(j, *ref, *row);
}

namespace {

void SetTransfer(Judgement& j, const ActRef& ref, const record::v1::TransferRow& row) {
  j.subject.transfer_ref = ref;
  j.subject.transfer = &row;
  const record::v1::ExchangeRow* exchange = j.state().exchanges.Find(KeyOf(row.exchange()));
  if (exchange != nullptr) SetExchange(j, row.exchange(), *exchange);
}

}  // namespace

void ResolveTransfer(Judgement& j) {
  const Given given = TransferOf(j.act());
  const std::string path = j.At("transfer");
  const auto ref = NeedReference(j, given.present, *given.ref, path);
  if (!ref.has_value()) return;
  const record::v1::TransferRow* row = FindOrRefuse(j, j.state().transfers, *ref, path);
  if (row != nullptr) SetTransfer(j, *ref, *row);
}

void ResolveFrozen(Judgement& j) {
  const auto& placed = j.act().freeze_placed();
  const bool transfer = placed.has_transfer();
  const std::string path = j.At(transfer ? "transfer" : "exchange");
  const auto ref = NeedReference(j, transfer || placed.has_exchange(),
                                 transfer ? placed.transfer() : placed.exchange(), path);
  if (!ref.has_value()) return;
  if (transfer) {
    const record::v1::TransferRow* row = FindOrRefuse(j, j.state().transfers, *ref, path);
    if (row != nullptr) SetTransfer(j, *ref, *row);
  } else {
    const record::v1::ExchangeRow* row = FindOrRefuse(j, j.state().exchanges, *ref, path);
    if (row != nullptr) SetExchange(j, *ref, *row);
  }
}

void ResolveFreeze(Judgement& j) {
  const auto& lifted = j.act().freeze_lifted();
  const std::string path = j.At("freeze");
  const auto ref = NeedReference(j, lifted.has_freeze(), lifted.freeze(), path);
  if (!ref.has_value()) return;
  j.subject.freeze = FindOrRefuse(j, j.state().freezes, *ref, path);
  if (j.subject.freeze == nullptr) return;
  const record::v1::FreezeRow& freeze = *j.subject.freeze;
  const record::v1::TransferRow* transfer =
      freeze.has_transfer() ? j.state().transfers.Find(KeyOf(freeze.transfer())) : nullptr;
  const record::v1::ExchangeRow* exchange = j.state().exchanges.Find(KeyOf(freeze.exchange()));
  if (transfer != nullptr)
    SetTransfer(j, freeze.transfer(), *transfer);
  else if (exchange != nullptr)
    SetExchange(j, freeze.exchange(), *exchange);
}

void RefuseUnknownTransfer(Findings& findings) {
  findings.Refuse(0, {kWireReference, "unknown"}, "transfer");
}

}  // namespace passerelle::policy::rules
