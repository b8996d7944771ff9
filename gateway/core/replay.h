// The start of a convention: the log alone rebuilds the state, then vault and index are brought in
// line with it (WIRE 27).
#ifndef PASSERELLE_GATEWAY_CORE_REPLAY_H_
#define PASSERELLE_GATEWAY_CORE_REPLAY_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "audit/log/store.h"
#include "gateway/base/digest.h"
#include "gateway/core/storage.h"
#include "gateway/vault/vault.h"
#include "policy/state/state.h"

namespace passerelle::gateway::core {

// Takes entries in order. Thread-compatible.
class Replay {
 public:
  // Rebuilds into `state`, which must be empty and outlive the replay.
  explicit Replay(policy::state::State& state) : state_(state) {}

  // Takes a snapshot over as what all entries before it come to, unless this version cannot read it
  // (audit::log::Log::Restore).
  absl::StatusOr<bool> TakeOver(const audit::log::StateSnapshot& snapshot);

  // Opens a log without its guard and applies every entry, for whoever looks at a data directory
  // that he does not serve. Errors as Log::Open and Take. Both must outlive the log.
  absl::StatusOr<std::unique_ptr<audit::log::Log>> ReadAll(
      audit::log::LogStore& store, const audit::checkpoint::NoteSigner& signer);

  // Applies one entry. DATA_LOSS, naming the entry, when it contradicts the log before it;
  // FAILED_PRECONDITION (FORMAT_MINOR) when a newer binary wrote it.
  absl::Status Take(uint64_t index, const std::string& leaf_bytes, const base::Digest& leaf);

  // Destroys the vault's rows at or beyond the head, then demands every document of the decision
  // file that an entry taken names, and every payload that no recorded ground has erased: DATA_LOSS
  // (VAULT_ROW_MISSING) names the entry. Resumes the permanent index of statements.
  absl::Status Reconcile(const Storage& storage);

 private:
  // Where the payloads lie that no recorded ground erased, ascending.
  std::vector<vault::Position> KeptPayloads() const;

  policy::state::State& state_;
  std::vector<vault::Position> documents_;
  std::vector<std::pair<base::Digest, uint64_t>> statements_;
};

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_REPLAY_H_
