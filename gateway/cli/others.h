// What others vouch for, asked by whoever doubts a log.
#ifndef PASSERELLE_GATEWAY_CLI_OTHERS_H_
#define PASSERELLE_GATEWAY_CLI_OTHERS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "audit/checkpoint/cosignature.h"
#include "gateway/base/others.h"
#include "passerelle/convention/v1/settings.pb.h"

namespace passerelle::gateway::cli {

// A witness, and the checkpoint that it shows (audit::witness::ReadCosigned).
struct Shown {
  audit::checkpoint::CosignatureVerifier witness;
  std::string url;
  absl::StatusOr<std::string> note;
};

// Asks the witnesses of the settings, save those whose names are in `without`, for the checkpoint
// of an origin that they cosigned last.
std::vector<Shown> AskWitnesses(const base::AskOthers& ask,
                                const convention::v1::Settings& settings, std::string_view origin,
                                const std::vector<std::string>& without);

// The same where every one that is asked must answer: UNAVAILABLE (WITNESS_SILENT) names one that
// does not. Who signed the notes is for the caller to see.
absl::StatusOr<std::vector<std::string>> CosignedNotes(const base::AskOthers& ask,
                                                       const convention::v1::Settings& settings,
                                                       std::string_view origin,
                                                       const std::vector<std::string>& without);

}  // namespace passerelle::gateway::cli

#endif  // PASSERELLE_GATEWAY_CLI_OTHERS_H_
