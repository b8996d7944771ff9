#include <cstdio>

#include "gateway/base/status.h"
#include "gateway/server/options.h"
#include "gateway/server/run.h"

int main(int argc, char** argv) {
  passerelle::gateway::server::Options options;
  const int exit_code = passerelle::gateway::server::ParseOptions(argc, argv, options);
  if (exit_code >= 0) return exit_code;
  const absl::Status status = passerelle::gateway::server::Run(options);
  if (status.ok()) return 0;
  std::fprintf(stderr, "passerelle-gateway: %s: %s\n",
               passerelle::gateway::base::ReasonOf(status).c_str(),
               std::string(status.message()).c_str());
  return 1;
}
