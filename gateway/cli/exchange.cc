// passerelle exchange: from the proposal over the DPO's opinion to the decision.
#include <cstdio>
#include <memory>

#include "gateway/base/status.h"
#include "gateway/cli/app.h"
#include "gateway/cli/find.h"
#include "gateway/cli/input.h"
#include "gateway/cli/show.h"

namespace passerelle::gateway::cli {
namespace {

using statement::v1::Act;

struct ProposeOptions {
  std::string party, dataset, recipient, purpose, from, until, retain_until, frequency, reasons;
  std::vector<std::string> tags, units, fields;
  Destination destination;
};

struct OpinionOptions {
  std::string party, exchange, opinion, until, release, reasons;
  std::vector<std::string> drop;
  uint32_t threshold = 0, cap = 0;
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
  ASSIGN_OR_RETURN(*proposed.mutable_recipient()->mutable_party(),
                   ReadParty(app, options.recipient));
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
                   AttachFile(app, draft, options.reasons));
  draft.acts.push_back(std::move(act));
  return Deliver(app, options.destination, std::move(draft));
}

absl::StatusOr<int> GiveOpinion(App& app, const OpinionOptions& options) {
  client::Draft draft;
  Act act;
  ASSIGN_OR_RETURN(*act.mutable_party(), ReadParty(app, options.party));
  statement::v1::DpoOpinionGiven& given = *act.mutable_dpo_opinion_given();
  ASSIGN_OR_RETURN(*given.mutable_exchange(), FindExchange(app, options.exchange));
  ASSIGN_OR_RETURN(const int opinion,
                   ReadEnum("--opinion", options.opinion, *statement::v1::Opinion_descriptor()));
  given.set_opinion(static_cast<statement::v1::Opinion>(opinion));
  statement::v1::Conditions conditions;
  for (const std::string& field : options.drop) conditions.add_dropped_fields(field);
  conditions.set_threshold(options.threshold);
  conditions.set_transfer_cap(options.cap);
  if (!options.until.empty()) {
    ASSIGN_OR_RETURN(*conditions.mutable_until(), ReadDate("--until", options.until));
  }
  if (!options.release.empty()) {
    ASSIGN_OR_RETURN(const int release,
                     ReadEnum("--release", options.release, *statement::v1::Release_descriptor()));
    conditions.set_release(static_cast<statement::v1::Release>(release));
  }
  if (conditions.ByteSizeLong() > 0) *given.mutable_conditions() = conditions;
  ASSIGN_OR_RETURN(*given.mutable_reasons()->mutable_digest(),
                   AttachFile(app, draft, options.reasons));
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
                   AttachFile(app, draft, options.reasons));
  draft.acts.push_back(std::move(act));
  return Deliver(app, options.destination, std::move(draft));
}

absl::StatusOr<int> Show(App& app, const std::string& typed) {
  ASSIGN_OR_RETURN(const statement::v1::ActRef exchange, FindExchange(app, typed));
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const auto found, session->GetExchange(exchange));
  std::printf("%s\n", JsonOf(found, app.json() ? -1 : 2).c_str());
  return kDone;
}

absl::StatusOr<int> List(App& app) {
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const auto exchanges, session->ListExchanges());
  std::vector<std::string> list;
  std::vector<std::vector<std::string>> rows;
  for (const auto& exchange : exchanges) {
    list.push_back(JsonOf(exchange));
    rows.push_back({NameOf(exchange.name(), true), exchange.row().slug(), exchange.row().holder(),
                    exchange.row().recipient() + exchange.row().recipient_class(),
                    ShowEnum(*record::v1::ExchangePhase_descriptor(), exchange.row().phase()),
                    std::to_string(exchange.row().transfers())});
  }
  if (app.json())
    std::printf("%s\n", JsonList(list).c_str());
  else
    PrintTable({app.Say("nom", "name"), app.Say("jeu", "dataset"), app.Say("détenteur", "holder"),
                app.Say("destinataire", "recipient"), app.Say("état", "phase"),
                app.Say("envois", "transfers")},
               rows);
  return kDone;
}

void AddPropose(App& app, const Command& noun) {
  auto options = std::make_shared<ProposeOptions>();
  Command verb =
      app.commands().AddVerb(noun, "propose", "Proposer un échange", "Propose an exchange",
                             [&app, options] { return Propose(app, *options); });
  verb.Add("--party", options->party, "Au nom de", "In the name of").Required();
  verb.Add("--dataset", options->dataset, "Jeu de données (code ou nom)", "Dataset (slug or name)")
      .Required();
  verb.Add("--to", options->recipient, "Destinataire", "Recipient").Required();
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

void AddOpinion(App& app, const Command& noun) {
  auto options = std::make_shared<OpinionOptions>();
  Command verb =
      app.commands().AddVerb(noun, "opinion", "Donner l'avis du DPO", "Give the DPO's opinion",
                             [&app, options] { return GiveOpinion(app, *options); });
  verb.Add("exchange", options->exchange, "L'échange", "The exchange").Required();
  verb.Add("--party", options->party, "Partie dont vous êtes le DPO", "Party whose DPO you are")
      .Required();
  verb.Add("--opinion", options->opinion, "Avis : favourable | unfavourable",
           "Opinion: favourable | unfavourable")
      .Required();
  verb.Add("--drop", options->drop, "Condition : champ retiré", "Condition: field dropped");
  verb.Add("--threshold", options->threshold, "Condition : seuil", "Condition: threshold");
  verb.Add("--cap", options->cap, "Condition : nombre d'envois", "Condition: number of transfers");
  verb.Add("--until", options->until, "Condition : dernier jour", "Condition: last day");
  verb.Add("--release", options->release, "Envois libres ou retenus : standing | each_ruled",
           "Transfers free or held: standing | each_ruled");
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
  AddOpinion(app, noun);
  AddDecide(app, noun);
  auto typed = std::make_shared<std::string>();
  app.commands()
      .AddVerb(noun, "show", "Montrer un échange et les champs en vigueur",
               "Show an exchange and the fields in force",
               [&app, typed] { return Show(app, *typed); })
      .Add("exchange", *typed, "L'échange", "The exchange")
      .Required();
  app.commands().AddVerb(noun, "list", "Lister les échanges", "List the exchanges",
                         [&app] { return List(app); });
}

}  // namespace passerelle::gateway::cli
