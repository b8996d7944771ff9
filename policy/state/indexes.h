// Walks through the indexes of a state. Their keys are made and taken apart in indexes.cc alone.
#ifndef PASSERELLE_POLICY_STATE_INDEXES_H_
#define PASSERELLE_POLICY_STATE_INDEXES_H_

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

// The transfers whose payloads are not erased, by reference.
void VisitKeptTransfers(const State& state, Visit<record::v1::TransferRow> visit);

// The freezes of an exchange as a whole, or of one transfer, given by its key, by reference.
void VisitFreezesOf(const State& state, std::string_view target,
                    Visit<record::v1::FreezeRow> visit);

// Digests of the statements that end before an instant.
std::vector<std::string> StatementsOver(const State& state, int64_t time_ms);

}  // namespace passerelle::policy::state

#endif  // PASSERELLE_POLICY_STATE_INDEXES_H_
