// passerelle recover --draft and --open: a log goes on under another key, after a loss or to change
// it.
#ifndef PASSERELLE_GATEWAY_CLI_RECOVER_SUCCESSION_H_
#define PASSERELLE_GATEWAY_CLI_RECOVER_SUCCESSION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/cli/app.h"
#include "gateway/core/storage.h"

namespace passerelle::gateway::cli {

// What the operator says of a succession.
struct SuccessionOptions {
  // The file to draft, or the one that secretariat and countersigner signed; one of them.
  std::string draft, open;
  std::string cause, origin;
  // Files of checkpoints that partners or witnesses showed.
  std::vector<std::string> closings;
  // Names of witnesses that are not asked, since they cannot be reached.
  std::vector<std::string> without;
  // Fingerprints of the two who will sign (hexadecimal).
  std::vector<std::string> signers;
  // Where what every partner pins is written.
  std::string pin;
};

// Drafts the statement: asks every witness of the settings in force what it cosigned last.
absl::StatusOr<int> DraftSuccessor(App& app, const core::StoragePaths& paths,
                                   const SuccessionOptions& options);

// Opens the successor.
absl::StatusOr<int> OpenSuccessor(App& app, const core::StoragePaths& paths,
                                  const SuccessionOptions& options);

}  // namespace passerelle::gateway::cli

#endif  // PASSERELLE_GATEWAY_CLI_RECOVER_SUCCESSION_H_
