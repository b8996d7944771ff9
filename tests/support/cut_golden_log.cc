// Cuts a golden log: plays the golden life and writes the export of its log and the canonical dump
// of its state. Run once a release, into a new folder of tests/testdata/golden; a golden log never
// changes.
#include <cstdio>

#include "gateway/base/files.h"
#include "tests/support/golden_life.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: cut_golden_log NEW_FOLDER\n");
    return 2;
  }
  const std::string folder = argv[1];
  passerelle::tests::GoldenLife life;
  life.gateway().Export(folder + "/log");
  const absl::Status written = passerelle::gateway::base::WriteFile(
      folder + "/state.txt", life.gateway().Dump(), passerelle::gateway::base::FileMode::kPublic);
  if (!written.ok()) {
    std::fprintf(stderr, "cut_golden_log: %s\n", std::string(written.message()).c_str());
    return 1;
  }
  std::printf("%llu entries\n", static_cast<unsigned long long>(life.gateway().size()));
  return 0;
}
