// What an operator watches: counters, gauges and histograms in Prometheus' text format, on a
// loopback port.
//
// As in the log, nothing personal may get in: metrics are a closed list, and their labels are the
// names of conventions, rules, methods and codes.
#ifndef PASSERELLE_GATEWAY_LOG_METRICS_H_
#define PASSERELLE_GATEWAY_LOG_METRICS_H_

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace passerelle::gateway::log {

// Each with its labels in order; metrics.cc has names, units and buckets.
enum class Metric {
  // Counters.
  kStatements,  // convention, effect
  kRefusals,    // convention, rule
  kLogBytes,    // convention
  kVaultBytes,  // convention
  kCalls,       // method, code
  kFaults,      // fault
  // Histograms.
  kGroupStatements,  // convention
  kCommitSeconds,    // convention
  kCallSeconds,      // method
  // Gauges.
  kConventionsRegistered,
  kConventionsActive,
  kQueueStatements,     // convention
  kQueueOldestSeconds,  // convention
  kLogEntries,          // convention
  kGuardLagEntries,     // convention
  kPayloads,            // convention
  kErasuresDue,         // convention
};

// The metrics of one process. Thread-safe.
class Metrics {
 public:
  using Labels = std::initializer_list<std::string_view>;

  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // REQUIRES: the metric is of that kind and has so many labels.
  void Count(Metric metric, Labels labels, double by = 1);
  void Observe(Metric metric, Labels labels, double value);
  void Set(Metric metric, Labels labels, double value);

  // Everything as Prometheus reads it (text format 0.0.4).
  std::string Text() const;

 private:
  friend class MetricsServer;
  struct Registry;
  const std::unique_ptr<Registry> registry_;
};

// Serves metrics over HTTP, at /metrics. Thread-safe.
class MetricsServer {
 public:
  // Listens on `address`, an IP address of this machine alone and a port, 0 for a free one;
  // `refresh` is called before each answer, to set gauges. Both must outlive the server.
  // INVALID_ARGUMENT (METRICS_ADDRESS, LISTEN).
  static absl::StatusOr<std::unique_ptr<MetricsServer>> Start(const std::string& address,
                                                              Metrics& metrics,
                                                              std::function<void()> refresh);
  ~MetricsServer();

  int port() const;

 private:
  struct Running;
  explicit MetricsServer(std::unique_ptr<Running> running);
  const std::unique_ptr<Running> running_;
};

}  // namespace passerelle::gateway::log

#endif  // PASSERELLE_GATEWAY_LOG_METRICS_H_
