// Walks through the indexes of a state. Their keys are made and taken apart in indexes.cc alone.
#ifndef PASSERELLE_POLICY_STATE_INDEXES_H_
#define PASSERELLE_POLICY_STATE_INDEXES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "passerelle/record/v1/state.pb.h"
#include "policy/state/state.h"

namespace passerelle::policy::state {

// Hears a row and its key until it returns false.
template <typename Row>
using Visit = absl::FunctionRef<bool(std::string_view key, const Row& row)>;

// The mandates that an agent (16 bytes) holds or held, and those that a party gave, by reference.
void VisitMandatesOfAgent(const State& state, std::string_view agent,
                          Visit<record::v1::MandateRow> visit);
void VisitMandatesOfParty(const State& state, std::string_view party,
                          Visit<record::v1::MandateRow> visit);

// The transfers under an exchange, given by its key, in the order of the log.
void VisitTransfersOf(const State& state, std::string_view exchange,
                      Visit<record::v1::TransferRow> visit);

// The transfers whose payloads are kept and not yet to be erased, by the last day of their
// retention; those of them with an instant of destruction, by that instant.
void VisitTransfersByLastDay(const State& state, Visit<record::v1::TransferRow> visit);
void VisitTransfersByDestruction(const State& state, Visit<record::v1::TransferRow> visit);

// Keys of the transfers with a ground of erasure whose payloads are not erased, sorted.
std::vector<std::string> TransfersToErase(const State& state);

// The number of payloads that are not erased. REQUIRES: `state` is no fork.
size_t CountPayloads(const State& state);

// The freezes of an exchange as a whole, or of one transfer, given by its key, by reference.
void VisitFreezesOf(const State& state, std::string_view target,
                    Visit<record::v1::FreezeRow> visit);

// Digests of the statements that end before an instant.
std::vector<std::string> StatementsOver(const State& state, int64_t time_ms);

}  // namespace passerelle::policy::state

#endif  // PASSERELLE_POLICY_STATE_INDEXES_H_
