// AuditService, for one party: what concerns it, and nothing of the others (WIRE 4).
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "audit/entry/codec.h"
#include "gateway/base/digest.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/service/service.h"
#include "gateway/service/view.h"
#include "policy/state/heads.h"

namespace passerelle::gateway::service {
namespace {

using policy::state::kEveryone;

// So many entries are looked at before the caller hears how far it is.
constexpr uint64_t kLook = 1024;

absl::Status CheckSight(const Sight& sight, const std::string& party) {
  if (sight.whole_log() || sight.SeesParty(party)) return absl::OkStatus();
  return base::Error(absl::StatusCode::kPermissionDenied, "NOT_OF_PARTY", "party",
                     "a party's chain is read under a mandate of that party, without a list of "
                     "datasets, or under a log auditor's");
}

bool Concerns(const record::v1::Entry& entry, std::string_view party) {
  const auto& links = entry.links();
  return std::any_of(links.begin(), links.end(), [&](const record::v1::PartyLink& link) {
    return link.party() == party || link.party() == kEveryone;
  });
}

// Looks through a log, chunk by chunk.
class PartyReader {
 public:
  PartyReader(const audit::log::Log& log, const api::ReadPartyEntriesRequest& request)
      : log_(log), party_(request.party()), at_(request.begin()), end_(request.end()) {}

  absl::StatusOr<std::optional<api::ReadPartyEntriesResponse>> Next() {
    if (at_ == end_) return std::optional<api::ReadPartyEntriesResponse>();
    api::ReadPartyEntriesResponse chunk;
    const uint64_t until = std::min(at_ + kLook, end_);
    size_t bytes = 0;
    while (at_ < until && bytes < base::kStreamChunkBytes) {
      ASSIGN_OR_RETURN(const size_t taken, Take(chunk));
      bytes += taken;
    }
    chunk.set_read(at_);
    return std::optional<api::ReadPartyEntriesResponse>(std::move(chunk));
  }

 private:
  // Looks at the next entry; returns the bytes that it adds to the chunk.
  absl::StatusOr<size_t> Take(api::ReadPartyEntriesResponse& chunk) {
    const uint64_t index = at_++;
    ASSIGN_OR_RETURN(std::vector<std::string> entries, log_.ReadEntries(index, index + 1));
    ASSIGN_OR_RETURN(const record::v1::Entry entry, audit::entry::DecodeLeaf(entries[0]));
    if (!Concerns(entry, party_)) return 0;
    ASSIGN_OR_RETURN(const std::vector<base::Digest> path, log_.InclusionProof(index, end_));
    api::PartyEntry& found = *chunk.add_entries();
    found.set_index(index);
    found.set_entry(std::move(entries[0]));
    found.set_path(base::Concatenated(path));
    return found.ByteSizeLong();
  }

  const audit::log::Log& log_;
  const std::string party_;
  uint64_t at_;
  const uint64_t end_;
};

}  // namespace

absl::StatusOr<Source<api::ReadPartyEntriesResponse>> ReadPartyEntries(
    const Caller& caller, const api::ReadPartyEntriesRequest& request) {
  ASSIGN_OR_RETURN(const Sight sight, SightOf(caller));
  RETURN_IF_ERROR(CheckSight(sight, request.party()));
  const audit::log::Log& log = caller.convention->log();
  if (request.begin() > request.end() || request.end() > log.head().size)
    return base::Error(absl::StatusCode::kOutOfRange, "RANGE", "end",
                       "the range goes beyond the committed log");
  return Source<api::ReadPartyEntriesResponse>(
      [reader = std::make_shared<PartyReader>(log, request)] { return reader->Next(); });
}

absl::StatusOr<api::GetPartyHeadsResponse> GetPartyHeads(const Caller& caller,
                                                         const api::GetPartyHeadsRequest& request) {
  return ReadAs<api::GetPartyHeadsResponse>(
      caller, [&](const View& view) -> absl::StatusOr<api::GetPartyHeadsResponse> {
        RETURN_IF_ERROR(CheckSight(view.sight, request.party()));
        api::GetPartyHeadsResponse response;
        const record::v1::StatedHeadsRow* stated = view.state.stated_heads.Find("");
        if (stated == nullptr) return response;
        const std::vector<record::v1::ChainHead> heads(stated->heads().begin(),
                                                       stated->heads().end());
        response.set_index(stated->index());
        response.set_chains(heads.size());
        for (size_t place = 0; place < heads.size(); ++place) {
          const record::v1::ChainHead& head = heads[place];
          if (head.chain() != request.party() && head.chain() != kEveryone) continue;
          api::ProvedHead& proved = *response.add_heads();
          proved.set_chain(head.chain());
          proved.set_length(head.length());
          proved.set_last(head.last());
          proved.set_place(place);
          proved.set_path(base::Concatenated(policy::state::HeadProof(heads, place)));
        }
        return response;
      });
}

}  // namespace passerelle::gateway::service
