// Questions that rules and services ask of a state.
#ifndef PASSERELLE_POLICY_STATE_QUERY_H_
#define PASSERELLE_POLICY_STATE_QUERY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "passerelle/convention/v1/convention.pb.h"
#include "passerelle/convention/v1/date.pb.h"
#include "passerelle/record/v1/state.pb.h"
#include "passerelle/statement/v1/people.pb.h"
#include "policy/state/state.h"

namespace passerelle::policy::state {

// A mandate and its reference. `row` points into the state.
struct HeldMandate {
  statement::v1::ActRef ref;
  const record::v1::MandateRow* row = nullptr;
};

// The mandates an agent holds or held, by reference.
std::vector<HeldMandate> MandatesOf(const State& state, std::string_view agent);

// Whether a mandate is in force: its days contain `today` and the record that gave it is in force.
bool InForce(const record::v1::MandateRow& mandate, int64_t time_ms,
             const convention::v1::Date& today);

// The first mandate in force of an agent with this role for this party, titulars before deputies;
// null row when there is none.
HeldMandate FindMandate(const State& state, std::string_view agent, std::string_view party,
                        statement::v1::Role role, int64_t time_ms,
                        const convention::v1::Date& today);

// The agent of a key (SHA-256 of its SPKI), empty when the key is not enrolled.
std::string AgentOfKey(const State& state, std::string_view fingerprint);

// Whether a key is in force: enrolled, its enrolment in force, within its validity.
bool KeyInForce(const record::v1::KeyRow& key, int64_t time_ms);

// The party of the convention with this id, or null.
const convention::v1::Party* FindParty(const State& state, std::string_view id);

// Whether the party has adhered and its adhesion is in force.
bool HasAdhered(const State& state, std::string_view party, int64_t time_ms);

// The INSEE codes in force on 1 January of `year`, of all parties, sorted.
std::vector<std::string> CommuneCodes(const convention::v1::Convention& convention, uint32_t year);

// The name of a party on a day, or its id when it has none.
std::string NameOf(const convention::v1::Party& party, const convention::v1::Date& day);

// Dates as ordered numbers YYYYMMDD; an absent date is 0.
int64_t NumberOf(const convention::v1::Date& date);

}  // namespace passerelle::policy::state

#endif  // PASSERELLE_POLICY_STATE_QUERY_H_
