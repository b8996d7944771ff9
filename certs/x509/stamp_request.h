// Has a time-stamp authority stamp something, and believes only what others can verify later.
#ifndef PASSERELLE_CERTS_X509_STAMP_REQUEST_H_
#define PASSERELLE_CERTS_X509_STAMP_REQUEST_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "gateway/base/clock.h"
#include "gateway/base/others.h"
#include "gateway/base/random.h"
#include "passerelle/convention/v1/settings.pb.h"

namespace passerelle::certs::x509 {

// A stamp that was verified.
struct ObtainedStamp {
  // The response (RFC 3161, DER).
  std::string time_stamp;
  // The chain of its signer up to an anchor, and the revocation lists of it (PEM).
  std::string chain;
  // The time that it states.
  int64_t time_ms = 0;
};

// What asking needs; all must outlive the call.
struct StampAsking {
  const gateway::base::AskOthers& ask;
  const gateway::base::Clock& clock;
  gateway::base::Random& random;
};

// Asks `authority`, one of the settings, for a stamp over `data`; waits for it. UNAVAILABLE when it
// is out of reach or answers with no time stamp (TIME_STAMP_REFUSED); FAILED_PRECONDITION
// (TIME_STAMP_CLOCK) when its clock and this machine's are farther apart than the settings
// tolerate; otherwise as VerifyTimeStamp and CheckRevocation.
absl::StatusOr<ObtainedStamp> RequestStamp(const StampAsking& asking,
                                           const convention::v1::Settings& settings,
                                           const convention::v1::TimeStampAuthority& authority,
                                           std::string_view data);

}  // namespace passerelle::certs::x509

#endif  // PASSERELLE_CERTS_X509_STAMP_REQUEST_H_
