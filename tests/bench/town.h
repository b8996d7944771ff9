// One of many invented conventions, as the systems of its parties see it: who signs what. The acts
// are those of tests/support/world.h, under real keys and with commitments that open.
#ifndef PASSERELLE_TESTS_BENCH_TOWN_H_
#define PASSERELLE_TESTS_BENCH_TOWN_H_

#include <google/protobuf/message.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "audit/log/store.h"
#include "certs/keys/key.h"
#include "gateway/base/clock.h"
#include "gateway/base/random.h"
#include "gateway/core/convention.h"
#include "gateway/core/request.h"
#include "tests/support/world.h"

namespace passerelle::tests {

// What a party's system keeps of its convention.
struct TownNotes {
  std::string slug;
  // Name of its log, 32 bytes; empty before it is founded.
  std::string log;
  // The last checkpoint seen.
  audit::log::Head seen;
  statement::v1::ActRef dataset, exchange;
};

// A statement ready to go, and the name of its first act.
struct Signed {
  gateway::core::Request request;
  statement::v1::ActRef ref;
};

// Agents sign by the names of tests/support/world.h, each under a key of this convention's own; the
// same name always gives the same. Thread-compatible.
class Town {
 public:
  // Clock and randomness must outlive it.
  Town(TownNotes notes, const gateway::base::Clock& clock, gateway::base::Random& random);

  const TownNotes& notes() const { return notes_; }
  TownNotes& notes() { return notes_; }
  std::string origin() const;

  // Drafts the acts; `dataset`, `exchange` and `opinion` of it are to be set.
  World& acts() { return world_; }

  // Entry 0's act, with all parties, for a gateway whose keys are these.
  statement::v1::Act Found(const std::string& checkpoint_vkey, const std::string& statement_spki);

  // The key of an agent; a gateway's own is made elsewhere, and told.
  const certs::keys::PrivateKey& KeyOf(std::string_view name);
  void SetKey(std::string_view name, certs::keys::PrivateKey key);

  // Gives the acts their keys and something to open their commitments, and signs them.
  Signed Sign(Acts acts, const Names& signers);

  // A transfer of 1 KiB through the exchange of the notes.
  Signed Send();

 private:
  const certs::keys::PrivateKey& KeyOfAgent(const std::string& agent);
  void MakeReal(statement::v1::Act& act, std::vector<record::v1::Attachment>& attachments);
  void OpenCommitments(google::protobuf::Message& message,
                       std::vector<record::v1::Attachment>& attachments);

  TownNotes notes_;
  const gateway::base::Clock& clock_;
  gateway::base::Random& random_;
  World world_{Stage::kEmpty};
  std::map<std::string, certs::keys::PrivateKey> keys_;
};

// Submits and waits. OK iff the rules accepted it and it is durable.
absl::Status Carry(gateway::core::Convention& convention, const gateway::core::Request& request);

}  // namespace passerelle::tests

#endif  // PASSERELLE_TESTS_BENCH_TOWN_H_
