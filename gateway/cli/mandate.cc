// passerelle mandate: who may do what, in whose name, since when.
#include <cstdio>
#include <memory>

#include "gateway/base/bytes.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/cli/app.h"
#include "gateway/cli/input.h"
#include "gateway/cli/show.h"

namespace passerelle::gateway::cli {
namespace {

struct GiveOptions {
  std::string party, agent, role, from, until, unit, answerable, agreement_on, agreement, person;
  std::vector<std::string> datasets;
  bool deputy = false;
  Destination destination;
};

absl::Status AddAgreement(App& app, const GiveOptions& options, client::Draft& draft,
                          statement::v1::MandateGiven& given) {
  if (options.agreement.empty() != options.agreement_on.empty())
    return base::Malformed("OPTION", "--agreement",
                           "an agreement has a file and a date: --agreement and --agreement-on");
  if (options.agreement.empty()) return absl::OkStatus();
  statement::v1::ConfidentialityAgreement& agreement = *given.mutable_confidentiality();
  ASSIGN_OR_RETURN(*agreement.mutable_signed_on(),
                   ReadDate("--agreement-on", options.agreement_on));
  ASSIGN_OR_RETURN(*agreement.mutable_document()->mutable_digest(),
                   AttachFile(app, draft, options.agreement));
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
    ASSIGN_OR_RETURN(const std::string person,
                     base::ReadFile(options.person, base::kMaxDocumentBytes));
    given.mutable_person()->set_digest(client::Attach(
        draft, base::CommitmentKind::kPerson, "text/plain; charset=utf-8", person, app.random()));
  }
  draft.acts.push_back(std::move(act));
  return Deliver(app, options.destination, std::move(draft));
}

absl::StatusOr<int> List(App& app, const std::string& typed) {
  std::string party;
  if (!typed.empty()) {
    ASSIGN_OR_RETURN(party, ReadParty(app, typed));
  }
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const auto mandates, session->ListMandates(party));
  if (app.json()) {
    nlohmann::json list = nlohmann::json::array();
    for (const auto& mandate : mandates) list.push_back(ToJson(mandate));
    std::printf("%s\n", TextOf(list).c_str());
    return kDone;
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& mandate : mandates) {
    const nlohmann::json json = ToJson(mandate.row());
    rows.push_back({NameOf(mandate.name(), true), mandate.row().party(),
                    json["role"].get<std::string>(),
                    base::ToHex(mandate.row().agent()).substr(0, 12),
                    ShowDate(mandate.row().from()), ShowDate(mandate.row().until())});
  }
  PrintTable({app.Say("nom", "name"), app.Say("partie", "party"), app.Say("rôle", "role"), "agent",
              app.Say("du", "from"), app.Say("au", "until")},
             rows);
  return kDone;
}

}  // namespace

void AddMandate(App& app) {
  CLI::App* noun = app.AddNoun("mandate", "Mandats", "Mandates");
  auto give = std::make_shared<GiveOptions>();
  CLI::App* verb = app.AddVerb(noun, "give", "Donner un mandat", "Give a mandate",
                               [&app, give] { return Give(app, *give); });
  verb->add_option("--party", give->party, app.Say("Partie qui le donne", "Party that gives it"))
      ->required();
  verb->add_option("--agent", give->agent, app.Say("Agent qui le reçoit", "Agent that receives it"))
      ->required();
  verb->add_option(
          "--role", give->role,
          "representative | decider | dpo | requester | steward | sender | reader | auditor | "
          "log_auditor | …")
      ->required();
  verb->add_flag("--deputy", give->deputy, app.Say("Comme suppléant", "As a deputy"));
  verb->add_option("--from", give->from, app.Say("Premier jour", "First day"))->required();
  verb->add_option("--until", give->until, app.Say("Dernier jour", "Last day"));
  verb->add_option("--unit", give->unit,
                   app.Say("Service habilité du lecteur", "Unit of a reader"));
  verb->add_option("--dataset", give->datasets,
                   app.Say("Jeu de données auquel il se limite", "Dataset it is limited to"));
  verb->add_option("--answerable", give->answerable,
                   app.Say("Agent qui répond d'un service", "Agent who answers for a service"));
  verb->add_option(
      "--agreement", give->agreement,
      app.Say("Accord de confidentialité (fichier)", "Confidentiality agreement (file)"));
  verb->add_option("--agreement-on", give->agreement_on,
                   app.Say("Date de cet accord", "Date of that agreement"));
  verb->add_option("--person", give->person,
                   app.Say("Fichier du nom et de la qualité", "File of name and quality"));
  AddDestination(app, verb, give->destination);
  auto party = std::make_shared<std::string>();
  verb = app.AddVerb(noun, "list", "Lister les mandats", "List mandates",
                     [&app, party] { return List(app, *party); });
  verb->add_option("--party", *party, app.Say("Cette partie seulement", "Only this party"));
}

}  // namespace passerelle::gateway::cli
