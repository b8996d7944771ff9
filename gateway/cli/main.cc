#include <cstdio>
#include <cstdlib>

#include "certs/x509/tls_policy.h"
#include "gateway/cli/app.h"

int main(int argc, char** argv) {
  // What gRPC would log of a failure is said in the user's words; whoever looks for more sets it.
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread runs yet
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  if (const absl::Status tls = passerelle::certs::x509::RequireTls13(); !tls.ok()) {
    std::fprintf(stderr, "passerelle: %s\n", std::string(tls.message()).c_str());
    return passerelle::gateway::cli::kUsage;
  }
  return passerelle::gateway::cli::App(argc, argv).Run();
}
