// How a program of the tests ends where it cannot go on.
#ifndef PASSERELLE_TESTS_SUPPORT_NEED_H_
#define PASSERELLE_TESTS_SUPPORT_NEED_H_

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace passerelle::tests {

// Says why, under the program's name, and ends the process at once, whatever other threads do.
[[noreturn]] inline void Fail(std::string_view why) {
  std::fprintf(stderr, "%s: %s\n", program_invocation_short_name, std::string(why).c_str());
  std::_Exit(1);
}

// The same of what should have gone well: `what` says what it was.
inline void Need(const absl::Status& status, std::string_view what = "") {
  if (!status.ok()) Fail(std::string(what) + (what.empty() ? "" : ": ") + status.ToString());
}

template <typename T>
T Need(absl::StatusOr<T> value, std::string_view what = "") {
  Need(value.status(), what);
  return *std::move(value);
}

}  // namespace passerelle::tests

#endif  // PASSERELLE_TESTS_SUPPORT_NEED_H_
