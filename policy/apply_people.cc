// What acts of convention, deed and people change.
#include <limits>
#include <string>

#include "gateway/base/status.h"
#include "policy/acts.h"
#include "policy/state/query.h"

namespace passerelle::policy {
namespace {

using gateway::base::Corrupt;
using record::v1::AgentRow;
using record::v1::KeyRow;
using record::v1::MandateRow;
using state::KeyOf;
using state::State;
using statement::v1::ActRef;

constexpr size_t kAgentBytes = 16;

absl::Status PutMandate(State& state, const ActRef& ref, const MandateRow& row) {
  if (row.agent().size() != kAgentBytes)
    return Corrupt("AGENT_MALFORMED", "a mandate names an agent that is not 16 bytes long");
  state.Put(KeyOf(ref), row);
  return absl::OkStatus();
}

void PutAgent(State& state, const std::string& agent, statement::v1::AgentKind kind,
              const std::string& party) {
  if (state.agents.Find(agent) != nullptr) return;
  AgentRow row;
  row.set_kind(kind);
  row.set_party(party);
  state.Put(agent, std::move(row));
}

absl::Status PutKey(State& state, KeyRow row) {
  const std::string fingerprint = gateway::base::ToBytes(gateway::base::Sha256(row.spki()));
  if (state.keys.Find(fingerprint) != nullptr)
    return Corrupt("KEY_REPEATED", "a key is enrolled twice");
  state.Put(fingerprint, std::move(row));
  return absl::OkStatus();
}

}  // namespace

absl::Status ApplyConventionEnacted(const ActEffect& effect) {
  const auto& enacted = effect.act.convention_enacted();
  record::v1::FoundingRow founding;
  founding.set_log(gateway::base::ToBytes(effect.leaf));
  founding.set_environment(enacted.environment());
  founding.set_origin(enacted.origin());
  founding.set_checkpoint_vkey(enacted.checkpoint_vkey());
  *founding.mutable_convention() = enacted.convention();
  *founding.mutable_settings() = enacted.settings();
  *founding.mutable_settings_ref() = effect.ref;
  effect.state.Put("", std::move(founding));
  // Entry 0 names no key: no stop of a founder's key ever takes the log's foundation away.
  record::v1::Provenance founded;
  *founded.mutable_act() = effect.ref;
  founded.set_time_ms(effect.time_ms);
  ActRef ref = effect.ref;
  for (const statement::v1::FoundingKey& founder : enacted.founding_keys()) {
    PutAgent(effect.state, founder.agent(), founder.kind(), founder.party());
    KeyRow key;
    key.set_agent(founder.agent());
    key.set_spki(founder.spki());
    key.set_valid_until_ms(std::numeric_limits<int64_t>::max());
    key.set_in_force_from_ms(effect.outcome.in_force_from_ms());
    *key.mutable_enrolled() = founded;
    RETURN_IF_ERROR(PutKey(effect.state, std::move(key)));
    // Founding mandates have no days: they stand for the life of the log.
    MandateRow mandate;
    mandate.set_party(founder.party());
    mandate.set_agent(founder.agent());
    mandate.set_role(founder.role());
    mandate.set_rank(statement::v1::RANK_TITULAR);
    mandate.set_in_force_from_ms(effect.outcome.in_force_from_ms());
    *mandate.mutable_given() = founded;
    ref.set_ordinal(ref.ordinal() + 1);
    RETURN_IF_ERROR(PutMandate(effect.state, ref, mandate));
  }
  return absl::OkStatus();
}

absl::Status ApplyPartyAdhered(const ActEffect& effect) {
  record::v1::AdhesionRow row;
  *row.mutable_adhered() = ProvenanceOf(effect);
  row.set_in_force_from_ms(effect.outcome.in_force_from_ms());
  effect.state.Put(effect.act.party(), std::move(row));
  return absl::OkStatus();
}

absl::Status ApplyDeedRecorded(const ActEffect& effect) {
  const auto& recorded = effect.act.deed_recorded();
  record::v1::DeedRow row;
  row.set_party(effect.act.party());
  row.set_kind(recorded.kind());
  *row.mutable_dated() = recorded.dated();
  *row.mutable_recorded() = ProvenanceOf(effect);
  effect.state.Put(KeyOf(effect.ref), std::move(row));
  return absl::OkStatus();
}

absl::Status ApplyAgentEnrolled(const ActEffect& effect) {
  const auto& enrolled = effect.act.agent_enrolled();
  PutAgent(effect.state, enrolled.agent(), enrolled.kind(), effect.act.party());
  KeyRow key;
  key.set_agent(enrolled.agent());
  key.set_spki(enrolled.spki());
  key.set_valid_from_ms(enrolled.valid_from_ms());
  key.set_valid_until_ms(enrolled.valid_until_ms());
  key.set_in_force_from_ms(effect.outcome.in_force_from_ms());
  *key.mutable_enrolled() = ProvenanceOf(effect);
  return PutKey(effect.state, std::move(key));
}

absl::Status ApplyMandateGiven(const ActEffect& effect) {
  if (!effect.outcome.has_mandate() || !effect.outcome.mandate().has_until())
    return Corrupt("OUTCOME_MISSING", "the outcome of a mandate is missing");
  const auto& given = effect.act.mandate_given();
  MandateRow row;
  row.set_party(effect.act.party());
  row.set_agent(given.agent());
  row.set_role(given.role());
  row.set_rank(given.rank());
  *row.mutable_from() = given.from();
  *row.mutable_until() = effect.outcome.mandate().until();
  row.set_unit(given.unit());
  *row.mutable_datasets() = given.datasets();
  row.set_answerable_agent(given.answerable_agent());
  if (given.has_confidentiality())
    *row.mutable_confidentiality_on() = given.confidentiality().signed_on();
  row.set_in_force_from_ms(effect.outcome.in_force_from_ms());
  *row.mutable_given() = ProvenanceOf(effect);
  return PutMandate(effect.state, effect.ref, row);
}

absl::Status ApplySettingsEnacted(const ActEffect& effect) {
  const record::v1::FoundingRow* founding = effect.state.founding();
  if (founding == nullptr) return Corrupt("REFERENCE_UNKNOWN", "settings without a convention");
  record::v1::FoundingRow row = *founding;
  *row.mutable_settings() = effect.act.settings_enacted().settings();
  *row.mutable_settings_ref() = effect.ref;
  effect.state.Put("", std::move(row));
  return absl::OkStatus();
}

absl::Status ApplyMandateEnded(const ActEffect& effect) {
  const auto& ended = effect.act.mandate_ended();
  const std::string key = KeyOf(state::Absolute(ended.mandate(), effect.digest));
  const MandateRow* mandate = effect.state.mandates.Find(key);
  if (mandate == nullptr) return Corrupt("REFERENCE_UNKNOWN", "an act refers to nothing");
  MandateRow row = *mandate;
  record::v1::MandateEndingRow& ending = *row.add_endings();
  *ending.mutable_ended() = ProvenanceOf(effect);
  ending.set_in_force_from_ms(effect.outcome.in_force_from_ms());
  if (ended.has_last_day()) *ending.mutable_last_day() = ended.last_day();
  effect.state.Put(key, std::move(row));
  return absl::OkStatus();
}

absl::Status ApplyKeyStopped(const ActEffect& effect) {
  if (!effect.outcome.has_stop() || effect.outcome.carriers().empty())
    return Corrupt("OUTCOME_MISSING", "the outcome of a stop is missing");
  const auto& stopped = effect.act.key_stopped();
  const record::v1::StopOutcome& outcome = effect.outcome.stop();
  const KeyRow* key = effect.state.keys.Find(stopped.key());
  if (key == nullptr) return Corrupt("REFERENCE_UNKNOWN", "a stop names no key");
  KeyRow row = *key;
  bool confirmed = false;
  for (record::v1::KeyStopRow& stop : *row.mutable_stops()) {
    if (!outcome.has_confirms() || KeyOf(stop.stopped().act()) != KeyOf(outcome.confirms()))
      continue;
    *stop.mutable_confirmed() = effect.ref;
    confirmed = true;
  }
  if (outcome.has_confirms() && !confirmed)
    return Corrupt("REFERENCE_UNKNOWN", "a stop confirms none");
  if (!confirmed) {
    record::v1::KeyStopRow& stop = *row.add_stops();
    *stop.mutable_stopped() = ProvenanceOf(effect);
    stop.set_cause(stopped.cause());
    stop.set_compromised_since_ms(stopped.compromised_since_ms());
    stop.set_party(effect.act.party());
    stop.set_agent(effect.outcome.carriers(0).agent());
    if (outcome.has_lapses_on()) *stop.mutable_lapses_on() = outcome.lapses_on();
    stop.set_in_force_from_ms(effect.outcome.in_force_from_ms());
  }
  effect.state.Put(stopped.key(), std::move(row));
  return absl::OkStatus();
}

absl::Status ApplyKeyReinstated(const ActEffect& effect) {
  const auto& reinstated = effect.act.key_reinstated();
  const KeyRow* key = effect.state.keys.Find(reinstated.key());
  if (key == nullptr) return Corrupt("REFERENCE_UNKNOWN", "a reinstatement names no key");
  const record::v1::Provenance provenance = ProvenanceOf(effect);
  const int64_t from_ms = effect.outcome.in_force_from_ms();
  if (reinstated.reinstatement() == statement::v1::REINSTATEMENT_KEY) {
    KeyRow row = *key;
    for (record::v1::KeyStopRow& stop : *row.mutable_stops()) {
      // A stop that is over already stays closed where it was: what the key did since then stands.
      if (stop.has_reinstated() &&
          !state::StopInForce(effect.state, stop, effect.time_ms, effect.civil_date))
        continue;
      *stop.mutable_reinstated() = provenance;
      stop.set_over_from_ms(from_ms);
    }
    effect.state.Put(reinstated.key(), std::move(row));
  }
  for (const ActRef& act : reinstated.ratified()) {
    record::v1::RatifiedRow row;
    *row.mutable_reinstated() = provenance;
    row.set_in_force_from_ms(from_ms);
    effect.state.Put(KeyOf(state::Absolute(act, effect.digest)), std::move(row));
  }
  return absl::OkStatus();
}

}  // namespace passerelle::policy
