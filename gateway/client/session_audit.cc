// What a session reads of the log itself.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/checkpoint.h"
#include "audit/checkpoint/proof.h"
#include "audit/merkle/merkle.h"
#include "gateway/base/civil.h"
#include "gateway/base/digest.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/client/remote_session.h"

namespace passerelle::gateway::client {
namespace {

using audit::checkpoint::Checkpoint;

// The oldest view that is believed (AUDIT-LOG, "Cadence and witnesses"), and how long one counts
// that was looked at.
constexpr int64_t kOldestViewMs = int64_t{24} * 3600 * 1000;
constexpr int64_t kFreshMs = int64_t{10} * 60 * 1000;

// What the gateway says of two sizes, once its proof leads from the one root to the other.
absl::StatusOr<Continued> Proved(const api::GetConsistencyRequest& request,
                                 const api::GetConsistencyResponse& response) {
  const auto fault = [](const absl::Status& status) {
    return base::Corrupt("CONSISTENCY",
                         absl::StrCat("the gateway's answer proves nothing: ", status.message()));
  };
  Continued continued;
  absl::StatusOr<std::vector<base::Digest>> proof =
      base::DigestsFromBytes(response.consistency(), base::kMaxConsistencyHashes);
  const absl::StatusOr<base::Digest> from = base::DigestFromBytes(response.from_root());
  const absl::StatusOr<base::Digest> to = base::DigestFromBytes(response.to_root());
  for (const absl::Status& status : {proof.status(), from.status(), to.status()})
    if (!status.ok()) return fault(status);
  if (const absl::Status holds =
          audit::merkle::VerifyConsistency(request.from(), request.to(), *proof, *from, *to);
      !holds.ok())
    return fault(holds);
  return Continued{*from, *to, *std::move(proof)};
}

}  // namespace

absl::StatusOr<api::GetCheckpointResponse> RemoteSession::AdvanceCheckpoint() {
  ASSIGN_OR_RETURN(const uint64_t seen_size, SeenSize());
  api::GetCheckpointRequest request;
  request.set_log(log());
  request.set_seen_size(seen_size);
  absl::StatusOr<api::GetCheckpointResponse> response = channel_->GetCheckpoint(request);
  if (!response.ok()) return Judged(response.status());
  RETURN_IF_ERROR(memory_.Advance(response->checkpoint(), response->consistency()).status());
  return response;
}

absl::StatusOr<std::string> RemoteSession::UpdateCheckpoint() {
  ASSIGN_OR_RETURN(api::GetCheckpointResponse response, AdvanceCheckpoint());
  return std::move(*response.mutable_checkpoint());
}

absl::StatusOr<std::string> RemoteSession::GetWitnessed() {
  ASSIGN_OR_RETURN(api::GetCheckpointResponse response, AdvanceCheckpoint());
  if (!response.witnessed().empty()) RETURN_IF_ERROR(PlaceWitnessed(response));
  return std::move(*response.mutable_witnessed());
}

absl::Status RemoteSession::PlaceWitnessed(const api::GetCheckpointResponse& response) {
  ASSIGN_OR_RETURN(
      const Checkpoint witnessed,
      audit::checkpoint::OpenCheckpoint(response.witnessed(), pins_.verifier, pins_.origin));
  return memory_.Place(response.witnessed(), witnessed, response.witnessed_consistency());
}

absl::Status RemoteSession::DemandFresh() {
  ASSIGN_OR_RETURN(const record::v1::FoundingRow* founding, Founding());
  const int64_t now_ms = clock_.MonotonicMs();
  if (founding->settings().witness_quorum() == 0 || now_ms < fresh_until_ms_)
    return absl::OkStatus();
  ASSIGN_OR_RETURN(const api::GetCheckpointResponse response, AdvanceCheckpoint());
  if (response.witnessed().empty())
    return base::Error(absl::StatusCode::kFailedPrecondition, "VIEW_UNWITNESSED", "",
                       "the quorum of witnesses has cosigned no checkpoint of this log yet: try "
                       "again in a minute, or ask the operator whether they are reached");
  RETURN_IF_ERROR(PlaceWitnessed(response));
  ASSIGN_OR_RETURN(const uint64_t time_s, DemandQuorum(response.witnessed(), founding->settings()));
  const int64_t age_ms = clock_.WallMs() - static_cast<int64_t>(time_s) * 1000;
  if (age_ms > kOldestViewMs)
    return base::Error(
        absl::StatusCode::kFailedPrecondition, "VIEW_STALE", "",
        absl::StrCat("the last checkpoint that the quorum of witnesses cosigned is of ",
                     base::ToIsoInstant(static_cast<int64_t>(time_s) * 1000),
                     ", more than a day ago: the witnesses are out of reach, or this gateway hides "
                     "a newer history from them or from us. Freezes and key stops still go out"));
  fresh_until_ms_ = now_ms + kFreshMs;
  return absl::OkStatus();
}

absl::Status RemoteSession::ReadEntries(uint64_t begin, uint64_t end,
                                        absl::FunctionRef<absl::Status(std::string entry)> visit) {
  while (begin < end) {
    api::ReadEntriesRequest request;
    request.set_log(log());
    request.set_begin(begin);
    request.set_end(std::min(end, begin + base::kEntriesPerCall));
    RETURN_IF_ERROR(channel_->ReadEntries(request, [&](api::ReadEntriesResponse response) {
      for (std::string& entry : *response.mutable_entries()) {
        if (begin == request.end())
          return base::Corrupt("ENTRIES", "the gateway sends more entries than were asked for");
        RETURN_IF_ERROR(visit(std::move(entry)));
        ++begin;
      }
      return absl::OkStatus();
    }));
    if (begin != request.end())
      return base::Corrupt("ENTRIES", absl::StrCat("the gateway leaves out entry ", begin));
  }
  return absl::OkStatus();
}

absl::Status RemoteSession::ReadTimeStamps(
    uint64_t after, absl::FunctionRef<absl::Status(audit::checkpoint::KeptStamp)> visit) {
  api::ReadTimeStampsRequest request;
  request.set_log(log());
  request.set_after(after);
  return channel_->ReadTimeStamps(
      request, [&](api::ReadTimeStampsResponse response) -> absl::Status {
        if (response.size() <= after)
          return base::Corrupt("TIME_STAMPS", "the gateway sends time stamps out of order");
        after = response.size();
        return visit({after, std::move(*response.mutable_checkpoint()),
                      std::move(*response.mutable_time_stamp()),
                      std::move(*response.mutable_chain()),
                      std::move(*response.mutable_cosigned())});
      });
}

absl::Status RemoteSession::WatchCheckpoint(
    int64_t deadline_ms, absl::FunctionRef<absl::Status(const Checkpoint&)> visit) {
  ASSIGN_OR_RETURN(const uint64_t seen_size, SeenSize());
  api::WatchCheckpointRequest request;
  request.set_log(log());
  request.set_seen_size(seen_size);
  return Judged(channel_->WatchCheckpoint(
      request, deadline_ms, [&](const api::WatchCheckpointResponse& response) -> absl::Status {
        ASSIGN_OR_RETURN(const Checkpoint checkpoint,
                         memory_.Advance(response.checkpoint(), response.consistency()));
        return visit(checkpoint);
      }));
}

absl::StatusOr<Continued> RemoteSession::ProveConsistency(uint64_t from, uint64_t to) {
  ASSIGN_OR_RETURN(const std::string note, UpdateCheckpoint());
  ASSIGN_OR_RETURN(const Checkpoint head,
                   audit::checkpoint::OpenCheckpoint(note, pins_.verifier, pins_.origin));
  if (from == 0 || from > to || to > head.size)
    return base::Error(absl::StatusCode::kOutOfRange, "RANGE", "",
                       absl::StrCat("the log has ", head.size,
                                    " entries: ask from 1 to at most that, in this order"));
  const auto prove = [&](uint64_t smaller, uint64_t larger) -> absl::StatusOr<Continued> {
    api::GetConsistencyRequest request;
    request.set_log(log());
    request.set_from(smaller);
    request.set_to(larger);
    ASSIGN_OR_RETURN(const api::GetConsistencyResponse response, channel_->GetConsistency(request));
    return Proved(request, response);
  };
  ASSIGN_OR_RETURN(Continued continued, prove(from, to));
  // Two roots that agree with one another are the log's only if a signed one continues them.
  ASSIGN_OR_RETURN(const Continued up_to_head, prove(to, head.size));
  if (up_to_head.from_root != continued.to_root || up_to_head.to_root != head.root)
    return base::Corrupt("CONSISTENCY",
                         "the gateway proves roots that its signed checkpoint does not continue");
  return continued;
}

absl::StatusOr<audit::merkle::Frontier> RemoteSession::TakeUp(uint64_t size) {
  std::string last;
  RETURN_IF_ERROR(ReadEntries(size - 1, size, [&](std::string entry) {
    last = std::move(entry);
    return absl::OkStatus();
  }));
  api::GetInclusionRequest request;
  request.set_log(log());
  request.set_index(size - 1);
  request.set_size(size);
  ASSIGN_OR_RETURN(const api::GetInclusionResponse response, channel_->GetInclusion(request));
  absl::StatusOr<std::vector<base::Digest>> path =
      base::DigestsFromBytes(response.path(), base::kMaxProofHashes);
  absl::StatusOr<audit::merkle::Frontier> frontier =
      path.ok() ? audit::merkle::Frontier::FromLastLeaf(size, audit::merkle::LeafHash(last), *path)
                : absl::StatusOr<audit::merkle::Frontier>(path.status());
  if (!frontier.ok())
    return base::Corrupt("INCLUSION", absl::StrCat("the gateway's answer proves nothing: ",
                                                   frontier.status().message()));
  return frontier;
}

absl::Status RemoteSession::ReadPartyEntries(
    const std::string& party, uint64_t begin, const std::string& note,
    absl::FunctionRef<absl::Status(uint64_t index, std::string receipt)> visit,
    absl::FunctionRef<void(uint64_t read, uint64_t total)> progress) {
  ASSIGN_OR_RETURN(const Checkpoint head,
                   audit::checkpoint::OpenCheckpoint(note, pins_.verifier, pins_.origin));
  api::ReadPartyEntriesRequest request;
  request.set_log(log());
  request.set_party(party);
  request.set_begin(begin);
  request.set_end(head.size);
  uint64_t next = begin, read = begin;
  RETURN_IF_ERROR(channel_->ReadPartyEntries(
      request, [&](api::ReadPartyEntriesResponse response) -> absl::Status {
        for (api::PartyEntry& found : *response.mutable_entries()) {
          if (found.index() < next)
            return base::Corrupt("ENTRIES", "the gateway sends entries out of order");
          next = found.index() + 1;
          ASSIGN_OR_RETURN(const std::vector<base::Digest> path,
                           base::DigestsFromBytes(found.path(), base::kMaxProofHashes));
          const absl::Status included = audit::merkle::VerifyInclusion(
              found.index(), head.size, audit::merkle::LeafHash(found.entry()), path, head.root);
          if (!included.ok())
            return base::Corrupt("INCLUSION",
                                 absl::StrCat("the gateway's proof of entry ", found.index(),
                                              " proves nothing: ", included.message()));
          RETURN_IF_ERROR(
              visit(found.index(), audit::checkpoint::ToText({std::move(*found.mutable_entry()),
                                                              found.index(), path, note})));
        }
        read = response.read();
        progress(read, head.size);
        return absl::OkStatus();
      }));
  if (read == head.size) return absl::OkStatus();
  return base::Corrupt("ENTRIES", "the gateway ends before it has read the whole log");
}

absl::StatusOr<std::optional<verify::StatedHeads>> RemoteSession::GetPartyHeads(
    const std::string& party) {
  api::GetPartyHeadsRequest request;
  request.set_log(log());
  request.set_party(party);
  ASSIGN_OR_RETURN(const api::GetPartyHeadsResponse response, channel_->GetPartyHeads(request));
  if (response.index() == 0) return std::optional<verify::StatedHeads>();
  verify::StatedHeads stated;
  stated.entry = response.index();
  stated.chains = response.chains();
  for (const api::ProvedHead& head : response.heads()) {
    verify::ProvedHead& proved = stated.heads.emplace_back();
    proved.head.set_chain(head.chain());
    proved.head.set_length(head.length());
    proved.head.set_last(head.last());
    proved.place = head.place();
    ASSIGN_OR_RETURN(proved.path, base::DigestsFromBytes(head.path(), base::kMaxProofHashes));
  }
  return std::optional<verify::StatedHeads>(std::move(stated));
}

}  // namespace passerelle::gateway::client
