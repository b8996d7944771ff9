// Flags of the gateway's binary, on the command line or in a configuration file.
#ifndef PASSERELLE_GATEWAY_SERVER_OPTIONS_H_
#define PASSERELLE_GATEWAY_SERVER_OPTIONS_H_

#include <cstdint>
#include <string>

#include "gateway/core/host.h"
#include "gateway/service/quota.h"

namespace passerelle::gateway::server {

// What the operator chooses.
struct Options {
  core::HostPaths paths;
  // `host:port`; port 0 takes a free one.
  std::string listen = "127.0.0.1:8443";
  // Files of the gateway's certificate chain and key; the key is 0600.
  std::string certificate_file;
  std::string key_file;
  // File of the passphrase that opens the key, 0600; empty: the key is not encrypted.
  std::string passphrase_file;
  // File that receives the port once the gateway serves; empty: none.
  std::string port_file;
  // `host:port` where the log's auditors read it over HTTPS; empty: nowhere.
  std::string tiles;
  bool reflection = true;
  // `address:port` of this machine where metrics are served; empty: nowhere.
  std::string metrics;
  service::QuotaRates rates;
  core::HostBounds bounds;
  // How long a drain waits for calls in flight, milliseconds.
  int64_t drain_ms = 10000;
};

// Reads the command line, and the file (TOML) that its --config names, into `options`; what is
// typed wins. A name that no option has is refused in either. Returns the exit code to end with, or
// -1 to go on. Prints help and usage errors itself.
int ParseOptions(int argc, const char* const* argv, Options& options);

}  // namespace passerelle::gateway::server

#endif  // PASSERELLE_GATEWAY_SERVER_OPTIONS_H_
