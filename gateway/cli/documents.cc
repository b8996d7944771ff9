#include "gateway/cli/documents.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "gateway/cli/proved_act.h"
#include "gateway/cli/show.h"
#include "gateway/cli/words.h"

namespace passerelle::gateway::cli {
namespace {

using google::protobuf::RepeatedPtrField;
using passerelle::gateway::v1::Freeze;
using passerelle::gateway::v1::GetExchangeResponse;
using passerelle::gateway::v1::GetTransferResponse;
using statement::v1::Act;
using statement::v1::ActRef;

// Gathers the documents of acts.
class Documents {
 public:
  explicit Documents(client::Session& session) : session_(session) {}

  // The act of a name, where the caller may see it.
  std::optional<Act> ActOf(const ActRef& name) {
    std::optional<ProvedAct> proved = FindProvedAct(session_, name);
    if (!proved.has_value()) return std::nullopt;
    return std::move(proved->act);
  }

  // Takes a document; one that is absent, or listed already, is left out.
  void Add(const std::string& what, const ActRef& act, const std::string& commitment) {
    if (!commitment.empty() && seen_.insert(commitment).second)
      list_.push_back({what, act, commitment});
  }

  std::vector<ListedDocument> Take() { return std::move(list_); }

 private:
  client::Session& session_;
  std::set<std::string> seen_;
  std::vector<ListedDocument> list_;
};

void AddOpinion(const App& app, Documents& documents, const ActRef& name) {
  const std::optional<Act> act = documents.ActOf(name);
  if (!act.has_value()) return;
  const statement::v1::DpoOpinionGiven& given = act->dpo_opinion_given();
  documents.Add(app.Say("motifs de l'avis", "reasons of the opinion"), name,
                given.reasons().digest());
  for (int i = 0; i < given.recommendations_size(); ++i)
    documents.Add(absl::StrCat(app.Say("recommandation n° ", "recommendation no. "), i + 1, " (",
                               WordOf(*statement::v1::RecommendationWeight_descriptor(),
                                      given.recommendations(i).weight(), app.language()),
                               ")"),
                  name, given.recommendations(i).text().digest());
}

void AddAnswers(const App& app, Documents& documents, const record::v1::ExchangeRow& row) {
  for (int i = 0; i < row.recommendations_size(); ++i) {
    if (!row.recommendations(i).has_answered()) continue;
    const ActRef& name = row.recommendations(i).answered().act();
    if (const std::optional<Act> act = documents.ActOf(name); act.has_value())
      documents.Add(
          absl::StrCat(app.Say("réponse à la recommandation n° ", "answer to recommendation no. "),
                       i + 1),
          name, act->recommendation_answered().reasons().digest());
  }
}

void AddFreezes(const App& app, Documents& documents, const RepeatedPtrField<Freeze>& freezes) {
  for (const Freeze& freeze : freezes)
    if (const std::optional<Act> act = documents.ActOf(freeze.name()); act.has_value())
      documents.Add(app.Say("motifs du gel", "reasons of the freeze"), freeze.name(),
                    act->freeze_placed().reasons().digest());
}

}  // namespace

std::vector<ListedDocument> DocumentsOf(const App& app, client::Session& session,
                                        const GetExchangeResponse& exchange) {
  Documents documents(session);
  const record::v1::ExchangeRow& row = exchange.exchange().row();
  if (const ActRef& name = row.proposal().act(); row.has_proposal())
    if (const std::optional<Act> act = documents.ActOf(name); act.has_value())
      documents.Add(app.Say("motifs de la demande", "reasons of the request"), name,
                    act->exchange_proposed().reasons().digest());
  documents.Add(app.Say("titre du jeu de données", "title of the dataset"),
                exchange.dataset().name(), exchange.dataset().row().declared().title().digest());
  if (row.has_opinion()) AddOpinion(app, documents, row.opinion().act());
  AddAnswers(app, documents, row);
  if (const ActRef& name = row.decision().act(); row.has_decision())
    if (const std::optional<Act> act = documents.ActOf(name); act.has_value())
      documents.Add(app.Say("motifs de la décision", "reasons of the decision"), name,
                    act->exchange_decided().reasons().digest());
  if (const ActRef& name = row.register_entry().act(); row.has_register_entry())
    if (const std::optional<Act> act = documents.ActOf(name); act.has_value())
      documents.Add(app.Say("fiche du registre", "sheet of the register"), name,
                    act->register_entry_recorded().sheet().digest());
  AddFreezes(app, documents, exchange.freezes());
  return documents.Take();
}

std::vector<ListedDocument> DocumentsOf(const App& app, client::Session& session,
                                        const GetTransferResponse& transfer) {
  Documents documents(session);
  for (const record::v1::DeliveryRow& share : transfer.transfer().row().deliveries()) {
    if (!share.has_ruling()) continue;
    const ActRef& name = share.ruling().act();
    if (const std::optional<Act> act = documents.ActOf(name); act.has_value())
      documents.Add(app.Say("motifs du délégué", "reasons of the DPO"), name,
                    act->transfer_ruled().reasons().digest());
  }
  AddFreezes(app, documents, transfer.freezes());
  return documents.Take();
}

void PrintDocuments(const App& app, const std::vector<ListedDocument>& documents) {
  if (documents.empty()) return;
  std::printf("%s\n", app.Say("documents (passerelle document get EMPREINTE) :",
                              "documents (passerelle document get DIGEST):")
                          .c_str());
  for (const ListedDocument& each : documents)
    std::printf("  %s\n    %s  %s %s\n", each.what.c_str(), base::ToHex(each.commitment).c_str(),
                app.Say("acte", "act").c_str(), NameOf(each.act, true).c_str());
}

nlohmann::json JsonOfDocuments(const std::vector<ListedDocument>& documents) {
  nlohmann::json list = nlohmann::json::array();
  for (const ListedDocument& each : documents)
    list.push_back({{"what", each.what},
                    {"act", NameOf(each.act, false)},
                    {"commitment", base::ToHex(each.commitment)}});
  return list;
}

}  // namespace passerelle::gateway::cli
