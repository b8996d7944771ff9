// The log over HTTPS in the layout of c2sp.org/tlog-tiles, under the same mutual TLS and mandates
// as gRPC (WIRE 28): `/<log, hexadecimal>/checkpoint` for every enrolled key, tiles and bundles for
// the log's auditor.
#ifndef PASSERELLE_GATEWAY_TILES_TILES_H_
#define PASSERELLE_GATEWAY_TILES_TILES_H_

#include <cstdint>
#include <functional>
#include <string_view>

#include "absl/status/status.h"
#include "gateway/base/clock.h"
#include "gateway/base/random.h"
#include "gateway/http/server.h"
#include "gateway/service/caller.h"

namespace passerelle::gateway::tiles {

// Hears how a request ended, as rpc::CallReport does.
using Report = std::function<void(std::string_view method, std::string_view request_id,
                                  const absl::Status& status, int64_t duration_us)>;

// What is served; all must outlive the server.
http::Routes MakeRoutes(service::Identifier& identifier, const base::Clock& clock,
                        base::Random& random, Report report);

}  // namespace passerelle::gateway::tiles

#endif  // PASSERELLE_GATEWAY_TILES_TILES_H_
