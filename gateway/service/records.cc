// AuditService: the log itself.
#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/digest.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/core/receipt.h"
#include "gateway/service/service.h"
#include "gateway/service/view.h"

namespace passerelle::gateway::service {
namespace {

absl::Status BeyondTheLog(std::string_view field) {
  return base::Error(absl::StatusCode::kOutOfRange, "RANGE", field,
                     "the range goes beyond the committed log");
}

}  // namespace

absl::Status CheckLogAuditor(const Caller& caller) {
  ASSIGN_OR_RETURN(const Sight sight, SightOf(caller));
  if (sight.whole_log()) return absl::OkStatus();
  return base::Error(absl::StatusCode::kPermissionDenied, "NOT_LOG_AUDITOR", "",
                     "the whole log is read under a log auditor's mandate, which secretariat and "
                     "countersigner give together");
}

absl::StatusOr<api::GetCheckpointResponse> GetCheckpoint(const Caller& caller,
                                                         const api::GetCheckpointRequest& request) {
  const audit::log::Log& log = caller.convention->log();
  const audit::log::SignedHead head = log.signed_head();
  RETURN_IF_ERROR(core::CheckSeenSize(request.seen_size(), head.head.size));
  api::GetCheckpointResponse response;
  response.set_checkpoint(head.checkpoint);
  ASSIGN_OR_RETURN(*response.mutable_consistency(),
                   core::ConsistencyBytes(log, request.seen_size(), head.head.size));
  const auto witnessed = caller.convention->evidence().witnessed();
  // One that was cosigned since belongs to the next answer.
  if (!witnessed.has_value() || witnessed->head.size > head.head.size) return response;
  response.set_witnessed(witnessed->checkpoint);
  ASSIGN_OR_RETURN(*response.mutable_witnessed_consistency(),
                   core::ConsistencyBytes(log, witnessed->head.size, head.head.size));
  return response;
}

absl::StatusOr<Watched<api::WatchCheckpointResponse>> WatchCheckpoint(
    const Caller& caller, const api::WatchCheckpointRequest& request, std::function<void()> wake) {
  RETURN_IF_ERROR(core::CheckSeenSize(request.seen_size(), caller.convention->log().head().size));
  return StartWatch<api::WatchCheckpointResponse>(
      caller, std::move(wake),
      [convention = caller.convention, told = request.seen_size(),
       first = true]() mutable -> absl::StatusOr<std::optional<api::WatchCheckpointResponse>> {
        const audit::log::SignedHead head = convention->log().signed_head();
        if (!first && head.head.size == told) return std::optional<api::WatchCheckpointResponse>();
        api::WatchCheckpointResponse response;
        response.set_checkpoint(head.checkpoint);
        ASSIGN_OR_RETURN(*response.mutable_consistency(),
                         core::ConsistencyBytes(convention->log(), told, head.head.size));
        told = head.head.size;
        first = false;
        return std::optional<api::WatchCheckpointResponse>(std::move(response));
      });
}

absl::StatusOr<api::GetConsistencyResponse> GetConsistency(
    const Caller& caller, const api::GetConsistencyRequest& request) {
  const audit::log::Log& log = caller.convention->log();
  if (request.from() == 0)
    return base::Malformed("RANGE", "from", "every log continues the empty one; begin at 1");
  if (request.from() > request.to()) return BeyondTheLog("from");
  if (request.to() > log.head().size) return BeyondTheLog("to");
  ASSIGN_OR_RETURN(const std::vector<base::Digest> proof,
                   log.ConsistencyProof(request.from(), request.to()));
  ASSIGN_OR_RETURN(const base::Digest from, log.RootAt(request.from()));
  ASSIGN_OR_RETURN(const base::Digest to, log.RootAt(request.to()));
  api::GetConsistencyResponse response;
  response.set_consistency(base::Concatenated(proof));
  response.set_from_root(base::ToBytes(from));
  response.set_to_root(base::ToBytes(to));
  return response;
}

absl::StatusOr<api::GetInclusionResponse> GetInclusion(const Caller& caller,
                                                       const api::GetInclusionRequest& request) {
  RETURN_IF_ERROR(CheckLogAuditor(caller));
  const audit::log::Log& log = caller.convention->log();
  if (request.index() >= request.size()) return BeyondTheLog("index");
  if (request.size() > log.head().size) return BeyondTheLog("size");
  ASSIGN_OR_RETURN(const std::vector<base::Digest> path,
                   log.InclusionProof(request.index(), request.size()));
  api::GetInclusionResponse response;
  response.set_path(base::Concatenated(path));
  return response;
}

absl::StatusOr<Source<api::ReadEntriesResponse>> ReadEntries(
    const Caller& caller, const api::ReadEntriesRequest& request) {
  RETURN_IF_ERROR(CheckLogAuditor(caller));
  const audit::log::Log& log = caller.convention->log();
  if (request.begin() > request.end() || request.end() > log.head().size)
    return BeyondTheLog("end");
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

absl::StatusOr<Source<api::ReadTimeStampsResponse>> ReadTimeStamps(
    const Caller& caller, const api::ReadTimeStampsRequest& request) {
  RETURN_IF_ERROR(CheckLogAuditor(caller));
  const core::Stamps& stamps = caller.convention->evidence().stamps();
  ASSIGN_OR_RETURN(std::vector<uint64_t> sizes, stamps.Sizes());
  sizes.erase(sizes.begin(), std::upper_bound(sizes.begin(), sizes.end(), request.after()));
  return Source<api::ReadTimeStampsResponse>(
      [&stamps, sizes = std::move(sizes),
       next = size_t{0}]() mutable -> absl::StatusOr<std::optional<api::ReadTimeStampsResponse>> {
        if (next == sizes.size()) return std::optional<api::ReadTimeStampsResponse>();
        ASSIGN_OR_RETURN(audit::checkpoint::KeptStamp kept, stamps.Read(sizes[next++]));
        api::ReadTimeStampsResponse response;
        response.set_size(kept.size);
        response.set_checkpoint(std::move(kept.checkpoint));
        response.set_time_stamp(std::move(kept.time_stamp));
        response.set_chain(std::move(kept.chain));
        response.set_cosigned(std::move(kept.cosigned));
        return std::optional<api::ReadTimeStampsResponse>(std::move(response));
      });
}

}  // namespace passerelle::gateway::service
