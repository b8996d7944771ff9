// The calls a session makes, without gRPC in sight: the seam at which tests put a fake gateway.
#ifndef PASSERELLE_GATEWAY_CLIENT_CHANNEL_H_
#define PASSERELLE_GATEWAY_CLIENT_CHANNEL_H_

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "passerelle/gateway/v1/audit_service.pb.h"
#include "passerelle/gateway/v1/convention_service.pb.h"
#include "passerelle/gateway/v1/document_service.pb.h"
#include "passerelle/gateway/v1/exchange_service.pb.h"
#include "passerelle/gateway/v1/inbox_service.pb.h"
#include "passerelle/gateway/v1/register_service.pb.h"
#include "passerelle/gateway/v1/statement_service.pb.h"
#include "passerelle/gateway/v1/transfer_service.pb.h"

namespace passerelle::gateway::client {

namespace api = passerelle::gateway::v1;

// Gives the next chunk of a content; empty: there is none.
using NextChunk = absl::FunctionRef<absl::StatusOr<std::string>()>;

// One call a method; errors as FromRpc makes them. Implementations are thread-safe.
class Channel {
 public:
  virtual ~Channel() = default;

  virtual absl::StatusOr<api::SubmitResponse> Submit(const api::SubmitRequest& request) = 0;
  virtual absl::StatusOr<api::GetReceiptResponse> GetReceipt(
      const api::GetReceiptRequest& request) = 0;
  virtual absl::StatusOr<api::PreviewResponse> Preview(const api::PreviewRequest& request) = 0;
  virtual absl::StatusOr<api::SendResponse> Send(const api::SendRequest& request) = 0;
  virtual absl::StatusOr<api::FetchResponse> Fetch(const api::FetchRequest& request) = 0;
  virtual absl::StatusOr<api::GetTransferResponse> GetTransfer(
      const api::GetTransferRequest& request) = 0;
  virtual absl::StatusOr<api::ListTransfersResponse> ListTransfers(
      const api::ListTransfersRequest& request) = 0;
  virtual absl::StatusOr<api::GetDocumentResponse> GetDocument(
      const api::GetDocumentRequest& request) = 0;
  virtual absl::StatusOr<api::ListConventionsResponse> ListConventions(
      const api::ListConventionsRequest& request) = 0;
  virtual absl::StatusOr<api::GetConventionResponse> GetConvention(
      const api::GetConventionRequest& request) = 0;
  virtual absl::StatusOr<api::ListPartiesResponse> ListParties(
      const api::ListPartiesRequest& request) = 0;
  virtual absl::StatusOr<api::ListMandatesResponse> ListMandates(
      const api::ListMandatesRequest& request) = 0;
  virtual absl::StatusOr<api::ListKeysResponse> ListKeys(const api::ListKeysRequest& request) = 0;
  virtual absl::StatusOr<api::ListDatasetsResponse> ListDatasets(
      const api::ListDatasetsRequest& request) = 0;
  virtual absl::StatusOr<api::GetDatasetResponse> GetDataset(
      const api::GetDatasetRequest& request) = 0;
  virtual absl::StatusOr<api::GetExchangeResponse> GetExchange(
      const api::GetExchangeRequest& request) = 0;
  virtual absl::StatusOr<api::ListExchangesResponse> ListExchanges(
      const api::ListExchangesRequest& request) = 0;
  virtual absl::StatusOr<api::ExplainExchangeResponse> ExplainExchange(
      const api::ExplainExchangeRequest& request) = 0;
  virtual absl::StatusOr<api::ListInboxResponse> ListInbox(
      const api::ListInboxRequest& request) = 0;
  virtual absl::StatusOr<api::GetCheckpointResponse> GetCheckpoint(
      const api::GetCheckpointRequest& request) = 0;
  virtual absl::StatusOr<api::GetConsistencyResponse> GetConsistency(
      const api::GetConsistencyRequest& request) = 0;
  virtual absl::StatusOr<api::GetInclusionResponse> GetInclusion(
      const api::GetInclusionRequest& request) = 0;
  virtual absl::StatusOr<api::GetPartyHeadsResponse> GetPartyHeads(
      const api::GetPartyHeadsRequest& request) = 0;

  // Streams: `visit` takes the messages in order; its error ends the call and is returned.
  virtual absl::Status ReadEntries(
      const api::ReadEntriesRequest& request,
      absl::FunctionRef<absl::Status(api::ReadEntriesResponse)> visit) = 0;
  virtual absl::Status ReadPartyEntries(
      const api::ReadPartyEntriesRequest& request,
      absl::FunctionRef<absl::Status(api::ReadPartyEntriesResponse)> visit) = 0;
  virtual absl::Status ReadTimeStamps(
      const api::ReadTimeStampsRequest& request,
      absl::FunctionRef<absl::Status(api::ReadTimeStampsResponse)> visit) = 0;
  virtual absl::Status ExportRegister(
      const api::ExportRegisterRequest& request,
      absl::FunctionRef<absl::Status(api::ExportRegisterResponse)> visit) = 0;

  // Contents: `next` gives the chunks in order and nothing after the last; its error ends the call
  // and is returned. A gateway that wants no more answers before.
  virtual absl::StatusOr<api::UploadResponse> Upload(const api::UploadManifest& manifest,
                                                     NextChunk next) = 0;
  virtual absl::StatusOr<api::UploadDocumentResponse> UploadDocument(
      const api::UploadDocumentHead& head, NextChunk next) = 0;
  virtual absl::Status Download(const api::DownloadRequest& request,
                                absl::FunctionRef<absl::Status(api::DownloadResponse)> visit) = 0;
  virtual absl::Status DownloadDocument(
      const api::DownloadDocumentRequest& request,
      absl::FunctionRef<absl::Status(api::DownloadDocumentResponse)> visit) = 0;

  // Watches: as streams, but nothing ends them save `visit`, `deadline_ms` from now (0: none) and
  // the gateway.
  virtual absl::Status WatchInbox(
      const api::WatchInboxRequest& request, int64_t deadline_ms,
      absl::FunctionRef<absl::Status(api::WatchInboxResponse)> visit) = 0;
  virtual absl::Status WatchExchange(
      const api::WatchExchangeRequest& request, int64_t deadline_ms,
      absl::FunctionRef<absl::Status(api::WatchExchangeResponse)> visit) = 0;
  virtual absl::Status WatchCheckpoint(
      const api::WatchCheckpointRequest& request, int64_t deadline_ms,
      absl::FunctionRef<absl::Status(api::WatchCheckpointResponse)> visit) = 0;
};

}  // namespace passerelle::gateway::client

#endif  // PASSERELLE_GATEWAY_CLIENT_CHANNEL_H_
