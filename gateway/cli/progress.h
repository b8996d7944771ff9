// A bar for long work: it overwrites itself, and only on a terminal.
#ifndef PASSERELLE_GATEWAY_CLI_PROGRESS_H_
#define PASSERELLE_GATEWAY_CLI_PROGRESS_H_

#include <cstdint>
#include <string>
#include <utility>

namespace passerelle::gateway::cli {

// Thread-compatible.
class ProgressBar {
 public:
  // `what` is under way.
  explicit ProgressBar(std::string what) : what_(std::move(what)) {}

  // Shows how many of how many are done; nothing when standard error is no terminal, or when the
  // bar would look the same.
  void operator()(uint64_t done, uint64_t total) const;

 private:
  const std::string what_;
  // What is on the terminal now: a caller that only tells how far it is changes nothing else.
  mutable uint64_t shown_ = UINT64_MAX;
};

}  // namespace passerelle::gateway::cli

#endif  // PASSERELLE_GATEWAY_CLI_PROGRESS_H_
