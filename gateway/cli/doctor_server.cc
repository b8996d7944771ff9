// The doctor on the server's certificate and door.
#include <csignal>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "certs/x509/handshake.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/passphrase.h"
#include "gateway/base/socket.h"
#include "gateway/base/status.h"
#include "gateway/cli/doctor.h"
#include "gateway/cli/input.h"
#include "gateway/cli/messages.h"

namespace passerelle::gateway::cli {
namespace {

using certs::x509::Certificate;

constexpr int kPatienceMs = 5000;

absl::StatusOr<certs::keys::PrivateKey> LoadKey(const Installation& installation) {
  ASSIGN_OR_RETURN(const base::Secret passphrase,
                   base::ReadPassphraseIfAny(installation.passphrase_file));
  return certs::keys::PrivateKey::Load(installation.key, passphrase);
}

void CheckKey(const Installation& installation, const Certificate& leaf, Diagnosis& diagnosis) {
  if (installation.key.empty()) return;
  const absl::StatusOr<certs::keys::PrivateKey> key = LoadKey(installation);
  if (!key.ok()) return diagnosis.Failed("server-key", key.status());
  const absl::StatusOr<certs::keys::PublicKey> certified = leaf.PublicKey();
  if (!certified.ok() || certified->fingerprint() != key->public_key().fingerprint())
    return diagnosis.Found("server-key", "certificate-of-another",
                           absl::StrCat(installation.certificate, ", ", installation.key));
  diagnosis.Fine("server-key", installation.key);
}

// Where the server is called from its own machine: an address that stands for all is the loopback.
std::string OwnHost(const std::string& host) {
  if (host == "0.0.0.0") return "127.0.0.1";
  return host == "::" ? "::1" : host;
}

// Whether it is this certificate that callers are shown.
void CheckDoor(const Installation& installation, const Certificate& leaf, Diagnosis& diagnosis) {
  const auto address = base::SplitAddress(installation.listen);
  if (!address.ok()) return diagnosis.Failed("server", address.status());
  const std::string host = OwnHost(address->first);
  const absl::StatusOr<base::Socket> socket =
      base::Socket::Connect(host, address->second, kPatienceMs);
  if (!socket.ok()) return diagnosis.Found("server", "server-silent", installation.listen);
  std::signal(SIGPIPE, SIG_IGN);
  const auto handshake = certs::x509::ShakeHands(socket->descriptor(), host, nullptr);
  if (!handshake.ok()) return diagnosis.Found("server", "tls-none", installation.listen);
  if (handshake->chain[0].ToDer() != leaf.ToDer())
    return diagnosis.Found("server", "server-other-certificate", installation.certificate);
  diagnosis.Fine("server", installation.listen);
}

}  // namespace

void ExamineServer(App& app, const Installation& installation, Diagnosis& diagnosis) {
  const absl::StatusOr<std::vector<Certificate>> chain = ReadCertificates(installation.certificate);
  if (!chain.ok()) return diagnosis.Failed("gateway-certificate", chain.status());
  const Certificate& leaf = (*chain)[0];
  CheckDays(app, Whose::kGateways, leaf, installation.certificate, diagnosis);
  if (!leaf.HasHost())
    diagnosis.Found("gateway-name", "server-nameless", installation.certificate);
  else
    diagnosis.Fine("gateway-name", absl::StrJoin(leaf.DnsNames(), ", "));
  CheckKey(installation, leaf, diagnosis);
  if (!installation.listen.empty()) CheckDoor(installation, leaf, diagnosis);
}

}  // namespace passerelle::gateway::cli
