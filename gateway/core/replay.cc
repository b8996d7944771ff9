#include "gateway/core/replay.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "audit/entry/codec.h"
#include "certs/keys/dsse.h"
#include "gateway/base/status.h"
#include "gateway/core/admission.h"
#include "policy/decide.h"
#include "policy/state/indexes.h"
#include "policy/state/snapshot.h"

namespace passerelle::gateway::core {
namespace {

// What must be in the vault: documents that entries name, payloads that no ground erased.
absl::Status Demand(const vault::Vault& vault, absl::Span<const vault::Position> positions,
                    const char* what) {
  ASSIGN_OR_RETURN(const std::optional<vault::Position> missing, vault.FindMissing(positions));
  if (!missing.has_value()) return absl::OkStatus();
  return base::Corrupt("VAULT_ROW_MISSING",
                       absl::StrCat("entry ", missing->index, ": its ", what,
                                    " is missing from the vault and nothing on record erased it"));
}

}  // namespace

absl::StatusOr<bool> Replay::TakeOver(const audit::log::StateSnapshot& snapshot) {
  absl::StatusOr<policy::state::State> state = policy::state::DecodeSnapshot(snapshot.bytes);
  if (!state.ok() || state->size() != snapshot.size) return false;
  state_ = *std::move(state);
  return true;
}

absl::StatusOr<std::unique_ptr<audit::log::Log>> Replay::ReadAll(
    audit::log::LogStore& store, const audit::checkpoint::NoteSigner& signer) {
  return audit::log::Log::Open(
      signer.verifier().name(), store, nullptr, signer,
      [this](uint64_t index, const std::string& entry, const base::Digest& leaf) {
        return Take(index, entry, leaf);
      });
}

absl::Status Replay::Take(uint64_t index, const std::string& leaf_bytes, const base::Digest& leaf) {
  const std::string context = absl::StrCat("entry ", index);
  absl::StatusOr<record::v1::Entry> entry = audit::entry::DecodeLeaf(leaf_bytes);
  if (!entry.ok()) return base::InContext(entry.status(), context);
  if (entry->has_refused())
    return base::InContext(policy::Apply(state_, {*entry, index, leaf, nullptr, {}}), context);
  const absl::StatusOr<audit::entry::SignedStatement> recorded =
      audit::entry::DecodeSigned(entry->recorded().envelope());
  if (!recorded.ok()) return base::InContext(recorded.status(), context);
  const statement::v1::Statement& statement = recorded->statement;
  const base::Digest digest = certs::keys::StatementDigest(recorded->envelope.payload());
  statements_.emplace_back(digest, index);
  for (int ordinal = 0; ordinal < statement.acts_size(); ++ordinal) {
    const std::vector<ActCommitment> commitments = CommitmentsOf(statement.acts(ordinal));
    for (size_t slot = 0; slot < commitments.size(); ++slot)
      if (ClassOf(commitments[slot].kind) == vault::RecordClass::kDecisionFile)
        documents_.push_back({index, static_cast<uint32_t>(ordinal), static_cast<uint32_t>(slot)});
  }
  return base::InContext(policy::Apply(state_, {*entry, index, leaf, &statement, digest}), context);
}

absl::Status Replay::Reconcile(const Storage& storage) {
  RETURN_IF_ERROR(storage.vault->Sweep(storage.log->head().size));
  // Entries come in order.
  RETURN_IF_ERROR(Demand(*storage.vault, documents_, "document"));
  RETURN_IF_ERROR(Demand(*storage.vault, KeptPayloads(), "payload"));
  ASSIGN_OR_RETURN(const uint64_t indexed, storage.store->IndexedSize());
  std::erase_if(statements_, [&](const auto& statement) { return statement.second < indexed; });
  // A transaction that changes nothing would still begin a write-ahead log.
  if (statements_.empty()) return absl::OkStatus();
  return storage.store->IndexStatements(statements_);
}

std::vector<vault::Position> Replay::KeptPayloads() const {
  std::vector<vault::Position> kept;
  kept.reserve(state_.transfers_by_last_day.size());
  // Where a ground of erasure is recorded, an interrupted erasure is redone.
  policy::state::VisitTransfersByLastDay(
      state_, [&](std::string_view key, const record::v1::TransferRow& row) {
        kept.push_back({row.index(), policy::state::RefOf(key).ordinal(), 0});
        return true;
      });
  std::sort(kept.begin(), kept.end());
  return kept;
}

}  // namespace passerelle::gateway::core
