#include "gateway/server/reports.h"

#include <cstdio>

#include "gateway/base/status.h"

namespace passerelle::gateway::server {
namespace {

using log::CodeKey;
using log::Event;
using log::Level;
using log::Metric;
using log::NumberKey;

constexpr double kUsPerSecond = 1e6;
constexpr double kMsPerSecond = 1e3;

struct FaultNames {
  Event event;
  std::string_view label;
};

FaultNames NamesOf(core::Fault fault) {
  switch (fault) {
    case core::Fault::kConventionRefused:
      return {Event::kConventionStopped, "convention"};
    case core::Fault::kGuard:
      return {Event::kGuardFailed, "guard"};
    case core::Fault::kIndex:
      return {Event::kIndexFailed, "index"};
    case core::Fault::kErasure:
      return {Event::kErasureFailed, "erasure"};
    case core::Fault::kExpiry:
      return {Event::kExpiryFailed, "expiry"};
    case core::Fault::kSnapshot:
      return {Event::kSnapshotFailed, "snapshot"};
    case core::Fault::kCard:
      return {Event::kCardFailed, "card"};
    case core::Fault::kHeads:
      return {Event::kHeadsFailed, "heads"};
    case core::Fault::kWitness:
      return {Event::kWitnessFailed, "witness"};
    case core::Fault::kStamp:
      return {Event::kStampFailed, "stamp"};
  }
  return {Event::kServerFailed, "unknown"};
}

}  // namespace

void Reports::OnFault(core::Fault fault, const absl::Status& status) {
  const FaultNames names = NamesOf(fault);
  metrics_.Count(Metric::kFaults, {names.label});
  logger_.WriteError(Level::kError, names.event, status);
  if (fault == core::Fault::kConventionRefused || fault == core::Fault::kWitness) Complain(status);
}

void Reports::OnOpened(const core::Convention& convention) {
  logger_.Write(Level::kInfo, Event::kConventionOpened,
                {{CodeKey::kConvention, convention.name()},
                 {log::HexKey::kLog, convention.log_name()},
                 {NumberKey::kEntries, static_cast<int64_t>(convention.log().head().size)}});
}

void Reports::OnCarried(const std::string& convention, const core::Carried& carried) {
  const uint64_t statements =
      carried.accepted + carried.noted + carried.refused.size() + carried.repeated;
  for (const auto& [effect, count] :
       {std::pair<std::string_view, uint64_t>{"accepted", carried.accepted},
        {"noted", carried.noted},
        {"refused", carried.refused.size()},
        {"repeated", carried.repeated}})
    metrics_.Count(Metric::kStatements, {convention, effect}, static_cast<double>(count));
  for (const std::string& rule : carried.refused)
    metrics_.Count(Metric::kRefusals, {convention, rule});
  metrics_.Count(Metric::kLogBytes, {convention}, static_cast<double>(carried.log_bytes));
  metrics_.Count(Metric::kVaultBytes, {convention}, static_cast<double>(carried.vault_bytes));
  metrics_.Observe(Metric::kGroupStatements, {convention}, static_cast<double>(statements));
  metrics_.Observe(Metric::kCommitSeconds, {convention},
                   static_cast<double>(carried.micros) / kUsPerSecond);
}

void Reports::OnCall(std::string_view method, std::string_view request, const absl::Status& status,
                     int64_t duration_us) {
  metrics_.Count(Metric::kCalls, {method, absl::StatusCodeToString(status.code())});
  metrics_.Observe(Metric::kCallSeconds, {method}, static_cast<double>(duration_us) / kUsPerSecond);
  const int64_t millis = duration_us / 1000;
  if (status.ok())
    logger_.Write(
        Level::kInfo, Event::kCallFinished,
        {{CodeKey::kMethod, method}, {CodeKey::kRequest, request}, {NumberKey::kMillis, millis}});
  else
    logger_.WriteError(
        Level::kWarning, Event::kCallFailed, status,
        {{CodeKey::kMethod, method}, {CodeKey::kRequest, request}, {NumberKey::kMillis, millis}});
}

void Reports::OnScrape(core::Host& host) {
  const std::vector<std::shared_ptr<core::Convention>> awake = host.Awake();
  metrics_.Set(Metric::kConventionsRegistered, {}, static_cast<double>(host.registered()));
  metrics_.Set(Metric::kConventionsActive, {}, static_cast<double>(awake.size()));
  for (const std::shared_ptr<core::Convention>& convention : awake) {
    const std::string& name = convention->name();
    const core::Vitals vitals = convention->vitals();
    metrics_.Set(Metric::kQueueStatements, {name}, static_cast<double>(vitals.queued));
    metrics_.Set(Metric::kQueueOldestSeconds, {name},
                 static_cast<double>(vitals.oldest_ms) / kMsPerSecond);
    metrics_.Set(Metric::kLogEntries, {name}, static_cast<double>(vitals.entries));
    metrics_.Set(Metric::kGuardLagEntries, {name}, static_cast<double>(vitals.unguarded));
    metrics_.Set(Metric::kPayloads, {name}, static_cast<double>(vitals.payloads));
    metrics_.Set(Metric::kErasuresDue, {name}, static_cast<double>(vitals.erasures_due));
  }
}

void Complain(const absl::Status& error) {
  std::fprintf(stderr, "passerelle-gateway: %s: %s\n", base::ReasonOf(error).c_str(),
               std::string(error.message()).c_str());
}

}  // namespace passerelle::gateway::server
