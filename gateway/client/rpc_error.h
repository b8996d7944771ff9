// Errors as gRPC carries them, made into ours.
#ifndef PASSERELLE_GATEWAY_CLIENT_RPC_ERROR_H_
#define PASSERELLE_GATEWAY_CLIENT_RPC_ERROR_H_

#include <string_view>

#include "absl/status/status.h"

namespace passerelle::gateway::client {

// The status of a call that ended with a gRPC code, message and details (a serialized
// passerelle.gateway.v1.ErrorStatus, which is wire-identical to google.rpc.Status). Reason and
// field path come from its ErrorInfo of domain `passerelle`; without one, an unreachable gateway
// has the reason UNREACHABLE, one whose certificate does not do GATEWAY_UNTRUSTED (UNAUTHENTICATED,
// path `ca_file`: nothing was sent), one without TLS 1.3 TLS_FAILED, and anything else the name of its code. A code that gRPC does
// not know becomes UNKNOWN. What the peer wrote is bounded and stripped of control characters,
// since it ends on a terminal.
absl::Status FromRpc(int code, std::string_view message, std::string_view details);

}  // namespace passerelle::gateway::client

#endif  // PASSERELLE_GATEWAY_CLIENT_RPC_ERROR_H_
