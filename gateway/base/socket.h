// A TCP connection, for whoever wants to know whether there is one to be had, and why not.
#ifndef PASSERELLE_GATEWAY_BASE_SOCKET_H_
#define PASSERELLE_GATEWAY_BASE_SOCKET_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace passerelle::gateway::base {

// A connected socket, closed when it goes. Movable; thread-compatible.
class Socket {
 public:
  // Connects to the first address of the host that answers. NOT_FOUND (HOST_UNKNOWN) when the name
  // has no address, UNAVAILABLE (PORT_CLOSED) when nothing listens there, (PORT_SILENT) when
  // nothing answers in `timeout_ms`, (HOST_UNREACHABLE) for the rest. Reads and writes end after
  // `timeout_ms`, too.
  static absl::StatusOr<Socket> Connect(const std::string& host, const std::string& port,
                                        int timeout_ms);
  ~Socket();
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&& other) noexcept;

  // Stays the socket's.
  int descriptor() const { return descriptor_; }

 private:
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

// The two halves of `host:port`, `[` and `]` around an IPv6 address taken off. INVALID_ARGUMENT
// (ADDRESS_FORM) when there is no port.
absl::StatusOr<std::pair<std::string, std::string>> SplitAddress(const std::string& address);

}  // namespace passerelle::gateway::base

#endif  // PASSERELLE_GATEWAY_BASE_SOCKET_H_
