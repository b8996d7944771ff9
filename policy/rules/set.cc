// Which acts may stand together (WIRE 9), in whose name an act is done, and the default refusal.
#include <algorithm>
#include <string_view>

#include "gateway/base/limits.h"
#include "policy/rules/areas.h"
#include "policy/rules/checks.h"
#include "policy/rules/fields.h"

namespace passerelle::policy::rules {
namespace {

using statement::v1::Act;
using statement::v1::Statement;

constexpr Message kSetMessages[] = {
    {"lone-act", "Cet acte voyage seul : il ne peut faire partie d'un ensemble.",
     "This act travels alone: it cannot be part of a set.", "Le signataire le signe à part.",
     "The signer signs it apart."},
    {"several-parties",
     "Un ensemble au nom de plusieurs parties ne contient que des actes de convention, de titres "
     "et de personnes.",
     "A set in the name of several parties holds only convention, deed and people acts.",
     "Le signataire fait un ensemble par partie.", "The signer makes one set a party."},
    {"several-exchanges", "Les envois d'un ensemble relèvent tous du même échange.",
     "The transfers of a set are all of one exchange.",
     "L'expéditeur fait un ensemble par échange.", "The sender makes one set an exchange."},
};
constexpr Message kPartyMessages[] = {
    {"party-unknown", "L'acte est fait au nom d'une partie que la convention ne connaît pas.",
     "The act is done in the name of a party that the convention does not know.",
     "Le signataire nomme une partie signataire de la convention.",
     "The signer names a signatory of the convention."},
};
constexpr Message kObservedMessages[] = {
    {"observation-missing", "La passerelle n'a pas constaté ce que la règle doit comparer.",
     "The gateway did not observe what the rule has to compare.",
     "L'opérateur de la passerelle examine l'incident.",
     "The operator of the gateway examines the incident."},
};
constexpr Message kDenyMessages[] = {
    {"no-rule-accepts", "Aucune règle n'admet cet acte.", "No rule accepts this act.",
     "L'auteur demande au secrétariat de la convention quel acte convient.",
     "The author asks the convention's secretariat which act fits."},
    {"inconsistent", "L'état du journal se contredit.", "The state of the log contradicts itself.",
     "L'opérateur de la passerelle examine l'incident.",
     "The operator of the gateway examines the incident."},
};
constexpr Message kHearingMessages[] = {
    {"binds-nobody", "Le signalement est noté : aucun signataire n'est habilité à lier par lui.",
     "The report is noted: no signer is entitled to bind anybody by it.",
     "Qui est habilité fait le même signalement.", "Whoever is entitled makes the same report."},
};

}  // namespace

constexpr Rule kWireSet = {
    "wire.set",
    Source::kPolicy,
    "5(2)",
    "Un ensemble signé réunit des actes qui vont ensemble ; avis et signalements voyagent seuls.",
    "A signed set holds acts that belong together; opinions and reports travel alone.",
    kSetMessages,
};
constexpr Rule kWireParty = {
    "wire.party",
    Source::kPolicy,
    "24",
    "Un acte est fait au nom d'une partie de la convention.",
    "An act is done in the name of a party of the convention.",
    kPartyMessages,
};
constexpr Rule kWireObserved = {
    "wire.observed",
    Source::kPolicy,
    "5(2)",
    "Ce que la règle compare a été constaté avant la décision.",
    "What a rule compares was observed before the decision.",
    kObservedMessages,
};
constexpr Rule kDefaultDeny = {
    "default.deny",
    Source::kPolicy,
    "25(2)",
    "Un acte qu'aucune règle n'admet est refusé.",
    "An act that no rule accepts is refused.",
    kDenyMessages,
};
constexpr Rule kDefaultHearing = {
    "default.hearing",
    Source::kPolicy,
    "5(2), 32",
    "Un signalement bien formé est toujours noté ; il ne lie que si une règle le dit.",
    "A well-formed report is always noted; it binds only when a rule says so.",
    kHearingMessages,
};

namespace {

bool TravelsAlone(Act::BodyCase body) {
  return body == Act::kConventionEnacted || body == Act::kDpoOpinionGiven ||
         body == Act::kTransferRuled || body == Act::kShardOpened ||
         body == Act::kReceiptPresented || IsReport(body);
}

bool MayMixParties(Act::BodyCase body) {
  const Area area = AreaOf(body);
  return area == Area::kConvention || area == Area::kDeed || area == Area::kPeople;
}

void CheckParties(const Statement& statement, Findings& findings) {
  bool several = false;
  for (const Act& act : statement.acts())
    several = several || act.party() != statement.acts(0).party();
  if (!several) return;
  for (int i = 0; i < statement.acts_size(); ++i) {
    if (MayMixParties(statement.acts(i).body_case())) continue;
    findings.Refuse(static_cast<uint32_t>(i), {kWireSet, "several-parties"}, "party");
    return;
  }
}

void CheckExchanges(const Statement& statement, const gateway::base::Digest& digest,
                    Findings& findings) {
  std::string first;
  for (int i = 0; i < statement.acts_size(); ++i) {
    if (!statement.acts(i).has_transfer_submitted()) continue;
    const std::string exchange =
        state::KeyOf(state::Absolute(statement.acts(i).transfer_submitted().exchange(), digest));
    if (first.empty()) first = exchange;
    if (exchange == first) continue;
    findings.Refuse(static_cast<uint32_t>(i), {kWireSet, "several-exchanges"},
                    "transfer_submitted.exchange");
    return;
  }
}

}  // namespace

void CheckSet(const Matter& matter, Findings& findings) {
  const Statement& statement = matter.statement;
  const auto count = static_cast<size_t>(statement.acts_size());
  if (count == 0) HeaderMissing(findings, "acts");
  if (count > gateway::base::kMaxActs)
    HeaderTooMany(findings, "acts", gateway::base::kMaxActs, count);
  if (static_cast<size_t>(matter.observed.acts_size()) != count)
    findings.Refuse(0, {kWireObserved, "observation-missing"}, "");
  if (count < 2) return;
  for (int i = 0; i < statement.acts_size(); ++i)
    if (TravelsAlone(statement.acts(i).body_case()))
      findings.Refuse(static_cast<uint32_t>(i), {kWireSet, "lone-act"}, "");
  CheckParties(statement, findings);
  CheckExchanges(statement, matter.digest, findings);
}

void CheckParty(Judgement& j) {
  if (j.act().party().empty())
    Missing(j, "party");
  else if (state::FindParty(j.state(), j.act().party()) == nullptr)
    j.Refuse({kWireParty, "party-unknown"}, "party");
}

void CheckNoParty(Judgement& j) {
  if (!j.act().party().empty()) NotAllowed(j, "party");
}

void CheckObservation(Judgement& j, bool present, std::string_view path) {
  if (!present) j.Refuse({kWireObserved, "observation-missing"}, path);
}

void Conclude(Judgement& j) {
  if (j.refused() || j.noted() || !j.carriers().empty()) return;
  if (!IsReport(j.act().body_case())) {
    j.Refuse({kDefaultDeny, "no-rule-accepts"});
    return;
  }
  CheckReporters(j);
  j.Refuse({kDefaultHearing, "binds-nobody"});
}

void RefuseInconsistent(uint32_t act, Findings& findings) {
  findings.Refuse(act, {kDefaultDeny, "inconsistent"}, "");
}

}  // namespace passerelle::policy::rules
