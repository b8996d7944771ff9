#include "certs/x509/handshake.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "absl/strings/str_cat.h"
#include "certs/keys/openssl.h"
#include "gateway/base/status.h"

namespace passerelle::certs::x509 {
namespace {

using keys::ErrorScope;
using keys::Owned;
using keys::RequireOpenssl;

constexpr unsigned char kHttp2[] = {2, 'h', '2'};

// The last thing OpenSSL complained of, or a text for what it says nothing of.
std::string Complaint(std::string_view otherwise) {
  const char* const words = ERR_reason_error_string(ERR_peek_last_error());
  return words == nullptr ? std::string(otherwise) : words;
}

absl::Status TlsFailed(std::string_view words) {
  return gateway::base::Error(absl::StatusCode::kUnavailable, "TLS_FAILED", "",
                              absl::StrCat("no TLS 1.3 handshake: ", std::string(words)));
}

void Identify(SSL* connection, const Identity& identity) {
  RequireOpenssl(SSL_use_certificate(connection, identity.chain[0].x509()) == 1 &&
                 SSL_use_PrivateKey(connection, identity.key.evp()) == 1);
  for (const Certificate& between : identity.chain.subspan(1))
    RequireOpenssl(SSL_add1_chain_cert(connection, between.x509()) == 1);
}

absl::StatusOr<std::vector<Certificate>> ShownBy(const SSL* connection) {
  std::vector<Certificate> shown;
  const STACK_OF(X509)* const chain = SSL_get_peer_cert_chain(connection);
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    ASSIGN_OR_RETURN(Certificate certificate,
                     Certificate::FromDer(keys::ToDerWith(i2d_X509, sk_X509_value(chain, i))));
    shown.push_back(std::move(certificate));
  }
  if (shown.empty()) return TlsFailed("the server showed no certificate");
  return shown;
}

// In TLS 1.3 the client is done before the server has judged its certificate: only what comes next
// tells. Whom it lets in hears its HTTP/2 settings at once.
std::string RefusalOf(SSL* connection) {
  char byte = 0;
  const int got = SSL_read(connection, &byte, 1);
  const int why = got > 0 ? SSL_ERROR_NONE : SSL_get_error(connection, got);
  // A server that waits for us to speak first refuses nothing.
  if (why == SSL_ERROR_NONE || why == SSL_ERROR_WANT_READ) return "";
  return Complaint("the server closed the connection");
}

}  // namespace

absl::StatusOr<Handshake> ShakeHands(int socket, const std::string& host,
                                     const Identity* identity) {
  const ErrorScope errors;
  const Owned<SSL_CTX, SSL_CTX_free> context(SSL_CTX_new(TLS_client_method()));
  RequireOpenssl(context != nullptr);
  // What the server shows is looked at afterwards, so that each fault has its own name.
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  const Owned<SSL, SSL_free> connection(SSL_new(context.get()));
  RequireOpenssl(connection != nullptr && SSL_set_fd(connection.get(), socket) == 1 &&
                 SSL_set_alpn_protos(connection.get(), kHttp2, sizeof kHttp2) == 0);
  // An address instead of a name is no server name.
  SSL_set_tlsext_host_name(connection.get(), host.c_str());
  if (identity != nullptr) Identify(connection.get(), *identity);
  if (SSL_connect(connection.get()) != 1)
    return TlsFailed(Complaint("the server closed the connection or kept silent"));
  Handshake handshake;
  ASSIGN_OR_RETURN(handshake.chain, ShownBy(connection.get()));
  handshake.refusal = RefusalOf(connection.get());
  return handshake;
}

}  // namespace passerelle::certs::x509
