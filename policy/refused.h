// The frame that stays of a refused statement (WIRE 3), and the size of an entry (WIRE 2).
#ifndef PASSERELLE_POLICY_REFUSED_H_
#define PASSERELLE_POLICY_REFUSED_H_

#include <cstddef>
#include <functional>
#include <set>
#include <string>

#include "passerelle/record/v1/entry.pb.h"
#include "passerelle/statement/v1/statement.pb.h"
#include "policy/rules/judgement.h"
#include "policy/state/state.h"

namespace passerelle::policy {

// The parties that a refusal concerns: those it names where a signer holds or held a mandate of
// them.
std::set<std::string, std::less<>> ConcernedByRefusal(const state::State& state,
                                                      const statement::v1::Statement& statement);

// Fills the refused frame of an entry. No string of the statement stays but names of parties; what
// would make the entry too large is left out.
void Refuse(const state::State& state, const statement::v1::Statement& statement,
            const rules::Findings& findings, record::v1::Entry& entry);

// Size of the finished leaf: tag, salt and, when recorded, an envelope of `envelope_bytes` added.
size_t LeafBytes(const record::v1::Entry& entry, size_t envelope_bytes);

}  // namespace passerelle::policy

#endif  // PASSERELLE_POLICY_REFUSED_H_
