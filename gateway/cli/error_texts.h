// The catalogue of errors: what went wrong and what mends it, by reason, in French and English.
#ifndef PASSERELLE_GATEWAY_CLI_ERROR_TEXTS_H_
#define PASSERELLE_GATEWAY_CLI_ERROR_TEXTS_H_

#include <string_view>

#include "absl/types/span.h"

namespace passerelle::gateway::cli {

struct ErrorText {
  // The reasons it stands for, separated by blanks.
  std::string_view reasons;
  std::string_view fr, en;
};

// The words typed, and the files that people make.
absl::Span<const ErrorText> TypedTexts();
// Files, keys and certificates of this machine.
absl::Span<const ErrorText> FileTexts();
// What the gateway answers.
absl::Span<const ErrorText> GatewayTexts();
// Proofs that do not hold.
absl::Span<const ErrorText> ProofTexts();
// A data directory: founding, starting.
absl::Span<const ErrorText> InstallationTexts();

}  // namespace passerelle::gateway::cli

#endif  // PASSERELLE_GATEWAY_CLI_ERROR_TEXTS_H_
