// What a log knows of the logs that it continues.
#ifndef PASSERELLE_POLICY_STATE_SUCCESSION_H_
#define PASSERELLE_POLICY_STATE_SUCCESSION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "passerelle/record/v1/observed.pb.h"
#include "passerelle/record/v1/state.pb.h"
#include "passerelle/statement/v1/convention.pb.h"
#include "passerelle/statement/v1/statement.pb.h"
#include "policy/state/state.h"

namespace passerelle::policy::state {

// Key of the row of a log that this one continues: the index of the entry that opened it, 8 bytes,
// most significant first.
std::string ShardKey(uint64_t index);

// The log of this one's past that had an origin, or null.
const record::v1::ShardRow* FindShard(const State& state, std::string_view origin);

// The last loss, or null.
const record::v1::ShardRow* LastLoss(const State& state);

// Key of the row of what a receipt was presented of.
std::string PresentedKey(const statement::v1::ReceiptPresented& presented,
                         const record::v1::PresentedObserved& observed);

// The keys (SPKI) of a statement's signers, in their order; nothing when one is not enrolled.
std::optional<std::vector<std::string>> SpkisOf(const State& state,
                                                const statement::v1::Header& header);

// Whether a statement of a lost entry was presented and is not recorded again: its validity, over
// or not, was judged when it was recorded first (WIRE 5).
bool AwaitsRecord(const State& state, std::string_view digest);

}  // namespace passerelle::policy::state

#endif  // PASSERELLE_POLICY_STATE_SUCCESSION_H_
