// The card of a convention: what its host keeps in memory and on disk while its state is in neither
// place but the log.
#ifndef PASSERELLE_GATEWAY_CORE_CARD_H_
#define PASSERELLE_GATEWAY_CORE_CARD_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/base/digest.h"
#include "passerelle/record/v1/card.pb.h"
#include "policy/state/state.h"

namespace passerelle::gateway::core {

// The longest rest, milliseconds, whatever is due and whatever becomes of the clock.
inline constexpr int64_t kMaxRestMs = int64_t{24} * 3600 * 1000;

// The card of a state; it is to wake at `wake_ms`.
record::v1::Card CardOf(const policy::state::State& state, int64_t wake_ms);

// Whether the key of a fingerprint may be enrolled there: a no is certain, a yes is asked for.
bool MayKnow(const record::v1::Card& card, const base::Digest& fingerprint);

// Reads and replaces the file `card` of a convention's folder. NOT_FOUND when there is none,
// DATA_LOSS (CARD) when it is damaged: the convention has to be opened then.
absl::StatusOr<record::v1::Card> ReadCard(const std::string& folder);
absl::Status WriteCard(const std::string& folder, const record::v1::Card& card);

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_CARD_H_
