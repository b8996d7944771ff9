// The channel over gRPC and mutual TLS.
#ifndef PASSERELLE_GATEWAY_CLIENT_GRPC_CHANNEL_H_
#define PASSERELLE_GATEWAY_CLIENT_GRPC_CHANNEL_H_

#include <cstdint>
#include <memory>
#include <string>

#include "gateway/base/limits.h"
#include "gateway/base/secret.h"
#include "gateway/client/channel.h"

namespace passerelle::gateway::client {

// Whom to call, and as whom.
struct Connection {
  // `host:port`; the host must be in the gateway's certificate: there is no way around that.
  std::string target;
  // PEM: trust anchors, our certificate with its chain, our private key.
  std::string anchors_pem;
  std::string certificate_pem;
  base::Secret key_pem;
  // Deadlines, milliseconds.
  int64_t deadline_ms = base::kDefaultDeadlineMs;
  int64_t stream_deadline_ms = base::kStreamDeadlineMs;
};

// Connects at the first call. REQUIRES: certs::x509::RequireTls13 succeeded in this process.
std::unique_ptr<Channel> MakeGrpcChannel(const Connection& connection);

}  // namespace passerelle::gateway::client

#endif  // PASSERELLE_GATEWAY_CLIENT_GRPC_CHANNEL_H_
