// One error vocabulary: absl::Status with a machine reason and the path of the field at fault.
//
// Errors are for transport, identity, malformed input and failures. What the rules refuse is not an
// error but a Decision (policy/).
#ifndef PASSERELLE_GATEWAY_BASE_STATUS_H_
#define PASSERELLE_GATEWAY_BASE_STATUS_H_

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace passerelle::gateway::base {

// Makes an error. `reason` is upper snake case and stable, such as `SIGNATURE_INVALID`; `path`
// names the field, such as `envelope.signatures[0]`, or is empty; `message` is a short English
// sentence that quotes no input. Both may be shown to callers.
absl::Status Error(absl::StatusCode code, std::string_view reason, std::string_view path,
                   std::string_view message);

// Shorthand of Error for malformed input (INVALID_ARGUMENT).
absl::Status Malformed(std::string_view reason, std::string_view path, std::string_view message);

// Shorthand of Error for stored data that contradicts itself (DATA_LOSS).
absl::Status Corrupt(std::string_view reason, std::string_view message);

// The machine reason of an error made by Error; the code's name for any other.
std::string ReasonOf(const absl::Status& status);

// The field path of an error made by Error; empty for any other.
std::string PathOf(const absl::Status& status);

// The same error with `prefix` and a dot (or the bare prefix) put before its field path.
absl::Status AtPath(const absl::Status& status, std::string_view prefix);

// The same error with `context` and ": " put before its message; reason and path are kept.
absl::Status InContext(const absl::Status& status, std::string_view context);

}  // namespace passerelle::gateway::base

#define PASSERELLE_CONCAT_INNER(a, b) a##b
#define PASSERELLE_CONCAT(a, b) PASSERELLE_CONCAT_INNER(a, b)

// Returns the error of a Status expression from the enclosing function.
#define RETURN_IF_ERROR(expr)                                             \
  do {                                                                    \
    if (absl::Status passerelle_status = (expr); !passerelle_status.ok()) \
      return passerelle_status;                                           \
  } while (false)

// Assigns the value of a StatusOr expression, or returns its error from the enclosing function.
#define ASSIGN_OR_RETURN(lhs, expr) \
  ASSIGN_OR_RETURN_INNER(PASSERELLE_CONCAT(passerelle_or_, __LINE__), lhs, expr)
#define ASSIGN_OR_RETURN_INNER(tmp, lhs, expr) \
  auto tmp = (expr);                           \
  if (!tmp.ok()) return tmp.status();          \
  lhs = *std::move(tmp)

#endif  // PASSERELLE_GATEWAY_BASE_STATUS_H_
