#include "gateway/cli/progress.h"

#include <unistd.h>

#include <cstdio>

namespace passerelle::gateway::cli {

void ProgressBar::operator()(uint64_t done, uint64_t total) const {
  constexpr uint64_t kCells = 40;
  constexpr uint64_t kPermille = 1000;
  if (isatty(STDERR_FILENO) == 0) return;
  const uint64_t part = total == 0 ? kPermille : done * kPermille / total;
  if (part == shown_) return;
  shown_ = part;
  const uint64_t full = part * kCells / kPermille;
  std::fprintf(stderr, "\r%s [%s%s] %lu / %lu%s", what_.c_str(), std::string(full, '#').c_str(),
               std::string(kCells - full, '.').c_str(), done, total, done == total ? "\n" : "");
}

}  // namespace passerelle::gateway::cli
