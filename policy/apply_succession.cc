// What a log's succession changes, and the receipts of what was lost.
#include <string>
#include <string_view>
#include <utility>

#include "gateway/base/digest.h"
#include "gateway/base/status.h"
#include "passerelle/record/v1/entry.pb.h"
#include "passerelle/statement/v1/envelope.pb.h"
#include "passerelle/statement/v1/statement.pb.h"
#include "policy/acts.h"
#include "policy/state/succession.h"

namespace passerelle::policy {

using gateway::base::Corrupt;
using statement::v1::Act;

namespace {

// Before every entry (audit/FORMAT.md); its bytes were verified when they were observed.
constexpr std::string_view kEntryTag = "passerelle/entry/v1\n";

// Whether an act of a lost entry binds as soon as it is presented, and needs not be recorded again.
bool BindsAtOnce(const Act& act) {
  return act.has_freeze_placed() || act.has_key_stopped() ||
         (act.has_transfer_ruled() &&
          act.transfer_ruled().ruling() == statement::v1::RULING_REFUSED);
}

// Has the freezes, stops and refusals of a lost entry bind under their own names, as they were
// decided; what refers to something that is lost too stays out. Whether any does.
bool BindLost(const ActEffect& effect, const record::v1::Entry& lost,
              const statement::v1::Statement& statement) {
  const record::v1::Recorded& recorded = lost.recorded();
  statement::v1::ActRef ref;
  ref.set_statement(effect.observed.presented().statement());
  const absl::StatusOr<gateway::base::Digest> digest =
      gateway::base::DigestFromBytes(ref.statement());
  if (!digest.ok() || recorded.decisions_size() != statement.acts_size()) return false;
  bool bound = false;
  for (int i = 0; i < statement.acts_size(); ++i) {
    const record::v1::Decision& decision = recorded.decisions(i);
    if (!BindsAtOnce(statement.acts(i)) || decision.effect() != record::v1::EFFECT_ACCEPTED)
      continue;
    ref.set_ordinal(static_cast<uint32_t>(i));
    state::State trial = effect.state.Fork();
    const ActSpec* spec = FindSpec(statement.acts(i).body_case());
    if (!spec->apply({trial, statement.acts(i), ref, decision.outcome(), effect.observed,
                      effect.index, effect.leaf, effect.time_ms, effect.civil_date, *digest})
             .ok())
      continue;
    effect.state.Absorb(trial);
    bound = true;
  }
  return bound;
}

}  // namespace

absl::Status ApplyShardOpened(const ActEffect& effect) {
  const record::v1::FoundingRow* founding = effect.state.founding();
  if (founding == nullptr) return Corrupt("REFERENCE_UNKNOWN", "a succession without a convention");
  const statement::v1::ShardOpened& opened = effect.act.shard_opened();
  record::v1::ShardRow shard;
  *shard.mutable_opened() = ProvenanceOf(effect);
  shard.set_cause(opened.cause());
  shard.set_index(effect.index);
  shard.set_origin(founding->origin());
  shard.set_checkpoint_vkey(founding->checkpoint_vkey());
  shard.set_closed_size(opened.closed_size());
  shard.set_closed_root(opened.closed_root());
  record::v1::FoundingRow row = *founding;
  row.set_origin(opened.origin());
  row.set_checkpoint_vkey(opened.checkpoint_vkey());
  effect.state.Put("", std::move(row));
  effect.state.Put(state::ShardKey(effect.index), std::move(shard));
  return absl::OkStatus();
}

absl::Status ApplyReceiptPresented(const ActEffect& effect) {
  const statement::v1::ReceiptPresented& presented = effect.act.receipt_presented();
  record::v1::PresentedRow row;
  *row.mutable_presented() = ProvenanceOf(effect);
  row.set_index(presented.index());
  row.set_time_ms(effect.observed.presented().time_ms());
  record::v1::Entry lost;
  statement::v1::Envelope envelope;
  statement::v1::Statement statement;
  const std::string_view entry = presented.entry();
  const bool read = entry.substr(0, kEntryTag.size()) == kEntryTag &&
                    lost.ParseFromString(std::string(entry.substr(kEntryTag.size()))) &&
                    lost.has_recorded() && envelope.ParseFromString(lost.recorded().envelope()) &&
                    statement.ParseFromString(envelope.payload());
  if (read && effect.state.statements.Find(effect.observed.presented().statement()) == nullptr &&
      BindLost(effect, lost, statement)) {
    // It is recorded by this: no second time under its own name.
    row.set_recorded(effect.index);
    record::v1::StatementRow known;
    known.set_index(effect.index);
    known.set_not_after_ms(statement.header().not_after_ms());
    effect.state.Put(effect.observed.presented().statement(), std::move(known));
  }
  effect.state.Put(state::PresentedKey(presented, effect.observed.presented()), std::move(row));
  return absl::OkStatus();
}

}  // namespace passerelle::policy
