// A state as bytes, so that a start need not apply the whole log again (audit/FORMAT.md).
#ifndef PASSERELLE_POLICY_STATE_SNAPSHOT_H_
#define PASSERELLE_POLICY_STATE_SNAPSHOT_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "policy/state/state.h"

namespace passerelle::policy::state {

// The first line of a snapshot. Its version rises with every release whose Apply makes other rows
// of the same entries: a snapshot of the former release is then refused, and the log applied anew.
inline constexpr std::string_view kSnapshotTag = "passerelle/snapshot/v4\n";

// Canonical bytes of a state: two states are equal iff their snapshots are. Thread-safe.
std::string EncodeSnapshot(const State& state);

// The state of a snapshot, its indexes made from its rows. DATA_LOSS (SNAPSHOT_FORM) when the bytes
// are none: of another version, cut, followed by something, with keys out of order, fields unknown,
// or a row that is written otherwise than EncodeSnapshot does. Linear in the bytes; thread-safe.
//
// Who trusts what: the form says nothing of whether the state is the log's. Whoever keeps snapshots
// has to know them for its own.
absl::StatusOr<State> DecodeSnapshot(std::string_view bytes);

}  // namespace passerelle::policy::state

#endif  // PASSERELLE_POLICY_STATE_SNAPSHOT_H_
