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

// Whether an act stands at a moment: none of its keys turned out to have been compromised when it
// was recorded, or it is ratified. A reinstatement, and a ratification, that a compromised key
// carried counts for nothing, and is done again.
bool Stands(const State& state, const record::v1::Provenance& act, int64_t time_ms);

// What a key carried while it was compromised and what is not ratified yet, by reference.
std::vector<record::v1::Provenance> AwaitingRatification(const State& state,
                                                         std::string_view fingerprint,
                                                         int64_t time_ms);

// Whether an act that is in force and stands ended a mandate before a day.
bool IsEndedBefore(const State& state, const record::v1::MandateRow& mandate, int64_t time_ms,
                   int64_t day);

// Whether a mandate is in force: its days contain `today`, the record that gave it is in force and
// stands, and nothing ended it before.
bool InForce(const State& state, const record::v1::MandateRow& mandate, int64_t time_ms,
             const convention::v1::Date& today);

// The first mandate in force of an agent with this role for this party, titulars before deputies;
// null row when there is none.
HeldMandate FindMandate(const State& state, std::string_view agent, std::string_view party,
                        statement::v1::Role role, int64_t time_ms,
                        const convention::v1::Date& today);

// The agent of a key (SHA-256 of its SPKI), empty when the key is not enrolled.
std::string AgentOfKey(const State& state, std::string_view fingerprint);

// Whether a stop of a key is in force: neither lapsed, nor over, nor still to come.
bool StopInForce(const State& state, const record::v1::KeyStopRow& stop, int64_t time_ms,
                 const convention::v1::Date& today);

// How grave the cause of a stop is: suspended, lost, compromised.
int GravityOf(statement::v1::StopCause cause);

// The gravest cause for which a key is stopped; unspecified when it is not.
statement::v1::StopCause StoppedFor(const State& state, const record::v1::KeyRow& key,
                                    int64_t time_ms, const convention::v1::Date& today);

// Whether a key is in force: its enrolment in force and standing, within its validity, not stopped.
bool KeyInForce(const State& state, const record::v1::KeyRow& key, int64_t time_ms,
                const convention::v1::Date& today);

// The party of the convention with this id, or null.
const convention::v1::Party* FindParty(const State& state, std::string_view id);

// Whether the party has adhered and its adhesion is in force and stands.
bool HasAdhered(const State& state, std::string_view party, int64_t time_ms);

// Who receives under an exchange: its recipient, or the members of its class by the settings in
// force that have adhered, sorted, less the holder.
std::vector<std::string> RecipientsOf(const State& state, std::string_view holder,
                                      std::string_view recipient, std::string_view recipient_class,
                                      int64_t time_ms);

// The INSEE codes in force on 1 January of `year`, of all parties, sorted.
std::vector<std::string> CommuneCodes(const convention::v1::Convention& convention, uint32_t year);

// The name of a party on a day, or its id when it has none.
std::string NameOf(const convention::v1::Party& party, const convention::v1::Date& day);

// Dates as ordered numbers YYYYMMDD; an absent date is 0.
int64_t NumberOf(const convention::v1::Date& date);

}  // namespace passerelle::policy::state

#endif  // PASSERELLE_POLICY_STATE_QUERY_H_
