// TLS 1.3 and nothing less, for every TLS endpoint of the process.
//
// gRPC has no setting for it and overrides OpenSSL's minimum version, but leaves protocols that a
// configuration switches off as they are (PLATFORM). So the policy is an OpenSSL configuration.
#ifndef PASSERELLE_CERTS_X509_TLS_POLICY_H_
#define PASSERELLE_CERTS_X509_TLS_POLICY_H_

#include "absl/status/status.h"

namespace passerelle::certs::x509 {

// Makes every SSL_CTX made from now on TLS 1.3 only, with its three AEAD suites and without
// session tickets, whatever the host's openssl.cnf says: a resumed session would outlive a stopped
// key. Call it once, at the start of main, before gRPC and before threads; contexts made earlier
// keep their settings. INTERNAL (reason TLS_POLICY) when it did not take effect: end the process.
absl::Status RequireTls13();

}  // namespace passerelle::certs::x509

#endif  // PASSERELLE_CERTS_X509_TLS_POLICY_H_
