// What `passerelle init` asks of whoever sits at a terminal and did not say it.
#ifndef PASSERELLE_GATEWAY_CLI_INIT_QUESTIONS_H_
#define PASSERELLE_GATEWAY_CLI_INIT_QUESTIONS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gateway/cli/app.h"

namespace passerelle::gateway::cli {

// What a founding needs. Empty: not said yet.
struct Founding {
  std::string data, convention, settings, environment, origin;
  // Files (PEM), and `role:party:agent:file.spki`.
  std::vector<std::string> anchors, founders;
};

// Fills in what is empty. At a terminal it asks, offers what is likely, and asks again after a bad
// answer; INVALID_ARGUMENT (INPUT_ENDED) when the answers end. Elsewhere INVALID_ARGUMENT
// (OPTION_MISSING) names the first option that has to be given.
absl::Status Complete(const App& app, Founding& founding);

}  // namespace passerelle::gateway::cli

#endif  // PASSERELLE_GATEWAY_CLI_INIT_QUESTIONS_H_
