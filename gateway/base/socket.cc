#include "gateway/base/socket.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string_view>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "gateway/base/status.h"

namespace passerelle::gateway::base {
namespace {

struct AddressesDeleter {
  void operator()(addrinfo* addresses) const { freeaddrinfo(addresses); }
};
using Addresses = std::unique_ptr<addrinfo, AddressesDeleter>;

absl::StatusOr<Addresses> AddressesOf(const std::string& host, const std::string& port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (const int code = getaddrinfo(host.c_str(), port.c_str(), &hints, &found); code != 0)
    return Error(absl::StatusCode::kNotFound, "HOST_UNKNOWN", "",
                 absl::StrCat(host, ": ", gai_strerror(code)));
  return Addresses(found);
}

absl::Status ConnectError(const std::string& where, int error) {
  return Error(absl::StatusCode::kUnavailable,
               error == ECONNREFUSED ? "PORT_CLOSED"
               : error == ETIMEDOUT  ? "PORT_SILENT"
                                     : "HOST_UNREACHABLE",
               "", absl::StrCat(where, ": ", std::generic_category().message(error)));
}

// Connects one socket; the error number, or 0.
int ConnectOne(int descriptor, const addrinfo& address, int timeout_ms) {
  if (connect(descriptor, address.ai_addr, address.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  pollfd waited{descriptor, POLLOUT, 0};
  int ready = 0;
  do {
    ready = poll(&waited, 1, timeout_ms);
  } while (ready < 0 && errno == EINTR);
  if (ready == 0) return ETIMEDOUT;
  int error = errno;
  socklen_t size = sizeof error;
  if (ready > 0 && getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  return error;
}

void SetTimeouts(int descriptor, int timeout_ms) {
  const timeval time{timeout_ms / 1000, timeout_ms % 1000 * 1000};
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
  setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
  fcntl(descriptor, F_SETFL, 0);
}

}  // namespace

absl::StatusOr<Socket> Socket::Connect(const std::string& host, const std::string& port,
                                       int timeout_ms) {
  ASSIGN_OR_RETURN(const Addresses addresses, AddressesOf(host, port));
  int error = EADDRNOTAVAIL;
  for (const addrinfo* each = addresses.get(); each != nullptr; each = each->ai_next) {
    Socket made(socket(each->ai_family, each->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
                       each->ai_protocol));
    error = made.descriptor() < 0 ? errno : ConnectOne(made.descriptor(), *each, timeout_ms);
    if (error != 0) continue;
    SetTimeouts(made.descriptor(), timeout_ms);
    return made;
  }
  return ConnectError(absl::StrCat(host, ":", port), error);
}

Socket::~Socket() {
  if (descriptor_ >= 0) close(descriptor_);
}

Socket& Socket::operator=(Socket&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

absl::StatusOr<std::pair<std::string, std::string>> SplitAddress(const std::string& address) {
  const size_t colon = address.rfind(':');
  std::string_view host = std::string_view(address).substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (colon == std::string::npos || host.empty() || colon + 1 == address.size() ||
      (!bracketed && host.find(':') != std::string_view::npos) ||
      address.find_first_not_of("0123456789", colon + 1) != std::string::npos)
    return Malformed("ADDRESS_FORM", "", absl::StrCat(address, ": an address is host:port"));
  return std::pair(std::string(host), address.substr(colon + 1));
}

}  // namespace passerelle::gateway::base
