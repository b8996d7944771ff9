// Time stamps of RFC 3161: the query that an authority is sent, and what its response proves.
#ifndef PASSERELLE_CERTS_X509_TIME_STAMP_H_
#define PASSERELLE_CERTS_X509_TIME_STAMP_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "certs/x509/certificate.h"

namespace passerelle::certs::x509 {

// A query for a stamp over the SHA-256 of a message, which asks for the signer's certificate: DER
// (RFC 3161, 2.4.1). `nonce`: 8 to 32 unpredictable bytes, a positive number most significant byte
// first.
std::string TimeStampQuery(std::string_view message, std::string_view nonce);

// What a response must answer.
struct StampedMessage {
  std::string_view message;
  // The nonce of the query; nothing where a kept response is verified again.
  std::optional<std::string_view> nonce;
};

// What a response proves: the message existed at this time.
struct TimeStamp {
  // The authority's time, milliseconds since 1970 UTC.
  int64_t time_ms = 0;
  // From the certificate that signed it up to the anchor.
  std::vector<Certificate> chain;
};

// Verifies a response (DER TimeStampResp): granted, over the SHA-256 of this message, signed with
// SHA-256 or better by a certificate for time stamping alone (extended key usage, critical) that
// chains to one of `anchors` at the time that it states. `more`: certificates that the response
// may leave out. INVALID_ARGUMENT (TIME_STAMP_FORM) when it is none; UNAVAILABLE
// (TIME_STAMP_REFUSED) when the authority gave no stamp, with its words; UNAUTHENTICATED
// (TIME_STAMP_INVALID) for everything else, with OpenSSL's.
absl::StatusOr<TimeStamp> VerifyTimeStamp(std::string_view response, const StampedMessage& stamped,
                                          absl::Span<const Certificate> anchors,
                                          absl::Span<const Certificate> more = {});

}  // namespace passerelle::certs::x509

#endif  // PASSERELLE_CERTS_X509_TIME_STAMP_H_
