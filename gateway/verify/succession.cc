// A log that continues others (AUDIT-LOG, "One log for the convention's life"): whose past a signer
// may have seen, what a succession and a presented receipt must show, and under which key the log
// ends.
#include "audit/succession/succession.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "certs/keys/dsse.h"
#include "gateway/verify/replay.h"
#include "policy/state/succession.h"

namespace passerelle::gateway::verify {
namespace {

using audit::succession::ClosedLog;

// Whether what a receipt was found to prove is what it proves: an entry of the closed log and,
// where keys that are enrolled here signed its statement, that.
bool IsAsObserved(const policy::state::State& state,
                  const statement::v1::ReceiptPresented& presented, const ClosedLog& closed,
                  const record::v1::PresentedObserved& observed) {
  const absl::StatusOr<record::v1::Entry> entry =
      audit::succession::OpenPresented(presented, closed);
  if (!entry.ok() || entry->time_ms() != observed.time_ms()) return false;
  if (observed.statement().empty()) return true;
  const absl::StatusOr<audit::entry::SignedStatement> read =
      audit::entry::DecodeSigned(entry->recorded().envelope());
  if (!read.ok()) return false;
  const auto spkis = policy::state::SpkisOf(state, read->statement.header());
  return spkis.has_value() && certs::keys::VerifyEnvelopeUnder(read->envelope, *spkis).ok() &&
         base::View(certs::keys::StatementDigest(read->envelope.payload())) == observed.statement();
}

}  // namespace

bool Replay::WasSeen(const Item& item, const statement::v1::Seen& seen,
                     const base::Digest& digest) const {
  const record::v1::FoundingRow* founding = state_.founding();
  if (founding == nullptr || seen.size() == 0) return false;
  const record::v1::ShardRow* shard = policy::state::FindShard(state_, seen.origin());
  if (seen.origin() != founding->origin() && shard == nullptr) return false;
  // Of what is lost only a receipt tells.
  if (shard != nullptr && seen.size() > shard->index())
    return policy::state::AwaitsRecord(state_, base::View(digest));
  return seen.size() <= item.index && base::View(tree_.RootAt(seen.size())) == seen.root();
}

Check Replay::CheckSeen(const Item& item, const Recorded& recorded) const {
  const statement::v1::Header& header = recorded.statement.header();
  if (!header.has_seen() || WasSeen(item, header.seen(), recorded.digest)) return std::nullopt;
  const uint64_t size = header.seen().size();
  return At(item,
            absl::StrCat("its signer saw a checkpoint of ", size,
                         " entries that this log never had: one of the two has forked"),
            absl::StrCat("son signataire a vu un point de contrôle de ", size,
                         " entrées que ce journal n'a jamais eu : l'un des deux a bifurqué"));
}

Check Replay::CheckSuccessions(const Item& item, const Recorded& recorded) const {
  const record::v1::FoundingRow* founding = state_.founding();
  if (founding == nullptr) return std::nullopt;
  for (int i = 0; i < recorded.statement.acts_size(); ++i) {
    if (item.entry.recorded().decisions(i).effect() != record::v1::EFFECT_ACCEPTED) continue;
    const statement::v1::Act& act = recorded.statement.acts(i);
    if (act.has_shard_opened()) {
      const ClosedLog closed{founding->origin(), founding->checkpoint_vkey()};
      if (const absl::Status shown = audit::succession::CheckOpened(
              act.shard_opened(), closed, base::View(log_), {item.index, tree_.RootAt(item.index)});
          !shown.ok())
        return At(item, "it does not show that it continues the log before it",
                  "elle ne montre pas qu'elle continue le journal d'avant", shown);
    }
    if (!act.has_receipt_presented()) continue;
    const record::v1::ShardRow* loss = policy::state::LastLoss(state_);
    if (loss == nullptr ||
        !IsAsObserved(state_, act.receipt_presented(), {loss->origin(), loss->checkpoint_vkey()},
                      item.entry.observed().acts(i).presented()))
      return At(item, "the receipt that it presents does not prove what was recorded of it",
                "le reçu qu'elle présente ne prouve pas ce qui en fut inscrit");
  }
  return std::nullopt;
}

std::optional<Lost> LostBy(const policy::state::State& state) {
  const record::v1::ShardRow* loss = policy::state::LastLoss(state);
  if (loss == nullptr || loss->closed_size() == loss->index()) return std::nullopt;
  Lost lost{loss->index(), loss->closed_size(), 0, 0, {}};
  std::set<uint64_t> presented;
  state.presented.Scan("", [&](const std::string&, const record::v1::PresentedRow& row) {
    if (row.index() < lost.first || row.index() >= lost.end) return true;
    presented.insert(row.index());
    lost.recorded += row.has_recorded() ? 1 : 0;
    return true;
  });
  lost.presented = presented.size();
  uint64_t next = lost.first;
  for (const uint64_t index : presented) {
    if (index > next) lost.missing.emplace_back(next, index);
    next = index + 1;
  }
  if (next < lost.end) lost.missing.emplace_back(next, lost.end);
  return lost;
}

Check Replay::Finish() const {
  const record::v1::FoundingRow* founding = state_.founding();
  if (founding == nullptr || stopped_) return std::nullopt;
  // The entry that named them last.
  uint64_t named_by = 0;
  state_.shards.Scan("", [&](const std::string&, const record::v1::ShardRow& shard) {
    named_by = shard.index();
    return true;
  });
  if (founding->origin() != origin_)
    return FaultOfEntry(named_by, std::nullopt, "it names another origin than the checkpoint",
                        "elle nomme une autre origine que le point de contrôle");
  if (founding->checkpoint_vkey() != vkey_)
    return FaultOfEntry(named_by, std::nullopt,
                        "it names another checkpoint key than the file log.vkey",
                        "elle nomme une autre clé de point de contrôle que le fichier log.vkey");
  return std::nullopt;
}

}  // namespace passerelle::gateway::verify
