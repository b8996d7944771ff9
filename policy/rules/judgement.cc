#include "policy/rules/judgement.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "gateway/base/limits.h"
#include "gateway/base/strings.h"
#include "policy/rules/areas.h"

namespace passerelle::policy::rules {
namespace {

using gateway::base::Absl;
using record::v1::Finding;
using statement::v1::Role;

const record::v1::ActObserved& ObservedOf(const Matter& matter, uint32_t ordinal) {
  return ordinal < static_cast<uint32_t>(matter.observed.acts_size())
             ? matter.observed.acts(static_cast<int>(ordinal))
             : record::v1::ActObserved::default_instance();
}

// Whether a rule is about the form of an act rather than about who does it and when.
bool IsOfForm(const Rule& rule) {
  return rule.id.substr(0, 5) == "wire." || rule.id.substr(0, 8) == "content.";
}

}  // namespace

Finding& Findings::Add(List& list, record::v1::Severity severity, uint32_t act, Reason reason,
                       std::string_view path) {
  const bool full = list.kept.size() >= gateway::base::kMaxFindings;
  if (full) ++list.omitted;
  Finding& finding = full ? scratch_ : list.kept.emplace_back();
  finding.set_rule(std::string(reason.rule->id));
  finding.set_code(std::string(reason.code));
  finding.set_severity(severity);
  finding.set_act(act);
  finding.set_path(std::string(path));
  return finding;
}

Finding& Findings::Refuse(uint32_t act, Reason reason, std::string_view path) {
  return Add(refusals_, record::v1::SEVERITY_REFUSES, act, reason, path);
}

Finding& Findings::Warn(uint32_t act, Reason reason, std::string_view path) {
  return Add(warnings_, record::v1::SEVERITY_WARNS, act, reason, path);
}

Judgement::Judgement(const state::State& state, const Matter& matter,
                     const std::vector<Signer>& signers, uint32_t ordinal, Findings& findings)
    : state_(state),
      matter_(matter),
      signers_(signers),
      ordinal_(ordinal),
      act_(matter.statement.acts(static_cast<int>(ordinal))),
      observed_(ObservedOf(matter, ordinal)),
      day_(state::NumberOf(matter.today)),
      findings_(findings) {}

const convention::v1::Convention& Judgement::convention() const {
  return state_.founding()->convention();
}

const convention::v1::Settings& Judgement::settings() const {
  return state_.founding()->settings();
}

Finding& Judgement::Refuse(Reason reason, std::string_view path) {
  if (!IsReport(act_.body_case()) || IsOfForm(*reason.rule))
    return findings_.Refuse(ordinal_, reason, path);
  noted_ = true;
  return Warn(reason, path);
}

Finding& Judgement::Warn(Reason reason, std::string_view path) {
  return findings_.Warn(ordinal_, reason, path);
}

std::string_view Judgement::body_name() const {
  const auto* field =
      statement::v1::Act::descriptor()->FindFieldByNumber(static_cast<int>(act_.body_case()));
  return field == nullptr ? std::string_view() : std::string_view(field->name());
}

std::string Judgement::At(std::string_view field) const {
  return absl::StrCat(Absl(body_name()), ".", Absl(field));
}

std::string Judgement::At(std::string_view field, int index) const {
  return absl::StrCat(Absl(body_name()), ".", Absl(field), "[", index, "]");
}

void Judgement::Carry(const Signer& signer, Role role, const state::HeldMandate& mandate) {
  record::v1::Carrier& carrier = carriers_.emplace_back();
  carrier.set_signer(signer.fingerprint);
  carrier.set_agent(signer.agent);
  carrier.set_role(role);
  if (mandate.row != nullptr && !IsFounding(*mandate.row)) *carrier.mutable_mandate() = mandate.ref;
}

state::HeldMandate Judgement::MandateOf(const Signer& signer, std::string_view party,
                                        Role role) const {
  if (!signer.binds) return {};
  return state::FindMandate(state_, signer.agent, party, role, time_ms(), today());
}

bool Judgement::CarryBy(std::string_view party, std::initializer_list<Role> roles) {
  for (const Role role : roles) {
    for (const Signer& signer : signers_) {
      const state::HeldMandate mandate = MandateOf(signer, party, role);
      if (mandate.row == nullptr) continue;
      Carry(signer, role, mandate);
      return true;
    }
  }
  return false;
}

bool Judgement::IsRecipient(std::string_view party) const {
  return std::find(subject.recipients.begin(), subject.recipients.end(), party) !=
         subject.recipients.end();
}

bool IsFounding(const record::v1::MandateRow& mandate) { return !mandate.has_until(); }

statement::v1::AgentKind KindOf(const state::State& state, std::string_view agent) {
  const record::v1::AgentRow* row = state.agents.Find(agent);
  return row == nullptr ? statement::v1::AGENT_KIND_UNSPECIFIED : row->kind();
}

bool Holds(const state::State& state, std::string_view agent, std::string_view party,
           std::initializer_list<Role> roles, int64_t time_ms, const convention::v1::Date& today) {
  for (const Role role : roles)
    if (state::FindMandate(state, agent, party, role, time_ms, today).row != nullptr) return true;
  return false;
}

}  // namespace passerelle::policy::rules
