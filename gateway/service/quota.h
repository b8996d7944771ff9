// How much each key and each party may ask of a gateway: local bounds, kept before anything is
// decided and never in the log.
#ifndef PASSERELLE_GATEWAY_SERVICE_QUOTA_H_
#define PASSERELLE_GATEWAY_SERVICE_QUOTA_H_

#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "gateway/base/clock.h"
#include "gateway/base/digest.h"
#include "gateway/base/limits.h"
#include "gateway/base/mutex.h"
#include "passerelle/gateway/v1/statement_service.pb.h"

namespace passerelle::gateway::service {

// Calls a second for long; ten seconds' worth at once.
struct QuotaRates {
  int64_t key = base::kKeyCallsPerSecond;
  int64_t party = base::kPartyCallsPerSecond;
};

// Freezes and key stops have a lane of their own: no flood of other calls, by whomever, takes it
// from them.
enum class Lane { kOrdinary, kUrgent };

// The lane of a statement that is about to be submitted. What cannot be read is not urgent.
Lane LaneOf(const passerelle::gateway::v1::SubmitRequest& request);
// Every other call.
template <typename Request>
Lane LaneOf(const Request&) {
  return Lane::kOrdinary;
}

// Who pays for a call.
struct Payer {
  base::Digest key{};
  // The log and the party's id in it.
  std::string log;
  std::string party;
};

// Token buckets. Thread-safe.
class Quotas {
 public:
  // `clock` must outlive it.
  Quotas(QuotaRates rates, const base::Clock& clock) : rates_(rates), clock_(clock) {}

  // Takes one call. RESOURCE_EXHAUSTED (QUOTA_EXCEEDED) when the key has none left, or its party
  // has none and the key has used up its first second's worth, which is its own; then nothing is
  // taken.
  absl::Status Take(const Payer& payer, Lane lane) EXCLUDES_LOCK(mutex_);

  // Takes what a refused statement costs beyond its call, whether it is there or not.
  void ChargeRefusal(const Payer& payer) EXCLUDES_LOCK(mutex_);

 private:
  struct Bucket {
    // Thousandths of a call; below zero after a refusal.
    int64_t left = 0;
    int64_t filled_ms = 0;
  };
  // The bucket of a name, filled up to now.
  Bucket& Fill(const std::string& name, int64_t per_second, int64_t now_ms) REQUIRES_LOCK(mutex_);
  // Forgets buckets that are full again.
  void Forget(int64_t now_ms) REQUIRES_LOCK(mutex_);

  const QuotaRates rates_;
  const base::Clock& clock_;
  base::Mutex mutex_;
  absl::flat_hash_map<std::string, Bucket> buckets_ GUARDED_BY(mutex_);
};

}  // namespace passerelle::gateway::service

#endif  // PASSERELLE_GATEWAY_SERVICE_QUOTA_H_
