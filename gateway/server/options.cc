#include "gateway/server/options.h"

#include <CLI/CLI.hpp>

namespace passerelle::gateway::server {
namespace {

// A supervisor has lost its patience long before.
constexpr int64_t kMaxDrainMs = 3600 * 1000;
constexpr size_t kMaxAwake = 10'000;
// More than a machine answers.
constexpr int64_t kMaxRate = 1'000'000;

}  // namespace

int ParseOptions(int argc, const char* const* argv, Options& options) {
  CLI::App app(
      "passerelle-gateway serves the conventions of one data directory over gRPC with mutual TLS "
      "1.3.\n"
      "It stops gracefully on SIGTERM and SIGINT.");
  app.set_config("--config", "", "Configuration file (TOML): the options below, by their names");
  app.allow_config_extras(CLI::config_extras_mode::error);
  app.add_option("--data", options.paths.data, "Data directory, made by `passerelle init`")
      ->required();
  app.add_option("--guards", options.paths.guards,
                 "Folder of the guards, outside the data directory and its backups; "
                 "default: the data directory's name with `.guards` added");
  app.add_option("--listen", options.listen,
                 "Address and port to listen on; port 0 takes a free one")
      ->capture_default_str();
  app.add_option("--certificate", options.certificate_file,
                 "Certificate chain of the gateway (PEM)")
      ->required();
  app.add_option("--key", options.key_file, "Key of that certificate (PEM, mode 0600)")->required();
  app.add_option("--passphrase-file", options.passphrase_file,
                 "File (mode 0600) of the passphrase of an encrypted key");
  app.add_option("--port-file", options.port_file,
                 "File that receives the port once the gateway serves");
  app.add_option("--tiles", options.tiles,
                 "Address and port where auditors read the log over HTTPS in the C2SP tlog-tiles "
                 "layout, under the same mutual TLS; default: nowhere");
  app.add_flag("!--no-reflection", options.reflection, "Do not serve grpc.reflection");
  app.add_option("--metrics", options.metrics,
                 "Address and port of this machine alone (127.0.0.1:9464) where Prometheus reads "
                 "metrics; default: nowhere");
  app.add_option("--key-rate", options.rates.key,
                 "Calls a second that one key may make for long; ten seconds' worth at once")
      ->capture_default_str()
      ->check(CLI::Range(int64_t{1}, kMaxRate));
  app.add_option("--party-rate", options.rates.party, "The same for all keys of one party together")
      ->capture_default_str()
      ->check(CLI::Range(int64_t{1}, kMaxRate));
  app.add_option(
         "--awake", options.bounds.awake,
         "Conventions whose state is kept in memory; beyond them, the one that nobody asked "
         "for longest rests")
      ->capture_default_str()
      ->check(CLI::Range(size_t{1}, kMaxAwake));
  app.add_option("--drain-ms", options.drain_ms, "How long a stop waits for calls in flight")
      ->capture_default_str()
      ->check(CLI::Range(int64_t{0}, kMaxDrainMs));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (options.paths.guards.empty()) options.paths.guards = core::DefaultGuards(options.paths.data);
  return -1;
}

}  // namespace passerelle::gateway::server
