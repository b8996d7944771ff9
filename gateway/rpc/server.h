// The gRPC server: mutual TLS 1.3 always, bounded messages, health, reflection, graceful drain.
#ifndef PASSERELLE_GATEWAY_RPC_SERVER_H_
#define PASSERELLE_GATEWAY_RPC_SERVER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/rpc/call.h"

namespace passerelle::gateway::rpc {

// How to listen.
struct ServerOptions {
  // `host:port`; port 0 takes a free one.
  std::string address;
  // The gateway's certificate chain and key (PEM).
  std::string certificate_pem;
  std::string key_pem;
  // The roots that clients' certificates may chain to (PEM): all conventions' anchors together.
  // Which of them counts for which log is asked at every call.
  std::string client_roots_pem;
  // Whether grpc.reflection is served.
  bool reflection = true;
};

// A running server. Thread-safe.
class Server {
 public:
  // Starts serving. INVALID_ARGUMENT (LISTEN) when the address or the TLS material cannot be used.
  // REQUIRES: certs::x509::RequireTls13() was called before any gRPC object was made.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options, Desk desk);
  virtual ~Server() = default;

  // The port it listens on.
  virtual int port() const = 0;

  // Ends the streams that are too slow or too old (rpc/streams.h). Called about once a second.
  virtual void Look() = 0;

  // Takes no new calls and waits at most `grace_ms` for those in flight.
  virtual void Drain(int64_t grace_ms) = 0;
};

}  // namespace passerelle::gateway::rpc

#endif  // PASSERELLE_GATEWAY_RPC_SERVER_H_
