// The small certification authority of an installation without a PKI: one self-signed root, leaves
// for the gateway and for agents. It vouches for TLS only; what a key may do is in the log.
#ifndef PASSERELLE_CERTS_CA_AUTHORITY_H_
#define PASSERELLE_CERTS_CA_AUTHORITY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "certs/keys/key.h"
#include "certs/x509/certificate.h"
#include "gateway/base/random.h"
#include "gateway/base/secret.h"

namespace passerelle::certs::ca {

// What a leaf is for.
struct Profile {
  // Common name; opaque for agents (their id), never a natural person's name.
  std::string common_name;
  // DNS names and IP addresses of a server; empty for a client.
  std::vector<std::string> dns_names;
  std::vector<std::string> ip_addresses;
  // The one URI of an agent: `spiffe://<convention>/<environment>/agent|service/<id>`; empty for a
  // server.
  std::string uri;
  // Bounds of the validity, milliseconds UTC; certificates hold whole seconds.
  int64_t not_before_ms = 0;
  int64_t not_after_ms = 0;
};

// A root key and its certificate. Movable; thread-compatible.
class Authority {
 public:
  // Makes a root: P-256, basicConstraints CA:TRUE pathlen 0, keyUsage keyCertSign. Serial numbers
  // are 16 random bytes of `random`, made positive. INVALID_ARGUMENT (PROFILE) for a malformed name
  // or an empty validity.
  static absl::StatusOr<Authority> Create(std::string_view common_name, int64_t not_before_ms,
                                          int64_t not_after_ms, gateway::base::Random& random);

  // Reads `ca.key` and `ca.pem` of a folder; the key is opened with the passphrase.
  // FAILED_PRECONDITION (reason CA_MISMATCH) when the certificate is not that key's or not an
  // authority's; else the errors of PrivateKey::Load.
  static absl::StatusOr<Authority> Load(
      const std::string& folder, const gateway::base::Secret& passphrase = gateway::base::Secret());

  // Writes `ca.key` (0600, encrypted unless the passphrase is empty) and `ca.pem` into a folder
  // that holds neither yet. ALREADY_EXISTS (FILE_EXISTS) otherwise.
  absl::Status Save(const std::string& folder,
                    const gateway::base::Secret& passphrase = gateway::base::Secret()) const;

  // Issues a leaf for a key. A server leaf (DNS names or addresses) gets serverAuth, an agent's
  // leaf (URI) clientAuth. INVALID_ARGUMENT (reason PROFILE, with the profile's field as path) when
  // the profile is both or neither, a name is malformed, or the leaf would outlive the root.
  absl::StatusOr<x509::Certificate> Issue(const Profile& profile, const keys::PublicKey& key,
                                          gateway::base::Random& random) const;

  const x509::Certificate& certificate() const { return certificate_; }

 private:
  Authority(keys::PrivateKey key, x509::Certificate certificate)
      : key_(std::move(key)), certificate_(std::move(certificate)) {}
  keys::PrivateKey key_;
  x509::Certificate certificate_;
};

}  // namespace passerelle::certs::ca

#endif  // PASSERELLE_CERTS_CA_AUTHORITY_H_
