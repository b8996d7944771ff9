// The end of a mandate (DESIGN section 4) before its last day: by whoever may give it, or by its
// holder.
#include <algorithm>
#include <string>

#include "policy/rules/checks.h"
#include "policy/rules/fields.h"
#include "policy/rules/references.h"
#include "policy/state/indexes.h"

namespace passerelle::policy::rules {
namespace {

using record::v1::MandateRow;
using statement::v1::Role;
using statement::v1::ROLE_COUNTERSIGNER;
using statement::v1::ROLE_LOG_AUDITOR;
using statement::v1::ROLE_REPRESENTATIVE;
using statement::v1::ROLE_SECRETARIAT;

constexpr std::string_view kMend = "L'auteur corrige l'acte et signe de nouveau.";
constexpr std::string_view kMendEn = "The author corrects the act and signs again.";
constexpr std::string_view kNobody = "Rien n'est à faire.";
constexpr std::string_view kNobodyEn = "Nothing is to be done.";

constexpr Message kMessages[] = {
    {"other-party", "Le mandat est donné par une autre partie.",
     "The mandate is given by another party.", kMend, kMendEn},
    {"already-over", "Le mandat est déjà fini.", "The mandate is over already.", kNobody,
     kNobodyEn},
    {"last-day-past", "Le dernier jour choisi est passé.", "The last day chosen is past.", kMend,
     kMendEn},
    {"not-earlier", "Le mandat finit déjà le {limit:date} ou avant.",
     "The mandate ends on {limit:date} or earlier already.", kMend, kMendEn},
    {"gateway", "Le mandat de la passerelle finit avec sa clé, que l'on arrête.",
     "The gateway's mandate ends with its key, which is to be stopped.",
     "Le secrétariat signale l'arrêt de la clé.", "The secretariat reports the key stopped."},
    {"last-quorum",
     "Il resterait moins d'un agent du secrétariat et d'un autre au contreseing, avec une clé.",
     "Fewer than one agent of the secretariat and another countersigner with a key would remain.",
     "La partie donne d'abord le mandat à un autre agent.",
     "The party first gives the mandate to another agent."},
    {"giver-or-holder",
     "Un mandat finit par qui peut le donner, par son titulaire, ou par un titre.",
     "A mandate is ended by whoever may give it, by its holder, or by a deed.",
     "Le représentant ou le titulaire signe, ou le secrétariat transcrit un titre.",
     "The representative or the holder signs, or the secretariat transcribes a deed."},
};

}  // namespace

constexpr Rule kMandateEnding = {
    "mandate.ending",
    Source::kPolicy,
    "29, 32(4)",
    "Un mandat finit plus tôt par qui peut le donner ou par son titulaire.",
    "A mandate ends earlier by whoever may give it or by its holder.",
    kMessages,
};

namespace {

// The mandate that the act ends, or null.
const MandateRow* Ended(const Judgement& j) {
  const statement::v1::ActRef ref =
      state::Absolute(j.act().mandate_ended().mandate(), j.matter().digest);
  return j.state().mandates.Find(state::KeyOf(ref));
}

// Last day of a mandate as it now stands; 0: none.
int64_t LastDay(const Judgement& j, const MandateRow& mandate) {
  int64_t last = state::NumberOf(mandate.until());
  for (const record::v1::MandateEndingRow& ending : mandate.endings()) {
    const int64_t day = ending.has_last_day() ? state::NumberOf(ending.last_day()) : j.day();
    if (state::Stands(j.state(), ending.ended(), j.time_ms()) && (last == 0 || day < last))
      last = day;
  }
  return last;
}

bool IsOver(const Judgement& j, const MandateRow& mandate) {
  const int64_t last = state::NumberOf(mandate.until());
  if (last != 0 && last < j.day()) return true;
  return std::any_of(mandate.endings().begin(), mandate.endings().end(), [&](const auto& ending) {
    return (!ending.has_last_day() || state::NumberOf(ending.last_day()) < j.day()) &&
           state::Stands(j.state(), ending.ended(), j.time_ms());
  });
}

bool HasKey(const Judgement& j, std::string_view agent) {
  bool found = false;
  j.state().keys.Scan("", [&](const std::string&, const record::v1::KeyRow& key) {
    found = key.agent() == agent && state::KeyInForce(j.state(), key, j.time_ms(), j.today());
    return !found;
  });
  return found;
}

// Agents who hold a role of a party for good, save by the mandate that ends, and who can sign.
std::vector<std::string> Remaining(const Judgement& j, const std::string& party, Role role,
                                   const std::string& ended) {
  std::vector<std::string> agents;
  const auto add = [&](std::string_view key, const MandateRow& row) {
    if (row.role() == role && key != ended && row.endings().empty() &&
        state::InForce(j.state(), row, j.time_ms(), j.today()) && HasKey(j, row.agent()))
      agents.push_back(row.agent());
    return true;
  };
  state::VisitMandatesOfParty(j.state(), party, add);
  return agents;
}

// Two distinct persons have to be able to transcribe deeds and change settings.
void CheckQuorum(Judgement& j, const MandateRow& mandate, const std::string& key) {
  if (mandate.role() != ROLE_SECRETARIAT && mandate.role() != ROLE_COUNTERSIGNER) return;
  const auto secretaries = Remaining(j, j.convention().secretariat_party(), ROLE_SECRETARIAT, key);
  const auto countersigners =
      Remaining(j, j.convention().countersigning_party(), ROLE_COUNTERSIGNER, key);
  for (const std::string& secretary : secretaries)
    for (const std::string& countersigner : countersigners)
      if (secretary != countersigner) return;
  j.Refuse({kMandateEnding, "last-quorum"}, j.At("mandate"));
}

void CheckLastDay(Judgement& j, const MandateRow& mandate) {
  const auto& ended = j.act().mandate_ended();
  if (!ended.has_last_day() || !NeedDate(j, true, ended.last_day(), j.At("last_day"))) return;
  const int64_t day = state::NumberOf(ended.last_day());
  const int64_t last = LastDay(j, mandate);
  if (day < j.day())
    j.Refuse({kMandateEnding, "last-day-past"}, j.At("last_day"));
  else if (last != 0 && day >= last)
    j.Refuse({kMandateEnding, "not-earlier"}, j.At("last_day")).set_limit(last);
}

}  // namespace

void CheckEnding(Judgement& j) {
  const auto& ended = j.act().mandate_ended();
  const auto ref = NeedReference(j, ended.has_mandate(), ended.mandate(), j.At("mandate"));
  if (!ref.has_value()) return;
  const MandateRow* mandate = FindOrRefuse(j, j.state().mandates, *ref, j.At("mandate"));
  if (mandate == nullptr) return;
  if (mandate->party() != j.act().party())
    j.Refuse({kMandateEnding, "other-party"}, j.At("mandate"));
  if (IsOver(j, *mandate)) {
    j.Refuse({kMandateEnding, "already-over"}, j.At("mandate"));
    return;
  }
  if (KindOf(j.state(), mandate->agent()) == statement::v1::AGENT_KIND_GATEWAY)
    j.Refuse({kMandateEnding, "gateway"}, j.At("mandate"));
  CheckLastDay(j, *mandate);
  CheckQuorum(j, *mandate, state::KeyOf(*ref));
  CheckDpoLeaves(j, *mandate);
}

void CheckEnder(Judgement& j) {
  const MandateRow* mandate = Ended(j);
  if (mandate == nullptr || j.act().has_under_deed()) return;  // the deed's signers carry it
  if (CarryByItself(j, mandate->agent())) return;
  if (mandate->role() == ROLE_LOG_AUDITOR) {
    CarryByBoth(j);
    return;
  }
  const bool titular =
      mandate->role() == ROLE_REPRESENTATIVE && mandate->rank() == statement::v1::RANK_TITULAR;
  if (titular || !j.CarryBy(j.act().party(), {ROLE_REPRESENTATIVE}))
    j.Refuse({kMandateEnding, "giver-or-holder"});
}

}  // namespace passerelle::policy::rules
