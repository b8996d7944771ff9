// A log as a gateway would write it, made without one: real keys, real decisions, real proofs. And
// the means to forge it as an operator could, who holds the checkpoint key.
#ifndef PASSERELLE_TESTS_UNIT_GATEWAY_VERIFY_WRITTEN_LOG_H_
#define PASSERELLE_TESTS_UNIT_GATEWAY_VERIFY_WRITTEN_LOG_H_

#include <functional>
#include <string>
#include <vector>

#include "audit/checkpoint/note.h"
#include "certs/keys/key.h"
#include "gateway/base/digest.h"
#include "passerelle/record/v1/entry.pb.h"
#include "passerelle/statement/v1/statement.pb.h"
#include "policy/decide.h"
#include "policy/state/state.h"
#include "tests/support/fakes.h"

namespace passerelle::tests {

// Writes one log, founded at construction: entry 0 enacts a synthetic convention of two parties,
// `p001` (secretariat, gateway) and `p002` (countersigners). Thread-compatible.
class WrittenLog {
 public:
  static constexpr char kOrigin[] = "example.org/essai/test";
  static constexpr int64_t kStepMs = 60'000;

  // Checkpoints are signed under the key of `seed`.
  explicit WrittenLog(char seed = 'k');

  // Decides and records acts of these signers, a minute after the last entry; a refusal is an entry
  // too. Returns the entry's index.
  uint64_t Record(const std::vector<statement::v1::Act>& acts,
                  std::vector<const certs::keys::PrivateKey*> signers);

  // One transcribed deed of a party: the plainest accepted act.
  uint64_t RecordDeed(const std::string& party);

  // A statement as Record makes it, for tests that change it.
  statement::v1::Statement NewStatement(const std::vector<statement::v1::Act>& acts,
                                        std::vector<const certs::keys::PrivateKey*>& signers);

  // An act that transcribes a deed.
  static statement::v1::Act Deed(const std::string& party);

  // Writes the export of `entries` under this log's checkpoint key, whatever they are.
  void Export(const std::string& folder, const std::vector<std::string>& entries) const;
  void Export(const std::string& folder) const { Export(folder, entries_); }

  // The entries with one of them changed, its hash links to later entries left as they were.
  std::vector<std::string> Edited(uint64_t index,
                                  const std::function<void(record::v1::Entry&)>& edit) const;

  // As Edited, for the statement inside: changed, then signed anew by its own signers.
  std::vector<std::string> Resigned(
      uint64_t index, const std::function<void(statement::v1::Statement&)>& edit) const;

  const std::vector<std::string>& entries() const { return entries_; }
  const policy::state::State& state() const { return state_; }
  gateway::base::Digest name() const;
  // Root of the first `size` entries.
  gateway::base::Digest RootAt(uint64_t size) const;
  const audit::checkpoint::NoteSigner& signer() const { return signer_; }
  SeededRandom& random() { return random_; }

  // Founding keys.
  const certs::keys::PrivateKey gateway;
  const certs::keys::PrivateKey secretary, secretary2;
  const certs::keys::PrivateKey countersigner, countersigner2;

 private:
  statement::v1::Act Founding() const;
  policy::Now Now() const;
  record::v1::Observed Observe(const statement::v1::Statement& statement) const;
  const certs::keys::PrivateKey* KeyOf(const std::string& fingerprint) const;

  audit::checkpoint::NoteSigner signer_;
  SeededRandom random_{11};
  std::vector<std::string> entries_;
  policy::state::State state_;
  // Keys that ever signed, for Resigned.
  std::vector<const certs::keys::PrivateKey*> known_;
};

}  // namespace passerelle::tests

#endif  // PASSERELLE_TESTS_UNIT_GATEWAY_VERIFY_WRITTEN_LOG_H_
