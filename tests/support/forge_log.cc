// forge_log: what a dishonest operator could do to its own log, so that quickstart and tests can
// show who notices. It rewrites an export into one in which an exchange was approved without its
// DPO's opinion: a decider signed too early, and the gateway recorded the decision as accepted.
// Every signature, hash, chain and the checkpoint are right.
//
//   forge_log EXPORT CHECKPOINT_KEY DECIDER_KEY FORGED
//
// The keys are the gateway's `keys/checkpoint.key` and the decider's PEM file. Prints the number of
// entries of the forged log. Exit 1 when nothing could be forged.
#include <cstdio>
#include <string>

#include "audit/checkpoint/checkpoint.h"
#include "audit/log/export.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "tests/support/forged_log.h"

namespace passerelle::tests {
namespace {

absl::StatusOr<size_t> Forge(const std::string& folder, const std::string& checkpoint_key,
                             const std::string& decider_key, const std::string& forged) {
  ASSIGN_OR_RETURN(const std::string text,
                   gateway::base::ReadFile(checkpoint_key, gateway::base::kMaxPemBytes));
  ASSIGN_OR_RETURN(const auto signer, audit::checkpoint::NoteSigner::FromText(text));
  ASSIGN_OR_RETURN(const auto decider, certs::keys::PrivateKey::Load(decider_key));
  ASSIGN_OR_RETURN(const std::string note,
                   gateway::base::ReadFile(folder + "/checkpoint", gateway::base::kMaxNoteBytes));
  ASSIGN_OR_RETURN(const auto checkpoint, audit::checkpoint::OpenCheckpoint(
                                              note, signer.verifier(), signer.verifier().name()));
  ASSIGN_OR_RETURN(const auto honest,
                   audit::log::ReadExportEntries(folder, checkpoint.size, 0, checkpoint.size));
  ASSIGN_OR_RETURN(const ForgedLog log, ForgedLog::WithoutOpinion(honest, decider));
  RETURN_IF_ERROR(log.Export(forged, signer));
  return log.entries().size();
}

}  // namespace
}  // namespace passerelle::tests

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: forge_log EXPORT CHECKPOINT_KEY DECIDER_KEY FORGED\n");
    return 2;
  }
  const absl::StatusOr<size_t> entries =
      passerelle::tests::Forge(argv[1], argv[2], argv[3], argv[4]);
  if (entries.ok()) {
    std::printf("%zu\n", *entries);
    return 0;
  }
  std::fprintf(stderr, "forge_log: %s\n", std::string(entries.status().message()).c_str());
  return 1;
}
