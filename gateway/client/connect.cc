#include "gateway/client/connect.h"

#include <utility>
#include <vector>

#include "certs/x509/certificate.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/client/grpc_channel.h"

namespace passerelle::gateway::client {

absl::StatusOr<Connected> Connect(const Profile& profile) {
  Connection connection;
  connection.target = profile.target;
  ASSIGN_OR_RETURN(connection.anchors_pem, base::ReadFile(profile.ca_file, base::kMaxPemBytes));
  ASSIGN_OR_RETURN(connection.certificate_pem,
                   base::ReadFile(profile.certificate_file, base::kMaxPemBytes));
  ASSIGN_OR_RETURN(certs::keys::PrivateKey key, LoadKey(profile));
  // gRPC would report a wrong file as an unreachable gateway.
  absl::StatusOr<std::vector<certs::x509::Certificate>> anchors =
      certs::x509::Certificate::ListFromPem(connection.anchors_pem);
  if (!anchors.ok()) return base::InContext(anchors.status(), profile.ca_file);
  const absl::StatusOr<certs::x509::Certificate> ours =
      certs::x509::Certificate::FromPem(connection.certificate_pem);
  if (!ours.ok()) return base::InContext(ours.status(), profile.certificate_file);
  ASSIGN_OR_RETURN(const certs::keys::PublicKey certified, ours->PublicKey());
  if (certified.fingerprint() != key.public_key().fingerprint())
    return base::Error(absl::StatusCode::kFailedPrecondition, "KEY_MISMATCH", "certificate_file",
                       "the certificate is not that of the private key");
  connection.key_pem = key.ToPem();
  return Connected{MakeGrpcChannel(connection), std::move(key)};
}

}  // namespace passerelle::gateway::client
