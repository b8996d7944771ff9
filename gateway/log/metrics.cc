#include "gateway/log/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <exception>
#include <map>
#include <regex>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/base/status.h"

namespace passerelle::gateway::log {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;

// What a metric is called and where its values go. Names and units as Prometheus wants them:
// seconds, bytes, `_total` for what only grows.
struct Description {
  Metric metric;
  const char* name;
  const char* help;
  std::vector<std::string> labels;
  // Of a histogram: the upper ends.
  std::vector<double> buckets = {};
};

const std::vector<Description>& Counters() {
  static const std::vector<Description> all = {
      {Metric::kStatements,
       "passerelle_statements_total",
       "Statements by what became of them: accepted, noted, refused, repeated",
       {"convention", "effect"}},
      {Metric::kRefusals,
       "passerelle_refusals_total",
       "Refused statements by the first rule in their way",
       {"convention", "rule"}},
      {Metric::kLogBytes, "passerelle_log_bytes_total", "Bytes of entries", {"convention"}},
      {Metric::kVaultBytes,
       "passerelle_vault_bytes_total",
       "Bytes of contents stored, encrypted",
       {"convention"}},
      {Metric::kCalls, "passerelle_calls_total", "Calls by how they ended", {"method", "code"}},
      {Metric::kFaults,
       "passerelle_faults_total",
       "Faults in the work that no caller waits for; the log says more",
       {"fault"}},
  };
  return all;
}

const std::vector<Description>& Histograms() {
  static const std::vector<double> seconds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                              0.1,    0.25,  0.5,    1,     2.5,  10};
  static const std::vector<Description> all = {
      {Metric::kGroupStatements,
       "passerelle_group_statements",
       "Statements decided and committed together",
       {"convention"},
       {1, 2, 4, 8, 16, 32, 64, 128, 256}},
      {Metric::kCommitSeconds,
       "passerelle_commit_duration_seconds",
       "How long a group took from its first decision until it was durable",
       {"convention"},
       seconds},
      {Metric::kCallSeconds,
       "passerelle_call_duration_seconds",
       "How long calls took",
       {"method"},
       seconds},
  };
  return all;
}

const std::vector<Description>& Gauges() {
  static const std::vector<Description> all = {
      {Metric::kConventionsRegistered,
       "passerelle_conventions_registered",
       "Conventions that this process serves",
       {}},
      {Metric::kConventionsActive,
       "passerelle_conventions_active",
       "Conventions whose state is in memory",
       {}},
      {Metric::kQueueStatements,
       "passerelle_queue_statements",
       "Statements that wait to be decided",
       {"convention"}},
      {Metric::kQueueOldestSeconds,
       "passerelle_queue_oldest_seconds",
       "How long the oldest of them has waited: the lag of the convention",
       {"convention"}},
      {Metric::kLogEntries, "passerelle_log_entries", "Entries in the log", {"convention"}},
      {Metric::kGuardLagEntries,
       "passerelle_guard_lag_entries",
       "Entries that the guard has not seen yet",
       {"convention"}},
      {Metric::kPayloads, "passerelle_payloads", "Payloads kept", {"convention"}},
      {Metric::kErasuresDue,
       "passerelle_erasures_due",
       "Payloads kept whose retention is over or whose destruction is ordered",
       {"convention"}},
  };
  return all;
}

}  // namespace

struct Metrics::Registry {
  template <typename Kind>
  struct Named {
    prometheus::Family<Kind>* family;
    std::vector<std::string> labels;
    std::vector<double> buckets = {};
  };
  template <typename Kind>
  static Kind& Find(std::map<Metric, Named<Kind>>& all, Metric metric, Labels values,
                    auto... rest) {
    const Named<Kind>& named = all.at(metric);
    std::map<std::string, std::string> labels;
    auto value = values.begin();
    for (const std::string& name : named.labels) labels.emplace(name, *value++);
    return named.family->Add(labels, rest...);
  }

  std::shared_ptr<prometheus::Registry> all = std::make_shared<prometheus::Registry>();
  // Constant after construction.
  std::map<Metric, Named<prometheus::Counter>> counters;
  std::map<Metric, Named<prometheus::Histogram>> histograms;
  std::map<Metric, Named<prometheus::Gauge>> gauges;
};

Metrics::Metrics() : registry_(std::make_unique<Registry>()) {
  prometheus::Registry& all = *registry_->all;
  for (const Description& one : Counters())
    registry_->counters[one.metric] = {&BuildCounter().Name(one.name).Help(one.help).Register(all),
                                       one.labels};
  for (const Description& one : Histograms())
    registry_->histograms[one.metric] = {
        &BuildHistogram().Name(one.name).Help(one.help).Register(all), one.labels, one.buckets};
  for (const Description& one : Gauges())
    registry_->gauges[one.metric] = {&BuildGauge().Name(one.name).Help(one.help).Register(all),
                                     one.labels};
}

Metrics::~Metrics() = default;

void Metrics::Count(Metric metric, Labels labels, double by) {
  Registry::Find(registry_->counters, metric, labels).Increment(by);
}

void Metrics::Observe(Metric metric, Labels labels, double value) {
  Registry::Find(registry_->histograms, metric, labels, registry_->histograms.at(metric).buckets)
      .Observe(value);
}

void Metrics::Set(Metric metric, Labels labels, double value) {
  Registry::Find(registry_->gauges, metric, labels).Set(value);
}

std::string Metrics::Text() const {
  return prometheus::TextSerializer().Serialize(registry_->all->Collect());
}

struct MetricsServer::Running {
  // Sets the gauges, then collects.
  struct Source final : prometheus::Collectable {
    std::vector<prometheus::MetricFamily> Collect() const override {
      refresh();
      return all->Collect();
    }
    std::function<void()> refresh;
    std::shared_ptr<prometheus::Registry> all;
  };
  std::shared_ptr<Source> source = std::make_shared<Source>();
  std::unique_ptr<prometheus::Exposer> exposer;
};

absl::StatusOr<std::unique_ptr<MetricsServer>> MetricsServer::Start(const std::string& address,
                                                                    Metrics& metrics,
                                                                    std::function<void()> refresh) {
  static const std::regex loopback(R"((127(\.\d{1,3}){3}|\[::1\]):\d{1,5})");
  if (!std::regex_match(address, loopback))
    return base::Malformed("METRICS_ADDRESS", "metrics",
                           absl::StrCat(address,
                                        ": metrics are served to this machine alone; write "
                                        "127.0.0.1:PORT or [::1]:PORT"));
  auto running = std::make_unique<Running>();
  running->source->refresh = std::move(refresh);
  running->source->all = metrics.registry_->all;
  try {
    running->exposer = std::make_unique<prometheus::Exposer>(address, 1);
  } catch (const std::exception&) {
    return base::Malformed("LISTEN", "metrics",
                           absl::StrCat("cannot listen on ", address, ": the port is taken"));
  }
  running->exposer->RegisterCollectable(running->source);
  return std::unique_ptr<MetricsServer>(new MetricsServer(std::move(running)));
}

MetricsServer::MetricsServer(std::unique_ptr<Running> running) : running_(std::move(running)) {}
MetricsServer::~MetricsServer() = default;

int MetricsServer::port() const { return running_->exposer->GetListeningPorts().front(); }

}  // namespace passerelle::gateway::log
