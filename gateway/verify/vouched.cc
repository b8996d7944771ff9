#include "gateway/verify/vouched.h"

#include <optional>
#include <vector>

#include "audit/checkpoint/cosignature.h"
#include "certs/x509/revocation.h"
#include "certs/x509/time_stamp.h"
#include "gateway/base/status.h"

namespace passerelle::gateway::verify {

using audit::checkpoint::NoteVerifier;
using certs::x509::Certificate;
using certs::x509::RevocationList;

absl::StatusOr<StampedNote> VerifyStamp(std::string_view note, const NoteVerifier& log,
                                        std::string_view response,
                                        absl::Span<const Certificate> anchors,
                                        std::string_view chain_pem) {
  StampedNote stamped;
  ASSIGN_OR_RETURN(stamped.checkpoint, audit::checkpoint::NoteOfOne(note, log));
  std::vector<Certificate> more;
  std::vector<RevocationList> lists;
  if (!chain_pem.empty()) {
    ASSIGN_OR_RETURN(more, Certificate::ListFromPem(chain_pem));
    ASSIGN_OR_RETURN(lists, RevocationList::ListFromPem(chain_pem));
  }
  ASSIGN_OR_RETURN(
      const certs::x509::TimeStamp stamp,
      certs::x509::VerifyTimeStamp(response, {stamped.checkpoint, std::nullopt}, anchors, more));
  if (!chain_pem.empty())
    RETURN_IF_ERROR(certs::x509::CheckRevocation(stamp.chain, lists, stamp.time_ms));
  stamped.time_ms = stamp.time_ms;
  return stamped;
}

absl::StatusOr<StampedNote> VerifyStamp(std::string_view note, const NoteVerifier& log,
                                        std::string_view response,
                                        const convention::v1::Settings& settings,
                                        std::string_view chain_pem) {
  absl::StatusOr<StampedNote> stamped =
      base::Error(absl::StatusCode::kUnauthenticated, "TIME_STAMP_INVALID", "",
                  "the settings in force name no time-stamp authority");
  for (const convention::v1::TimeStampAuthority& authority : settings.time_stamp_authorities()) {
    stamped = VerifyStamp(note, log, response, certs::x509::Readable(authority.trust_anchors()),
                          chain_pem);
    if (stamped.ok()) break;
  }
  return stamped;
}

absl::StatusOr<uint64_t> CheckSettingsQuorum(std::string_view note,
                                             const convention::v1::Settings& settings) {
  if (settings.witness_quorum() == 0)
    return base::Malformed("WITNESS_QUORUM", "", "the settings in force ask for no witness");
  std::vector<audit::checkpoint::CosignatureVerifier> known;
  for (const convention::v1::Witness& witness : settings.witnesses()) {
    absl::StatusOr<audit::checkpoint::CosignatureVerifier> verifier =
        audit::checkpoint::CosignatureVerifier::FromVkey(witness.vkey());
    if (verifier.ok()) known.push_back(*std::move(verifier));
  }
  return audit::checkpoint::CheckQuorum(note, known, settings.witness_quorum());
}

}  // namespace passerelle::gateway::verify
