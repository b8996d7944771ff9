#include "gateway/service/quota.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "audit/entry/codec.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"
#include "policy/rules/areas.h"

namespace passerelle::gateway::service {
namespace {

constexpr int64_t kOneCall = 1000;
// More than all keys of a hundred conventions.
constexpr size_t kMaxBuckets = 65536;
constexpr int64_t kBurstMs = base::kCallsBurstSeconds * 1000;
// Calls worth so long are a key's own: no other key of its party takes them from it.
constexpr int64_t kAssuredMs = 1000;

absl::Status Exceeded(std::string_view whose) {
  return base::Error(absl::StatusCode::kResourceExhausted, "QUOTA_EXCEEDED", "",
                     absl::StrCat(base::Absl(whose),
                                  " called this gateway too often; try again in a second. Freezes "
                                  "and key stops are still taken"));
}

std::string NameOfKey(const Payer& payer, Lane lane) {
  return absl::StrCat(lane == Lane::kUrgent ? "u" : "k", base::ToBytes(payer.key));
}

std::string NameOfParty(const Payer& payer) { return absl::StrCat("p", payer.log, payer.party); }

}  // namespace

Lane LaneOf(const passerelle::gateway::v1::SubmitRequest& request) {
  const absl::StatusOr<audit::entry::SignedStatement> read =
      audit::entry::DecodeSigned(request.envelope());
  return read.ok() && policy::rules::IsReportOnly(read->statement) ? Lane::kUrgent
                                                                   : Lane::kOrdinary;
}

Quotas::Bucket& Quotas::Fill(const std::string& name, int64_t per_second, int64_t now_ms) {
  const int64_t most = per_second * kBurstMs;
  const auto [it, fresh] = buckets_.try_emplace(name, Bucket{most, now_ms});
  Bucket& bucket = it->second;
  // What fills a bucket for longer than a burst and its debt fills it to the brim: no overflow.
  const int64_t waited_ms = std::min(now_ms - bucket.filled_ms, 100 * kBurstMs);
  bucket.left = std::min(most, bucket.left + waited_ms * per_second);
  bucket.filled_ms = now_ms;
  return bucket;
}

void Quotas::Forget(int64_t now_ms) {
  if (buckets_.size() < kMaxBuckets) return;
  // A bucket that nobody used for two bursts is full, unless it was in debt as deep as a burst.
  absl::erase_if(buckets_, [now_ms](const auto& named) {
    return now_ms - named.second.filled_ms > 2 * kBurstMs;
  });
}

absl::Status Quotas::Take(const Payer& payer, Lane lane) {
  const int64_t now_ms = clock_.MonotonicMs();
  base::MutexLock lock(mutex_);
  Forget(now_ms);
  if (lane == Lane::kUrgent) {
    Bucket& urgent = Fill(NameOfKey(payer, lane), base::kUrgentCallsPerSecond, now_ms);
    if (urgent.left < kOneCall) return Exceeded("this key");
    urgent.left -= kOneCall;
    return absl::OkStatus();
  }
  // The first reference would not survive the second insertion.
  const std::string key = NameOfKey(payer, lane);
  const int64_t left = Fill(key, rates_.key, now_ms).left;
  if (left < kOneCall) return Exceeded("this key");
  const bool assured = left > rates_.key * (kBurstMs - kAssuredMs);
  Bucket& party = Fill(NameOfParty(payer), rates_.party, now_ms);
  if (party.left >= kOneCall)
    party.left -= kOneCall;
  else if (!assured)
    return Exceeded("this party");
  buckets_.find(key)->second.left -= kOneCall;
  return absl::OkStatus();
}

void Quotas::ChargeRefusal(const Payer& payer) {
  constexpr int64_t kMore = (base::kRefusedCalls - 1) * kOneCall;
  const int64_t now_ms = clock_.MonotonicMs();
  base::MutexLock lock(mutex_);
  // A burst of debt at most: whoever mends its software is served again soon.
  Bucket& key = Fill(NameOfKey(payer, Lane::kOrdinary), rates_.key, now_ms);
  key.left = std::max(key.left - kMore, -rates_.key * kBurstMs);
  Bucket& party = Fill(NameOfParty(payer), rates_.party, now_ms);
  party.left = std::max(party.left - kMore, -rates_.party * kBurstMs);
}

}  // namespace passerelle::gateway::service
