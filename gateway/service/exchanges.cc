// The reads of ExchangeService and TransferService, once or as they change.
#include <map>
#include <optional>
#include <utility>

#include "gateway/base/digest.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/service/page.h"
#include "gateway/service/service.h"
#include "gateway/service/view.h"
#include "policy/state/freezes.h"
#include "policy/state/indexes.h"

namespace passerelle::gateway::service {
namespace {

using policy::state::KeyOf;
using policy::state::RefOf;
using policy::state::State;

void AddTransfer(const View& view, const statement::v1::ActRef& name,
                 const record::v1::TransferRow& row, api::Transfer& transfer) {
  *transfer.mutable_name() = name;
  *transfer.mutable_row() = view.sight.ShowTransfer(row, view.state);
}

// Adds what freezes an exchange as a whole, or a transfer, today.
void AddFreezes(const View& view, const statement::v1::ActRef& target,
                google::protobuf::RepeatedPtrField<api::Freeze>& freezes) {
  for (const record::v1::FreezeRow* row : policy::state::FreezesOf(view.state, target)) {
    if (!policy::state::FreezeInForce(view.state, *row, view.now.time_ms, view.now.civil_date))
      continue;
    api::Freeze& freeze = *freezes.Add();
    *freeze.mutable_name() = row->placed().act();
    *freeze.mutable_row() = *row;
  }
}

// What a watcher of an exchange was told last, and what it is told next.
class ExchangeWatch {
 public:
  ExchangeWatch(const Caller& caller, const statement::v1::ActRef& exchange)
      : caller_(caller), name_(exchange) {}

  absl::StatusOr<std::optional<api::WatchExchangeResponse>> operator()() {
    return ReadAs<std::optional<api::WatchExchangeResponse>>(
        caller_,
        [&](const View& view) -> absl::StatusOr<std::optional<api::WatchExchangeResponse>> {
          const record::v1::ExchangeRow* row = view.state.exchanges.Find(KeyOf(name_));
          if (row == nullptr || !view.sight.SeesExchange(*row, view.state))
            return UnknownExchange();
          api::WatchExchangeResponse response;
          *response.mutable_exchange()->mutable_name() = name_;
          *response.mutable_exchange()->mutable_row() = *row;
          AddFreezes(view, name_, *response.mutable_freezes());
          const std::string head = response.SerializeAsString();
          AddChanged(view, response);
          if (told_.has_value() && *told_ == head && response.transfers().empty())
            return std::optional<api::WatchExchangeResponse>();
          told_ = head;
          response.set_size(view.state.size());
          return std::optional<api::WatchExchangeResponse>(std::move(response));
        });
  }

 private:
  // Adds the transfers that are not as they were told, and takes them as told.
  void AddChanged(const View& view, api::WatchExchangeResponse& response) {
    const auto add = [&](std::string_view key, const record::v1::TransferRow& row) {
      if (!view.sight.SeesTransfer(row, view.state)) return true;
      api::Transfer shown;
      AddTransfer(view, RefOf(key), row, shown);
      const base::Digest digest = base::Sha256(shown.SerializeAsString());
      const auto [it, fresh] = transfers_.try_emplace(std::string(key), digest);
      if (!fresh && it->second == digest) return true;
      it->second = digest;
      *response.add_transfers() = std::move(shown);
      return response.transfers_size() < static_cast<int>(base::kMaxPageSize);
    };
    policy::state::VisitTransfersOf(view.state, KeyOf(name_), add);
  }

  Caller caller_;
  statement::v1::ActRef name_;
  // The exchange and its freezes as told; nothing before the first message.
  std::optional<std::string> told_;
  std::map<std::string, base::Digest> transfers_;
};

}  // namespace

absl::Status UnknownExchange() {
  return base::Error(absl::StatusCode::kNotFound, "EXCHANGE_UNKNOWN", "exchange",
                     "no such exchange is recorded in this log, or not for you to see");
}

absl::StatusOr<api::GetExchangeResponse> GetExchange(const Caller& caller,
                                                     const api::GetExchangeRequest& request) {
  return ReadAs<api::GetExchangeResponse>(caller, [&](const View& view) {
    absl::StatusOr<api::GetExchangeResponse> found = UnknownExchange();
    const record::v1::ExchangeRow* row = view.state.exchanges.Find(KeyOf(request.exchange()));
    if (row == nullptr || !view.sight.SeesExchange(*row, view.state)) return found;
    api::GetExchangeResponse response;
    *response.mutable_exchange()->mutable_name() = request.exchange();
    *response.mutable_exchange()->mutable_row() = *row;
    AddDataset(view.state, row->dataset(), *response.mutable_dataset());
    AddFreezes(view, request.exchange(), *response.mutable_freezes());
    found = std::move(response);
    return found;
  });
}

absl::StatusOr<api::ListExchangesResponse> ListExchanges(const Caller& caller,
                                                         const api::ListExchangesRequest& request) {
  return ReadAs<api::ListExchangesResponse>(
      caller, [&](const View& view) -> absl::StatusOr<api::ListExchangesResponse> {
        api::ListExchangesResponse response;
        ASSIGN_OR_RETURN(*response.mutable_next_page_token(),
                         TakePage<record::v1::ExchangeRow>(
                             view.state.exchanges, request.page_size(), request.page_token(),
                             [&](const std::string& key, const record::v1::ExchangeRow& row) {
                               if (!view.sight.SeesExchange(row, view.state)) return false;
                               api::Exchange& exchange = *response.add_exchanges();
                               *exchange.mutable_name() = RefOf(key);
                               *exchange.mutable_row() = row;
                               return true;
                             }));
        return response;
      });
}

absl::StatusOr<api::GetTransferResponse> GetTransfer(const Caller& caller,
                                                     const api::GetTransferRequest& request) {
  return ReadAs<api::GetTransferResponse>(caller, [&](const View& view) {
    absl::StatusOr<api::GetTransferResponse> found =
        base::Error(absl::StatusCode::kNotFound, "TRANSFER_UNKNOWN", "transfer",
                    "no such transfer is recorded in this log, or not for you to see");
    const record::v1::TransferRow* row = view.state.transfers.Find(KeyOf(request.transfer()));
    if (row == nullptr || !view.sight.SeesTransfer(*row, view.state)) return found;
    api::GetTransferResponse response;
    AddTransfer(view, request.transfer(), *row, *response.mutable_transfer());
    AddFreezes(view, row->exchange(), *response.mutable_freezes());
    AddFreezes(view, request.transfer(), *response.mutable_freezes());
    found = std::move(response);
    return found;
  });
}

absl::StatusOr<api::ListTransfersResponse> ListTransfers(const Caller& caller,
                                                         const api::ListTransfersRequest& request) {
  const std::string only = request.has_exchange() ? KeyOf(request.exchange()) : "";
  return ReadAs<api::ListTransfersResponse>(
      caller, [&](const View& view) -> absl::StatusOr<api::ListTransfersResponse> {
        api::ListTransfersResponse response;
        ASSIGN_OR_RETURN(*response.mutable_next_page_token(),
                         TakePage<record::v1::TransferRow>(
                             view.state.transfers, request.page_size(), request.page_token(),
                             [&](const std::string& key, const record::v1::TransferRow& row) {
                               if (!only.empty() && KeyOf(row.exchange()) != only) return false;
                               if (!view.sight.SeesTransfer(row, view.state)) return false;
                               AddTransfer(view, RefOf(key), row, *response.add_transfers());
                               return true;
                             }));
        return response;
      });
}

absl::StatusOr<Watched<api::WatchExchangeResponse>> WatchExchange(
    const Caller& caller, const api::WatchExchangeRequest& request, std::function<void()> wake) {
  ExchangeWatch watch(caller, request.exchange());
  return StartWatch<api::WatchExchangeResponse>(caller, std::move(wake), std::move(watch));
}

}  // namespace passerelle::gateway::service
