// What the operator reads of a running process: its log and its metrics.
#ifndef PASSERELLE_GATEWAY_SERVER_REPORTS_H_
#define PASSERELLE_GATEWAY_SERVER_REPORTS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "gateway/core/convention.h"
#include "gateway/core/host.h"
#include "gateway/core/measure.h"
#include "gateway/log/logger.h"
#include "gateway/log/metrics.h"

namespace passerelle::gateway::server {

// Thread-safe.
class Reports {
 public:
  // Both must outlive it.
  Reports(log::Logger& logger, log::Metrics& metrics) : logger_(logger), metrics_(metrics) {}

  // Work that no caller waits for has failed.
  void OnFault(core::Fault fault, const absl::Status& status);
  // A convention has been opened.
  void OnOpened(const core::Convention& convention);
  // A group is durable.
  void OnCarried(const std::string& convention, const core::Carried& carried);
  // A call has ended (rpc::CallReport).
  void OnCall(std::string_view method, std::string_view request, const absl::Status& status,
              int64_t duration_us);
  // Metrics are about to be read.
  void OnScrape(core::Host& host);

 private:
  log::Logger& logger_;
  log::Metrics& metrics_;
};

// Tells the operator on standard error, in words, why the gateway or one of its conventions is not
// served and how to mend it, which no log may hold.
void Complain(const absl::Status& error);

}  // namespace passerelle::gateway::server

#endif  // PASSERELLE_GATEWAY_SERVER_REPORTS_H_
