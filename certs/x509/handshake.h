// What a TLS server shows of itself, and whether it lets us in: for telling people why a connection
// fails, never for trusting one.
#ifndef PASSERELLE_CERTS_X509_HANDSHAKE_H_
#define PASSERELLE_CERTS_X509_HANDSHAKE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "certs/keys/key.h"
#include "certs/x509/certificate.h"

namespace passerelle::certs::x509 {

// What came of a handshake.
struct Handshake {
  // The server's certificates, its own first; nothing about them was verified.
  std::vector<Certificate> chain;
  // How the server refused our certificate, in OpenSSL's words; empty when it did not.
  std::string refusal;
};

// Who we say we are.
struct Identity {
  // Our certificate, then those between it and its authority.
  absl::Span<const Certificate> chain;
  const keys::PrivateKey& key;
};

// Shakes hands as a gRPC client over a connected socket, which stays the caller's, and hears
// whether the server goes on; writes nothing. `identity` may be null: we name nobody. UNAVAILABLE
// (TLS_FAILED, with OpenSSL's words) when the other end does not speak TLS 1.3. REQUIRES:
// RequireTls13 succeeded in this process; the socket has a time limit.
absl::StatusOr<Handshake> ShakeHands(int socket, const std::string& host, const Identity* identity);

}  // namespace passerelle::certs::x509

#endif  // PASSERELLE_CERTS_X509_HANDSHAKE_H_
