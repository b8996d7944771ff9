// Assembly of the gateway: host, services, server; start, signals, drain.
#ifndef PASSERELLE_GATEWAY_SERVER_RUN_H_
#define PASSERELLE_GATEWAY_SERVER_RUN_H_

#include "absl/status/status.h"
#include "gateway/server/options.h"

namespace passerelle::gateway::server {

// Serves until SIGTERM or SIGINT, then drains. An error says why it could not start; once it serves
// it returns OK, or the process has ended because durability was in doubt.
absl::Status Run(const Options& options);

}  // namespace passerelle::gateway::server

#endif  // PASSERELLE_GATEWAY_SERVER_RUN_H_
