#include "gateway/rpc/call.h"

#include <grpcpp/security/auth_context.h>

#include <vector>

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

absl::StatusOr<service::Caller> Call::Identify(const std::string& log,
                                               service::Access access) const {
  std::string pem;
  const std::vector<grpc::string_ref> found =
      context_->auth_context()->FindPropertyValues("x509_pem_cert_chain");
  if (!found.empty()) pem.assign(found[0].data(), found[0].size());
  return desk_->identifier.Identify(log, pem, access);
}

grpc::Status Call::End(const absl::Status& status) const {
  desk_->report(method_, id_, status, desk_->clock.MonotonicMs() - began_ms_);
  return ToGrpc(status, id_);
}

}  // namespace passerelle::gateway::rpc
