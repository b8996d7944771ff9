#include "gateway/server/options.h"
#include "gateway/server/reports.h"
#include "gateway/server/run.h"

int main(int argc, char** argv) {
  passerelle::gateway::server::Options options;
  const int exit_code = passerelle::gateway::server::ParseOptions(argc, argv, options);
  if (exit_code >= 0) return exit_code;
  const absl::Status status = passerelle::gateway::server::Run(options);
  if (status.ok()) return 0;
  passerelle::gateway::server::Complain(status);
  return 1;
}
