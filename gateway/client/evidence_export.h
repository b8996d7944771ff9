// What others vouched for, taken away beside an export of the whole log.
#ifndef PASSERELLE_GATEWAY_CLIENT_EVIDENCE_EXPORT_H_
#define PASSERELLE_GATEWAY_CLIENT_EVIDENCE_EXPORT_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "gateway/client/session.h"

namespace passerelle::gateway::client {

// Writes the time stamps that are not there yet and the last checkpoint that witnesses cosigned
// (Session::GetWitnessed, asked before the log was read) into the sibling of an export's folder
// (verify::EvidenceFolderOf); no folder where there is neither. Returns how many stamps were read.
// Errors as those of the session and of gateway/base/files.h.
absl::StatusOr<uint64_t> WriteEvidence(Session& session, const std::string& export_folder,
                                       const std::string& witnessed);

}  // namespace passerelle::gateway::client

#endif  // PASSERELLE_GATEWAY_CLIENT_EVIDENCE_EXPORT_H_
