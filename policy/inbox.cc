#include "policy/inbox.h"

#include <algorithm>
#include <limits>
#include <set>
#include <tuple>
#include <utility>

#include "policy/calendar/calendar.h"
#include "policy/inbox_people.h"
#include "policy/rules/checks.h"
#include "policy/state/freezes.h"
#include "policy/state/indexes.h"
#include "policy/state/query.h"

namespace passerelle::policy {
namespace {

using record::v1::ExchangeRow;
using record::v1::TransferRow;
using state::KeyOf;
using state::NumberOf;
using state::RefOf;
using state::State;
using statement::v1::ActRef;
using statement::v1::Role;
using statement::v1::ROLE_DECIDER;
using statement::v1::ROLE_DPO;
using statement::v1::ROLE_READER;
using statement::v1::ROLE_REPRESENTATIVE;
using statement::v1::ROLE_STEWARD;

// An exchange before one of its parties' agents.
struct Case {
  ActRef ref;
  const ExchangeRow& row;
};

// Whether a request can go no further for its age.
bool HasLapsed(const ExchangeRow& exchange, const Now& now) {
  return exchange.has_lapses_on() && NumberOf(exchange.lapses_on()) < NumberOf(now.civil_date);
}

// The earlier of a day so many days after another (0: none) and the request's last day.
std::optional<convention::v1::Date> DueDay(const ExchangeRow& exchange,
                                           const convention::v1::Date& from, uint32_t days) {
  std::optional<convention::v1::Date> due;
  if (days > 0 && NumberOf(from) > 0) due = calendar::AddCivilDays(from, days);
  if (exchange.has_lapses_on() &&
      (!due.has_value() || NumberOf(exchange.lapses_on()) < NumberOf(*due)))
    due = exchange.lapses_on();
  return due;
}

// Collects what awaits one agent in one role of one party.
class Collector {
 public:
  Collector(const State& state, std::string_view agent, const Now& now, std::string party,
            Role role, std::vector<InboxItem>& items)
      : state_(state),
        settings_(state.founding()->settings()),
        agent_(agent),
        now_(now),
        party_(std::move(party)),
        role_(role),
        items_(items) {}

  void Collect() {
    state_.exchanges.Scan("", [&](const std::string& key, const ExchangeRow& row) {
      if (row.holder() == party_ && state::Stands(state_, row.proposal(), now_.time_ms))
        CollectExchange({RefOf(key), row});
      return true;
    });
    state::VisitTransfersByLastDay(state_, [&](std::string_view key, const TransferRow& row) {
      CollectTransfer(RefOf(key), row);
      return true;
    });
    if (role_ == ROLE_DPO || (role_ == ROLE_REPRESENTATIVE && !HasOffice(ROLE_DPO)))
      CollectFreezes();
  }

 private:
  InboxItem& Add(Awaits kind, int64_t since_ms) {
    InboxItem& item = items_.emplace_back();
    item.kind = kind;
    item.party = party_;
    item.role = role_;
    item.since_ms = since_ms;
    return item;
  }

  InboxItem& AddFor(const Case& exchange, Awaits kind, int64_t since_ms) {
    InboxItem& item = Add(kind, since_ms);
    item.exchange = exchange.ref;
    return item;
  }

  // Whether somebody holds an office of the party today.
  bool HasOffice(Role role) const {
    bool found = false;
    const auto is_in_force = [&](std::string_view, const record::v1::MandateRow& row) {
      found = row.role() == role && state::InForce(state_, row, now_.time_ms, now_.civil_date);
      return !found;
    };
    state::VisitMandatesOfParty(state_, party_, is_in_force);
    return found;
  }

  // Whether the agent decides: as decider, or as representative of a party that has none.
  bool Decides() const {
    return role_ == ROLE_DECIDER || (role_ == ROLE_REPRESENTATIVE && !HasOffice(ROLE_DECIDER));
  }

  void CollectExchange(const Case& exchange) {
    switch (exchange.row.phase()) {
      case record::v1::EXCHANGE_PHASE_PROPOSED:
        if (role_ == ROLE_DPO && !HasLapsed(exchange.row, now_))
          AddFor(exchange, Awaits::kOpinion, exchange.row.proposal().time_ms()).due =
              DueDay(exchange.row, exchange.row.proposed_on(), settings_.opinion_due_days());
        return;
      case record::v1::EXCHANGE_PHASE_FAVOURABLE:
        if (!HasLapsed(exchange.row, now_) &&
            state::Stands(state_, exchange.row.opinion(), now_.time_ms))
          CollectUndecided(exchange);
        return;
      case record::v1::EXCHANGE_PHASE_APPROVED:
        CollectCarryingOut(exchange);
        if (role_ == ROLE_STEWARD) CollectRegister(exchange);
        return;
      default:
        return;
    }
  }

  void CollectUndecided(const Case& exchange) {
    const int64_t since_ms = exchange.row.opinion().time_ms();
    const auto due = DueDay(exchange.row, exchange.row.opinion_on(), settings_.decision_due_days());
    bool ready = true;
    int64_t ready_since_ms = since_ms;
    for (int i = 0; i < exchange.row.recommendations_size(); ++i) {
      const record::v1::RecommendationRow& row = exchange.row.recommendations(i);
      const bool answered = row.answer() != statement::v1::ANSWER_UNSPECIFIED;
      const bool broken = row.weight() == statement::v1::RECOMMENDATION_WEIGHT_CONDITION &&
                          row.answer() == statement::v1::ANSWER_REJECTED;
      ready = ready && answered && !broken;
      ready_since_ms = std::max(ready_since_ms, row.answered().time_ms());
      if (!answered && Decides()) {
        InboxItem& item = AddFor(exchange, Awaits::kAnswer, since_ms);
        item.recommendation = static_cast<uint32_t>(i);
        item.due = due;
      }
      if (broken && role_ == ROLE_DPO) {
        InboxItem& item = AddFor(exchange, Awaits::kRejectedCondition, row.answered().time_ms());
        item.recommendation = static_cast<uint32_t>(i);
        item.due = due;
      }
    }
    CollectCarryingOut(exchange);
    if (ready && Decides()) AddFor(exchange, Awaits::kDecision, ready_since_ms).due = due;
  }

  // What is accepted and no machine can enforce has to be carried out before anything is sent.
  void CollectCarryingOut(const Case& exchange) {
    if (!Decides()) return;
    for (int i = 0; i < exchange.row.recommendations_size(); ++i) {
      const record::v1::RecommendationRow& row = exchange.row.recommendations(i);
      if (row.answer() != statement::v1::ANSWER_ACCEPTED || row.has_conditions()) continue;
      AddFor(exchange, Awaits::kCarryingOut, row.answered().time_ms()).recommendation =
          static_cast<uint32_t>(i);
    }
  }

  void CollectRegister(const Case& exchange) {
    if (!exchange.row.has_register_entry()) {
      AddFor(exchange, Awaits::kRegisterEntry, exchange.row.decision().time_ms());
    } else if (exchange.row.has_register_review_on() &&
               NumberOf(exchange.row.register_review_on()) < NumberOf(now_.civil_date)) {
      AddFor(exchange, Awaits::kRegisterReview, exchange.row.register_entry().time_ms()).due =
          exchange.row.register_review_on();
    }
  }

  void CollectTransfer(const ActRef& ref, const TransferRow& row) {
    if (rules::IsRetentionOver(row, now_.time_ms, now_.civil_date) ||
        !state::Stands(state_, row.submitted(), now_.time_ms))
      return;
    for (const record::v1::DeliveryRow& share : row.deliveries()) {
      const bool held = share.phase() == record::v1::DELIVERY_PHASE_HELD;
      if (held && role_ == ROLE_DPO && row.holder() == party_) {
        InboxItem& item = AddShare(ref, row, share, Awaits::kRuling);
        item.since_ms = row.submitted().time_ms();
        item.frozen_by = FrozenBy(ref, row);
      }
      if (role_ == ROLE_READER && share.party() == party_ && !share.has_acknowledgement() &&
          share.phase() == record::v1::DELIVERY_PHASE_RELEASED &&
          JudgeHandover(state_, agent_, ref, now_).findings.empty())
        AddShare(ref, row, share, Awaits::kAcknowledgement).since_ms =
            std::max(row.submitted().time_ms(), share.ruling().time_ms());
    }
  }

  InboxItem& AddShare(const ActRef& ref, const TransferRow& row,
                      const record::v1::DeliveryRow& share, Awaits kind) {
    InboxItem& item = Add(kind, 0);
    item.exchange = row.exchange();
    item.transfer = ref;
    item.recipient = share.party();
    item.due = row.retain_until();
    return item;
  }

  std::optional<ActRef> FrozenBy(const ActRef& ref, const TransferRow& row) const {
    const record::v1::FreezeRow* freeze =
        state::FrozenBy(state_, row.exchange(), ref, now_.time_ms, now_.civil_date);
    if (freeze == nullptr) return std::nullopt;
    return freeze->placed().act();
  }

  // Freezes of this side that another agent placed and nobody confirmed yet.
  void CollectFreezes() {
    state_.freezes.Scan("", [&](const std::string& key, const record::v1::FreezeRow& row) {
      if (row.party() != party_ || row.has_confirmed() || !row.has_lapses_on() ||
          row.agent() == agent_ ||
          !state::FreezeInForce(state_, row, now_.time_ms, now_.civil_date))
        return true;
      InboxItem& item = Add(Awaits::kFreezeConfirmation, row.placed().time_ms());
      item.exchange = row.exchange();
      if (row.has_transfer()) item.transfer = row.transfer();
      item.about = RefOf(key);
      item.due = row.lapses_on();
      return true;
    });
  }

  const State& state_;
  const convention::v1::Settings& settings_;
  const std::string_view agent_;
  const Now& now_;
  const std::string party_;
  const Role role_;
  std::vector<InboxItem>& items_;
};

auto OrderOf(const InboxItem& item) {
  const auto key = [](const std::optional<ActRef>& ref) {
    return ref.has_value() ? KeyOf(*ref) : std::string();
  };
  return std::tuple(
      item.due.has_value() ? NumberOf(*item.due) : std::numeric_limits<int64_t>::max(),
      item.since_ms, key(item.exchange), key(item.transfer), key(item.about), item.party,
      static_cast<int>(item.kind), static_cast<int>(item.role), item.recommendation.value_or(0),
      item.recipient, item.key);
}

}  // namespace

std::vector<InboxItem> InboxOf(const State& state, std::string_view agent, const Now& now) {
  std::vector<InboxItem> items;
  if (state.founding() == nullptr) return items;
  // A deputy who is also titular has one inbox.
  std::set<std::pair<std::string, Role>> offices;
  for (const state::HeldMandate& held : state::MandatesOf(state, agent))
    if (state::InForce(state, *held.row, now.time_ms, now.civil_date))
      offices.emplace(held.row->party(), held.row->role());
  for (const auto& [party, role] : offices) {
    Collector(state, agent, now, party, role, items).Collect();
    CollectPeople(state, agent, now, party, role, items);
  }
  std::sort(items.begin(), items.end(),
            [](const InboxItem& a, const InboxItem& b) { return OrderOf(a) < OrderOf(b); });
  return items;
}

}  // namespace passerelle::policy
