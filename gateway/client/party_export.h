// What a party takes away: every entry that concerns it or everyone, each as a receipt, and where
// its chain ended by the heads that the gateway stated (audit/FORMAT.md, "Export of a party").
#ifndef PASSERELLE_GATEWAY_CLIENT_PARTY_EXPORT_H_
#define PASSERELLE_GATEWAY_CLIENT_PARTY_EXPORT_H_

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "gateway/client/profile.h"
#include "gateway/client/session.h"

namespace passerelle::gateway::client {

// What stands in the folder, and what came this time.
struct PartyExport {
  uint64_t entries = 0;
  uint64_t fetched = 0;
  // Size of the checkpoint that it was brought up to.
  uint64_t size = 0;
};

// Writes the export of a party, or brings an earlier one up to date: only what the log has since
// then is fetched, and its checkpoint is proved to continue the earlier one. What was interrupted
// goes on. Receipts are verified as they come; the whole is for verify::VerifyPartyExport. Files
// are private (0600). `progress` hears how much of the log was read.
//
// FAILED_PRECONDITION when something else stands in the folder (EXPORT_NOT_EMPTY), the export of
// another party (EXPORT_OTHER_PARTY) or log (EXPORT_OTHER_LOG); DATA_LOSS (EXPORT_FORKED) when the
// log does not continue the folder's checkpoint; the errors of the session.
absl::StatusOr<PartyExport> WritePartyExport(
    Session& session, const Profile& profile, const std::string& folder, const std::string& party,
    absl::FunctionRef<void(uint64_t read, uint64_t total)> progress);

}  // namespace passerelle::gateway::client

#endif  // PASSERELLE_GATEWAY_CLIENT_PARTY_EXPORT_H_
