// What others' signatures over a checkpoint prove: those of the settings' witnesses and time-stamp
// authorities.
#ifndef PASSERELLE_GATEWAY_VERIFY_VOUCHED_H_
#define PASSERELLE_GATEWAY_VERIFY_VOUCHED_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "audit/checkpoint/note.h"
#include "certs/x509/certificate.h"
#include "passerelle/convention/v1/settings.pb.h"

namespace passerelle::gateway::verify {

// A checkpoint that an authority stamped.
struct StampedNote {
  // The checkpoint as the log alone signed it: the bytes that were stamped.
  std::string checkpoint;
  // The authority's time, milliseconds since 1970 UTC.
  int64_t time_ms = 0;
};

// Verifies a response (DER) over a checkpoint, whose cosignatures are left out, under anchors.
// `chain_pem`: what is kept of certificates and revocation lists beside it; where there is any, no
// certificate of the chain may stand on a list, and none that should may be missing. The errors of
// NoteOfOne, VerifyTimeStamp and CheckRevocation.
absl::StatusOr<StampedNote> VerifyStamp(std::string_view note,
                                        const audit::checkpoint::NoteVerifier& log,
                                        std::string_view response,
                                        absl::Span<const certs::x509::Certificate> anchors,
                                        std::string_view chain_pem = "");

// The same under the anchors of any authority of the settings; UNAUTHENTICATED (TIME_STAMP_INVALID)
// when they name none.
absl::StatusOr<StampedNote> VerifyStamp(std::string_view note,
                                        const audit::checkpoint::NoteVerifier& log,
                                        std::string_view response,
                                        const convention::v1::Settings& settings,
                                        std::string_view chain_pem = "");

// When the quorum of the settings' witnesses stood behind a note, seconds since 1970: CheckQuorum
// under their keys. INVALID_ARGUMENT (WITNESS_QUORUM) when the settings ask for none.
absl::StatusOr<uint64_t> CheckSettingsQuorum(std::string_view note,
                                             const convention::v1::Settings& settings);

}  // namespace passerelle::gateway::verify

#endif  // PASSERELLE_GATEWAY_VERIFY_VOUCHED_H_
