// Certificate revocation lists (RFC 5280, section 5), for what is kept as evidence: time stamps.
// The gateway's own keys are stopped in the log, never by a list.
#ifndef PASSERELLE_CERTS_X509_REVOCATION_H_
#define PASSERELLE_CERTS_X509_REVOCATION_H_

#include <openssl/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "certs/x509/certificate.h"

namespace passerelle::certs::x509 {

// A parsed list. Copyable; immutable and thread-safe.
class RevocationList {
 public:
  // Reads one list, DER or PEM. INVALID_ARGUMENT (REVOCATION_FORM) otherwise.
  static absl::StatusOr<RevocationList> FromText(std::string_view text);

  // Reads every list of a PEM text, in order; blocks of another kind are passed over.
  // INVALID_ARGUMENT (REVOCATION_FORM) when one is damaged.
  static absl::StatusOr<std::vector<RevocationList>> ListFromPem(std::string_view pem);

  std::string ToPem() const;

  // The OpenSSL list, shared; must not be changed.
  X509_CRL* crl() const { return list_.get(); }

 private:
  explicit RevocationList(std::shared_ptr<X509_CRL> list) : list_(std::move(list)) {}
  std::shared_ptr<X509_CRL> list_;
};

// Where a certificate's issuer publishes its list: the http(s) addresses of its distribution
// points, as written; none when it names none.
std::vector<std::string> RevocationUrls(const Certificate& certificate);

// Whether no certificate of a chain (each before its issuer) stands on a list. Every one that names
// a place for a list needs one that its issuer signed and that was not out of date at `at_ms`:
// NOT_FOUND (REVOCATION_MISSING) names its place in the chain. UNAUTHENTICATED
// (CERTIFICATE_REVOKED) for one that is on a list, whatever the date of its revocation.
absl::Status CheckRevocation(absl::Span<const Certificate> chain,
                             absl::Span<const RevocationList> lists, int64_t at_ms);

}  // namespace passerelle::certs::x509

#endif  // PASSERELLE_CERTS_X509_REVOCATION_H_
