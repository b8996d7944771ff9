// Bridges absl::string_view, which is its own type in Debian's Abseil, and std::string_view.
#ifndef PASSERELLE_GATEWAY_BASE_STRINGS_H_
#define PASSERELLE_GATEWAY_BASE_STRINGS_H_

#include <string_view>

#include "absl/strings/string_view.h"

namespace passerelle::gateway::base {

// The same characters as absl sees them. Does not copy; the source must outlive the result.
inline absl::string_view Absl(std::string_view view) { return {view.data(), view.size()}; }

// The same characters as std sees them. Does not copy; the source must outlive the result.
inline std::string_view Std(absl::string_view view) { return {view.data(), view.size()}; }

}  // namespace passerelle::gateway::base

#endif  // PASSERELLE_GATEWAY_BASE_STRINGS_H_
