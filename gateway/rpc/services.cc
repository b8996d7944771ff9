#include "gateway/rpc/services.h"

#include <utility>

#include "gateway/rpc/inflow.h"
#include "gateway/rpc/outflow.h"
#include "gateway/service/service.h"
#include "passerelle/gateway/v1/audit_service.grpc.pb.h"
#include "passerelle/gateway/v1/convention_service.grpc.pb.h"
#include "passerelle/gateway/v1/document_service.grpc.pb.h"
#include "passerelle/gateway/v1/exchange_service.grpc.pb.h"
#include "passerelle/gateway/v1/inbox_service.grpc.pb.h"
#include "passerelle/gateway/v1/register_service.grpc.pb.h"
#include "passerelle/gateway/v1/statement_service.grpc.pb.h"
#include "passerelle/gateway/v1/transfer_service.grpc.pb.h"

namespace passerelle::gateway::rpc {
namespace {

namespace api = passerelle::gateway::v1;
using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

class StatementService final : public api::StatementService::CallbackService {
 public:
  explicit StatementService(const Desk& desk) : desk_(desk) {}

  ServerUnaryReactor* Submit(CallbackServerContext* context, const api::SubmitRequest* request,
                             api::SubmitResponse* response) override {
    return ServeLater(desk_, context, "Submit", request, response, service::Access::kSubmit,
                      [request](const service::Caller& caller, const Call& call, auto answer) {
                        service::Submit(
                            caller, *request, [call] { return call.Cancelled(); }, answer);
                      });
  }

  ServerUnaryReactor* GetReceipt(CallbackServerContext* context,
                                 const api::GetReceiptRequest* request,
                                 api::GetReceiptResponse* response) override {
    return ServeLater(desk_, context, "GetReceipt", request, response, service::Access::kEverything,
                      [request](const service::Caller& caller, const Call&, auto answer) {
                        service::GetReceipt(caller, *request, answer);
                      });
  }

  ServerUnaryReactor* Preview(CallbackServerContext* context, const api::PreviewRequest* request,
                              api::PreviewResponse* response) override {
    return Serve(desk_, context, "Preview", request, response, service::Preview);
  }

 private:
  const Desk& desk_;
};

class TransferService final : public api::TransferService::CallbackService {
 public:
  TransferService(const Desk& desk, OpenStreams& streams) : desk_(desk), streams_(streams) {}

  ServerUnaryReactor* Send(CallbackServerContext* context, const api::SendRequest* request,
                           api::SendResponse* response) override {
    return ServeLater(desk_, context, "Send", request, response, service::Access::kEverything,
                      [request](const service::Caller& caller, const Call& call, auto answer) {
                        service::Send(
                            caller, *request, [call] { return call.Cancelled(); }, answer);
                      });
  }

  ServerUnaryReactor* Fetch(CallbackServerContext* context, const api::FetchRequest* request,
                            api::FetchResponse* response) override {
    return ServeLater(desk_, context, "Fetch", request, response, service::Access::kEverything,
                      [request](const service::Caller& caller, const Call&, auto answer) {
                        service::Fetch(caller, *request, answer);
                      });
  }

  grpc::ServerReadReactor<api::UploadRequest>* Upload(CallbackServerContext* context,
                                                      api::UploadResponse* response) override {
    return ServeInflow(desk_, streams_, context, "Upload", response, &api::UploadRequest::manifest,
                       service::Upload);
  }

  grpc::ServerWriteReactor<api::DownloadResponse>* Download(
      CallbackServerContext* context, const api::DownloadRequest* request) override {
    return ServeStreamLater<api::DownloadRequest, api::DownloadResponse>(
        desk_, streams_, context, "Download", request, service::Download);
  }

  ServerUnaryReactor* GetTransfer(CallbackServerContext* context,
                                  const api::GetTransferRequest* request,
                                  api::GetTransferResponse* response) override {
    return Serve(desk_, context, "GetTransfer", request, response, service::GetTransfer);
  }

  ServerUnaryReactor* ListTransfers(CallbackServerContext* context,
                                    const api::ListTransfersRequest* request,
                                    api::ListTransfersResponse* response) override {
    return Serve(desk_, context, "ListTransfers", request, response, service::ListTransfers);
  }

 private:
  const Desk& desk_;
  OpenStreams& streams_;
};

class DocumentService final : public api::DocumentService::CallbackService {
 public:
  DocumentService(const Desk& desk, OpenStreams& streams) : desk_(desk), streams_(streams) {}

  ServerUnaryReactor* GetDocument(CallbackServerContext* context,
                                  const api::GetDocumentRequest* request,
                                  api::GetDocumentResponse* response) override {
    return Serve(desk_, context, "GetDocument", request, response, service::GetDocument);
  }

  grpc::ServerReadReactor<api::UploadDocumentRequest>* UploadDocument(
      CallbackServerContext* context, api::UploadDocumentResponse* response) override {
    return ServeInflow(desk_, streams_, context, "UploadDocument", response,
                       &api::UploadDocumentRequest::head, service::UploadDocument);
  }

  grpc::ServerWriteReactor<api::DownloadDocumentResponse>* DownloadDocument(
      CallbackServerContext* context, const api::DownloadDocumentRequest* request) override {
    return ServeStream(desk_, streams_, context, "DownloadDocument", request,
                       service::DownloadDocument);
  }

 private:
  const Desk& desk_;
  OpenStreams& streams_;
};

class ConventionService final : public api::ConventionService::CallbackService {
 public:
  explicit ConventionService(const Desk& desk) : desk_(desk) {}

  ServerUnaryReactor* ListConventions(CallbackServerContext* context,
                                      const api::ListConventionsRequest* request,
                                      api::ListConventionsResponse* response) override {
    ServerUnaryReactor* reactor = context->DefaultReactor();
    const Call call(desk_, *context, "ListConventions");
    const absl::StatusOr<std::vector<service::Caller>> callers = call.IdentifyEverywhere();
    absl::StatusOr<api::ListConventionsResponse> answer =
        callers.ok() ? service::ListConventions(*callers, *request)
                     : absl::StatusOr<api::ListConventionsResponse>(callers.status());
    if (answer.ok()) *response = std::move(*answer);
    reactor->Finish(call.End(answer.status()));
    return reactor;
  }

  ServerUnaryReactor* GetConvention(CallbackServerContext* context,
                                    const api::GetConventionRequest* request,
                                    api::GetConventionResponse* response) override {
    return Serve(desk_, context, "GetConvention", request, response, service::GetConvention);
  }

  ServerUnaryReactor* ListParties(CallbackServerContext* context,
                                  const api::ListPartiesRequest* request,
                                  api::ListPartiesResponse* response) override {
    return Serve(desk_, context, "ListParties", request, response, service::ListParties);
  }

  ServerUnaryReactor* ListMandates(CallbackServerContext* context,
                                   const api::ListMandatesRequest* request,
                                   api::ListMandatesResponse* response) override {
    return Serve(desk_, context, "ListMandates", request, response, service::ListMandates);
  }

  ServerUnaryReactor* ListKeys(CallbackServerContext* context, const api::ListKeysRequest* request,
                               api::ListKeysResponse* response) override {
    return Serve(desk_, context, "ListKeys", request, response, service::ListKeys);
  }

  ServerUnaryReactor* ListDatasets(CallbackServerContext* context,
                                   const api::ListDatasetsRequest* request,
                                   api::ListDatasetsResponse* response) override {
    return Serve(desk_, context, "ListDatasets", request, response, service::ListDatasets);
  }

  ServerUnaryReactor* GetDataset(CallbackServerContext* context,
                                 const api::GetDatasetRequest* request,
                                 api::GetDatasetResponse* response) override {
    return Serve(desk_, context, "GetDataset", request, response, service::GetDataset);
  }

 private:
  const Desk& desk_;
};

class ExchangeService final : public api::ExchangeService::CallbackService {
 public:
  ExchangeService(const Desk& desk, OpenWatches& watches) : desk_(desk), watches_(watches) {}

  ServerUnaryReactor* GetExchange(CallbackServerContext* context,
                                  const api::GetExchangeRequest* request,
                                  api::GetExchangeResponse* response) override {
    return Serve(desk_, context, "GetExchange", request, response, service::GetExchange);
  }

  ServerUnaryReactor* ListExchanges(CallbackServerContext* context,
                                    const api::ListExchangesRequest* request,
                                    api::ListExchangesResponse* response) override {
    return Serve(desk_, context, "ListExchanges", request, response, service::ListExchanges);
  }

  ServerUnaryReactor* ExplainExchange(CallbackServerContext* context,
                                      const api::ExplainExchangeRequest* request,
                                      api::ExplainExchangeResponse* response) override {
    return Serve(desk_, context, "ExplainExchange", request, response, service::ExplainExchange);
  }

  grpc::ServerWriteReactor<api::WatchExchangeResponse>* WatchExchange(
      CallbackServerContext* context, const api::WatchExchangeRequest* request) override {
    return ServeWatch(desk_, watches_, context, "WatchExchange", request, service::WatchExchange);
  }

 private:
  const Desk& desk_;
  OpenWatches& watches_;
};

class InboxService final : public api::InboxService::CallbackService {
 public:
  InboxService(const Desk& desk, OpenWatches& watches) : desk_(desk), watches_(watches) {}

  ServerUnaryReactor* ListInbox(CallbackServerContext* context,
                                const api::ListInboxRequest* request,
                                api::ListInboxResponse* response) override {
    return Serve(desk_, context, "ListInbox", request, response, service::ListInbox);
  }

  grpc::ServerWriteReactor<api::WatchInboxResponse>* WatchInbox(
      CallbackServerContext* context, const api::WatchInboxRequest* request) override {
    return ServeWatch(desk_, watches_, context, "WatchInbox", request, service::WatchInbox);
  }

 private:
  const Desk& desk_;
  OpenWatches& watches_;
};

class RegisterService final : public api::RegisterService::CallbackService {
 public:
  RegisterService(const Desk& desk, OpenStreams& streams) : desk_(desk), streams_(streams) {}

  grpc::ServerWriteReactor<api::ExportRegisterResponse>* ExportRegister(
      CallbackServerContext* context, const api::ExportRegisterRequest* request) override {
    return ServeStream(desk_, streams_, context, "ExportRegister", request,
                       service::ExportRegister);
  }

 private:
  const Desk& desk_;
  OpenStreams& streams_;
};

class AuditService final : public api::AuditService::CallbackService {
 public:
  AuditService(const Desk& desk, OpenWatches& watches, OpenStreams& streams)
      : desk_(desk), watches_(watches), streams_(streams) {}

  ServerUnaryReactor* GetCheckpoint(CallbackServerContext* context,
                                    const api::GetCheckpointRequest* request,
                                    api::GetCheckpointResponse* response) override {
    return Serve(desk_, context, "GetCheckpoint", request, response, service::GetCheckpoint);
  }

  grpc::ServerWriteReactor<api::WatchCheckpointResponse>* WatchCheckpoint(
      CallbackServerContext* context, const api::WatchCheckpointRequest* request) override {
    return ServeWatch(desk_, watches_, context, "WatchCheckpoint", request,
                      service::WatchCheckpoint);
  }

  ServerUnaryReactor* GetConsistency(CallbackServerContext* context,
                                     const api::GetConsistencyRequest* request,
                                     api::GetConsistencyResponse* response) override {
    return Serve(desk_, context, "GetConsistency", request, response, service::GetConsistency);
  }

  ServerUnaryReactor* GetInclusion(CallbackServerContext* context,
                                   const api::GetInclusionRequest* request,
                                   api::GetInclusionResponse* response) override {
    return Serve(desk_, context, "GetInclusion", request, response, service::GetInclusion);
  }

  grpc::ServerWriteReactor<api::ReadEntriesResponse>* ReadEntries(
      CallbackServerContext* context, const api::ReadEntriesRequest* request) override {
    return ServeStream(desk_, streams_, context, "ReadEntries", request, service::ReadEntries);
  }

  grpc::ServerWriteReactor<api::ReadPartyEntriesResponse>* ReadPartyEntries(
      CallbackServerContext* context, const api::ReadPartyEntriesRequest* request) override {
    return ServeStream(desk_, streams_, context, "ReadPartyEntries", request,
                       service::ReadPartyEntries);
  }

  grpc::ServerWriteReactor<api::ReadTimeStampsResponse>* ReadTimeStamps(
      CallbackServerContext* context, const api::ReadTimeStampsRequest* request) override {
    return ServeStream(desk_, streams_, context, "ReadTimeStamps", request,
                       service::ReadTimeStamps);
  }

  ServerUnaryReactor* GetPartyHeads(CallbackServerContext* context,
                                    const api::GetPartyHeadsRequest* request,
                                    api::GetPartyHeadsResponse* response) override {
    return Serve(desk_, context, "GetPartyHeads", request, response, service::GetPartyHeads);
  }

 private:
  const Desk& desk_;
  OpenWatches& watches_;
  OpenStreams& streams_;
};

}  // namespace

std::vector<std::unique_ptr<grpc::Service>> MakeServices(const Desk& desk, OpenWatches& watches,
                                                         OpenStreams& streams) {
  std::vector<std::unique_ptr<grpc::Service>> services;
  services.push_back(std::make_unique<StatementService>(desk));
  services.push_back(std::make_unique<TransferService>(desk, streams));
  services.push_back(std::make_unique<DocumentService>(desk, streams));
  services.push_back(std::make_unique<ConventionService>(desk));
  services.push_back(std::make_unique<ExchangeService>(desk, watches));
  services.push_back(std::make_unique<InboxService>(desk, watches));
  services.push_back(std::make_unique<RegisterService>(desk, streams));
  services.push_back(std::make_unique<AuditService>(desk, watches, streams));
  return services;
}

}  // namespace passerelle::gateway::rpc
