#include "gateway/client/evidence_export.h"

#include <vector>

#include "audit/checkpoint/stamp_files.h"
#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "gateway/verify/verify.h"

namespace passerelle::gateway::client {

absl::StatusOr<uint64_t> WriteEvidence(Session& session, const std::string& export_folder,
                                       const std::string& witnessed) {
  const std::string folder = verify::EvidenceFolderOf(export_folder);
  const std::string stamps = folder + "/stamps";
  ASSIGN_OR_RETURN(const std::vector<uint64_t> there, audit::checkpoint::ListStamps(stamps));
  uint64_t read = 0;
  RETURN_IF_ERROR(session.ReadTimeStamps(there.empty() ? 0 : there.back(),
                                         [&](const audit::checkpoint::KeptStamp& stamp) {
                                           ++read;
                                           return audit::checkpoint::WriteStamp(stamps, stamp);
                                         }));
  if (witnessed.empty()) return read;
  RETURN_IF_ERROR(base::MakeFolder(folder, base::FileMode::kPrivate));
  RETURN_IF_ERROR(base::WriteFile(folder + "/witnessed", witnessed, base::FileMode::kPrivate));
  return read;
}

}  // namespace passerelle::gateway::client
