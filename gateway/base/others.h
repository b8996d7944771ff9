// How servers of others are asked: witnesses, time-stamp authorities. Who asks need not speak HTTP
// himself.
#ifndef PASSERELLE_GATEWAY_BASE_OTHERS_H_
#define PASSERELLE_GATEWAY_BASE_OTHERS_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace passerelle::gateway::base {

// A question to somebody else's server.
struct Question {
  std::string url;
  // Posted as `content_type`; without one it is a GET.
  std::optional<std::string> body;
  std::string content_type;
  // The roots (PEM) to which the server's certificate must chain.
  std::string anchors_pem;
  // A longer answer counts as none.
  size_t most_bytes = 64 * 1024;
};

// What it answered.
struct Reaction {
  int code = 0;
  std::string content_type;
  std::string body;
};

// Asks, and waits for some seconds at most. UNAVAILABLE when nobody answers. Thread-safe.
using AskOthers = std::function<absl::StatusOr<Reaction>(const Question&)>;

}  // namespace passerelle::gateway::base

#endif  // PASSERELLE_GATEWAY_BASE_OTHERS_H_
