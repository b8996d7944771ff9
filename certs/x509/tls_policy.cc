#include "certs/x509/tls_policy.h"

#include <openssl/conf.h>
#include <openssl/ssl.h>

#include <string_view>

#include "certs/keys/openssl.h"
#include "gateway/base/status.h"

namespace passerelle::certs::x509 {
namespace {

using keys::ErrorScope;
using keys::Owned;

constexpr char kApplication[] = "passerelle_conf";
// `system_default` is what OpenSSL applies to every new SSL_CTX. TLS 1.2 is named off, since
// a minimum version set later would win over one set here.
constexpr std::string_view kConfiguration = R"(
passerelle_conf = passerelle_init
[passerelle_init]
ssl_conf = passerelle_ssl
[passerelle_ssl]
system_default = passerelle_tls
[passerelle_tls]
Protocol = ALL,-TLSv1.2,-TLSv1.1,-TLSv1,-SSLv3
CipherString = DEFAULT:@SECLEVEL=2
Ciphersuites = TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256
Options = -SessionTicket
NumTickets = 0
)";

bool LoadConfiguration() {
  const Owned<CONF, NCONF_free> configuration(NCONF_new(nullptr));
  const keys::OwnedBio bio = keys::ReadingBio(kConfiguration);
  long line = 0;
  return configuration != nullptr && NCONF_load_bio(configuration.get(), bio.get(), &line) > 0 &&
         CONF_modules_load(configuration.get(), kApplication, 0) > 0;
}

// Whether a new context is bound by the configuration.
bool IsInForce() {
  const Owned<SSL_CTX, SSL_CTX_free> context(SSL_CTX_new(TLS_method()));
  if (context == nullptr) return false;
  constexpr uint64_t kOff =
      SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_TLSv1_2 | SSL_OP_NO_SSLv3 | SSL_OP_NO_TICKET;
  const uint64_t options = SSL_CTX_get_options(context.get());
  return (options & kOff) == kOff && (options & SSL_OP_NO_TLSv1_3) == 0 &&
         SSL_CTX_get_num_tickets(context.get()) == 0;
}

}  // namespace

absl::Status RequireTls13() {
  const ErrorScope errors;
  // OpenSSL reads the host's configuration when first used; ours must come after it.
  if (OPENSSL_init_ssl(0, nullptr) != 1 || !LoadConfiguration() || !IsInForce())
    return gateway::base::Error(absl::StatusCode::kInternal, "TLS_POLICY", "",
                                "OpenSSL could not be bound to TLS 1.3");
  return absl::OkStatus();
}

}  // namespace passerelle::certs::x509
