// Enrolment of keys (WIRE 15): a first key by the party's representative or under a deed, a further
// key by the agent's own key or under a deed, the gateway's by secretariat and countersigner.
#include <string>

#include "policy/rules/checks.h"
#include "policy/rules/fields.h"

namespace passerelle::policy::rules {
namespace {

using record::v1::AgentRow;
using statement::v1::AGENT_KIND_GATEWAY;
using statement::v1::AGENT_KIND_UNSPECIFIED;
using statement::v1::AgentEnrolled;
using statement::v1::AgentKind;

constexpr size_t kAgentBytes = 16;
constexpr std::string_view kAgain = "L'agent reprend son enrôlement.";
constexpr std::string_view kAgainEn = "The agent does the enrolment again.";

constexpr Message kFormMessages[] = {
    {"validity-order", "La validité de la clé finit avant de commencer.",
     "The key's validity ends before it starts.", kAgain, kAgainEn},
    {"validity-over", "La validité de la clé est déjà finie.",
     "The key's validity is over already.", kAgain, kAgainEn},
    {"possession-fails", "La preuve de possession de la clé ne se vérifie pas.",
     "The proof of possession of the key does not verify.", kAgain, kAgainEn},
    {"fingerprint-taken", "Cette clé est déjà celle d'un agent, pour toujours.",
     "This key is an agent's already, for ever.", "L'agent fait une nouvelle clé.",
     "The agent makes a new key."},
    {"kind-differs", "L'agent est déjà connu sous une autre nature.",
     "The agent is known already as another kind.", kAgain, kAgainEn},
    {"party-differs", "Une autre partie répond déjà de cet agent.",
     "Another party answers for this agent already.", kAgain, kAgainEn},
};
constexpr Message kEnrolmentMessages[] = {
    {"representative-or-deed",
     "La première clé d'un agent est signée par le représentant de sa partie ou repose sur un "
     "titre.",
     "An agent's first key is signed by its party's representative or rests on a deed.",
     "Le représentant signe, ou le secrétariat transcrit un titre.",
     "The representative signs, or the secretariat transcribes a deed."},
    {"own-key-or-deed",
     "Une clé de plus est signée par une clé de l'agent ou repose sur un titre, jamais par le "
     "représentant seul.",
     "A further key is signed by a key of the agent or rests on a deed, never by the "
     "representative alone.",
     "L'agent signe de sa clé en vigueur, ou le secrétariat transcrit un titre.",
     "The agent signs with a key in force, or the secretariat transcribes a deed."},
    {"gateway-party", "La clé de la passerelle relève de la partie qui l'exploite.",
     "The gateway's key belongs to the party that runs it.",
     "Le secrétariat nomme la partie qui tient la passerelle.",
     "The secretariat names the party that runs the gateway."},
};

}  // namespace

constexpr Rule kKeyForm = {
    "key.form",
    Source::kPolicy,
    "5(1)(f), 32",
    "Une clé enrôlée a une forme admise, une validité et une preuve de possession.",
    "An enrolled key has an accepted form, a validity and a proof of possession.",
    kFormMessages,
};
constexpr Rule kKeyEnrolment = {
    "key.enrolment",
    Source::kPolicy,
    "5(1)(f), 32",
    "Une clé est enrôlée par qui répond de l'agent.",
    "A key is enrolled by whoever answers for the agent.",
    kEnrolmentMessages,
};

namespace {

void CheckKey(Judgement& j, const AgentEnrolled& enrolled) {
  if (!IsSpkiSize(enrolled.spki().size())) {
    if (enrolled.spki().empty())
      Missing(j, j.At("spki"));
    else
      Malformed(j, j.At("spki"));
  } else if (j.state().keys.Find(gateway::base::View(gateway::base::Sha256(enrolled.spki()))) !=
             nullptr) {
    j.Refuse({kKeyForm, "fingerprint-taken"}, j.At("spki"));
  }
  if (enrolled.scheme() != statement::v1::SIGNATURE_SCHEME_RAW) Missing(j, j.At("scheme"));
  if (enrolled.possession().raw().empty()) {
    Missing(j, j.At("possession"));
    return;
  }
  CheckObservation(j, j.observed().has_possession(), j.At("possession"));
  if (j.observed().has_possession() && j.observed().possession() != record::v1::CHECK_HOLDS)
    j.Refuse({kKeyForm, "possession-fails"}, j.At("possession"));
}

void CheckValidity(Judgement& j, const AgentEnrolled& enrolled) {
  if (enrolled.valid_from_ms() <= 0) Missing(j, j.At("valid_from_ms"));
  if (enrolled.valid_until_ms() <= 0) Missing(j, j.At("valid_until_ms"));
  if (enrolled.valid_from_ms() <= 0 || enrolled.valid_until_ms() <= 0) return;
  if (enrolled.valid_until_ms() <= enrolled.valid_from_ms())
    j.Refuse({kKeyForm, "validity-order"}, j.At("valid_until_ms"));
  else if (enrolled.valid_until_ms() <= j.time_ms())
    j.Refuse({kKeyForm, "validity-over"}, j.At("valid_until_ms"));
}

}  // namespace

bool CarryByItself(Judgement& j, std::string_view agent) {
  for (const Signer& signer : j.signers()) {
    if (signer.agent != agent || !signer.binds) continue;
    j.Carry(signer, statement::v1::ROLE_UNSPECIFIED, state::HeldMandate{});
    return true;
  }
  return false;
}

AgentKind ExpectedKind(const state::State& state, std::string_view agent) {
  const AgentKind kind = KindOf(state, agent);
  if (kind != AGENT_KIND_UNSPECIFIED) return kind;
  const std::vector<state::HeldMandate> mandates = state::MandatesOf(state, agent);
  if (mandates.empty()) return AGENT_KIND_UNSPECIFIED;
  return mandates.front().row->answerable_agent().empty() ? statement::v1::AGENT_KIND_PERSON
                                                          : statement::v1::AGENT_KIND_SERVICE;
}

void CheckEnrolmentForm(Judgement& j) {
  const AgentEnrolled& enrolled = j.act().agent_enrolled();
  CheckKey(j, enrolled);
  CheckValidity(j, enrolled);
  if (enrolled.kind() == AGENT_KIND_UNSPECIFIED) Missing(j, j.At("kind"));
  if (!NeedBytes(j, enrolled.agent(), kAgentBytes, j.At("agent"))) return;
  const AgentKind expected = ExpectedKind(j.state(), enrolled.agent());
  if (expected != AGENT_KIND_UNSPECIFIED && enrolled.kind() != expected)
    j.Refuse({kKeyForm, "kind-differs"}, j.At("kind"));
  const AgentRow* known = j.state().agents.Find(enrolled.agent());
  if (known != nullptr && known->party() != j.act().party())
    j.Refuse({kKeyForm, "party-differs"}, "party");
}

void CheckEnroller(Judgement& j) {
  const AgentEnrolled& enrolled = j.act().agent_enrolled();
  if (enrolled.kind() == AGENT_KIND_GATEWAY) {
    if (j.act().party() != j.convention().secretariat_party())
      j.Refuse({kKeyEnrolment, "gateway-party"}, "party");
    if (!j.act().has_under_deed()) CarryByBoth(j);
    return;
  }
  if (j.act().has_under_deed()) return;  // the deed's signers carry it
  if (j.state().agents.Find(enrolled.agent()) != nullptr) {
    if (!CarryByItself(j, enrolled.agent())) j.Refuse({kKeyEnrolment, "own-key-or-deed"});
  } else if (!j.CarryBy(j.act().party(), {statement::v1::ROLE_REPRESENTATIVE})) {
    j.Refuse({kKeyEnrolment, "representative-or-deed"});
  }
}

}  // namespace passerelle::policy::rules
