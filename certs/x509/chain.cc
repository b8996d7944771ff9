#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "absl/strings/str_cat.h"
#include "certs/keys/openssl.h"
#include "certs/x509/certificate.h"
#include "gateway/base/status.h"

namespace passerelle::certs::x509 {
namespace {

using keys::ErrorScope;
using keys::Owned;
using keys::RequireOpenssl;

// OpenSSL's level 2: 112 bits, that is RSA 2048, P-224, SHA-224 and above.
constexpr int kSecurityLevel = 2;

// Frees the list, not the certificates, which it borrows. (OpenSSL's own is a macro.)
void FreeList(STACK_OF(X509) * list) { sk_X509_free(list); }

std::string_view ReasonFor(int error) {
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "CERTIFICATE_EXPIRED";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "CERTIFICATE_NOT_YET_VALID";
    case X509_V_ERR_INVALID_PURPOSE:
      return "CERTIFICATE_USAGE";
    default:
      return "CERTIFICATE_UNTRUSTED";
  }
}

}  // namespace

absl::Status VerifyChain(const Certificate& leaf, absl::Span<const Certificate> intermediates,
                         absl::Span<const Certificate> anchors, int64_t at_ms, Usage usage) {
  const ErrorScope errors;
  const Owned<X509_STORE, X509_STORE_free> store(X509_STORE_new());
  const Owned<X509_STORE_CTX, X509_STORE_CTX_free> context(X509_STORE_CTX_new());
  const Owned<STACK_OF(X509), FreeList> untrusted(sk_X509_new_null());
  RequireOpenssl(store != nullptr && context != nullptr && untrusted != nullptr);
  for (const Certificate& anchor : anchors)
    RequireOpenssl(X509_STORE_add_cert(store.get(), anchor.x509()) == 1);
  for (const Certificate& certificate : intermediates)
    RequireOpenssl(sk_X509_push(untrusted.get(), certificate.x509()) > 0);
  RequireOpenssl(X509_STORE_CTX_init(context.get(), store.get(), leaf.x509(), untrusted.get()) ==
                 1);

  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(parameters, at_ms / 1000);
  X509_VERIFY_PARAM_set_auth_level(parameters, kSecurityLevel);
  RequireOpenssl(X509_VERIFY_PARAM_set_purpose(parameters, usage == Usage::kTlsClient
                                                               ? X509_PURPOSE_SSL_CLIENT
                                                               : X509_PURPOSE_SSL_SERVER) == 1);
  if (X509_verify_cert(context.get()) == 1) return absl::OkStatus();
  const int error = X509_STORE_CTX_get_error(context.get());
  const int depth = X509_STORE_CTX_get_error_depth(context.get());
  // An issuer that may not issue is no issuer.
  const std::string_view reason =
      error == X509_V_ERR_INVALID_PURPOSE && depth > 0 ? "CERTIFICATE_UNTRUSTED" : ReasonFor(error);
  return gateway::base::Error(
      absl::StatusCode::kUnauthenticated, reason, "",
      absl::StrCat("certificate ", depth, " of the chain: ", X509_verify_cert_error_string(error)));
}

}  // namespace passerelle::certs::x509
