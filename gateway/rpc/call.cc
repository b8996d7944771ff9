#include "gateway/rpc/call.h"

#include <grpcpp/security/auth_context.h>

#include "gateway/base/bytes.h"
#include "gateway/base/status.h"

namespace passerelle::gateway::rpc {

Call::Call(const Desk& desk, grpc::CallbackServerContext& context, std::string_view method)
    : desk_(&desk),
      context_(&context),
      method_(method),
      id_(base::ToHex(desk.random.Bytes(8))),
      began_us_(desk.clock.MonotonicUs()) {
  context.AddTrailingMetadata("passerelle-request", id_);
}

std::string Call::Certificates() const {
  // On the server's side the chain property lacks the leaf (SSL_get_peer_cert_chain).
  std::string pem;
  for (const char* property : {"x509_pem_cert", "x509_pem_cert_chain"})
    for (const grpc::string_ref& found : context_->auth_context()->FindPropertyValues(property))
      pem.append(found.data(), found.size());
  return pem;
}

absl::StatusOr<service::Caller> Call::Identify(const std::string& log, service::Access access,
                                               service::Lane lane) const {
  ASSIGN_OR_RETURN(service::Caller caller, desk_->identifier.Identify(log, Certificates(), access));
  RETURN_IF_ERROR(caller.quotas->Take(caller.payer(), lane));
  return caller;
}

absl::StatusOr<std::vector<service::Caller>> Call::IdentifyEverywhere() const {
  ASSIGN_OR_RETURN(std::vector<service::Caller> callers,
                   desk_->identifier.IdentifyEverywhere(Certificates()));
  RETURN_IF_ERROR(callers.front().quotas->Take(callers.front().payer(), service::Lane::kOrdinary));
  return callers;
}

grpc::Status Call::End(const absl::Status& status) const {
  desk_->report(method_, id_, status, desk_->clock.MonotonicUs() - began_us_);
  return ToGrpc(status, id_);
}

}  // namespace passerelle::gateway::rpc
