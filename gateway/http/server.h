// The one HTTPS server: tiles, witness, later the console. TLS 1.3 only, bounded requests.
#ifndef PASSERELLE_GATEWAY_HTTP_SERVER_H_
#define PASSERELLE_GATEWAY_HTTP_SERVER_H_

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "gateway/base/secret.h"
#include "gateway/http/message.h"

namespace passerelle::gateway::http {

// Answers a request. Called from the server's threads.
using Handler = std::function<Answer(const Request&)>;

// What is served: every GET by one handler, a POST by its whole path. Everything else is 404.
struct Routes {
  Handler get;
  // By path, which holds letters, digits, `-`, `_` and `/` alone.
  std::map<std::string, Handler> post;
};

// How to listen.
struct ServerOptions {
  // `host:port`; port 0 takes a free one.
  std::string address;
  // The server's certificate chain and key (PEM).
  std::string certificate_pem;
  base::Secret key_pem;
  // The roots that clients' certificates must chain to (PEM); empty: no client certificate is asked
  // for.
  std::string client_roots_pem;
  // A longer body is answered with 413.
  size_t most_body_bytes = 0;
};

// A running server; stops when it goes. Eight requests are answered at a time and as many
// connections wait; a connection ends after five seconds without a byte.
class Server {
 public:
  // INVALID_ARGUMENT (LISTEN) when the address or the TLS material cannot be used.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options, Routes routes);
  virtual ~Server() = default;

  // The port it listens on.
  virtual int port() const = 0;
};

}  // namespace passerelle::gateway::http

#endif  // PASSERELLE_GATEWAY_HTTP_SERVER_H_
