// The reads of ConventionService, ExchangeService and TransferService.
#include "gateway/base/status.h"
#include "gateway/service/page.h"
#include "gateway/service/service.h"

namespace passerelle::gateway::service {
namespace {

using policy::state::KeyOf;
using policy::state::RefOf;
using policy::state::State;

void AddDataset(const State& state, const statement::v1::ActRef& name, api::Dataset& dataset) {
  *dataset.mutable_name() = name;
  const record::v1::DatasetRow* row = state.datasets.Find(KeyOf(name));
  if (row != nullptr) *dataset.mutable_row() = *row;
}

}  // namespace

absl::StatusOr<api::GetConventionResponse> GetConvention(const Caller& caller,
                                                         const api::GetConventionRequest&) {
  api::GetConventionResponse response;
  caller.convention->Read(
      [&](const State& state) { *response.mutable_founding() = *state.founding(); });
  return response;
}

absl::StatusOr<api::ListAdhesionsResponse> ListAdhesions(const Caller& caller,
                                                         const api::ListAdhesionsRequest& request) {
  api::ListAdhesionsResponse response;
  absl::StatusOr<std::string> next;
  caller.convention->Read([&](const State& state) {
    next = TakePage<record::v1::AdhesionRow>(
        state.adhesions, request.page_size(), request.page_token(),
        [&](const std::string& key, const record::v1::AdhesionRow& row) {
          api::Adhesion& adhesion = *response.add_adhesions();
          adhesion.set_party(key);
          *adhesion.mutable_row() = row;
          return true;
        });
  });
  ASSIGN_OR_RETURN(*response.mutable_next_page_token(), next);
  return response;
}

absl::StatusOr<api::ListMandatesResponse> ListMandates(const Caller& caller,
                                                       const api::ListMandatesRequest& request) {
  api::ListMandatesResponse response;
  absl::StatusOr<std::string> next;
  caller.convention->Read([&](const State& state) {
    next = TakePage<record::v1::MandateRow>(
        state.mandates, request.page_size(), request.page_token(),
        [&](const std::string& key, const record::v1::MandateRow& row) {
          if (!request.party().empty() && row.party() != request.party()) return false;
          api::Mandate& mandate = *response.add_mandates();
          *mandate.mutable_name() = RefOf(key);
          *mandate.mutable_row() = row;
          return true;
        });
  });
  ASSIGN_OR_RETURN(*response.mutable_next_page_token(), next);
  return response;
}

absl::StatusOr<api::ListDatasetsResponse> ListDatasets(const Caller& caller,
                                                       const api::ListDatasetsRequest& request) {
  api::ListDatasetsResponse response;
  absl::StatusOr<std::string> next;
  caller.convention->Read([&](const State& state) {
    next = TakePage<record::v1::SlugRow>(state.slugs, request.page_size(), request.page_token(),
                                         [&](const std::string&, const record::v1::SlugRow& row) {
                                           AddDataset(state, row.act(), *response.add_datasets());
                                           return true;
                                         });
  });
  ASSIGN_OR_RETURN(*response.mutable_next_page_token(), next);
  return response;
}

absl::StatusOr<api::GetExchangeResponse> GetExchange(const Caller& caller,
                                                     const api::GetExchangeRequest& request) {
  ASSIGN_OR_RETURN(const Sight sight, SightOf(caller));
  absl::StatusOr<api::GetExchangeResponse> found =
      base::Error(absl::StatusCode::kNotFound, "EXCHANGE_UNKNOWN", "exchange",
                  "no such exchange is recorded in this log, or not for you to see");
  caller.convention->Read([&](const State& state) {
    const record::v1::ExchangeRow* row = state.exchanges.Find(KeyOf(request.exchange()));
    if (row == nullptr || !sight.SeesExchange(*row, state)) return;
    api::GetExchangeResponse response;
    *response.mutable_exchange()->mutable_name() = request.exchange();
    *response.mutable_exchange()->mutable_row() = *row;
    AddDataset(state, row->dataset(), *response.mutable_dataset());
    found = std::move(response);
  });
  return found;
}

absl::StatusOr<api::ListExchangesResponse> ListExchanges(const Caller& caller,
                                                         const api::ListExchangesRequest& request) {
  ASSIGN_OR_RETURN(const Sight sight, SightOf(caller));
  api::ListExchangesResponse response;
  absl::StatusOr<std::string> next;
  caller.convention->Read([&](const State& state) {
    next = TakePage<record::v1::ExchangeRow>(
        state.exchanges, request.page_size(), request.page_token(),
        [&](const std::string& key, const record::v1::ExchangeRow& row) {
          if (!sight.SeesExchange(row, state)) return false;
          api::Exchange& exchange = *response.add_exchanges();
          *exchange.mutable_name() = RefOf(key);
          *exchange.mutable_row() = row;
          return true;
        });
  });
  ASSIGN_OR_RETURN(*response.mutable_next_page_token(), next);
  return response;
}

absl::StatusOr<api::ListTransfersResponse> ListTransfers(const Caller& caller,
                                                         const api::ListTransfersRequest& request) {
  ASSIGN_OR_RETURN(const Sight sight, SightOf(caller));
  api::ListTransfersResponse response;
  absl::StatusOr<std::string> next;
  const std::string only = request.has_exchange() ? KeyOf(request.exchange()) : "";
  caller.convention->Read([&](const State& state) {
    next = TakePage<record::v1::TransferRow>(
        state.transfers, request.page_size(), request.page_token(),
        [&](const std::string& key, const record::v1::TransferRow& row) {
          if (!only.empty() && KeyOf(row.exchange()) != only) return false;
          if (!sight.SeesTransfer(row, state)) return false;
          api::Transfer& transfer = *response.add_transfers();
          *transfer.mutable_name() = RefOf(key);
          *transfer.mutable_row() = row;
          return true;
        });
  });
  ASSIGN_OR_RETURN(*response.mutable_next_page_token(), next);
  return response;
}

}  // namespace passerelle::gateway::service
