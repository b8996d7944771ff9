#include "gateway/core/gathering.h"

#include <algorithm>

namespace passerelle::gateway::core {

size_t Gathering::Target() {
  // Of a hundred: with a larger share callers wait for one another, with a smaller one commits do
  // not pay.
  constexpr size_t kShare = 35;
  lately_ = std::max(under_way_.load(), lately_ - (lately_ + 7) / 8);
  return lately_ * kShare / 100;
}

}  // namespace passerelle::gateway::core
