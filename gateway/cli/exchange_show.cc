// passerelle exchange show, list and watch: where exchanges stand.
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/base/civil.h"
#include "gateway/base/status.h"
#include "gateway/cli/documents.h"
#include "gateway/cli/exchange_verbs.h"
#include "gateway/cli/find.h"
#include "gateway/cli/freeze.h"
#include "gateway/cli/names.h"
#include "gateway/cli/show.h"
#include "gateway/cli/words.h"

namespace passerelle::gateway::cli {
namespace {

using passerelle::gateway::v1::GetExchangeResponse;
using passerelle::gateway::v1::WatchExchangeResponse;
using record::v1::ExchangeRow;

std::string PhaseOf(const App& app, const ExchangeRow& row) {
  return WordOf(*record::v1::ExchangePhase_descriptor(), row.phase(), app.language());
}

std::string ReleaseOf(const App& app, int release) {
  return WordOf(*statement::v1::Release_descriptor(), release, app.language());
}

// What a machine enforces, in words.
std::string ConditionsOf(const App& app, const statement::v1::Conditions& conditions) {
  std::vector<std::string> parts;
  if (!conditions.dropped_fields().empty())
    parts.push_back(absl::StrCat(app.Say("sans ", "without "),
                                 absl::StrJoin(conditions.dropped_fields(), ", ")));
  if (conditions.threshold() != 0)
    parts.push_back(absl::StrCat(app.Say("seuil ", "threshold "), conditions.threshold()));
  if (conditions.transfer_cap() != 0)
    parts.push_back(absl::StrCat(app.Say("envois au plus : ", "transfers at most: "),
                                 conditions.transfer_cap()));
  if (conditions.has_until())
    parts.push_back(absl::StrCat(app.Say("jusqu'au ", "until "), ShowDate(conditions.until())));
  if (conditions.has_release()) parts.push_back(ReleaseOf(app, conditions.release()));
  return absl::StrJoin(parts, " ; ");
}

// The members of the class that receives; empty for one recipient.
std::vector<std::string> MembersOf(const record::v1::FoundingRow& founding,
                                   const ExchangeRow& exchange) {
  for (const convention::v1::RecipientClass& each : founding.settings().recipient_classes())
    if (each.code() == exchange.recipient_class() && !exchange.recipient_class().empty())
      return {each.parties().begin(), each.parties().end()};
  return {};
}

// Each with its name.
std::string Named(const record::v1::FoundingRow& founding, const std::vector<std::string>& ids) {
  std::vector<std::string> named;
  named.reserve(ids.size());
  for (const std::string& id : ids) named.push_back(PartyWithName(founding, id));
  return absl::StrJoin(named, ", ");
}

std::string UnitsOf(const App& app, const record::v1::FoundingRow& founding,
                    const ExchangeRow& row) {
  std::vector<std::string> units;
  units.reserve(static_cast<size_t>(row.units_size()));
  for (const std::string& code : row.units()) units.push_back(UnitWithLabel(app, founding, code));
  return absl::StrJoin(units, ", ");
}

// What is decided lapses no more.
bool MayLapse(const ExchangeRow& row) {
  return row.has_lapses_on() && row.phase() != record::v1::EXCHANGE_PHASE_APPROVED &&
         row.phase() != record::v1::EXCHANGE_PHASE_REFUSED;
}

void PrintTerms(const App& app, const record::v1::FoundingRow& founding, const ExchangeRow& row,
                const std::vector<std::string>& members) {
  const record::v1::TermsOutcome& terms = row.terms();
  std::vector<std::vector<std::string>> rows = {
      {app.Say("état", "phase"), PhaseOf(app, row)},
      {app.Say("jeu", "dataset"), row.slug()},
      {app.Say("détenteur", "holder"), PartyWithName(founding, row.holder())},
      {app.Say("destinataire", "recipient"),
       absl::StrCat(PartyWithName(founding, row.recipient()), row.recipient_class())}};
  if (!row.recipient_class().empty()) {
    rows.push_back(
        {app.Say("membres de la classe", "members of the class"), Named(founding, members)});
    rows.push_back({app.Say("vus par le délégué", "seen by the DPO"),
                    terms.cleared().empty() ? "-" : absl::StrJoin(terms.cleared(), ", ")});
  }
  rows.insert(
      rows.end(),
      {{app.Say("finalité", "purpose"), PurposeWithText(founding, row.purpose())},
       {app.Say("services", "units"), UnitsOf(app, founding, row)},
       {app.Say("champs en vigueur", "fields in force"), absl::StrJoin(terms.fields(), ", ")},
       {app.Say("seuil", "threshold"), absl::StrCat(terms.threshold())},
       {app.Say("envois", "transfers"),
        terms.transfer_cap() == 0 ? absl::StrCat(row.transfers())
                                  : absl::StrCat(row.transfers(), " / ", terms.transfer_cap())},
       {app.Say("du", "from"), ShowDate(row.from())},
       {app.Say("au", "until"), ShowDate(terms.until())},
       {app.Say("conservation", "retained until"), ShowDate(row.retain_until())},
       {app.Say("remise", "release"), ReleaseOf(app, terms.release())}});
  if (MayLapse(row))
    rows.push_back({app.Say("caduc après le", "lapses after"), ShowDate(row.lapses_on())});
  PrintTable({"", ""}, rows);
}

void PrintRecommendations(const App& app, const ExchangeRow& row) {
  for (int i = 0; i < row.recommendations_size(); ++i) {
    const record::v1::RecommendationRow& each = row.recommendations(i);
    const std::string conditions = ConditionsOf(app, each.conditions());
    std::printf(
        "%s %d  %s  %s%s%s\n", app.Say("recommandation n°", "recommendation no.").c_str(), i + 1,
        WordOf(*statement::v1::RecommendationWeight_descriptor(), each.weight(), app.language())
            .c_str(),
        WordOf(*statement::v1::Answer_descriptor(), each.answer(), app.language()).c_str(),
        conditions.empty() ? "" : "  ", conditions.c_str());
  }
}

absl::StatusOr<int> Show(App& app, const std::string& typed) {
  ASSIGN_OR_RETURN(const statement::v1::ActRef exchange, FindExchange(app, typed));
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const GetExchangeResponse found, session->GetExchange(exchange));
  ASSIGN_OR_RETURN(const record::v1::FoundingRow founding, session->GetConvention());
  const ExchangeRow& row = found.exchange().row();
  const std::vector<std::string> members = MembersOf(founding, row);
  if (app.json()) {
    nlohmann::json json = ToJson(found);
    if (!row.recipient_class().empty()) json["recipient_class_members"] = members;
    json["documents"] = JsonOfDocuments(DocumentsOf(app, *session, found));
    std::printf("%s\n", TextOf(json).c_str());
    return kDone;
  }
  std::printf("%s %s\n", app.Say("échange", "exchange").c_str(),
              NameOf(found.exchange().name(), false).c_str());
  PrintTerms(app, founding, row, members);
  PrintRecommendations(app, row);
  PrintFreezes(app, found.freezes());
  PrintDocuments(app, DocumentsOf(app, *session, found));
  return kDone;
}

absl::StatusOr<int> List(App& app) {
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const auto exchanges, session->ListExchanges());
  std::vector<std::string> list;
  std::vector<std::vector<std::string>> rows;
  for (const auto& exchange : exchanges) {
    // Only the exchange itself tells its freezes.
    ASSIGN_OR_RETURN(const GetExchangeResponse found, session->GetExchange(exchange.name()));
    nlohmann::json json = ToJson(exchange);
    json["frozen"] = found.freezes_size() > 0;
    list.push_back(TextOf(json));
    rows.push_back({NameOf(exchange.name(), true), exchange.row().slug(), exchange.row().holder(),
                    absl::StrCat(exchange.row().recipient(), exchange.row().recipient_class()),
                    PhaseOf(app, exchange.row()), std::to_string(exchange.row().transfers()),
                    FrozenWord(app, found.freezes())});
  }
  if (app.json())
    std::printf("%s\n", JsonList(list).c_str());
  else
    PrintTable({app.Say("nom", "name"), app.Say("jeu", "dataset"), app.Say("détenteur", "holder"),
                app.Say("destinataire", "recipient"), app.Say("état", "phase"),
                app.Say("envois", "transfers"), app.Say("gel", "freeze")},
               rows);
  return kDone;
}

// One change: the exchange on a line, its freezes and the transfers that changed below.
void PrintChange(const App& app, const WatchExchangeResponse& change) {
  const ExchangeRow& row = change.exchange().row();
  std::printf("%s %lu  %s  %s %u\n", app.Say("inscriptions", "entries").c_str(), change.size(),
              PhaseOf(app, row).c_str(), app.Say("envois", "transfers").c_str(), row.transfers());
  PrintFreezes(app, change.freezes());
  for (const auto& transfer : change.transfers())
    for (const record::v1::DeliveryRow& share : transfer.row().deliveries())
      std::printf("%s %s  %s  %s\n", app.Say("envoi", "transfer").c_str(),
                  NameOf(transfer.name(), true).c_str(), transfer.row().period().c_str(),
                  ShareOf(app, transfer.row(), share).c_str());
}

absl::StatusOr<int> Watch(App& app, const std::string& typed) {
  ASSIGN_OR_RETURN(const statement::v1::ActRef exchange, FindExchange(app, typed));
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  RETURN_IF_ERROR(session->WatchExchange(exchange, 0, [&app](const WatchExchangeResponse& change) {
    if (app.json())
      std::printf("%s\n", JsonOf(change).c_str());
    else
      PrintChange(app, change);
    std::fflush(stdout);
    return absl::OkStatus();
  }));
  return kDone;
}

}  // namespace

std::string ShareOf(const App& app, const record::v1::TransferRow& transfer,
                    const record::v1::DeliveryRow& share) {
  const bool kept = transfer.phase() == record::v1::TRANSFER_PHASE_KEPT;
  std::string text = absl::StrCat(
      share.party(), " ",
      kept ? WordOf(*record::v1::DeliveryPhase_descriptor(), share.phase(), app.language())
           : WordOf(*record::v1::TransferPhase_descriptor(), transfer.phase(), app.language()));
  if (share.handovers() > 0)
    absl::StrAppend(&text, ", ", app.Say("remises", "handovers"), " ", share.handovers());
  if (share.has_acknowledgement())
    absl::StrAppend(&text, ", ", app.Say("accusé de réception", "acknowledged"));
  return text;
}

void AddExchangeReads(App& app, const Command& noun) {
  auto shown = std::make_shared<std::string>();
  app.commands()
      .AddVerb(noun, "show",
               "Montrer un échange : champs en vigueur, recommandations et réponses, gels",
               "Show an exchange: fields in force, recommendations and answers, freezes",
               [&app, shown] { return Show(app, *shown); })
      .Add("exchange", *shown, "L'échange", "The exchange")
      .Required();
  app.commands().AddVerb(noun, "list", "Lister les échanges", "List the exchanges",
                         [&app] { return List(app); });
  auto watched = std::make_shared<std::string>();
  app.commands()
      .AddVerb(noun, "watch", "Dire chaque changement d'un échange, jusqu'à l'interruption",
               "Tell each change of an exchange, until interrupted",
               [&app, watched] { return Watch(app, *watched); })
      .Add("exchange", *watched, "L'échange", "The exchange")
      .Required();
}

}  // namespace passerelle::gateway::cli
