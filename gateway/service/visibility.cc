#include "gateway/service/visibility.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>

#include "policy/state/query.h"

namespace passerelle::gateway::service {
namespace {

using statement::v1::Act;
using statement::v1::ActRef;
using statement::v1::Role;

// Roles that are about a party's own affairs. Secretariat, countersigner and operator serve all
// parties and get no sight of any one's (Article VIII; ARTICLE-IX conflict C6).
bool SeesAffairs(Role role) {
  switch (role) {
    case statement::v1::ROLE_REPRESENTATIVE:
    case statement::v1::ROLE_DECIDER:
    case statement::v1::ROLE_STUDY_AUTHOR:
    case statement::v1::ROLE_DPO:
    case statement::v1::ROLE_REQUESTER:
    case statement::v1::ROLE_STEWARD:
    case statement::v1::ROLE_SENDER:
    case statement::v1::ROLE_READER:
    case statement::v1::ROLE_AUDITOR:
      return true;
    default:
      return false;
  }
}

// The reference field of an act's body of this name; null when it has none, or none is set.
const ActRef* RefIn(const google::protobuf::Message& body, const char* name) {
  const auto* field = body.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->message_type() != ActRef::descriptor() ||
      !body.GetReflection()->HasField(body, field))
    return nullptr;
  return dynamic_cast<const ActRef*>(&body.GetReflection()->GetMessage(body, field));
}

template <typename Row>
const Row* FindIn(const policy::state::Table<Row>& table, const ActRef& ref,
                  const ActRef& statement) {
  ActRef whole = ref;
  if (whole.statement().empty()) whole.set_statement(statement.statement());
  return table.Find(policy::state::KeyOf(whole));
}

}  // namespace

const record::v1::ExchangeRow* ExchangeOf(const Act& act, const ActRef& name,
                                          const policy::state::State& state) {
  if (act.has_exchange_proposed()) return state.exchanges.Find(policy::state::KeyOf(name));
  const auto* field = act.GetDescriptor()->FindFieldByNumber(act.body_case());
  if (field == nullptr) return nullptr;
  const google::protobuf::Message& body = act.GetReflection()->GetMessage(act, field);
  if (const ActRef* exchange = RefIn(body, "exchange"))
    return FindIn(state.exchanges, *exchange, name);
  if (const ActRef* transfer = RefIn(body, "transfer")) {
    const record::v1::TransferRow* row = FindIn(state.transfers, *transfer, name);
    return row == nullptr ? nullptr : FindIn(state.exchanges, row->exchange(), name);
  }
  if (const ActRef* freeze = RefIn(body, "freeze")) {
    const record::v1::FreezeRow* row = FindIn(state.freezes, *freeze, name);
    return row == nullptr ? nullptr : FindIn(state.exchanges, row->exchange(), name);
  }
  return nullptr;
}

Sight::Sight(const policy::state::State& state, std::string_view agent, const policy::Now& now)
    : time_ms_(now.time_ms) {
  for (const policy::state::HeldMandate& held : policy::state::MandatesOf(state, agent)) {
    const record::v1::MandateRow& mandate = *held.row;
    if (!policy::state::InForce(state, mandate, now.time_ms, now.civil_date)) continue;
    if (mandate.role() == statement::v1::ROLE_LOG_AUDITOR) whole_log_ = true;
    if (!SeesAffairs(mandate.role())) continue;
    if (mandate.datasets().empty())
      parties_.insert(mandate.party());
    else
      slugs_[mandate.party()].insert(mandate.datasets().begin(), mandate.datasets().end());
  }
}

bool Sight::SeesParty(const std::string& party) const { return parties_.count(party) > 0; }

bool Sight::SeesSide(const std::string& party, const std::string& slug) const {
  if (SeesParty(party)) return true;
  const auto it = slugs_.find(party);
  return it != slugs_.end() && it->second.count(slug) > 0;
}

bool Sight::SeesExchange(const record::v1::ExchangeRow& exchange,
                         const policy::state::State& state) const {
  if (whole_log_ || SeesSide(exchange.holder(), exchange.slug())) return true;
  const std::vector<std::string> recipients = policy::state::RecipientsOf(
      state, exchange.holder(), exchange.recipient(), exchange.recipient_class(), time_ms_);
  return std::any_of(recipients.begin(), recipients.end(),
                     [&](const std::string& party) { return SeesSide(party, exchange.slug()); });
}

bool Sight::SeesHolder(const record::v1::TransferRow& transfer,
                       const policy::state::State& state) const {
  const record::v1::ExchangeRow* exchange =
      state.exchanges.Find(policy::state::KeyOf(transfer.exchange()));
  return whole_log_ || (exchange != nullptr && SeesSide(transfer.holder(), exchange->slug()));
}

bool Sight::SeesTransfer(const record::v1::TransferRow& transfer,
                         const policy::state::State& state) const {
  return SeesHolder(transfer, state) || ShowTransfer(transfer, state).deliveries_size() > 0;
}

record::v1::TransferRow Sight::ShowTransfer(const record::v1::TransferRow& transfer,
                                            const policy::state::State& state) const {
  if (SeesHolder(transfer, state)) return transfer;
  const record::v1::ExchangeRow* exchange =
      state.exchanges.Find(policy::state::KeyOf(transfer.exchange()));
  record::v1::TransferRow shown = transfer;
  shown.clear_deliveries();
  for (const record::v1::DeliveryRow& share : transfer.deliveries())
    if (exchange != nullptr && SeesSide(share.party(), exchange->slug()))
      *shown.add_deliveries() = share;
  return shown;
}

bool Sight::SeesEntry(const record::v1::Entry& entry, const statement::v1::Statement& statement,
                      const ActRef& name, const policy::state::State& state) const {
  if (whole_log_) return true;
  bool limited = false;
  for (const record::v1::PartyLink& link : entry.links()) {
    if (link.party() == policy::state::kEveryone || SeesParty(link.party())) return true;
    limited = limited || slugs_.count(link.party()) > 0;
  }
  if (!limited) return false;
  ActRef act = name;
  for (int i = 0; i < statement.acts_size(); ++i) {
    act.set_ordinal(static_cast<uint32_t>(i));
    const record::v1::ExchangeRow* exchange = ExchangeOf(statement.acts(i), act, state);
    if (exchange != nullptr && SeesExchange(*exchange, state)) return true;
  }
  return false;
}

bool Sight::SeesDocuments(const Act& act, const record::v1::Entry& entry) const {
  if (whole_log_) return true;
  switch (act.body_case()) {
    case Act::kDatasetDeclared:
      return true;
    case Act::kConventionEnacted:
    case Act::kSettingsEnacted:
    case Act::kPartyAdhered:
    case Act::kDeedRecorded:
    case Act::kAgentEnrolled:
    case Act::kMandateGiven:
    case Act::kMandateEnded:
    case Act::kKeyStopped:
    case Act::kKeyReinstated:
      return SeesParty(act.party());
    default:
      break;
  }
  const auto& links = entry.links();
  return std::any_of(links.begin(), links.end(),
                     [&](const auto& link) { return SeesParty(link.party()); });
}

}  // namespace passerelle::gateway::service
