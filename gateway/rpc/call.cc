#include "gateway/rpc/call.h"

#include <grpcpp/security/auth_context.h>

#include "gateway/base/bytes.h"

namespace passerelle::gateway::rpc {

Call::Call(const Desk& desk, grpc::CallbackServerContext& context, std::string_view method)
    : desk_(&desk),
      context_(&context),
      method_(method),
      id_(base::ToHex(desk.random.Bytes(8))),
      began_ms_(desk.clock.MonotonicMs()) {
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

absl::StatusOr<service::Caller> Call::Identify(const std::string& log,
                                               service::Access access) const {
  return desk_->identifier.Identify(log, Certificates(), access);
}

absl::StatusOr<std::vector<service::Caller>> Call::IdentifyEverywhere() const {
  return desk_->identifier.IdentifyEverywhere(Certificates());
}

grpc::Status Call::End(const absl::Status& status) const {
  desk_->report(method_, id_, status, desk_->clock.MonotonicMs() - began_ms_);
  return ToGrpc(status, id_);
}

}  // namespace passerelle::gateway::rpc
