// How a convention asks servers of others: witnesses, time-stamp authorities. The core speaks no
// HTTP itself.
#ifndef PASSERELLE_GATEWAY_CORE_OUTSIDE_H_
#define PASSERELLE_GATEWAY_CORE_OUTSIDE_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "gateway/core/pool.h"

namespace passerelle::gateway::core {

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

// Both must outlive every convention.
struct Outside {
  // Threads that may wait for others: those of the conventions' pool may not.
  Pool& couriers;
  // Asks, and waits for some seconds at most. UNAVAILABLE when nobody answers. Thread-safe.
  std::function<absl::StatusOr<Reaction>(const Question&)> ask;
};

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_OUTSIDE_H_
