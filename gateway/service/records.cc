// AuditService: the log itself.
#include <algorithm>
#include <utility>
#include <vector>

#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/core/receipt.h"
#include "gateway/service/service.h"

namespace passerelle::gateway::service {
absl::StatusOr<api::GetCheckpointResponse> GetCheckpoint(const Caller& caller,
                                                         const api::GetCheckpointRequest& request) {
  const audit::log::Log& log = caller.convention->log();
  const audit::log::SignedHead head = log.signed_head();
  api::GetCheckpointResponse response;
  response.set_checkpoint(head.checkpoint);
  ASSIGN_OR_RETURN(*response.mutable_consistency(),
                   core::ConsistencyBytes(log, request.seen_size(), head.head.size));
  return response;
}

absl::StatusOr<Source<api::ReadEntriesResponse>> ReadEntries(
    const Caller& caller, const api::ReadEntriesRequest& request) {
  ASSIGN_OR_RETURN(const Sight sight, SightOf(caller));
  if (!sight.whole_log())
    return base::Error(absl::StatusCode::kPermissionDenied, "NOT_LOG_AUDITOR", "",
                       "the whole log is read under a log auditor's mandate, which secretariat and "
                       "countersigner give together");
  const audit::log::Log& log = caller.convention->log();
  if (request.begin() > request.end() || request.end() > log.head().size)
    return base::Error(absl::StatusCode::kOutOfRange, "RANGE", "end",
                       "the range goes beyond the committed log");
  return Source<api::ReadEntriesResponse>(
      [&log, at = request.begin(),
       end = request.end()]() mutable -> absl::StatusOr<std::optional<api::ReadEntriesResponse>> {
        if (at == end) return std::optional<api::ReadEntriesResponse>();
        // As many entries as surely fit one chunk, or one that is larger.
        constexpr uint64_t kBatch = base::kStreamChunkBytes / base::kMaxEntryBytes;
        const uint64_t until = std::min(at + kBatch, end);
        ASSIGN_OR_RETURN(std::vector<std::string> entries, log.ReadEntries(at, until));
        api::ReadEntriesResponse chunk;
        for (std::string& entry : entries) chunk.add_entries(std::move(entry));
        at = until;
        return std::optional<api::ReadEntriesResponse>(std::move(chunk));
      });
}

}  // namespace passerelle::gateway::service
