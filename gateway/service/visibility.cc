#include "gateway/service/visibility.h"

#include <algorithm>

#include "policy/state/query.h"

namespace passerelle::gateway::service {
namespace {

using statement::v1::Act;
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

}  // namespace

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

bool Sight::SeesTransfer(const record::v1::TransferRow& transfer,
                         const policy::state::State& state) const {
  const record::v1::ExchangeRow* exchange =
      state.exchanges.Find(policy::state::KeyOf(transfer.exchange()));
  if (exchange == nullptr) return false;
  if (whole_log_ || SeesSide(exchange->holder(), exchange->slug())) return true;
  const auto& shares = transfer.deliveries();
  return std::any_of(shares.begin(), shares.end(), [&](const record::v1::DeliveryRow& share) {
    return SeesSide(share.party(), exchange->slug());
  });
}

bool Sight::SeesEntry(const record::v1::Entry& entry) const {
  const auto& links = entry.links();
  return whole_log_ || std::any_of(links.begin(), links.end(), [&](const auto& link) {
           return link.party() == policy::state::kEveryone || SeesParty(link.party()) ||
                  slugs_.count(link.party()) > 0;
         });
}

bool Sight::SeesDocuments(const Act& act, const record::v1::Entry& entry) const {
  if (whole_log_) return true;
  switch (act.body_case()) {
    case Act::kDatasetDeclared:
      return true;
    case Act::kConventionEnacted:
    case Act::kPartyAdhered:
    case Act::kDeedRecorded:
    case Act::kAgentEnrolled:
    case Act::kMandateGiven:
      return SeesParty(act.party());
    default:
      break;
  }
  const auto& links = entry.links();
  return std::any_of(links.begin(), links.end(),
                     [&](const auto& link) { return SeesParty(link.party()); });
}

}  // namespace passerelle::gateway::service
