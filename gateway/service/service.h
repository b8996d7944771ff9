// The services of DESIGN section 5 without gRPC: (caller, request) → response. `rpc` and the
// console are thin skins over this.
#ifndef PASSERELLE_GATEWAY_SERVICE_SERVICE_H_
#define PASSERELLE_GATEWAY_SERVICE_SERVICE_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/service/caller.h"
#include "gateway/service/visibility.h"
#include "passerelle/gateway/v1/audit_service.pb.h"
#include "passerelle/gateway/v1/convention_service.pb.h"
#include "passerelle/gateway/v1/document_service.pb.h"
#include "passerelle/gateway/v1/exchange_service.pb.h"
#include "passerelle/gateway/v1/inbox_service.pb.h"
#include "passerelle/gateway/v1/register_service.pb.h"
#include "passerelle/gateway/v1/statement_service.pb.h"
#include "passerelle/gateway/v1/transfer_service.pb.h"

namespace passerelle::gateway::service {

namespace api = passerelle::gateway::v1;

// Hears an answer. Called once, from any thread; must not block.
template <typename Response>
using Answer = std::function<void(absl::StatusOr<Response>)>;

// Gives a stream's next chunk each time it is called, and nothing after the last. Not thread-safe;
// the caller's convention must outlive it.
template <typename Response>
using Source = std::function<absl::StatusOr<std::optional<Response>>()>;

// Content on its way in. Both functions come from one caller at a time, each after the one before
// is ready; the content goes with the last copy of either.
template <typename Response>
struct Inflow {
  // Takes the next chunk; `ready` hears, once and from any thread, when the next may come or why
  // none may. Empty: no byte is wanted, and `finish` answers at once.
  std::function<void(std::string chunk, std::function<void(absl::Status)> ready)> add;
  // Every chunk came. `cancelled` says whether the caller has gone.
  std::function<void(std::function<bool()> cancelled, Answer<Response> answer)> finish;
};

// A watch under way. `next` gives the state now if it is not the one it gave last, and nothing
// otherwise; an error ends the watch. Whoever watched calls it once, and again when it is woken.
template <typename Response>
struct Watched {
  std::unique_ptr<core::Watchers::Watch> subscription;
  Source<Response> next;
};

// Every method takes a caller that the Identifier identified at the log which the request names;
// what the caller may not see is NOT_FOUND, never a hint that it exists. Stateless; thread-safe.

// StatementService. A key that is not in force submits its own reports of fact only
// (PERMISSION_DENIED, KEY_NOT_IN_FORCE). `cancelled` says whether the caller has gone; it may be
// empty.
void Submit(const Caller& caller, const api::SubmitRequest& request,
            std::function<bool()> cancelled, Answer<api::SubmitResponse> answer);
void GetReceipt(const Caller& caller, const api::GetReceiptRequest& request,
                Answer<api::GetReceiptResponse> answer);
// preview.cc.
absl::StatusOr<api::PreviewResponse> Preview(const Caller& caller,
                                             const api::PreviewRequest& request);

// TransferService.
void Send(const Caller& caller, const api::SendRequest& request, std::function<bool()> cancelled,
          Answer<api::SendResponse> answer);
// contents.cc.
void Fetch(const Caller& caller, const api::FetchRequest& request,
           Answer<api::FetchResponse> answer);
absl::StatusOr<Inflow<api::UploadResponse>> Upload(const Caller& caller,
                                                   const api::UploadManifest& manifest);
void Download(const Caller& caller, const api::DownloadRequest& request,
              Answer<Source<api::DownloadResponse>> answer);
absl::StatusOr<api::GetTransferResponse> GetTransfer(const Caller& caller,
                                                     const api::GetTransferRequest& request);
absl::StatusOr<api::ListTransfersResponse> ListTransfers(const Caller& caller,
                                                         const api::ListTransfersRequest& request);

// DocumentService (contents.cc).
absl::StatusOr<api::GetDocumentResponse> GetDocument(const Caller& caller,
                                                     const api::GetDocumentRequest& request);
absl::StatusOr<Inflow<api::UploadDocumentResponse>> UploadDocument(
    const Caller& caller, const api::UploadDocumentHead& head);
absl::StatusOr<Source<api::DownloadDocumentResponse>> DownloadDocument(
    const Caller& caller, const api::DownloadDocumentRequest& request);

// ConventionService (conventions.cc): open to every enrolled key in force, since it is what every
// party may read; save keys, which are listed to the agents of their own parties. ListConventions
// takes the caller at every convention in which its key is in force.
absl::StatusOr<api::ListConventionsResponse> ListConventions(
    const std::vector<Caller>& callers, const api::ListConventionsRequest& request);
absl::StatusOr<api::GetConventionResponse> GetConvention(const Caller& caller,
                                                         const api::GetConventionRequest& request);
absl::StatusOr<api::ListPartiesResponse> ListParties(const Caller& caller,
                                                     const api::ListPartiesRequest& request);
absl::StatusOr<api::ListMandatesResponse> ListMandates(const Caller& caller,
                                                       const api::ListMandatesRequest& request);
absl::StatusOr<api::ListKeysResponse> ListKeys(const Caller& caller,
                                               const api::ListKeysRequest& request);
absl::StatusOr<api::ListDatasetsResponse> ListDatasets(const Caller& caller,
                                                       const api::ListDatasetsRequest& request);
absl::StatusOr<api::GetDatasetResponse> GetDataset(const Caller& caller,
                                                   const api::GetDatasetRequest& request);

// ExchangeService (exchanges.cc, preview.cc).
absl::StatusOr<api::GetExchangeResponse> GetExchange(const Caller& caller,
                                                     const api::GetExchangeRequest& request);
absl::StatusOr<api::ListExchangesResponse> ListExchanges(const Caller& caller,
                                                         const api::ListExchangesRequest& request);
absl::StatusOr<api::ExplainExchangeResponse> ExplainExchange(
    const Caller& caller, const api::ExplainExchangeRequest& request);
absl::StatusOr<Watched<api::WatchExchangeResponse>> WatchExchange(
    const Caller& caller, const api::WatchExchangeRequest& request, std::function<void()> wake);

// InboxService (inbox.cc).
absl::StatusOr<api::ListInboxResponse> ListInbox(const Caller& caller,
                                                 const api::ListInboxRequest& request);
absl::StatusOr<Watched<api::WatchInboxResponse>> WatchInbox(const Caller& caller,
                                                            const api::WatchInboxRequest& request,
                                                            std::function<void()> wake);

// RegisterService (register.cc). PERMISSION_DENIED without sight of the party, or of the whole log.
absl::StatusOr<Source<api::ExportRegisterResponse>> ExportRegister(
    const Caller& caller, const api::ExportRegisterRequest& request);

// AuditService. The checkpoint is open to every enrolled key; entries need a log auditor's mandate.
absl::StatusOr<api::GetCheckpointResponse> GetCheckpoint(const Caller& caller,
                                                         const api::GetCheckpointRequest& request);
absl::StatusOr<Watched<api::WatchCheckpointResponse>> WatchCheckpoint(
    const Caller& caller, const api::WatchCheckpointRequest& request, std::function<void()> wake);
absl::StatusOr<api::GetConsistencyResponse> GetConsistency(
    const Caller& caller, const api::GetConsistencyRequest& request);
absl::StatusOr<api::GetInclusionResponse> GetInclusion(const Caller& caller,
                                                       const api::GetInclusionRequest& request);
// The same log in the layout of c2sp.org/tlog-tiles (tiles.cc): `checkpoint`, a tile, a bundle of
// entries by its path. NOT_FOUND (TILE_NONE) for every other path, and past the head.
struct TilesFile {
  std::string bytes;
  // The checkpoint is text and changes; the others are bytes and never do.
  bool checkpoint = false;
};
absl::StatusOr<TilesFile> GetTilesFile(const Caller& caller, std::string_view path);
absl::StatusOr<Source<api::ReadEntriesResponse>> ReadEntries(
    const Caller& caller, const api::ReadEntriesRequest& request);
absl::StatusOr<Source<api::ReadPartyEntriesResponse>> ReadPartyEntries(
    const Caller& caller, const api::ReadPartyEntriesRequest& request);
absl::StatusOr<Source<api::ReadTimeStampsResponse>> ReadTimeStamps(
    const Caller& caller, const api::ReadTimeStampsRequest& request);
absl::StatusOr<api::GetPartyHeadsResponse> GetPartyHeads(const Caller& caller,
                                                         const api::GetPartyHeadsRequest& request);

// The caller's sight now.
absl::StatusOr<Sight> SightOf(const Caller& caller);

}  // namespace passerelle::gateway::service

#endif  // PASSERELLE_GATEWAY_SERVICE_SERVICE_H_
