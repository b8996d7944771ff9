// Pages of a table, by key.
#ifndef PASSERELLE_GATEWAY_SERVICE_PAGE_H_
#define PASSERELLE_GATEWAY_SERVICE_PAGE_H_

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/base/bytes.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "policy/state/table.h"

namespace passerelle::gateway::service {

// Tells `take` the rows of a page until it has taken `page_size` of them (`take` says whether it
// took the row), and returns the token of the next page: the last key taken, in hexadecimal, so
// that it names nothing the caller has not seen; empty when there is none. INVALID_ARGUMENT
// (PAGE_TOKEN) for a token that is none of ours.
template <typename Row>
absl::StatusOr<std::string> TakePage(
    const policy::state::Table<Row>& table, uint32_t page_size, const std::string& page_token,
    absl::FunctionRef<bool(const std::string& key, const Row& row)> take) {
  absl::StatusOr<std::string> from = base::FromHex(page_token);
  if (!from.ok())
    return base::Malformed("PAGE_TOKEN", "page_token",
                           "not a token that this list gave; begin again without one");
  const uint32_t wanted =
      page_size == 0 ? base::kDefaultPageSize : std::min(page_size, base::kMaxPageSize);
  uint32_t taken = 0;
  std::string last, next;
  table.Scan("", *from, [&](const std::string& key, const Row& row) {
    if (taken == wanted) {
      // The least key after the last one taken.
      next = base::ToHex(last + '\0');
      return false;
    }
    if (take(key, row)) {
      ++taken;
      last = key;
    }
    return true;
  });
  return next;
}

}  // namespace passerelle::gateway::service

#endif  // PASSERELLE_GATEWAY_SERVICE_PAGE_H_
