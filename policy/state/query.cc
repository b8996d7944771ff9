#include "policy/state/query.h"

#include <algorithm>

#include "policy/state/indexes.h"

namespace passerelle::policy::state {
namespace {

using convention::v1::Convention;
using convention::v1::Date;
using convention::v1::DatedCode;
using convention::v1::DatedName;
using convention::v1::Party;

// Whether a day lies in [from, until], where an absent end is open.
bool Within(int64_t day, const Date& from, const Date& until) {
  const int64_t last = NumberOf(until);
  return NumberOf(from) <= day && (last == 0 || day <= last);
}

// Whether one of the keys that carried an act was compromised when it was recorded. The
// reinstatement that closes a stop is earlier than what it uncovers, so that this ends.
bool Covered(const State& state, const record::v1::Provenance& act, int64_t time_ms) {
  for (const std::string& fingerprint : act.keys()) {
    const record::v1::KeyRow* key = state.keys.Find(fingerprint);
    if (key == nullptr) continue;
    for (const record::v1::KeyStopRow& stop : key->stops()) {
      if (stop.cause() != statement::v1::STOP_CAUSE_COMPROMISED ||
          stop.in_force_from_ms() > time_ms || stop.compromised_since_ms() > act.time_ms())
        continue;
      const bool closed = stop.has_reinstated() && stop.over_from_ms() <= time_ms &&
                          stop.over_from_ms() < act.time_ms() &&
                          !Covered(state, stop.reinstated(), time_ms);
      if (!closed) return true;
    }
  }
  return false;
}

}  // namespace

bool Stands(const State& state, const record::v1::Provenance& act, int64_t time_ms) {
  if (!Covered(state, act, time_ms)) return true;
  const record::v1::RatifiedRow* ratified = state.ratified.Find(KeyOf(act.act()));
  return ratified != nullptr && ratified->in_force_from_ms() <= time_ms &&
         !Covered(state, ratified->reinstated(), time_ms);
}

std::vector<HeldMandate> MandatesOf(const State& state, std::string_view agent) {
  std::vector<HeldMandate> held;
  VisitMandatesOfAgent(state, agent, [&](std::string_view key, const record::v1::MandateRow& row) {
    held.push_back({RefOf(key), &row});
    return true;
  });
  return held;
}

bool IsEndedBefore(const State& state, const record::v1::MandateRow& mandate, int64_t time_ms,
                   int64_t day) {
  for (const record::v1::MandateEndingRow& ending : mandate.endings())
    if (ending.in_force_from_ms() <= time_ms &&
        (!ending.has_last_day() || NumberOf(ending.last_day()) < day) &&
        Stands(state, ending.ended(), time_ms))
      return true;
  return false;
}

bool InForce(const State& state, const record::v1::MandateRow& mandate, int64_t time_ms,
             const Date& today) {
  return mandate.in_force_from_ms() <= time_ms &&
         Within(NumberOf(today), mandate.from(), mandate.until()) &&
         Stands(state, mandate.given(), time_ms) &&
         !IsEndedBefore(state, mandate, time_ms, NumberOf(today));
}

HeldMandate FindMandate(const State& state, std::string_view agent, std::string_view party,
                        statement::v1::Role role, int64_t time_ms, const Date& today) {
  HeldMandate found;
  VisitMandatesOfAgent(state, agent, [&](std::string_view key, const record::v1::MandateRow& row) {
    if (row.role() != role || row.party() != party || !InForce(state, row, time_ms, today))
      return true;
    const bool titular = row.rank() == statement::v1::RANK_TITULAR;
    if (found.row == nullptr || titular) found = {RefOf(key), &row};
    return !titular;
  });
  return found;
}

std::string AgentOfKey(const State& state, std::string_view fingerprint) {
  const record::v1::KeyRow* key = state.keys.Find(fingerprint);
  return key == nullptr ? std::string() : key->agent();
}

bool StopInForce(const State& state, const record::v1::KeyStopRow& stop, int64_t time_ms,
                 const Date& today) {
  if (stop.in_force_from_ms() > time_ms) return false;
  if (stop.has_reinstated() && stop.over_from_ms() <= time_ms &&
      !Covered(state, stop.reinstated(), time_ms))
    return false;
  return !stop.has_lapses_on() || stop.has_confirmed() ||
         NumberOf(today) <= NumberOf(stop.lapses_on());
}

int GravityOf(statement::v1::StopCause cause) {
  if (cause == statement::v1::STOP_CAUSE_SUSPENDED) return 1;
  if (cause == statement::v1::STOP_CAUSE_LOST) return 2;
  return cause == statement::v1::STOP_CAUSE_COMPROMISED ? 3 : 0;
}

statement::v1::StopCause StoppedFor(const State& state, const record::v1::KeyRow& key,
                                    int64_t time_ms, const Date& today) {
  statement::v1::StopCause gravest = statement::v1::STOP_CAUSE_UNSPECIFIED;
  for (const record::v1::KeyStopRow& stop : key.stops())
    if (GravityOf(stop.cause()) > GravityOf(gravest) && StopInForce(state, stop, time_ms, today))
      gravest = stop.cause();
  return gravest;
}

bool KeyInForce(const State& state, const record::v1::KeyRow& key, int64_t time_ms,
                const Date& today) {
  return key.in_force_from_ms() <= time_ms && key.valid_from_ms() <= time_ms &&
         time_ms <= key.valid_until_ms() && Stands(state, key.enrolled(), time_ms) &&
         StoppedFor(state, key, time_ms, today) == statement::v1::STOP_CAUSE_UNSPECIFIED;
}

const Party* FindParty(const State& state, std::string_view id) {
  const record::v1::FoundingRow* founding = state.founding();
  if (founding == nullptr || id.empty()) return nullptr;
  for (const Party& party : founding->convention().parties())
    if (party.id() == id) return &party;
  return nullptr;
}

bool HasAdhered(const State& state, std::string_view party, int64_t time_ms) {
  const record::v1::AdhesionRow* adhesion = state.adhesions.Find(party);
  return adhesion != nullptr && adhesion->in_force_from_ms() <= time_ms &&
         Stands(state, adhesion->adhered(), time_ms);
}

std::vector<std::string> RecipientsOf(const State& state, std::string_view holder,
                                      std::string_view recipient, std::string_view recipient_class,
                                      int64_t time_ms) {
  std::vector<std::string> recipients;
  if (!recipient.empty()) recipients.emplace_back(recipient);
  if (recipient_class.empty() || state.founding() == nullptr) return recipients;
  for (const auto& row : state.founding()->settings().recipient_classes())
    if (row.code() == recipient_class)
      for (const std::string& party : row.parties())
        if (party != holder && HasAdhered(state, party, time_ms)) recipients.push_back(party);
  std::sort(recipients.begin(), recipients.end());
  return recipients;
}

std::vector<std::string> CommuneCodes(const Convention& convention, uint32_t year) {
  const int64_t day = int64_t{year} * 10000 + 101;
  std::vector<std::string> codes;
  for (const Party& party : convention.parties())
    for (const DatedCode& code : party.insee_codes())
      if (Within(day, code.from(), code.until())) codes.push_back(code.code());
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  return codes;
}

std::string NameOf(const Party& party, const Date& day) {
  const DatedName* current = nullptr;
  for (const DatedName& name : party.names()) {
    if (!Within(NumberOf(day), name.from(), name.until())) continue;
    if (current == nullptr || NumberOf(current->from()) <= NumberOf(name.from())) current = &name;
  }
  return current == nullptr ? party.id() : current->name();
}

int64_t NumberOf(const Date& date) {
  return (int64_t{date.year()} * 100 + date.month()) * 100 + date.day();
}

}  // namespace passerelle::policy::state
