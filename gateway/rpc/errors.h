// Errors on the wire: a gRPC code, a short sentence, and google.rpc.ErrorInfo with a machine reason
// and the field's path (AIP-193). Refusals are replies, not errors.
#ifndef PASSERELLE_GATEWAY_RPC_ERRORS_H_
#define PASSERELLE_GATEWAY_RPC_ERRORS_H_

#include <grpcpp/support/status.h>

#include <string_view>

#include "absl/status/status.h"

namespace passerelle::gateway::rpc {

// The gRPC status of an error. Causes inside the gateway (INTERNAL, UNKNOWN, DATA_LOSS) are named
// by reason only: the full cause is in the gateway's log under the request's id.
grpc::Status ToGrpc(const absl::Status& status, std::string_view request_id);

}  // namespace passerelle::gateway::rpc

#endif  // PASSERELLE_GATEWAY_RPC_ERRORS_H_
