// Keys that are to sign no more, and keys that return (WIRE 15). A stop is a report of fact: it
// binds when whoever answers for the key makes it, and is noted otherwise.
#include <algorithm>
#include <set>
#include <string>

#include "policy/rules/checks.h"
#include "policy/rules/fields.h"
#include "policy/rules/references.h"

namespace passerelle::policy::rules {
namespace {

using record::v1::KeyRow;
using record::v1::KeyStopRow;
using statement::v1::ROLE_REPRESENTATIVE;
using statement::v1::ROLE_SECRETARIAT;
using statement::v1::STOP_CAUSE_COMPROMISED;
using statement::v1::STOP_CAUSE_SUSPENDED;
using statement::v1::STOP_CAUSE_UNSPECIFIED;

constexpr size_t kDigestBytes = 32;
constexpr size_t kMostRatified = 64;
constexpr std::string_view kNobody = "Rien n'est à faire.";
constexpr std::string_view kNobodyEn = "Nothing is to be done.";
constexpr std::string_view kMend = "L'auteur corrige l'acte et signe de nouveau.";
constexpr std::string_view kMendEn = "The author corrects the act and signs again.";

constexpr Message kStopMessages[] = {
    {"already-stopped", "La clé est déjà arrêtée pour cette raison ou une plus grave.",
     "The key is stopped already for this reason or a graver one.", kNobody, kNobodyEn},
    {"same-agent", "Qui a suspendu la clé ne confirme ni ne renouvelle sa propre suspension.",
     "Whoever suspended the key neither confirms nor renews her own suspension.",
     "Un second agent de cette partie signale la suspension.",
     "A second agent of that party reports the suspension."},
    {"other-party", "La partie nommée n'a ni mandaté ni enrôlé cet agent.",
     "The party named neither gave this agent a mandate nor enrolled it.",
     "L'auteur signale l'arrêt au nom d'une partie de l'agent.",
     "The author reports the stop in the name of a party of the agent."},
};
constexpr Message kReinstatementMessages[] = {
    {"not-stopped", "La clé n'est pas arrêtée.", "The key is not stopped.", kNobody, kNobodyEn},
    {"not-awaiting", "Cet acte n'est pas de ceux de la clé qui attendent d'être ratifiés.",
     "This act is none of the key's that await ratification.", kMend, kMendEn},
    {"other-party", "Une autre partie répond de cet agent.",
     "Another party answers for this agent.", kMend, kMendEn},
    {"representative-or-deed",
     "Une clé est rétablie par le représentant de la partie qui répond de l'agent, ou par un "
     "titre.",
     "A key is reinstated by the representative of the party that answers for the agent, or by a "
     "deed.",
     "Le représentant signe, ou le secrétariat transcrit un titre.",
     "The representative signs, or the secretariat transcribes a deed."},
};

}  // namespace

constexpr Rule kKeyStop = {
    "key.stop",
    Source::kPolicy,
    "5(1)(f), 32",
    "Une clé est arrêtée par elle-même, par son agent, par qui le mandate, ou par le secrétariat.",
    "A key is stopped by itself, by its agent, by whoever mandates the agent, or by the "
    "secretariat.",
    kStopMessages,
};
constexpr Rule kKeyReinstatement = {
    "key.reinstatement",
    Source::kPolicy,
    "5(1)(f), 32",
    "Une clé arrêtée revient, et ses actes sont ratifiés, par qui enrôle une première clé.",
    "A stopped key returns, and its acts are ratified, by whoever enrols a first key.",
    kReinstatementMessages,
};

namespace {

// The key that an act names, or null and a refusal.
const KeyRow* NeedKey(Judgement& j, const std::string& fingerprint) {
  if (!NeedBytes(j, fingerprint, kDigestBytes, j.At("key"))) return nullptr;
  const KeyRow* key = j.state().keys.Find(fingerprint);
  if (key == nullptr) RefuseUnresolved(j, fingerprint, j.At("key"));
  return key;
}

// Whether a party answers for an agent or gave it a mandate.
bool Knows(const state::State& state, const std::string& party, const std::string& agent) {
  const record::v1::AgentRow* row = state.agents.Find(agent);
  if (row != nullptr && row->party() == party) return true;
  const std::vector<state::HeldMandate> held = state::MandatesOf(state, agent);
  return std::any_of(held.begin(), held.end(),
                     [&](const auto& mandate) { return mandate.row->party() == party; });
}

// Carries a stop by whoever answers for the key; false when no signer does.
bool CarryStop(Judgement& j, const std::string& fingerprint, const KeyRow& key) {
  for (const Signer& signer : j.signers()) {
    if (signer.fingerprint != fingerprint) continue;
    j.Carry(signer, statement::v1::ROLE_UNSPECIFIED, state::HeldMandate{});
    return true;
  }
  return CarryByItself(j, key.agent()) || j.CarryBy(j.act().party(), {ROLE_REPRESENTATIVE});
}

// Whether a stop says more than those that stand: a graver cause, or an earlier compromise.
bool SaysMore(const Judgement& j, const KeyRow& key) {
  const auto& stopped = j.act().key_stopped();
  const auto standing = state::StoppedFor(j.state(), key, j.time_ms(), j.today());
  if (state::GravityOf(stopped.cause()) != state::GravityOf(standing))
    return state::GravityOf(stopped.cause()) > state::GravityOf(standing);
  if (stopped.cause() == STOP_CAUSE_SUSPENDED) return true;  // ConfirmedStop tells the rest
  if (stopped.cause() != STOP_CAUSE_COMPROMISED) return false;
  return std::none_of(key.stops().begin(), key.stops().end(), [&](const KeyStopRow& stop) {
    return stop.cause() == STOP_CAUSE_COMPROMISED &&
           stop.compromised_since_ms() <= stopped.compromised_since_ms() &&
           state::StopInForce(j.state(), stop, j.time_ms(), j.today());
  });
}

// Suspensions end: the agent who made one, standing or lapsed, makes no second one of the key until
// it is reinstated.
void CheckSuspension(Judgement& j, const KeyRow& key) {
  const std::string& agent = j.carriers().front().agent();
  for (const KeyStopRow& stop : key.stops()) {
    if (stop.cause() != STOP_CAUSE_SUSPENDED) continue;
    const bool stands = state::StopInForce(j.state(), stop, j.time_ms(), j.today());
    const bool lapsed = !stands && !stop.has_reinstated();
    if (stop.agent() == agent && (stands || lapsed)) {
      *j.Refuse({kKeyStop, "same-agent"}, j.At("key")).mutable_about() = stop.stopped().act();
      return;
    }
    if (stands && stop.party() == j.act().party() && stop.has_confirmed()) {
      *j.Refuse({kKeyStop, "already-stopped"}, j.At("key")).mutable_about() = stop.stopped().act();
      return;
    }
  }
}

void CheckRatified(Judgement& j, const std::string& fingerprint) {
  const auto& reinstated = j.act().key_reinstated();
  const auto count = static_cast<size_t>(reinstated.ratified_size());
  if (count > kMostRatified) {
    TooMany(j, j.At("ratified"), kMostRatified, count);
    return;
  }
  if (count == 0) return;
  std::set<std::string> awaiting;
  for (const record::v1::Provenance& act :
       state::AwaitingRatification(j.state(), fingerprint, j.time_ms()))
    awaiting.insert(state::KeyOf(act.act()));
  for (int i = 0; i < reinstated.ratified_size(); ++i) {
    const std::string path = j.At("ratified", i);
    const auto ref = NeedReference(j, true, reinstated.ratified(i), path);
    // An act named twice awaits no second time.
    if (ref.has_value() && awaiting.erase(state::KeyOf(*ref)) == 0)
      j.Refuse({kKeyReinstatement, "not-awaiting"}, path);
  }
}

}  // namespace

const KeyStopRow* ConfirmedStop(const Judgement& j) {
  const auto& stopped = j.act().key_stopped();
  const KeyRow* key = j.state().keys.Find(stopped.key());
  if (key == nullptr || stopped.cause() != STOP_CAUSE_SUSPENDED) return nullptr;
  for (const KeyStopRow& stop : key->stops())
    if (stop.cause() == STOP_CAUSE_SUSPENDED && stop.party() == j.act().party() &&
        state::StopInForce(j.state(), stop, j.time_ms(), j.today()))
      return &stop;
  return nullptr;
}

void CheckStopForm(Judgement& j) {
  const auto& stopped = j.act().key_stopped();
  NeedKey(j, stopped.key());
  if (stopped.cause() == STOP_CAUSE_UNSPECIFIED) Missing(j, j.At("cause"));
  const int64_t since = stopped.compromised_since_ms();
  if (stopped.cause() != STOP_CAUSE_COMPROMISED) {
    if (since != 0) NotAllowed(j, j.At("compromised_since_ms"));
  } else if (since <= 0) {
    Missing(j, j.At("compromised_since_ms"));
  } else if (since > j.time_ms()) {
    Malformed(j, j.At("compromised_since_ms"));
  }
}

void CheckStopper(Judgement& j) {
  const auto& stopped = j.act().key_stopped();
  const KeyRow* key = j.state().keys.Find(stopped.key());
  if (key == nullptr || j.refused()) return;
  const std::string& party = j.act().party();
  if (Knows(j.state(), party, key->agent())) {
    if (!j.act().has_under_deed() && !CarryStop(j, stopped.key(), *key)) {
      if (party == j.convention().secretariat_party()) j.CarryBy(party, {ROLE_SECRETARIAT});
    }
  } else if (party != j.convention().secretariat_party() || j.act().has_under_deed()) {
    j.Refuse({kKeyStop, "other-party"}, "party");
    return;
  } else {
    j.CarryBy(party, {ROLE_SECRETARIAT});
  }
  if (j.carriers().empty()) return;  // Conclude says that it binds nobody
  if (!SaysMore(j, *key))
    j.Refuse({kKeyStop, "already-stopped"}, j.At("key"));
  else if (stopped.cause() == STOP_CAUSE_SUSPENDED)
    CheckSuspension(j, *key);
}

void CheckReinstatement(Judgement& j) {
  const auto& reinstated = j.act().key_reinstated();
  const KeyRow* key = NeedKey(j, reinstated.key());
  if (reinstated.reinstatement() == statement::v1::REINSTATEMENT_UNSPECIFIED)
    Missing(j, j.At("reinstatement"));
  if (reinstated.reinstatement() == statement::v1::REINSTATEMENT_ACTS &&
      reinstated.ratified().empty())
    Missing(j, j.At("ratified"));
  if (key == nullptr) return;
  if (reinstated.reinstatement() == statement::v1::REINSTATEMENT_KEY &&
      state::StoppedFor(j.state(), *key, j.time_ms(), j.today()) == STOP_CAUSE_UNSPECIFIED)
    j.Refuse({kKeyReinstatement, "not-stopped"}, j.At("key"));
  CheckRatified(j, reinstated.key());
}

void CheckReinstater(Judgement& j) {
  const KeyRow* key = j.state().keys.Find(j.act().key_reinstated().key());
  if (key == nullptr) return;
  const record::v1::AgentRow* agent = j.state().agents.Find(key->agent());
  if (agent == nullptr || agent->party() != j.act().party()) {
    j.Refuse({kKeyReinstatement, "other-party"}, "party");
    return;
  }
  if (j.act().has_under_deed()) return;  // the deed's signers carry it
  if (agent->kind() == statement::v1::AGENT_KIND_GATEWAY)
    CarryByBoth(j);
  else if (!j.CarryBy(j.act().party(), {ROLE_REPRESENTATIVE}))
    j.Refuse({kKeyReinstatement, "representative-or-deed"});
}

}  // namespace passerelle::policy::rules
