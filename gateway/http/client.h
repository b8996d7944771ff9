// Asks an HTTPS server of others: a witness, a time-stamp authority. Blocks; call it from threads
// that may.
#ifndef PASSERELLE_GATEWAY_HTTP_CLIENT_H_
#define PASSERELLE_GATEWAY_HTTP_CLIENT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "gateway/base/clock.h"
#include "gateway/http/message.h"

namespace passerelle::gateway::http {

// A request to others.
struct Call {
  // `https://host[:port]/path`, or `http://` where the answer vouches for itself.
  std::string url;
  // Posted as `content_type`; without one it is a GET.
  std::optional<std::string> body;
  std::string content_type;
  // The roots (PEM) to which a server's certificate for the host must chain; no others count.
  std::string anchors_pem;
  // The longest wait for a connection, and for the whole of the answer.
  int64_t timeout_ms = 10'000;
  // A longer body ends the call.
  size_t most_answer_bytes = 64 * 1024;
};

// Whatever code it has, redirections included: none is followed. INVALID_ARGUMENT (URL),
// UNAVAILABLE (UNREACHABLE) says whether connecting, the certificate, the time or the length
// failed.
absl::StatusOr<Answer> Ask(const Call& call, const base::Clock& clock);

}  // namespace passerelle::gateway::http

#endif  // PASSERELLE_GATEWAY_HTTP_CLIENT_H_
