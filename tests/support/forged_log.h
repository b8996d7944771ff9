// A log rewritten by a dishonest operator: it holds the checkpoint key and runs an altered gateway,
// so that hashes, links, chains, tiles and checkpoint are right, and the decisions whatever it
// likes. What it cannot forge is a signature, nor what its signer saw.
#ifndef PASSERELLE_TESTS_SUPPORT_FORGED_LOG_H_
#define PASSERELLE_TESTS_SUPPORT_FORGED_LOG_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "audit/checkpoint/note.h"
#include "audit/merkle/merkle.h"
#include "certs/keys/key.h"
#include "passerelle/record/v1/entry.pb.h"
#include "policy/state/state.h"

namespace passerelle::tests {

// Thread-compatible.
class ForgedLog {
 public:
  // Takes over the honest entries [0, size) of a log.
  static absl::StatusOr<ForgedLog> Begin(const std::vector<std::string>& honest, uint64_t size);

  // An honest log whose first decided exchange never had its DPO's opinion: a decider signed
  // without waiting for it, and the gateway recorded the decision as accepted. Everything later is
  // dropped. NOT_FOUND when no decision follows an opinion; `decider` is the key that signed it.
  static absl::StatusOr<ForgedLog> WithoutOpinion(const std::vector<std::string>& honest,
                                                  const certs::keys::PrivateKey& decider);

  // Records an entry as the next one, whatever the rules say of it: its links and settings are made
  // to fit, the rest is as given.
  absl::Status Record(record::v1::Entry entry);

  // The entry with its statement signed anew on the present head.
  absl::StatusOr<record::v1::Entry> Resigned(record::v1::Entry entry,
                                             const certs::keys::PrivateKey& signer) const;

  // Writes the export under the checkpoint key.
  absl::Status Export(const std::string& folder, const audit::checkpoint::NoteSigner& key) const;

  const std::vector<std::string>& entries() const { return entries_; }
  const policy::state::State& state() const { return state_; }

 private:
  absl::Status Take(const record::v1::Entry& entry, std::string leaf);

  std::vector<std::string> entries_;
  audit::merkle::Frontier frontier_;
  policy::state::State state_;
};

}  // namespace passerelle::tests

#endif  // PASSERELLE_TESTS_SUPPORT_FORGED_LOG_H_
