#include "policy/inbox_people.h"

#include <algorithm>

#include "policy/awaiting.h"
#include "policy/calendar/calendar.h"
#include "policy/state/indexes.h"
#include "policy/state/query.h"

namespace passerelle::policy {
namespace {

using record::v1::KeyRow;
using record::v1::KeyStopRow;
using record::v1::MandateRow;
using state::NumberOf;
using state::State;
using statement::v1::ROLE_REPRESENTATIVE;
using statement::v1::ROLE_SECRETARIAT;
using statement::v1::STOP_CAUSE_COMPROMISED;
using statement::v1::STOP_CAUSE_SUSPENDED;

// The last day of a mandate, by whichever ending stands; 0: none.
int64_t LastDayOf(const State& state, const MandateRow& mandate, const Now& now) {
  int64_t last = NumberOf(mandate.until());
  for (const record::v1::MandateEndingRow& ending : mandate.endings())
    if (ending.has_last_day() && ending.in_force_from_ms() <= now.time_ms &&
        state::Stands(state, ending.ended(), now.time_ms))
      last = std::min(last, NumberOf(ending.last_day()));
  return last;
}

// The item of one party and role.
class People {
 public:
  People(const State& state, std::string_view agent, const Now& now, const std::string& party,
         statement::v1::Role role, std::vector<InboxItem>& items)
      : state_(state), agent_(agent), now_(now), party_(party), role_(role), items_(items) {}

  void Collect() {
    state_.keys.Scan("", [&](const std::string& fingerprint, const KeyRow& key) {
      if (key.stops().empty()) return true;
      CollectSuspensions(fingerprint, key);
      if (role_ == ROLE_REPRESENTATIVE) CollectStopped(fingerprint, key);
      return true;
    });
    if (role_ == ROLE_REPRESENTATIVE) CollectEndings();
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

  InboxItem& AddKey(Awaits kind, const std::string& fingerprint, const KeyRow& key,
                    const KeyStopRow& stop) {
    InboxItem& item = Add(kind, stop.stopped().time_ms());
    item.key = fingerprint;
    item.agent = key.agent();
    item.about = stop.stopped().act();
    return item;
  }

  // A suspension of this side that another agent asked for and nobody confirmed yet.
  void CollectSuspensions(const std::string& fingerprint, const KeyRow& key) {
    for (const KeyStopRow& stop : key.stops())
      if (stop.party() == party_ && stop.agent() != agent_ && stop.has_lapses_on() &&
          !stop.has_confirmed() && state::StopInForce(state_, stop, now_.time_ms, now_.civil_date))
        AddKey(Awaits::kStopConfirmation, fingerprint, key, stop).due = stop.lapses_on();
  }

  // Keys of the party's agents, and what they did that may not stand.
  void CollectStopped(const std::string& fingerprint, const KeyRow& key) {
    const record::v1::AgentRow* owner = state_.agents.Find(key.agent());
    if (owner == nullptr || owner->party() != party_) return;
    const KeyStopRow* stop = LastStop(key);
    const statement::v1::StopCause cause =
        state::StoppedFor(state_, key, now_.time_ms, now_.civil_date);
    if (stop != nullptr && (cause == STOP_CAUSE_SUSPENDED || cause == STOP_CAUSE_COMPROMISED) &&
        IsInOffice(key.agent()) && !HasKeyInForce(key.agent()))
      AddKey(Awaits::kReinstatement, fingerprint, key, *stop);
    for (const KeyStopRow& row : key.stops())
      if (row.cause() == STOP_CAUSE_COMPROMISED) {
        if (!policy::AwaitingRatification(state_, fingerprint, now_.time_ms).empty())
          AddKey(Awaits::kRatification, fingerprint, key, row);
        return;
      }
  }

  const KeyStopRow* LastStop(const KeyRow& key) const {
    const KeyStopRow* last = nullptr;
    for (const KeyStopRow& stop : key.stops())
      if (state::StopInForce(state_, stop, now_.time_ms, now_.civil_date)) last = &stop;
    return last;
  }

  bool IsInOffice(const std::string& agent) const {
    const std::vector<state::HeldMandate> mandates = state::MandatesOf(state_, agent);
    return std::any_of(mandates.begin(), mandates.end(), [&](const state::HeldMandate& held) {
      return state::InForce(state_, *held.row, now_.time_ms, now_.civil_date);
    });
  }

  bool HasKeyInForce(const std::string& agent) const {
    bool found = false;
    state_.keys.Scan("", [&](const std::string&, const KeyRow& key) {
      found = key.agent() == agent && state::KeyInForce(state_, key, now_.time_ms, now_.civil_date);
      return !found;
    });
    return found;
  }

  // Mandates of the party that end soon, before the convention does, and that nothing continues.
  void CollectEndings() {
    const int64_t horizon = NumberOf(calendar::AddCivilDays(now_.civil_date, kMandateEndingDays));
    const int64_t end = NumberOf(state_.founding()->convention().ends_on());
    state::VisitMandatesOfParty(state_, party_, [&](std::string_view key, const MandateRow& row) {
      if (!state::InForce(state_, row, now_.time_ms, now_.civil_date)) return true;
      const int64_t last = LastDayOf(state_, row, now_);
      if (last == 0 || last > horizon || last >= end || IsContinued(row, last)) return true;
      InboxItem& item = Add(Awaits::kMandateEnd, row.given().time_ms());
      item.agent = row.agent();
      item.about = state::RefOf(key);
      item.due = DateOf(last);
      return true;
    });
  }

  // Whether another mandate gives the same agent the same role beyond a day.
  bool IsContinued(const MandateRow& mandate, int64_t last) const {
    const int64_t next = NumberOf(calendar::AddCivilDays(DateOf(last), 1));
    const std::vector<state::HeldMandate> mandates = state::MandatesOf(state_, mandate.agent());
    return std::any_of(mandates.begin(), mandates.end(), [&](const state::HeldMandate& held) {
      const int64_t until = LastDayOf(state_, *held.row, now_);
      return held.row->party() == mandate.party() && held.row->role() == mandate.role() &&
             NumberOf(held.row->from()) <= next && (until == 0 || until > last) &&
             state::Stands(state_, held.row->given(), now_.time_ms);
    });
  }

  static convention::v1::Date DateOf(int64_t number) {
    convention::v1::Date date;
    date.set_year(static_cast<uint32_t>(number / 10000));
    date.set_month(static_cast<uint32_t>(number / 100 % 100));
    date.set_day(static_cast<uint32_t>(number % 100));
    return date;
  }

  const State& state_;
  const std::string_view agent_;
  const Now& now_;
  const std::string& party_;
  const statement::v1::Role role_;
  std::vector<InboxItem>& items_;
};

}  // namespace

void CollectPeople(const State& state, std::string_view agent, const Now& now,
                   const std::string& party, statement::v1::Role role,
                   std::vector<InboxItem>& items) {
  if (role == ROLE_REPRESENTATIVE || role == ROLE_SECRETARIAT)
    People(state, agent, now, party, role, items).Collect();
}

}  // namespace passerelle::policy
