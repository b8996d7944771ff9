// What others vouch for, asked by whoever doubts a log.
#ifndef PASSERELLE_GATEWAY_CLI_OTHERS_H_
#define PASSERELLE_GATEWAY_CLI_OTHERS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/base/others.h"
#include "passerelle/convention/v1/settings.pb.h"

namespace passerelle::gateway::cli {

// The checkpoints of an origin that the witnesses of the settings cosigned last, as they show them:
// who signed them is for the caller to see. Every one must answer, save those whose names are in
// `without`: UNAVAILABLE (WITNESS_SILENT) names it.
absl::StatusOr<std::vector<std::string>> CosignedNotes(const base::AskOthers& ask,
                                                       const convention::v1::Settings& settings,
                                                       std::string_view origin,
                                                       const std::vector<std::string>& without);

}  // namespace passerelle::gateway::cli

#endif  // PASSERELLE_GATEWAY_CLI_OTHERS_H_
