// DocumentService and AuditService: what stands behind a commitment, and the log itself.
#include <algorithm>
#include <utility>
#include <vector>

#include "audit/entry/codec.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/core/receipt.h"
#include "gateway/service/service.h"

namespace passerelle::gateway::service {
namespace {

absl::Status NoDocument() {
  return base::Error(absl::StatusCode::kNotFound, "DOCUMENT_UNKNOWN", "commitment",
                     "no such document is kept here, or not for you to see");
}

// Whether the caller may open the commitment at a position of a recorded entry.
absl::StatusOr<bool> MayOpen(const Caller& caller, const vault::Position& position) {
  ASSIGN_OR_RETURN(const std::vector<std::string> leaves,
                   caller.convention->log().ReadEntries(position.index, position.index + 1));
  ASSIGN_OR_RETURN(const record::v1::Entry entry, audit::entry::DecodeLeaf(leaves[0]));
  ASSIGN_OR_RETURN(const audit::entry::SignedStatement recorded,
                   audit::entry::DecodeSigned(entry.recorded().envelope()));
  const statement::v1::Statement& statement = recorded.statement;
  ASSIGN_OR_RETURN(const Sight sight, SightOf(caller));
  return static_cast<int>(position.ordinal) < statement.acts_size() &&
         sight.SeesDocuments(statement.acts(static_cast<int>(position.ordinal)), entry);
}

}  // namespace

absl::StatusOr<api::GetDocumentResponse> GetDocument(const Caller& caller,
                                                     const api::GetDocumentRequest& request) {
  absl::StatusOr<base::Digest> commitment = base::DigestFromBytes(request.commitment());
  if (!commitment.ok()) return base::AtPath(commitment.status(), "commitment");
  const absl::StatusOr<vault::Position> position = caller.convention->FindDocument(*commitment);
  if (absl::IsNotFound(position.status())) return NoDocument();
  RETURN_IF_ERROR(position.status());
  ASSIGN_OR_RETURN(const bool may_open, MayOpen(caller, *position));
  if (!may_open) return NoDocument();
  api::GetDocumentResponse response;
  ASSIGN_OR_RETURN(*response.mutable_document(),
                   caller.convention->ReadContent(*position, *commitment));
  return response;
}

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
