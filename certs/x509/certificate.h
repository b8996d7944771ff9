// X.509 certificates as far as TLS and enrolment need them. Identity is the key's fingerprint,
// never a name in a certificate; revocation is KeyStopped in the log, never a CRL (PLATFORM).
#ifndef PASSERELLE_CERTS_X509_CERTIFICATE_H_
#define PASSERELLE_CERTS_X509_CERTIFICATE_H_

#include <openssl/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "certs/keys/key.h"

namespace passerelle::certs::x509 {

// What a chain must allow its leaf to do.
enum class Usage { kTlsClient, kTlsServer };

// A parsed certificate. Copyable; immutable and thread-safe.
class Certificate {
 public:
  // Reads exactly one DER certificate. INVALID_ARGUMENT (reason CERTIFICATE_FORM) otherwise, also
  // for subject alternative names or dates that cannot be read.
  static absl::StatusOr<Certificate> FromDer(std::string_view der);

  // Reads the first certificate of a PEM text; blocks of another kind are passed over.
  // INVALID_ARGUMENT (CERTIFICATE_FORM) when there is none.
  static absl::StatusOr<Certificate> FromPem(std::string_view pem);

  // Reads every certificate of a PEM text, in order. INVALID_ARGUMENT (CERTIFICATE_FORM) when there
  // is none or one is damaged.
  static absl::StatusOr<std::vector<Certificate>> ListFromPem(std::string_view pem);

  std::string ToDer() const;
  std::string ToPem() const;

  // The subject's key. INVALID_ARGUMENT (SPKI_FORM) when it is of no accepted form.
  absl::StatusOr<keys::PublicKey> PublicKey() const;

  // Bounds of the validity, milliseconds UTC.
  int64_t not_before_ms() const;
  int64_t not_after_ms() const;

  // The URI and DNS subject alternative names, as written.
  std::vector<std::string> Uris() const;
  std::vector<std::string> DnsNames() const;

  // Whether it is made out to a host: a DNS name, wildcards counted, or an IP address.
  bool IsFor(const std::string& host) const;

  // Whether it is made out to any host at all.
  bool HasHost() const;

  // The OpenSSL certificate, shared; must not be changed.
  X509* x509() const { return certificate_.get(); }

 private:
  explicit Certificate(std::shared_ptr<X509> certificate) : certificate_(std::move(certificate)) {}
  std::shared_ptr<X509> certificate_;
};

// Those of DER certificates that can be read, in order: one that cannot vouches for nobody, and
// shuts nobody else out.
template <typename Ders>
std::vector<Certificate> Readable(const Ders& ders) {
  std::vector<Certificate> readable;
  for (const std::string& der : ders)
    if (absl::StatusOr<Certificate> read = Certificate::FromDer(der); read.ok())
      readable.push_back(*std::move(read));
  return readable;
}

// Certificates as PEM, one after the other.
std::string ToPem(absl::Span<const Certificate> certificates);

// UNAUTHENTICATED unless `leaf` chains to one of `anchors` through `intermediates`, is valid at
// `at_ms` and may be used so (RFC 5280 section 6, without revocation; keys and digests of at least
// 112 bits). Reasons: CERTIFICATE_EXPIRED and CERTIFICATE_NOT_YET_VALID (any certificate of the
// chain; the end itself is too late), CERTIFICATE_USAGE (the leaf), CERTIFICATE_UNTRUSTED (all
// else). Costs a signature verification for each link.
absl::Status VerifyChain(const Certificate& leaf, absl::Span<const Certificate> intermediates,
                         absl::Span<const Certificate> anchors, int64_t at_ms, Usage usage);

}  // namespace passerelle::certs::x509

#endif  // PASSERELLE_CERTS_X509_CERTIFICATE_H_
