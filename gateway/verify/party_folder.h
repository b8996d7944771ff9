// The files of a party's export: every entry of its chain and of `all` as a receipt, and where
// those chains ended by the heads that the gateway stated (audit/FORMAT.md, "Export of a party").
#ifndef PASSERELLE_GATEWAY_VERIFY_PARTY_FOLDER_H_
#define PASSERELLE_GATEWAY_VERIFY_PARTY_FOLDER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/base/digest.h"
#include "passerelle/record/v1/state.pb.h"

namespace passerelle::gateway::verify {

inline constexpr char kPartyFile[] = "party";           // its name ‖ 0a: what makes a folder one
inline constexpr char kPartyVkeyFile[] = "log.vkey";    // the log's verifier key ‖ 0a
inline constexpr char kPartyHeadsFile[] = "heads";      // ToText(StatedHeads); may be missing
inline constexpr char kPartyHeadFile[] = "checkpoint";  // the last note; missing while unfinished
inline constexpr char kPartyCheckpoints[] = "checkpoints";
inline constexpr char kPartyEntries[] = "entries";

// Where the checkpoint of a size stands, a Submission from the one before; and the receipt of an
// entry, a tlog-proof under one of those checkpoints.
std::string PartyCheckpointPath(uint64_t size);
std::string PartyEntryPath(uint64_t index);

// The entries of a folder by their indexes, sorted, and paths of files that are none. NOT_FOUND,
// UNAVAILABLE. A folder without entries has none.
struct PartyEntries {
  std::vector<uint64_t> indexes;
  std::vector<std::string> strangers;
};
absl::StatusOr<PartyEntries> ListPartyEntries(const std::string& folder);

// The sizes of its checkpoints, sorted. INVALID_ARGUMENT for a file that is none.
absl::StatusOr<std::vector<uint64_t>> ListPartyCheckpoints(const std::string& folder);

// Where a chain ended, and the way from there to the root.
struct ProvedHead {
  record::v1::ChainHead head;
  uint64_t place = 0;
  std::vector<base::Digest> path;
};

// Some of the heads under the root that one PartyHeads states.
struct StatedHeads {
  // Index of its entry, and number of chains under its root.
  uint64_t entry = 0;
  uint64_t chains = 0;
  std::vector<ProvedHead> heads;
};

std::string ToText(const StatedHeads& stated);

// INVALID_ARGUMENT for any byte out of place.
absl::StatusOr<StatedHeads> StatedHeadsFromText(std::string_view text);

// The root that a head leads to. INVALID_ARGUMENT as merkle::RootFromInclusion.
absl::StatusOr<base::Digest> RootOf(const ProvedHead& proved, uint64_t chains);

}  // namespace passerelle::gateway::verify

#endif  // PASSERELLE_GATEWAY_VERIFY_PARTY_FOLDER_H_
