#include "gateway/rpc/services.h"

#include "gateway/service/service.h"
#include "passerelle/gateway/v1/audit_service.grpc.pb.h"
#include "passerelle/gateway/v1/convention_service.grpc.pb.h"
#include "passerelle/gateway/v1/document_service.grpc.pb.h"
#include "passerelle/gateway/v1/exchange_service.grpc.pb.h"
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
    return Serve(desk_, context, "GetReceipt", request, response, service::GetReceipt);
  }

 private:
  const Desk& desk_;
};

class TransferService final : public api::TransferService::CallbackService {
 public:
  explicit TransferService(const Desk& desk) : desk_(desk) {}

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

  ServerUnaryReactor* ListTransfers(CallbackServerContext* context,
                                    const api::ListTransfersRequest* request,
                                    api::ListTransfersResponse* response) override {
    return Serve(desk_, context, "ListTransfers", request, response, service::ListTransfers);
  }

 private:
  const Desk& desk_;
};

class DocumentService final : public api::DocumentService::CallbackService {
 public:
  explicit DocumentService(const Desk& desk) : desk_(desk) {}

  ServerUnaryReactor* GetDocument(CallbackServerContext* context,
                                  const api::GetDocumentRequest* request,
                                  api::GetDocumentResponse* response) override {
    return Serve(desk_, context, "GetDocument", request, response, service::GetDocument);
  }

 private:
  const Desk& desk_;
};

class ConventionService final : public api::ConventionService::CallbackService {
 public:
  explicit ConventionService(const Desk& desk) : desk_(desk) {}

  ServerUnaryReactor* GetConvention(CallbackServerContext* context,
                                    const api::GetConventionRequest* request,
                                    api::GetConventionResponse* response) override {
    return Serve(desk_, context, "GetConvention", request, response, service::GetConvention);
  }

  ServerUnaryReactor* ListAdhesions(CallbackServerContext* context,
                                    const api::ListAdhesionsRequest* request,
                                    api::ListAdhesionsResponse* response) override {
    return Serve(desk_, context, "ListAdhesions", request, response, service::ListAdhesions);
  }

  ServerUnaryReactor* ListMandates(CallbackServerContext* context,
                                   const api::ListMandatesRequest* request,
                                   api::ListMandatesResponse* response) override {
    return Serve(desk_, context, "ListMandates", request, response, service::ListMandates);
  }

  ServerUnaryReactor* ListDatasets(CallbackServerContext* context,
                                   const api::ListDatasetsRequest* request,
                                   api::ListDatasetsResponse* response) override {
    return Serve(desk_, context, "ListDatasets", request, response, service::ListDatasets);
  }

 private:
  const Desk& desk_;
};

class ExchangeService final : public api::ExchangeService::CallbackService {
 public:
  explicit ExchangeService(const Desk& desk) : desk_(desk) {}

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

 private:
  const Desk& desk_;
};

class RegisterService final : public api::RegisterService::CallbackService {
 public:
  explicit RegisterService(const Desk& desk) : desk_(desk) {}

  grpc::ServerWriteReactor<api::ExportRegisterResponse>* ExportRegister(
      CallbackServerContext* context, const api::ExportRegisterRequest* request) override {
    return ServeStream(desk_, context, "ExportRegister", request, service::ExportRegister);
  }

 private:
  const Desk& desk_;
};

class AuditService final : public api::AuditService::CallbackService {
 public:
  explicit AuditService(const Desk& desk) : desk_(desk) {}

  ServerUnaryReactor* GetCheckpoint(CallbackServerContext* context,
                                    const api::GetCheckpointRequest* request,
                                    api::GetCheckpointResponse* response) override {
    return Serve(desk_, context, "GetCheckpoint", request, response, service::GetCheckpoint);
  }

  grpc::ServerWriteReactor<api::ReadEntriesResponse>* ReadEntries(
      CallbackServerContext* context, const api::ReadEntriesRequest* request) override {
    return ServeStream(desk_, context, "ReadEntries", request, service::ReadEntries);
  }

 private:
  const Desk& desk_;
};

}  // namespace

std::vector<std::unique_ptr<grpc::Service>> MakeServices(const Desk& desk) {
  std::vector<std::unique_ptr<grpc::Service>> services;
  services.push_back(std::make_unique<StatementService>(desk));
  services.push_back(std::make_unique<TransferService>(desk));
  services.push_back(std::make_unique<DocumentService>(desk));
  services.push_back(std::make_unique<ConventionService>(desk));
  services.push_back(std::make_unique<ExchangeService>(desk));
  services.push_back(std::make_unique<RegisterService>(desk));
  services.push_back(std::make_unique<AuditService>(desk));
  return services;
}

}  // namespace passerelle::gateway::rpc
