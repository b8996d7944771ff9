// Mandates (WIRE 12, 15, 17): what they hold, who gives them, and how a service key is answered
// for.
#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/base/limits.h"
#include "policy/rules/checks.h"
#include "policy/rules/fields.h"

namespace passerelle::policy::rules {
namespace {

using record::v1::MandateRow;
using statement::v1::AGENT_KIND_PERSON;
using statement::v1::AGENT_KIND_SERVICE;
using statement::v1::AGENT_KIND_UNSPECIFIED;
using statement::v1::AgentKind;
using statement::v1::MandateGiven;
using statement::v1::Role;

constexpr size_t kAgentBytes = 16;
constexpr std::string_view kGiver = "Le représentant corrige le mandat et signe de nouveau.";
constexpr std::string_view kGiverEn = "The representative corrects the mandate and signs again.";

constexpr Message kFormMessages[] = {
    {"until-before-from", "Le mandat finit avant de commencer.",
     "The mandate ends before it starts.", kGiver, kGiverEn},
    {"sender-of-another-dataset", "Le mandat d'envoi nomme le jeu de données d'une autre partie.",
     "The sender's mandate names a dataset of another party.", kGiver, kGiverEn},
    {"gateway-agent", "L'agent de la passerelle ne reçoit pas de mandat.",
     "The gateway's agent receives no mandate.", kGiver, kGiverEn},
};
constexpr Message kServiceMessages[] = {
    {"service-role", "Un service reçoit seulement le mandat d'envoyer ou de lire.",
     "A service receives only the mandate to send or to read.", kGiver, kGiverEn},
    {"service-datasets", "Le mandat d'un service nomme ses jeux de données.",
     "A service's mandate names its datasets.", kGiver, kGiverEn},
    {"answerable-not-a-person", "L'agent qui répond du service n'est pas une personne connue.",
     "The agent who answers for the service is not a known person.", kGiver, kGiverEn},
    {"answerable-without-mandate", "L'agent qui répond du service n'a pas de mandat de la partie.",
     "The agent who answers for the service has no mandate of the party.", kGiver, kGiverEn},
};
constexpr Message kGiverMessages[] = {
    {"representative-or-deed",
     "Un mandat est donné par le représentant de la partie ou repose sur un titre.",
     "A mandate is given by the party's representative or rests on a deed.",
     "Le représentant signe, ou le secrétariat transcrit un titre.",
     "The representative signs, or the secretariat transcribes a deed."},
    {"deed-only", "Le mandat du représentant légal lui-même repose sur un titre.",
     "The mandate of the legal representative itself rests on a deed.",
     "Le secrétariat transcrit l'élection ou la nomination.",
     "The secretariat transcribes the election or appointment."},
    {"other-party", "Ce rôle revient à une autre partie de la convention.",
     "This role belongs to another party of the convention.",
     "La partie qui tient le secrétariat ou le contreseing donne le mandat.",
     "The party that keeps the secretariat or countersigns gives the mandate."},
    {"end-date", "Le mandat de l'auditeur du journal dit son dernier jour.",
     "The mandate of the log's auditor says its last day.",
     "Le secrétariat fixe la fin du mandat et signe de nouveau.",
     "The secretariat sets the mandate's end and signs again."},
};

}  // namespace

constexpr Rule kMandateForm = {
    "mandate.form",
    Source::kPolicy,
    "29, 32(4)",
    "Un mandat dit l'agent, le rôle, les jours et la portée.",
    "A mandate says agent, role, days and scope.",
    kFormMessages,
};
constexpr Rule kMandateService = {
    "mandate.service",
    Source::kPolicy,
    "29, 32(4)",
    "Une personne répond de chaque clé de service, pour des jeux de données nommés.",
    "A person answers for each service key, for named datasets.",
    kServiceMessages,
};
constexpr Rule kMandateGiver = {
    "mandate.giver",
    Source::kPolicy,
    "24, 29",
    "Un mandat est donné par qui représente la partie, ou repose sur un titre.",
    "A mandate is given by whoever represents the party, or rests on a deed.",
    kGiverMessages,
};

namespace {

bool IsService(const Judgement& j) {
  const MandateGiven& given = j.act().mandate_given();
  const AgentKind kind = ExpectedKind(j.state(), given.agent());
  if (kind == AGENT_KIND_UNSPECIFIED) return !given.answerable_agent().empty();
  return kind == AGENT_KIND_SERVICE;
}

void CheckDays(Judgement& j, const MandateGiven& given) {
  const bool from = NeedDate(j, given.has_from(), given.from(), j.At("from"));
  const bool until = !given.has_until() || NeedDate(j, true, given.until(), j.At("until"));
  if (!from || !until) return;
  const int64_t end = state::NumberOf(j.convention().ends_on());
  const int64_t last = given.has_until() ? state::NumberOf(given.until()) : end;
  if (std::min(last, end) < state::NumberOf(given.from()))
    j.Refuse({kMandateForm, "until-before-from"}, j.At("until"));
}

void CheckScope(Judgement& j, const MandateGiven& given) {
  const bool scoped =
      given.role() == statement::v1::ROLE_SENDER || given.role() == statement::v1::ROLE_READER;
  if (!scoped) {
    if (!given.datasets().empty()) NotAllowed(j, j.At("datasets"));
    return;
  }
  if (!NeedList(j, given.datasets(), "datasets", gateway::base::kMaxCodes, false)) return;
  const std::string mine = absl::StrCat(j.act().party(), "/");
  for (int i = 0; i < given.datasets_size(); ++i) {
    const std::string& slug = given.datasets(i);
    if (!NeedSlug(j, slug, j.At("datasets", i))) continue;
    if (given.role() == statement::v1::ROLE_SENDER && slug.substr(0, mine.size()) != mine)
      j.Refuse({kMandateForm, "sender-of-another-dataset"}, j.At("datasets", i));
  }
}

// Whether a mandate has a day left, today or to come.
bool HasADayLeft(const Judgement& j, const MandateRow& mandate) {
  const int64_t next = std::max(j.day(), state::NumberOf(mandate.from()));
  const bool over = mandate.has_until() && state::NumberOf(mandate.until()) < next;
  return !over && !state::IsEndedBefore(j.state(), mandate, j.time_ms(), next);
}

// Whether an agent holds a mandate of the party, or will.
bool HoldsOrWill(const Judgement& j, std::string_view agent) {
  for (const state::HeldMandate& held : state::MandatesOf(j.state(), agent))
    if (held.row->party() == j.act().party() && HasADayLeft(j, *held.row)) return true;
  return false;
}

}  // namespace

bool IsAnsweredFor(const state::State& state, const MandateRow& mandate, int64_t time_ms,
                   const convention::v1::Date& today) {
  for (const state::HeldMandate& held : state::MandatesOf(state, mandate.answerable_agent()))
    if (held.row->party() == mandate.party() && state::InForce(state, *held.row, time_ms, today))
      return true;
  return false;
}

void CheckMandateForm(Judgement& j) {
  const MandateGiven& given = j.act().mandate_given();
  if (given.role() == statement::v1::ROLE_UNSPECIFIED) Missing(j, j.At("role"));
  if (given.rank() == statement::v1::RANK_UNSPECIFIED) Missing(j, j.At("rank"));
  CheckDays(j, given);
  CheckScope(j, given);
  if (!NeedBytes(j, given.agent(), kAgentBytes, j.At("agent"))) return;
  if (KindOf(j.state(), given.agent()) == statement::v1::AGENT_KIND_GATEWAY)
    j.Refuse({kMandateForm, "gateway-agent"}, j.At("agent"));
}

void CheckMandateService(Judgement& j) {
  const MandateGiven& given = j.act().mandate_given();
  if (!IsService(j)) {
    if (!given.answerable_agent().empty()) NotAllowed(j, j.At("answerable_agent"));
    NeedCommitment(j, given.has_person(), given.person(), j.At("person"));
    return;
  }
  if (given.has_person()) NotAllowed(j, j.At("person"));
  if (given.role() != statement::v1::ROLE_SENDER && given.role() != statement::v1::ROLE_READER)
    j.Refuse({kMandateService, "service-role"}, j.At("role"));
  if (given.datasets().empty()) j.Refuse({kMandateService, "service-datasets"}, j.At("datasets"));
  if (!NeedBytes(j, given.answerable_agent(), kAgentBytes, j.At("answerable_agent"))) return;
  if (ExpectedKind(j.state(), given.answerable_agent()) != AGENT_KIND_PERSON)
    j.Refuse({kMandateService, "answerable-not-a-person"}, j.At("answerable_agent"));
  else if (!HoldsOrWill(j, given.answerable_agent()))
    j.Refuse({kMandateService, "answerable-without-mandate"}, j.At("answerable_agent"));
}

void CheckMandateGiver(Judgement& j) {
  const MandateGiven& given = j.act().mandate_given();
  const auto& convention = j.convention();
  const Role role = given.role();
  const bool secretariat =
      role == statement::v1::ROLE_SECRETARIAT || role == statement::v1::ROLE_OPERATOR;
  if ((secretariat && j.act().party() != convention.secretariat_party()) ||
      (role == statement::v1::ROLE_COUNTERSIGNER &&
       j.act().party() != convention.countersigning_party()))
    j.Refuse({kMandateGiver, "other-party"}, j.At("role"));
  if (role == statement::v1::ROLE_LOG_AUDITOR) {
    if (!given.has_until()) j.Refuse({kMandateGiver, "end-date"}, j.At("until"));
    if (!j.act().has_under_deed()) CarryByBoth(j);
    return;
  }
  if (j.act().has_under_deed()) return;  // the deed's signers carry it
  if (role == statement::v1::ROLE_REPRESENTATIVE && given.rank() == statement::v1::RANK_TITULAR)
    j.Refuse({kMandateGiver, "deed-only"}, j.At("role"));
  else if (!j.CarryBy(j.act().party(), {statement::v1::ROLE_REPRESENTATIVE}))
    j.Refuse({kMandateGiver, "representative-or-deed"});
}

}  // namespace passerelle::policy::rules
