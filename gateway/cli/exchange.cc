// passerelle exchange: its proposal and the holder's decision. The rest of the noun is in files of
// its own (exchange_verbs.h, freeze.h).
#include <memory>

#include "gateway/base/status.h"
#include "gateway/cli/app.h"
#include "gateway/cli/exchange_verbs.h"
#include "gateway/cli/find.h"
#include "gateway/cli/freeze.h"
#include "gateway/cli/input.h"
#include "gateway/cli/messages.h"

namespace passerelle::gateway::cli {
namespace {

using statement::v1::Act;

struct ProposeOptions {
  std::string party, dataset, recipient, recipient_class, purpose, from, until, retain_until,
      frequency, reasons;
  std::vector<std::string> tags, units, fields;
  Destination destination;
};

struct DecideOptions {
  std::string party, exchange, verdict, reasons;
  Destination destination;
};

// The fields asked for: those typed, or all of the dataset.
void AddFields(const ProposeOptions& options, const statement::v1::DatasetDeclared& declared,
               statement::v1::ExchangeProposed& proposed) {
  for (const std::string& field : options.fields) proposed.add_fields(field);
  if (options.fields.empty())
    for (const statement::v1::Field& field : declared.fields()) proposed.add_fields(field.name());
}

absl::StatusOr<int> Propose(App& app, const ProposeOptions& options) {
  client::Draft draft;
  Act act;
  ASSIGN_OR_RETURN(*act.mutable_party(), ReadParty(app, options.party));
  statement::v1::ExchangeProposed& proposed = *act.mutable_exchange_proposed();
  ASSIGN_OR_RETURN(const passerelle::gateway::v1::Dataset dataset,
                   FindDataset(app, options.dataset));
  *proposed.mutable_dataset() = dataset.name();
  if (options.recipient.empty() == options.recipient_class.empty())
    return Usage("RECIPIENT_PARTS", "--to");
  if (options.recipient.empty()) {
    proposed.mutable_recipient()->set_recipient_class(options.recipient_class);
  } else {
    ASSIGN_OR_RETURN(*proposed.mutable_recipient()->mutable_party(),
                     ReadParty(app, options.recipient));
  }
  proposed.set_purpose(options.purpose);
  for (const std::string& tag : options.tags) proposed.add_tags(tag);
  for (const std::string& unit : options.units) proposed.add_units(unit);
  AddFields(options, dataset.row().declared(), proposed);
  ASSIGN_OR_RETURN(*proposed.mutable_from(), ReadDate("--from", options.from));
  ASSIGN_OR_RETURN(*proposed.mutable_until(), ReadDate("--until", options.until));
  ASSIGN_OR_RETURN(*proposed.mutable_retain_until(),
                   ReadDate("--retain-until", options.retain_until));
  if (!options.frequency.empty()) {
    ASSIGN_OR_RETURN(const int frequency, ReadEnum("--frequency", options.frequency,
                                                   *statement::v1::Frequency_descriptor()));
    proposed.set_frequency(static_cast<statement::v1::Frequency>(frequency));
  }
  ASSIGN_OR_RETURN(*proposed.mutable_reasons()->mutable_digest(),
                   AttachFile(app, draft, "--reasons", options.reasons));
  draft.acts.push_back(std::move(act));
  return Deliver(app, options.destination, std::move(draft));
}

absl::StatusOr<int> Decide(App& app, const DecideOptions& options) {
  client::Draft draft;
  Act act;
  ASSIGN_OR_RETURN(*act.mutable_party(), ReadParty(app, options.party));
  statement::v1::ExchangeDecided& decided = *act.mutable_exchange_decided();
  ASSIGN_OR_RETURN(*decided.mutable_exchange(), FindExchange(app, options.exchange));
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const auto found, session->GetExchange(decided.exchange()));
  if (found.exchange().row().has_opinion())
    *decided.mutable_opinion() = found.exchange().row().opinion().act();
  ASSIGN_OR_RETURN(const int verdict,
                   ReadEnum("--verdict", options.verdict, *statement::v1::Verdict_descriptor()));
  decided.set_verdict(static_cast<statement::v1::Verdict>(verdict));
  ASSIGN_OR_RETURN(*decided.mutable_reasons()->mutable_digest(),
                   AttachFile(app, draft, "--reasons", options.reasons));
  draft.acts.push_back(std::move(act));
  return Deliver(app, options.destination, std::move(draft));
}

void AddPropose(App& app, const Command& noun) {
  auto options = std::make_shared<ProposeOptions>();
  Command verb =
      app.commands().AddVerb(noun, "propose", "Proposer un échange", "Propose an exchange",
                             [&app, options] { return Propose(app, *options); });
  verb.Add("--party", options->party, "Au nom de", "In the name of").Required();
  verb.Add("--dataset", options->dataset, "Jeu de données (code ou nom)", "Dataset (slug or name)")
      .Required();
  verb.Add("--to", options->recipient, "Destinataire", "Recipient");
  verb.Add("--to-class", options->recipient_class,
           "Classe de destinataires des réglages, au lieu de --to",
           "Class of recipients of the settings, instead of --to");
  verb.Add("--purpose", options->purpose, "Finalité (code)", "Purpose (code)").Required();
  verb.Add("--tag", options->tags, "Axe ou fiche action", "Axis or action sheet");
  verb.Add("--unit", options->units, "Service habilité", "Authorised unit").Required();
  verb.Add("--field", options->fields, "Champ demandé ; tous s'il manque",
           "Field asked for; all when missing");
  verb.Add("--from", options->from, "Premier jour", "First day").Required();
  verb.Add("--until", options->until, "Dernier jour", "Last day").Required();
  verb.Add("--retain-until", options->retain_until, "Conservation jusqu'au", "Kept until")
      .Required();
  verb.Add("--frequency", options->frequency, "Fréquence : once | monthly | quarterly | yearly",
           "Frequency: once | monthly | quarterly | yearly");
  verb.Add("--reasons", options->reasons, "Fichier des motifs", "File of the reasons").Required();
  AddDestination(verb, options->destination);
}

void AddDecide(App& app, const Command& noun) {
  auto options = std::make_shared<DecideOptions>();
  Command verb =
      app.commands().AddVerb(noun, "decide", "Décider, après l'avis", "Decide, after the opinion",
                             [&app, options] { return Decide(app, *options); });
  verb.Add("exchange", options->exchange, "L'échange", "The exchange").Required();
  verb.Add("--party", options->party, "Partie détentrice", "Holder").Required();
  verb.Add("--verdict", options->verdict, "Décision : approved | refused",
           "Decision: approved | refused")
      .Required();
  verb.Add("--reasons", options->reasons, "Fichier des motifs", "File of the reasons").Required();
  AddDestination(verb, options->destination);
}

}  // namespace

void AddExchange(App& app) {
  const Command noun = app.commands().AddNoun("exchange", "Échanges", "Exchanges");
  AddPropose(app, noun);
  AddOpinionVerbs(app, noun);
  AddDecide(app, noun);
  AddFreezeVerbs(app, noun, Freezable::kExchange);
  AddExchangeReads(app, noun);
  AddExplain(app, noun);
}

}  // namespace passerelle::gateway::cli
