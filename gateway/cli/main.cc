#include <cstdio>

#include "certs/x509/tls_policy.h"
#include "gateway/cli/app.h"

int main(int argc, char** argv) {
  if (const absl::Status tls = passerelle::certs::x509::RequireTls13(); !tls.ok()) {
    std::fprintf(stderr, "passerelle: %s\n", std::string(tls.message()).c_str());
    return passerelle::gateway::cli::kUsage;
  }
  return passerelle::gateway::cli::App(argc, argv).Run();
}
