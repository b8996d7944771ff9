// Who calls: the peer's certificate, then its key in the log, at every call (PLATFORM).
#ifndef PASSERELLE_GATEWAY_SERVICE_CALLER_H_
#define PASSERELLE_GATEWAY_SERVICE_CALLER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/base/clock.h"
#include "gateway/base/digest.h"
#include "gateway/base/mutex.h"
#include "gateway/core/host.h"
#include "gateway/service/quota.h"

namespace passerelle::gateway::service {

// An identified caller of one convention. Copyable.
struct Caller {
  // Awake for as long as any copy of the caller is there.
  std::shared_ptr<core::Convention> convention;
  // Its agent, 16 bytes, and the id of the party that answers for it.
  std::string agent;
  std::string party;
  // The key it calls under, and whether that key is in force.
  base::Digest fingerprint{};
  bool in_force = true;
  // Where its calls are counted.
  Quotas* quotas = nullptr;

  Payer payer() const { return {fingerprint, convention->log_name(), party}; }
};

// What a call is for: a key that is enrolled but no longer in force reaches Submit only.
enum class Access { kSubmit, kEverything };

// What a key is told that is not in force.
absl::Status KeyNotInForce();

// PERMISSION_DENIED (KEY_NOT_IN_FORCE) once the caller's key is stopped or past its validity.
absl::Status CheckKeyInForce(const Caller& caller);

// Identifies callers. Thread-safe.
class Identifier {
 public:
  // All must outlive the identifier and the callers that it identifies.
  Identifier(core::Host& host, const base::Clock& clock, Quotas& quotas)
      : host_(host), clock_(clock), quotas_(quotas) {}

  // The caller behind a TLS certificate (PEM) at the log it names. NOT_FOUND (LOG_UNKNOWN),
  // UNAVAILABLE (CONVENTION_STOPPED), UNAUTHENTICATED (CERTIFICATE_*, KEY_NOT_ENROLLED),
  // PERMISSION_DENIED (KEY_NOT_IN_FORCE).
  absl::StatusOr<Caller> Identify(const std::string& log, const std::string& certificate_pem,
                                  Access access) EXCLUDES_LOCK(mutex_);

  // The caller at every convention of this gateway in which the key of the certificate is in force.
  // The errors of Identify when there is none.
  absl::StatusOr<std::vector<Caller>> IdentifyEverywhere(const std::string& certificate_pem)
      EXCLUDES_LOCK(mutex_);

 private:
  // A certificate whose chain verified under one log's anchors.
  struct Verified {
    base::Digest fingerprint{};
    // Between these instants no certificate of the chain comes into or out of validity.
    int64_t from_ms = 0;
    int64_t until_ms = 0;
  };
  absl::StatusOr<Verified> VerifyOnce(core::Convention& convention, const std::string& pem,
                                      int64_t now_ms) EXCLUDES_LOCK(mutex_);

  core::Host& host_;
  const base::Clock& clock_;
  Quotas& quotas_;
  base::Mutex mutex_;
  // By SHA-256 of log name, settings and PEM; bounded. Anchors change by settings only, so that
  // what verified under earlier ones is never found again.
  absl::flat_hash_map<base::Digest, Verified> verified_ GUARDED_BY(mutex_);
};

}  // namespace passerelle::gateway::service

#endif  // PASSERELLE_GATEWAY_SERVICE_CALLER_H_
