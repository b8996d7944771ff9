#include "gateway/server/run.h"

#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "certs/keys/key.h"
#include "certs/x509/certificate.h"
#include "certs/x509/tls_policy.h"
#include "gateway/base/clock.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/passphrase.h"
#include "gateway/base/random.h"
#include "gateway/base/status.h"
#include "gateway/base/stop_signals.h"
#include "gateway/core/host.h"
#include "gateway/core/outside.h"
#include "gateway/core/pool.h"
#include "gateway/http/outside.h"
#include "gateway/http/server.h"
#include "gateway/log/logger.h"
#include "gateway/log/metrics.h"
#include "gateway/rpc/server.h"
#include "gateway/server/reports.h"
#include "gateway/server/supervisor.h"
#include "gateway/service/caller.h"
#include "gateway/service/quota.h"
#include "gateway/tiles/tiles.h"

namespace passerelle::gateway::server {
namespace {

using log::Event;
using log::Level;
using log::NumberKey;

// Exit code when durability is in doubt (EX_IOERR): a supervisor restarts, and the start recovers.
constexpr int kDurabilityInDoubt = 74;

// The roots of every convention together: TLS lets a peer in, each call asks which log trusts it.
absl::StatusOr<std::string> RootsOf(const core::Host& host) {
  std::string pem = certs::x509::ToPem(certs::x509::Readable(host.TrustAnchors()));
  if (pem.empty())
    return base::Error(absl::StatusCode::kFailedPrecondition, "NO_ANCHOR", "",
                       "no convention names a TLS trust anchor: nobody could connect");
  return pem;
}

// Each convention that is awake holds some ten files open.
void RaiseFileLimit() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

// Witnesses are asked on threads of their own: a silent one holds up nobody but itself.
constexpr int kCouriers = 4;

absl::StatusOr<rpc::ServerOptions> Listening(const Options& options, const core::Host& host) {
  rpc::ServerOptions listening;
  listening.address = options.listen;
  listening.reflection = options.reflection;
  ASSIGN_OR_RETURN(listening.certificate_pem,
                   base::ReadFile(options.certificate_file, base::kMaxPemBytes));
  ASSIGN_OR_RETURN(const base::Secret passphrase,
                   base::ReadPassphraseIfAny(options.passphrase_file));
  ASSIGN_OR_RETURN(const certs::keys::PrivateKey key,
                   certs::keys::PrivateKey::Load(options.key_file, passphrase));
  listening.key_pem = std::string(key.ToPem().RevealSecret());
  ASSIGN_OR_RETURN(listening.client_roots_pem, RootsOf(host));
  return listening;
}

http::ServerOptions TilesListening(const Options& options, const rpc::ServerOptions& rpc) {
  http::ServerOptions listening;
  listening.address = options.tiles;
  listening.certificate_pem = rpc.certificate_pem;
  listening.key_pem = base::Secret(std::string(rpc.key_pem));
  listening.client_roots_pem = rpc.client_roots_pem;
  listening.most_body_bytes = 1;
  return listening;
}

}  // namespace

absl::Status Run(const Options& options) {
  RETURN_IF_ERROR(certs::x509::RequireTls13());
  base::StopSignals signals;
  const base::SystemClock clock;
  base::SystemRandom random;
  log::Logger logger(clock, Level::kInfo, log::StandardError());
  log::Metrics metrics;
  Reports reports(logger, metrics);
  logger.Write(Level::kInfo, Event::kServerStarting);
  core::Pool pool(static_cast<int>(std::max(2u, std::thread::hardware_concurrency())));
  core::Surroundings surroundings{clock, random, pool,
                                  [&](const absl::Status& status) {
                                    logger.WriteError(Level::kError, Event::kCommitFailed, status);
                                    std::_Exit(kDurabilityInDoubt);
                                  },
                                  std::bind_front(&Reports::OnFault, &reports)};
  surroundings.measure = std::bind_front(&Reports::OnCarried, &reports);
  surroundings.opened = std::bind_front(&Reports::OnOpened, &reports);
  core::Pool couriers(kCouriers);
  const core::Outside outside{couriers, http::AsksOthers(clock)};
  surroundings.outside = &outside;
  RaiseFileLimit();
  ASSIGN_OR_RETURN(const std::unique_ptr<core::Host> host,
                   core::Host::Open(options.paths, surroundings, options.bounds));
  ASSIGN_OR_RETURN(const rpc::ServerOptions listening, Listening(options, *host));
  service::Quotas quotas(options.rates, clock);
  service::Identifier identifier(*host, clock, quotas);
  ASSIGN_OR_RETURN(const std::unique_ptr<rpc::Server> server,
                   rpc::Server::Start(listening, {identifier, clock, random,
                                                  std::bind_front(&Reports::OnCall, &reports)}));
  std::unique_ptr<http::Server> tiles;
  if (!options.tiles.empty()) {
    ASSIGN_OR_RETURN(
        tiles, http::Server::Start(TilesListening(options, listening),
                                   tiles::MakeRoutes(identifier, clock, random,
                                                     std::bind_front(&Reports::OnCall, &reports))));
    logger.Write(Level::kInfo, Event::kTilesReady, {{NumberKey::kPort, tiles->port()}});
  }
  std::unique_ptr<log::MetricsServer> watched;
  if (!options.metrics.empty()) {
    ASSIGN_OR_RETURN(watched, log::MetricsServer::Start(options.metrics, metrics,
                                                        [&] { reports.OnScrape(*host); }));
    logger.Write(Level::kInfo, Event::kMetricsReady, {{NumberKey::kPort, watched->port()}});
  }
  if (!options.port_file.empty())
    RETURN_IF_ERROR(base::WriteFile(options.port_file, absl::StrCat(server->port(), "\n"),
                                    base::FileMode::kPublic));
  logger.Write(Level::kInfo, Event::kServerReady, {{NumberKey::kPort, server->port()}});
  const Supervisor supervisor;
  supervisor.Ready(host->registered());
  while (!signals.Wait()) {
    server->Look();
    // Whoever holds a state for good keeps this thread from saying that the process lives.
    for (const std::shared_ptr<core::Convention>& convention : host->Awake())
      convention->Read([](const policy::state::State&) {});
    supervisor.Alive();
  }
  supervisor.Stopping();
  logger.Write(Level::kInfo, Event::kServerDraining);
  // What waits for witnesses is answered with what there is.
  for (const std::shared_ptr<core::Convention>& convention : host->Awake())
    convention->evidence().Release();
  tiles.reset();
  server->Drain(options.drain_ms);
  host->Drain();
  logger.Write(Level::kInfo, Event::kServerStopped);
  return absl::OkStatus();
}

}  // namespace passerelle::gateway::server
