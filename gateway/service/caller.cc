#include "gateway/service/caller.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "certs/x509/certificate.h"
#include "gateway/base/status.h"
#include "policy/state/query.h"

namespace passerelle::gateway::service {
namespace {

// Certificates remembered; a process serves fewer agents at a time.
constexpr size_t kMaxVerified = 4096;

// Narrows [from_ms, until_ms) around `now_ms` to where none of the certificates comes into or out
// of validity.
void Narrow(absl::Span<const certs::x509::Certificate> certificates, int64_t now_ms,
            int64_t& from_ms, int64_t& until_ms) {
  for (const certs::x509::Certificate& certificate : certificates)
    for (const int64_t edge_ms : {certificate.not_before_ms(), certificate.not_after_ms()})
      if (edge_ms <= now_ms)
        from_ms = std::max(from_ms, edge_ms);
      else
        until_ms = std::min(until_ms, edge_ms);
}

absl::Status KeyNotEnrolled() {
  return base::Error(absl::StatusCode::kUnauthenticated, "KEY_NOT_ENROLLED", "",
                     "the key of the client certificate is not enrolled in this log");
}

// The certificate that a peer brought, and those behind it; not empty.
absl::StatusOr<std::vector<certs::x509::Certificate>> ChainOf(const std::string& pem) {
  if (pem.empty())
    return base::Error(absl::StatusCode::kUnauthenticated, "CERTIFICATE_MISSING", "",
                       "the call brought no client certificate");
  return certs::x509::Certificate::ListFromPem(pem);
}

absl::StatusOr<base::Digest> FingerprintOf(const std::string& pem) {
  ASSIGN_OR_RETURN(const std::vector<certs::x509::Certificate> chain, ChainOf(pem));
  ASSIGN_OR_RETURN(const certs::keys::PublicKey key, chain[0].PublicKey());
  return key.fingerprint();
}

}  // namespace

absl::Status KeyNotInForce() {
  return base::Error(absl::StatusCode::kPermissionDenied, "KEY_NOT_IN_FORCE", "",
                     "this key is no longer in force; it may submit its own reports of fact only");
}

absl::StatusOr<Caller> Identifier::Identify(const std::string& log,
                                            const std::string& certificate_pem, Access access) {
  // Nobody wakes a convention that does not know his key.
  if (host_.Rests(log)) {
    ASSIGN_OR_RETURN(const base::Digest fingerprint, FingerprintOf(certificate_pem));
    if (!host_.MayKnow(log, fingerprint)) return KeyNotEnrolled();
  }
  ASSIGN_OR_RETURN(const std::shared_ptr<core::Convention> convention, host_.Find(log));
  const int64_t now_ms = clock_.WallMs();
  ASSIGN_OR_RETURN(const Verified verified, VerifyOnce(*convention, certificate_pem, now_ms));
  // The key is judged by the log's own clock, which a `test` log may shift.
  ASSIGN_OR_RETURN(const policy::Now log_now, convention->Now());
  Caller caller{convention, "", "", verified.fingerprint, false, &quotas_};
  convention->Read([&](const policy::state::State& state) {
    const record::v1::KeyRow* key = state.keys.Find(base::View(verified.fingerprint));
    if (key == nullptr) return;
    caller.agent = key->agent();
    const record::v1::AgentRow* agent = state.agents.Find(key->agent());
    if (agent != nullptr) caller.party = agent->party();
    caller.in_force = policy::state::KeyInForce(state, *key, log_now.time_ms, log_now.civil_date);
  });
  if (caller.agent.empty()) return KeyNotEnrolled();
  if (!caller.in_force && access != Access::kSubmit) return KeyNotInForce();
  return caller;
}

absl::StatusOr<std::vector<Caller>> Identifier::IdentifyEverywhere(
    const std::string& certificate_pem) {
  ASSIGN_OR_RETURN(const base::Digest fingerprint, FingerprintOf(certificate_pem));
  std::vector<Caller> callers;
  absl::Status refused = KeyNotEnrolled();
  for (const std::string& log : host_.LogsThatMayKnow(fingerprint)) {
    absl::StatusOr<Caller> caller = Identify(log, certificate_pem, Access::kEverything);
    if (caller.ok())
      callers.push_back(*std::move(caller));
    else if (base::ReasonOf(caller.status()) != "KEY_NOT_ENROLLED")
      refused = caller.status();
  }
  if (callers.empty()) return refused;
  return callers;
}

absl::Status CheckKeyInForce(const Caller& caller) {
  ASSIGN_OR_RETURN(const policy::Now now, caller.convention->Now());
  bool in_force = false;
  caller.convention->Read([&](const policy::state::State& state) {
    const record::v1::KeyRow* key = state.keys.Find(base::View(caller.fingerprint));
    in_force =
        key != nullptr && policy::state::KeyInForce(state, *key, now.time_ms, now.civil_date);
  });
  return in_force ? absl::OkStatus() : KeyNotInForce();
}

absl::StatusOr<Identifier::Verified> Identifier::VerifyOnce(core::Convention& convention,
                                                            const std::string& pem,
                                                            int64_t now_ms) {
  std::string settings;
  std::vector<std::string> anchor_ders;
  convention.Read([&](const policy::state::State& state) {
    settings = policy::state::KeyOf(state.founding()->settings_ref());
    const auto& ders = state.founding()->settings().tls_trust_anchors();
    anchor_ders.assign(ders.begin(), ders.end());
  });
  const base::Digest key = base::Sha256({convention.log_name(), settings, pem});
  {
    base::MutexLock lock(mutex_);
    const auto it = verified_.find(key);
    if (it != verified_.end() && now_ms >= it->second.from_ms && now_ms < it->second.until_ms)
      return it->second;
  }
  ASSIGN_OR_RETURN(const std::vector<certs::x509::Certificate> chain, ChainOf(pem));
  std::vector<certs::x509::Certificate> anchors;
  for (const std::string& der : anchor_ders) {
    // One that does not parse vouches for nobody, and shuts nobody else out.
    absl::StatusOr<certs::x509::Certificate> anchor = certs::x509::Certificate::FromDer(der);
    if (anchor.ok()) anchors.push_back(*std::move(anchor));
  }
  RETURN_IF_ERROR(certs::x509::VerifyChain(chain[0], absl::MakeConstSpan(chain).subspan(1), anchors,
                                           now_ms, certs::x509::Usage::kTlsClient));
  ASSIGN_OR_RETURN(const certs::keys::PublicKey public_key, chain[0].PublicKey());
  Verified verified{public_key.fingerprint(), std::numeric_limits<int64_t>::min(),
                    std::numeric_limits<int64_t>::max()};
  Narrow(chain, now_ms, verified.from_ms, verified.until_ms);
  Narrow(anchors, now_ms, verified.from_ms, verified.until_ms);
  base::MutexLock lock(mutex_);
  if (verified_.size() >= kMaxVerified) verified_.clear();
  verified_.insert_or_assign(key, verified);
  return verified;
}

}  // namespace passerelle::gateway::service
