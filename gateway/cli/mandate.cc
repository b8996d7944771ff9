// passerelle mandate: who may do what, in whose name, since when.
#include <cstdio>
#include <memory>
#include <set>

#include "gateway/base/bytes.h"
#include "gateway/base/civil.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/cli/app.h"
#include "gateway/cli/find.h"
#include "gateway/cli/input.h"
#include "gateway/cli/messages.h"
#include "gateway/cli/show.h"

namespace passerelle::gateway::cli {
namespace {

struct GiveOptions {
  std::string party, agent, role, from, until, unit, answerable, agreement_on, agreement, person;
  std::vector<std::string> datasets;
  bool deputy = false;
  Destination destination;
};

struct EndOptions {
  std::string mandate, party, last_day;
  Destination destination;
};

absl::Status AddAgreement(App& app, const GiveOptions& options, client::Draft& draft,
                          statement::v1::MandateGiven& given) {
  if (options.agreement.empty() != options.agreement_on.empty())
    return Usage("AGREEMENT_PARTS", "--agreement");
  if (options.agreement.empty()) return absl::OkStatus();
  statement::v1::ConfidentialityAgreement& agreement = *given.mutable_confidentiality();
  ASSIGN_OR_RETURN(*agreement.mutable_signed_on(),
                   ReadDate("--agreement-on", options.agreement_on));
  ASSIGN_OR_RETURN(*agreement.mutable_document()->mutable_digest(),
                   AttachFile(app, draft, "--agreement", options.agreement));
  return absl::OkStatus();
}

absl::StatusOr<int> Give(App& app, const GiveOptions& options) {
  client::Draft draft;
  statement::v1::Act act;
  ASSIGN_OR_RETURN(*act.mutable_party(), ReadParty(app, options.party));
  statement::v1::MandateGiven& given = *act.mutable_mandate_given();
  ASSIGN_OR_RETURN(*given.mutable_agent(), ReadAgent("--agent", options.agent));
  ASSIGN_OR_RETURN(const int role,
                   ReadEnum("--role", options.role, *statement::v1::Role_descriptor()));
  given.set_role(static_cast<statement::v1::Role>(role));
  given.set_rank(options.deputy ? statement::v1::RANK_DEPUTY : statement::v1::RANK_TITULAR);
  ASSIGN_OR_RETURN(*given.mutable_from(), ReadDate("--from", options.from));
  if (!options.until.empty()) {
    ASSIGN_OR_RETURN(*given.mutable_until(), ReadDate("--until", options.until));
  }
  given.set_unit(options.unit);
  for (const std::string& slug : options.datasets) given.add_datasets(slug);
  if (!options.answerable.empty()) {
    ASSIGN_OR_RETURN(*given.mutable_answerable_agent(),
                     ReadAgent("--answerable", options.answerable));
  }
  RETURN_IF_ERROR(AddAgreement(app, options, draft, given));
  if (!options.person.empty()) {
    ASSIGN_OR_RETURN(const std::string person, ReadDocument("--person", options.person));
    given.mutable_person()->set_digest(client::Attach(
        draft, base::CommitmentKind::kPerson, "text/plain; charset=utf-8", person, app.random()));
  }
  draft.acts.push_back(std::move(act));
  return Deliver(app, options.destination, std::move(draft));
}

absl::StatusOr<int> End(App& app, const EndOptions& options) {
  client::Draft draft;
  statement::v1::Act& act = draft.acts.emplace_back();
  ASSIGN_OR_RETURN(*act.mutable_party(), ReadParty(app, options.party));
  ASSIGN_OR_RETURN(*act.mutable_mandate_ended()->mutable_mandate(),
                   FindMandate(app, options.mandate));
  if (!options.last_day.empty()) {
    ASSIGN_OR_RETURN(*act.mutable_mandate_ended()->mutable_last_day(),
                     ReadDate("--last-day", options.last_day));
  }
  return Deliver(app, options.destination, std::move(draft));
}

// Agents of whose keys none may sign now, though one was stopped: their mandates are paused.
absl::StatusOr<std::set<std::string>> PausedAgents(client::Session& session,
                                                   const std::string& party) {
  ASSIGN_OR_RETURN(const auto keys, session.ListKeys(party));
  std::set<std::string> stopped, able;
  for (const auto& key : keys) {
    if (key.in_force())
      able.insert(key.row().agent());
    else if (!key.row().stops().empty() && !key.row().stops().rbegin()->has_reinstated())
      stopped.insert(key.row().agent());
  }
  for (const std::string& agent : able) stopped.erase(agent);
  return stopped;
}

std::string StateOf(const App& app, const record::v1::MandateRow& mandate,
                    const std::set<std::string>& paused) {
  if (!mandate.endings().empty()) {
    const record::v1::MandateEndingRow& ending = *mandate.endings().rbegin();
    if (ending.has_last_day())
      return app.Say("finit le ", "ends on ") + ShowDate(ending.last_day());
    return app.Say("fini depuis ", "over since ") + base::ToIsoInstant(ending.in_force_from_ms());
  }
  if (paused.count(mandate.agent()) > 0)
    return app.Say("en suspens : la clé de l'agent est arrêtée",
                   "paused: the agent's key is stopped");
  return "-";
}

absl::StatusOr<int> List(App& app, const std::string& typed) {
  std::string party;
  if (!typed.empty()) {
    ASSIGN_OR_RETURN(party, ReadParty(app, typed));
  }
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const auto mandates, session->ListMandates(party));
  if (app.json()) {
    std::vector<std::string> list;
    list.reserve(mandates.size());
    for (const auto& mandate : mandates) list.push_back(JsonOf(mandate));
    std::printf("%s\n", JsonList(list).c_str());
    return kDone;
  }
  ASSIGN_OR_RETURN(const std::set<std::string> paused, PausedAgents(*session, party));
  std::vector<std::vector<std::string>> rows;
  rows.reserve(mandates.size());
  for (const auto& mandate : mandates) {
    rows.push_back({NameOf(mandate.name(), true), mandate.row().party(),
                    ShowEnum(*statement::v1::Role_descriptor(), mandate.row().role()),
                    base::ToHex(mandate.row().agent()), ShowDate(mandate.row().from()),
                    ShowDate(mandate.row().until()), StateOf(app, mandate.row(), paused)});
  }
  PrintTable({app.Say("nom", "name"), app.Say("partie", "party"), app.Say("rôle", "role"), "agent",
              app.Say("du", "from"), app.Say("au", "until"), app.Say("état", "state")},
             rows);
  return kDone;
}

}  // namespace

void AddMandate(App& app) {
  const Command noun = app.commands().AddNoun("mandate", "Mandats", "Mandates");
  auto give = std::make_shared<GiveOptions>();
  Command verb = app.commands().AddVerb(noun, "give", "Donner un mandat", "Give a mandate",
                                        [&app, give] { return Give(app, *give); });
  verb.Add("--party", give->party, "Partie qui le donne", "Party that gives it").Required();
  verb.Add("--agent", give->agent, "Agent qui le reçoit", "Agent that receives it").Required();
  verb.Add("--role", give->role,
           "Rôle : representative | decider | dpo | requester | steward | sender | reader | "
           "auditor | "
           "log_auditor | …",
           "Role: representative | decider | dpo | requester | steward | sender | reader | auditor "
           "| "
           "log_auditor | …")
      .Required();
  verb.AddFlag("--deputy", give->deputy, "Comme suppléant", "As a deputy");
  verb.Add("--from", give->from, "Premier jour", "First day").Required();
  verb.Add("--until", give->until, "Dernier jour", "Last day");
  verb.Add("--unit", give->unit, "Service habilité du lecteur", "Unit of a reader");
  verb.Add("--dataset", give->datasets, "Jeu de données auquel il se limite",
           "Dataset it is limited to");
  verb.Add("--answerable", give->answerable, "Agent qui répond d'un service",
           "Agent who answers for a service");
  verb.Add("--agreement", give->agreement, "Accord de confidentialité (fichier)",
           "Confidentiality agreement (file)");
  verb.Add("--agreement-on", give->agreement_on, "Date de cet accord", "Date of that agreement");
  verb.Add("--person", give->person, "Fichier du nom et de la qualité", "File of name and quality");
  AddDestination(verb, give->destination);
  auto end = std::make_shared<EndOptions>();
  verb = app.commands().AddVerb(noun, "end", "Mettre fin à un mandat", "End a mandate",
                                [&app, end] { return End(app, *end); });
  verb.Add("mandate", end->mandate, "Le mandat, ou @N dans le même fichier",
           "The mandate, or @N in the same file")
      .Required();
  verb.Add("--party", end->party, "Partie qui l'a donné", "Party that gave it").Required();
  verb.Add("--last-day", end->last_day, "Dernier jour ; sans lui, il finit à l'inscription",
           "Last day; without it, it ends with the record");
  AddDestination(verb, end->destination);
  auto party = std::make_shared<std::string>();
  verb = app.commands().AddVerb(noun, "list", "Lister les mandats", "List mandates",
                                [&app, party] { return List(app, *party); });
  verb.Add("--party", *party, "Cette partie seulement", "Only this party");
}

}  // namespace passerelle::gateway::cli
