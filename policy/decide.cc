// DecideSet reads from top to bottom: the header, each act on a fork, the links, the size.
#include "policy/decide.h"

#include <set>
#include <string>
#include <utility>

#include "gateway/base/limits.h"
#include "policy/acts.h"
#include "policy/refused.h"
#include "policy/rules/areas.h"
#include "policy/rules/checks.h"

namespace passerelle::policy {
namespace {

using record::v1::Decision;
using record::v1::Entry;
using rules::Findings;
using rules::Judgement;
using rules::Matter;
using state::State;
using statement::v1::Act;

using Parties = std::set<std::string, std::less<>>;

// What every entry says, whatever the decision.
Entry Frame(const State& state, const Submission& submission, const Now& now) {
  Entry entry;
  entry.set_time_ms(now.time_ms);
  *entry.mutable_civil_date() = now.civil_date;
  entry.set_format_minor(kEntryFormatMinor);
  entry.set_engine_version(std::string(kEngineVersion));
  if (state.founding() != nullptr) *entry.mutable_settings() = state.founding()->settings_ref();
  *entry.mutable_observed() = submission.observed;
  return entry;
}

// Who reads an accepted act (WIRE 4).
void AddConcerned(const Judgement& j, Parties& parties) {
  switch (rules::AreaOf(j.act().body_case())) {
    case rules::Area::kConvention:
    case rules::Area::kDeed:
    case rules::Area::kPeople:
    case rules::Area::kData:
      parties.emplace(state::kEveryone);
      if (!j.act().party().empty()) parties.insert(j.act().party());
      return;
    case rules::Area::kOwn:
      parties.insert(j.act().party());
      return;
    case rules::Area::kExchange:
    case rules::Area::kTransfer:
    case rules::Area::kGateway:
      // A report may name a party that is on no side.
      if (!j.act().party().empty()) parties.insert(j.act().party());
      parties.insert(j.subject.holder);
      if (j.subject.transfer == nullptr)
        parties.insert(j.subject.recipients.begin(), j.subject.recipients.end());
      else
        for (const record::v1::DeliveryRow& share : j.subject.transfer->deliveries())
          parties.insert(share.party());
      return;
  }
}

// Judges one act by every rule that applies; accepted unless anything refuses it, or, of a report,
// keeps it from binding.
Decision DecideAct(const ActSpec* spec, Judgement& j, Findings& findings) {
  if (spec != nullptr)
    for (const rules::Check check : spec->checks) check(j);
  rules::Conclude(j);
  Decision decision;
  if (findings.refused()) return decision;
  decision.set_effect(j.noted() ? record::v1::EFFECT_NOTED : record::v1::EFFECT_ACCEPTED);
  for (const record::v1::Finding& warning : findings.warnings()) *decision.add_findings() = warning;
  decision.set_findings_omitted(findings.warnings_omitted());
  if (j.noted()) return decision;
  record::v1::Outcome& outcome = *decision.mutable_outcome();
  for (const record::v1::Carrier& carrier : j.carriers()) *outcome.add_carriers() = carrier;
  outcome.set_in_force_from_ms(rules::InForceFrom(j));
  spec->derive(j, outcome);
  return decision;
}

// Decides the acts in order, each on a fork that holds the earlier ones, until one is refused: what
// comes after it would be judged on a state that never was.
void DecideActs(const State& state, const Matter& matter, const std::vector<rules::Signer>& signers,
                Entry& entry, Parties& parties, Findings& refusals) {
  State draft = state.Fork();
  statement::v1::ActRef ref;
  ref.set_statement(gateway::base::ToBytes(matter.digest));
  const auto acts = static_cast<uint32_t>(matter.statement.acts_size());
  for (uint32_t i = 0; i < acts; ++i) {
    const Act& act = matter.statement.acts(static_cast<int>(i));
    const ActSpec* spec = FindSpec(act.body_case());
    Findings findings;
    Judgement j(draft, matter, signers, i, findings);
    Decision decision = DecideAct(spec, j, findings);
    if (findings.refused()) {
      refusals = std::move(findings);
      return;
    }
    AddConcerned(j, parties);
    if (i + 1 < acts && decision.effect() == record::v1::EFFECT_ACCEPTED) {
      ref.set_ordinal(i);
      const gateway::base::Digest no_leaf{};  // only entry 0, a set of one, looks at its leaf
      const absl::Status applied =
          spec->apply({draft, act, ref, decision.outcome(), j.observed(), state.size(), no_leaf,
                       matter.time_ms, matter.today, matter.digest});
      if (!applied.ok()) {
        rules::RefuseInconsistent(i, refusals);
        return;
      }
    }
    *entry.mutable_recorded()->add_decisions() = std::move(decision);
  }
}

void AddLinks(const State& state, const Parties& parties, Entry& entry) {
  for (const std::string& party : parties) {
    record::v1::PartyLink& link = *entry.add_links();
    link.set_party(party);
    const record::v1::ChainRow* chain = state.chains.Find(party);
    if (chain == nullptr) continue;
    link.set_ordinal(chain->length());
    link.set_previous(chain->last());
  }
}

}  // namespace

Entry DecideSet(const State& state, const Submission& submission, const Now& now) {
  const Matter matter{submission.statement, submission.digest, submission.envelope_bytes,
                      submission.observed,  now.time_ms,       now.civil_date};
  Findings findings;
  const std::vector<rules::Signer> signers = rules::CheckHeader(state, matter, findings);
  if (!findings.refused()) rules::CheckSet(matter, findings);
  if (!findings.refused() && state.founding() != nullptr) rules::CheckKeys(state, matter, findings);
  Entry entry = Frame(state, submission, now);
  Parties parties;
  if (!findings.refused()) DecideActs(state, matter, signers, entry, parties, findings);
  if (!findings.refused()) {
    AddLinks(state, parties, entry);
    const size_t bytes = LeafBytes(entry, submission.envelope_bytes);
    if (bytes <= gateway::base::kMaxEntryBytes) return entry;
    rules::RefuseSize(bytes, findings);
  }
  entry = Frame(state, submission, now);
  AddLinks(state, ConcernedByRefusal(state, submission.statement), entry);
  Refuse(state, submission.statement, findings, entry);
  return entry;
}

}  // namespace passerelle::policy
