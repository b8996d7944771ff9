#include "gateway/cli/find.h"

#include <vector>

#include "gateway/base/status.h"
#include "gateway/cli/input.h"
#include "gateway/cli/messages.h"
#include "gateway/cli/show.h"

namespace passerelle::gateway::cli {

absl::StatusOr<passerelle::gateway::v1::Dataset> FindDataset(App& app, const std::string& text) {
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const auto datasets, session->ListDatasets());
  std::vector<statement::v1::ActRef> names;
  for (const auto& dataset : datasets) {
    if (dataset.row().declared().slug() == text) return dataset;
    names.push_back(dataset.name());
  }
  ASSIGN_OR_RETURN(const statement::v1::ActRef name, ResolveRef("--dataset", text, names));
  for (const auto& dataset : datasets)
    if (NameOf(dataset.name(), false) == NameOf(name, false)) return dataset;
  return Usage("NAME_UNKNOWN", "--dataset");
}

absl::StatusOr<statement::v1::ActRef> FindExchange(App& app, const std::string& text) {
  if (absl::StatusOr<statement::v1::ActRef> whole = ReadRef("exchange", text); whole.ok())
    return whole;
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const auto exchanges, session->ListExchanges());
  std::vector<statement::v1::ActRef> names;
  for (const auto& exchange : exchanges) names.push_back(exchange.name());
  return ResolveRef("exchange", text, names);
}

absl::StatusOr<passerelle::gateway::v1::Transfer> FindTransfer(App& app, const std::string& text) {
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const auto transfers, session->ListTransfers());
  std::vector<statement::v1::ActRef> names;
  for (const auto& transfer : transfers) names.push_back(transfer.name());
  ASSIGN_OR_RETURN(const statement::v1::ActRef name, ResolveRef("transfer", text, names));
  for (const auto& transfer : transfers)
    if (NameOf(transfer.name(), false) == NameOf(name, false)) return transfer;
  return Usage("NAME_UNKNOWN", "transfer");
}

}  // namespace passerelle::gateway::cli
