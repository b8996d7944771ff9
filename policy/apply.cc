// Apply: copies the outcome of an entry into the state, all or nothing, and never re-decides.
#include <string>

#include "gateway/base/digest.h"
#include "gateway/base/status.h"
#include "policy/acts.h"
#include "policy/decide.h"
#include "policy/rules/fields.h"
#include "policy/state/indexes.h"
#include "policy/state/succession.h"

namespace passerelle::policy {
namespace {

using gateway::base::Corrupt;
using gateway::base::View;
using record::v1::Decision;
using record::v1::Entry;
using record::v1::PartyLink;
using state::State;
using statement::v1::Statement;

absl::Status CheckPlace(const State& state, const AppliedEntry& applied) {
  const Entry& entry = applied.entry;
  if (applied.index != state.size())
    return Corrupt("INDEX_WRONG", "the entry does not stand at the end of the log");
  if (entry.time_ms() < state.time_ms())
    return Corrupt("TIME_BACKWARD", "the entry is dated before the one that precedes it");
  const record::v1::FoundingRow* founding = state.founding();
  const bool settings = founding == nullptr
                            ? !entry.has_settings()
                            : entry.has_settings() && state::KeyOf(entry.settings()) ==
                                                          state::KeyOf(founding->settings_ref());
  if (!settings)
    return Corrupt("SETTINGS_WRONG", "the entry names other settings than those in force");
  if (entry.has_recorded() != (applied.statement != nullptr) ||
      (!entry.has_recorded() && !entry.has_refused()))
    return Corrupt("BODY_WRONG", "the entry has not the body that its statement asks for");
  return absl::OkStatus();
}

absl::Status CheckStatement(const State& state, const AppliedEntry& applied) {
  const Statement& statement = *applied.statement;
  const record::v1::FoundingRow* founding = state.founding();
  const std::string log = founding == nullptr ? std::string() : founding->log();
  if (statement.header().log() != log)
    return Corrupt("LOG_FOREIGN", "a recorded statement is for another log");
  if (state.statements.Find(View(applied.digest)) != nullptr)
    return Corrupt("STATEMENT_REPEATED", "a statement is recorded twice");
  if (applied.entry.time_ms() > statement.header().not_after_ms() &&
      !state::AwaitsRecord(state, View(applied.digest)))
    return Corrupt("STATEMENT_EXPIRED", "a statement is recorded after its end");
  if (applied.entry.recorded().decisions_size() != statement.acts_size() ||
      statement.acts().empty())
    return Corrupt("DECISIONS_WRONG", "an entry has not one decision an act");
  return absl::OkStatus();
}

absl::Status ApplyLinks(State& state, const AppliedEntry& applied) {
  std::string last;
  for (const PartyLink& link : applied.entry.links()) {
    if (link.party() <= last)
      return Corrupt("LINKS_UNSORTED", "the links of an entry are not sorted by party");
    last = link.party();
    const record::v1::ChainRow* row = state.chains.Find(link.party());
    const uint64_t length = row == nullptr ? 0 : row->length();
    if (link.ordinal() != length || link.previous() != (row == nullptr ? "" : row->last()))
      return Corrupt("CHAIN_BROKEN", "a link does not follow the last one of its party");
    record::v1::ChainRow next;
    next.set_length(length + 1);
    next.set_last(gateway::base::ToBytes(applied.leaf));
    state.Put(link.party(), std::move(next));
  }
  return absl::OkStatus();
}

absl::Status ApplyActs(State& state, const AppliedEntry& applied) {
  bool accepted = false;
  statement::v1::ActRef ref;
  ref.set_statement(gateway::base::ToBytes(applied.digest));
  for (int i = 0; i < applied.statement->acts_size(); ++i) {
    const Decision& decision = applied.entry.recorded().decisions(i);
    if (decision.effect() == record::v1::EFFECT_NOTED) continue;
    if (decision.effect() != record::v1::EFFECT_ACCEPTED)
      return Corrupt("EFFECT_WRONG", "a recorded act is neither accepted nor noted");
    if (!decision.has_outcome())
      return Corrupt("OUTCOME_MISSING", "the outcome of an accepted act is missing");
    const statement::v1::Act& act = applied.statement->acts(i);
    const ActSpec* spec = FindSpec(act.body_case());
    if (spec == nullptr) return Corrupt("ACT_UNKNOWN", "an accepted act is of no known kind");
    ref.set_ordinal(static_cast<uint32_t>(i));
    const auto& seen = applied.entry.observed().acts();
    const record::v1::ActObserved& observed =
        i < seen.size() ? seen[i] : record::v1::ActObserved::default_instance();
    RETURN_IF_ERROR(
        spec->apply({state, act, ref, decision.outcome(), observed, applied.index, applied.leaf,
                     applied.entry.time_ms(), applied.entry.civil_date(), applied.digest}));
    accepted = true;
  }
  if (!accepted) return absl::OkStatus();
  for (const std::string& signer : applied.statement->header().signers()) {
    const record::v1::KeyRow* key = state.keys.Find(signer);
    if (key == nullptr) return Corrupt("SIGNER_UNKNOWN", "a signer of a recorded act is unknown");
    if (key->acted() != 0) continue;
    record::v1::KeyRow acted = *key;
    acted.set_acted(1);
    state.Put(signer, std::move(acted));
  }
  return absl::OkStatus();
}

// Remembers the statement until it is refused as expired anyway.
void Remember(State& state, const AppliedEntry& applied) {
  record::v1::StatementRow row;
  row.set_index(applied.index);
  row.set_not_after_ms(applied.statement->header().not_after_ms());
  state.Put(View(applied.digest), std::move(row));
  const record::v1::PresentedRow* presented = state.presented.Find(View(applied.digest));
  if (presented == nullptr || presented->has_recorded()) return;
  record::v1::PresentedRow recorded = *presented;
  recorded.set_recorded(applied.index);
  state.Put(View(applied.digest), std::move(recorded));
}

}  // namespace

record::v1::Provenance ProvenanceOf(const ActEffect& effect) {
  record::v1::Provenance provenance;
  *provenance.mutable_act() = effect.ref;
  provenance.set_time_ms(effect.time_ms);
  for (const record::v1::Carrier& carrier : effect.outcome.carriers())
    if (!rules::Contains(provenance.keys(), carrier.signer()))
      provenance.add_keys(carrier.signer());
  return provenance;
}

absl::Status Apply(State& state, const AppliedEntry& applied) {
  RETURN_IF_ERROR(CheckPlace(state, applied));
  State draft = state.Fork();
  if (applied.statement != nullptr) {
    RETURN_IF_ERROR(CheckStatement(state, applied));
    RETURN_IF_ERROR(ApplyActs(draft, applied));
    Remember(draft, applied);
  }
  RETURN_IF_ERROR(ApplyLinks(draft, applied));
  for (const std::string& digest : state::StatementsOver(draft, applied.entry.time_ms()))
    draft.Erase<record::v1::StatementRow>(digest);
  record::v1::HeadRow head;
  head.set_size(applied.index + 1);
  head.set_time_ms(applied.entry.time_ms());
  draft.Put("", std::move(head));
  state.Absorb(draft);
  return absl::OkStatus();
}

}  // namespace passerelle::policy
