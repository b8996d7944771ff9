#include "gateway/client/grpc_channel.h"

#include <grpc/support/time.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/sync_stream.h>

#include <utility>

#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/client/rpc_error.h"
#include "passerelle/gateway/v1/audit_service.grpc.pb.h"
#include "passerelle/gateway/v1/convention_service.grpc.pb.h"
#include "passerelle/gateway/v1/document_service.grpc.pb.h"
#include "passerelle/gateway/v1/exchange_service.grpc.pb.h"
#include "passerelle/gateway/v1/inbox_service.grpc.pb.h"
#include "passerelle/gateway/v1/register_service.grpc.pb.h"
#include "passerelle/gateway/v1/statement_service.grpc.pb.h"
#include "passerelle/gateway/v1/transfer_service.grpc.pb.h"

namespace passerelle::gateway::client {
namespace {

absl::Status FromGrpc(const grpc::Status& status) {
  return FromRpc(status.error_code(), status.error_message(), status.error_details());
}

std::shared_ptr<grpc::Channel> Connect(const Connection& connection) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = connection.anchors_pem;
  options.pem_cert_chain = connection.certificate_pem;
  options.pem_private_key = std::string(connection.key_pem.RevealSecret());
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(static_cast<int>(base::kMaxMessageBytes));
  arguments.SetMaxSendMessageSize(static_cast<int>(base::kMaxMessageBytes));
  return grpc::CreateCustomChannel(connection.target, grpc::SslCredentials(options), arguments);
}

// A span from the start of the call on.
void SetDeadline(grpc::ClientContext& context, int64_t deadline_ms) {
  context.set_deadline(
      gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_millis(deadline_ms, GPR_TIMESPAN)));
}

class GrpcChannel final : public Channel {
 public:
  explicit GrpcChannel(const Connection& connection)
      : deadline_ms_(connection.deadline_ms),
        stream_deadline_ms_(connection.stream_deadline_ms),
        channel_(Connect(connection)) {}

  absl::StatusOr<api::SubmitResponse> Submit(const api::SubmitRequest& request) override {
    return Unary<api::SubmitResponse>(statements_, &api::StatementService::Stub::Submit, request);
  }
  absl::StatusOr<api::GetReceiptResponse> GetReceipt(
      const api::GetReceiptRequest& request) override {
    return Unary<api::GetReceiptResponse>(statements_, &api::StatementService::Stub::GetReceipt,
                                          request);
  }
  absl::StatusOr<api::PreviewResponse> Preview(const api::PreviewRequest& request) override {
    return Unary<api::PreviewResponse>(statements_, &api::StatementService::Stub::Preview, request);
  }
  absl::StatusOr<api::SendResponse> Send(const api::SendRequest& request) override {
    return Unary<api::SendResponse>(transfers_, &api::TransferService::Stub::Send, request);
  }
  absl::StatusOr<api::FetchResponse> Fetch(const api::FetchRequest& request) override {
    return Unary<api::FetchResponse>(transfers_, &api::TransferService::Stub::Fetch, request);
  }
  absl::StatusOr<api::GetTransferResponse> GetTransfer(
      const api::GetTransferRequest& request) override {
    return Unary<api::GetTransferResponse>(transfers_, &api::TransferService::Stub::GetTransfer,
                                           request);
  }
  absl::StatusOr<api::ListTransfersResponse> ListTransfers(
      const api::ListTransfersRequest& request) override {
    return Unary<api::ListTransfersResponse>(transfers_, &api::TransferService::Stub::ListTransfers,
                                             request);
  }
  absl::StatusOr<api::GetDocumentResponse> GetDocument(
      const api::GetDocumentRequest& request) override {
    return Unary<api::GetDocumentResponse>(documents_, &api::DocumentService::Stub::GetDocument,
                                           request);
  }
  absl::StatusOr<api::ListConventionsResponse> ListConventions(
      const api::ListConventionsRequest& request) override {
    return Unary<api::ListConventionsResponse>(
        conventions_, &api::ConventionService::Stub::ListConventions, request);
  }
  absl::StatusOr<api::GetConventionResponse> GetConvention(
      const api::GetConventionRequest& request) override {
    return Unary<api::GetConventionResponse>(conventions_,
                                             &api::ConventionService::Stub::GetConvention, request);
  }
  absl::StatusOr<api::ListPartiesResponse> ListParties(
      const api::ListPartiesRequest& request) override {
    return Unary<api::ListPartiesResponse>(conventions_, &api::ConventionService::Stub::ListParties,
                                           request);
  }
  absl::StatusOr<api::ListMandatesResponse> ListMandates(
      const api::ListMandatesRequest& request) override {
    return Unary<api::ListMandatesResponse>(conventions_,
                                            &api::ConventionService::Stub::ListMandates, request);
  }
  absl::StatusOr<api::ListKeysResponse> ListKeys(const api::ListKeysRequest& request) override {
    return Unary<api::ListKeysResponse>(conventions_, &api::ConventionService::Stub::ListKeys,
                                        request);
  }
  absl::StatusOr<api::ListDatasetsResponse> ListDatasets(
      const api::ListDatasetsRequest& request) override {
    return Unary<api::ListDatasetsResponse>(conventions_,
                                            &api::ConventionService::Stub::ListDatasets, request);
  }
  absl::StatusOr<api::GetDatasetResponse> GetDataset(
      const api::GetDatasetRequest& request) override {
    return Unary<api::GetDatasetResponse>(conventions_, &api::ConventionService::Stub::GetDataset,
                                          request);
  }
  absl::StatusOr<api::GetExchangeResponse> GetExchange(
      const api::GetExchangeRequest& request) override {
    return Unary<api::GetExchangeResponse>(exchanges_, &api::ExchangeService::Stub::GetExchange,
                                           request);
  }
  absl::StatusOr<api::ListExchangesResponse> ListExchanges(
      const api::ListExchangesRequest& request) override {
    return Unary<api::ListExchangesResponse>(exchanges_, &api::ExchangeService::Stub::ListExchanges,
                                             request);
  }
  absl::StatusOr<api::ExplainExchangeResponse> ExplainExchange(
      const api::ExplainExchangeRequest& request) override {
    return Unary<api::ExplainExchangeResponse>(
        exchanges_, &api::ExchangeService::Stub::ExplainExchange, request);
  }
  absl::StatusOr<api::ListInboxResponse> ListInbox(const api::ListInboxRequest& request) override {
    return Unary<api::ListInboxResponse>(inboxes_, &api::InboxService::Stub::ListInbox, request);
  }
  absl::StatusOr<api::GetCheckpointResponse> GetCheckpoint(
      const api::GetCheckpointRequest& request) override {
    return Unary<api::GetCheckpointResponse>(audits_, &api::AuditService::Stub::GetCheckpoint,
                                             request);
  }
  absl::StatusOr<api::GetConsistencyResponse> GetConsistency(
      const api::GetConsistencyRequest& request) override {
    return Unary<api::GetConsistencyResponse>(audits_, &api::AuditService::Stub::GetConsistency,
                                              request);
  }
  absl::StatusOr<api::GetInclusionResponse> GetInclusion(
      const api::GetInclusionRequest& request) override {
    return Unary<api::GetInclusionResponse>(audits_, &api::AuditService::Stub::GetInclusion,
                                            request);
  }
  absl::StatusOr<api::GetPartyHeadsResponse> GetPartyHeads(
      const api::GetPartyHeadsRequest& request) override {
    return Unary<api::GetPartyHeadsResponse>(audits_, &api::AuditService::Stub::GetPartyHeads,
                                             request);
  }

  absl::Status ReadEntries(
      const api::ReadEntriesRequest& request,
      absl::FunctionRef<absl::Status(api::ReadEntriesResponse)> visit) override {
    grpc::ClientContext context;
    SetDeadline(context, stream_deadline_ms_);
    return Drain<api::ReadEntriesResponse>(context, audits_.ReadEntries(&context, request), visit);
  }
  absl::Status ReadPartyEntries(
      const api::ReadPartyEntriesRequest& request,
      absl::FunctionRef<absl::Status(api::ReadPartyEntriesResponse)> visit) override {
    grpc::ClientContext context;
    SetDeadline(context, base::kMaxStreamMs);
    return Drain<api::ReadPartyEntriesResponse>(context,
                                                audits_.ReadPartyEntries(&context, request), visit);
  }
  absl::Status ReadTimeStamps(
      const api::ReadTimeStampsRequest& request,
      absl::FunctionRef<absl::Status(api::ReadTimeStampsResponse)> visit) override {
    grpc::ClientContext context;
    SetDeadline(context, base::kMaxStreamMs);
    return Drain<api::ReadTimeStampsResponse>(context, audits_.ReadTimeStamps(&context, request),
                                              visit);
  }
  absl::Status ExportRegister(
      const api::ExportRegisterRequest& request,
      absl::FunctionRef<absl::Status(api::ExportRegisterResponse)> visit) override {
    grpc::ClientContext context;
    SetDeadline(context, stream_deadline_ms_);
    return Drain<api::ExportRegisterResponse>(context, registers_.ExportRegister(&context, request),
                                              visit);
  }

  absl::StatusOr<api::UploadResponse> Upload(const api::UploadManifest& manifest,
                                             NextChunk next) override {
    api::UploadRequest first;
    *first.mutable_manifest() = manifest;
    return Fill<api::UploadResponse>(transfers_, &api::TransferService::Stub::Upload, first, next);
  }
  absl::StatusOr<api::UploadDocumentResponse> UploadDocument(const api::UploadDocumentHead& head,
                                                             NextChunk next) override {
    api::UploadDocumentRequest first;
    *first.mutable_head() = head;
    return Fill<api::UploadDocumentResponse>(
        documents_, &api::DocumentService::Stub::UploadDocument, first, next);
  }
  absl::Status Download(const api::DownloadRequest& request,
                        absl::FunctionRef<absl::Status(api::DownloadResponse)> visit) override {
    grpc::ClientContext context;
    SetDeadline(context, base::kMaxStreamMs);
    return Drain<api::DownloadResponse>(context, transfers_.Download(&context, request), visit);
  }
  absl::Status DownloadDocument(
      const api::DownloadDocumentRequest& request,
      absl::FunctionRef<absl::Status(api::DownloadDocumentResponse)> visit) override {
    grpc::ClientContext context;
    SetDeadline(context, base::kMaxStreamMs);
    return Drain<api::DownloadDocumentResponse>(
        context, documents_.DownloadDocument(&context, request), visit);
  }

  absl::Status WatchInbox(const api::WatchInboxRequest& request, int64_t deadline_ms,
                          absl::FunctionRef<absl::Status(api::WatchInboxResponse)> visit) override {
    grpc::ClientContext context;
    if (deadline_ms > 0) SetDeadline(context, deadline_ms);
    return Drain<api::WatchInboxResponse>(context, inboxes_.WatchInbox(&context, request), visit);
  }
  absl::Status WatchExchange(
      const api::WatchExchangeRequest& request, int64_t deadline_ms,
      absl::FunctionRef<absl::Status(api::WatchExchangeResponse)> visit) override {
    grpc::ClientContext context;
    if (deadline_ms > 0) SetDeadline(context, deadline_ms);
    return Drain<api::WatchExchangeResponse>(context, exchanges_.WatchExchange(&context, request),
                                             visit);
  }
  absl::Status WatchCheckpoint(
      const api::WatchCheckpointRequest& request, int64_t deadline_ms,
      absl::FunctionRef<absl::Status(api::WatchCheckpointResponse)> visit) override {
    grpc::ClientContext context;
    if (deadline_ms > 0) SetDeadline(context, deadline_ms);
    return Drain<api::WatchCheckpointResponse>(context, audits_.WatchCheckpoint(&context, request),
                                               visit);
  }

 private:
  template <typename Response, typename Stub, typename Method, typename Request>
  absl::StatusOr<Response> Unary(Stub& stub, Method method, const Request& request) const {
    grpc::ClientContext context;
    SetDeadline(context, deadline_ms_);
    Response response;
    if (const grpc::Status status = (stub.*method)(&context, request, &response); !status.ok())
      return FromGrpc(status);
    return response;
  }

  // Writes a first message, then chunks; a message waits until there is room for it.
  template <typename Response, typename Stub, typename Method, typename Request>
  static absl::StatusOr<Response> Fill(Stub& stub, Method method, const Request& first,
                                       NextChunk next) {
    grpc::ClientContext context;
    SetDeadline(context, base::kMaxStreamMs);
    Response response;
    const auto writer = (stub.*method)(&context, &response);
    absl::Status failed;
    Request message = first;
    // A write fails once the gateway has answered.
    while (writer->Write(message)) {
      absl::StatusOr<std::string> chunk = next();
      failed = chunk.status();
      if (!failed.ok() || chunk->empty()) break;
      *message.mutable_chunk() = *std::move(chunk);
    }
    if (!failed.ok()) context.TryCancel();
    writer->WritesDone();
    const grpc::Status status = writer->Finish();
    RETURN_IF_ERROR(failed);
    if (!status.ok()) return FromGrpc(status);
    return response;
  }

  template <typename Response>
  static absl::Status Drain(grpc::ClientContext& context,
                            std::unique_ptr<grpc::ClientReader<Response>> reader,
                            absl::FunctionRef<absl::Status(Response)> visit) {
    absl::Status visited;
    for (Response response; visited.ok() && reader->Read(&response); response.Clear())
      visited = visit(std::move(response));
    if (!visited.ok()) context.TryCancel();
    const grpc::Status status = reader->Finish();
    return visited.ok() ? FromGrpc(status) : visited;
  }

  const int64_t deadline_ms_;
  const int64_t stream_deadline_ms_;
  const std::shared_ptr<grpc::Channel> channel_;
  // Stubs are thread-safe.
  api::StatementService::Stub statements_{channel_};
  api::TransferService::Stub transfers_{channel_};
  api::DocumentService::Stub documents_{channel_};
  api::ConventionService::Stub conventions_{channel_};
  api::ExchangeService::Stub exchanges_{channel_};
  api::InboxService::Stub inboxes_{channel_};
  api::RegisterService::Stub registers_{channel_};
  api::AuditService::Stub audits_{channel_};
};

}  // namespace

std::unique_ptr<Channel> MakeGrpcChannel(const Connection& connection) {
  return std::make_unique<GrpcChannel>(connection);
}

}  // namespace passerelle::gateway::client
