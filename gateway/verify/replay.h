// Rebuilds the state of a log from its entries alone and checks, entry by entry, what the hashes
// cannot: who signed, for which log, after which past, in which order.
#ifndef PASSERELLE_GATEWAY_VERIFY_REPLAY_H_
#define PASSERELLE_GATEWAY_VERIFY_REPLAY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "audit/entry/codec.h"
#include "certs/keys/key.h"
#include "gateway/base/digest.h"
#include "gateway/verify/fault.h"
#include "gateway/verify/signatures.h"
#include "gateway/verify/stamps.h"
#include "gateway/verify/tree.h"
#include "gateway/verify/verify.h"
#include "passerelle/record/v1/entry.pb.h"
#include "passerelle/statement/v1/statement.pb.h"
#include "policy/decide.h"
#include "policy/state/state.h"

namespace passerelle::gateway::verify {

// What a log lost, by its state; nothing when it lost nothing.
std::optional<Lost> LostBy(const policy::state::State& state);

// One log under verification. Entries come in order; after a fault, none may follow. Whether their
// signatures are right, `signatures` says, later: a fault there comes before one that Take finds in
// the same entry or a later one. Thread-compatible.
class Replay {
 public:
  // `origin` and `vkey` are those of the checkpoint; `evidence`: the folder of what came with the
  // export. `tree` holds every earlier entry when one is taken; it, `signatures` and the pinned log
  // must outlive the replay.
  Replay(std::string origin, std::string vkey, const std::string& evidence,
         const ExportOptions& options, const Tree& tree, Signatures& signatures)
      : origin_(std::move(origin)),
        vkey_(std::move(vkey)),
        options_(options),
        tree_(tree),
        signatures_(signatures),
        stamps_(evidence + "/stamps", [&tree](uint64_t size) { return tree.RootAt(size); }) {}

  // Takes the next entry: its exact bytes and its leaf hash.
  Check Take(uint64_t index, std::string_view bytes, const base::Digest& leaf);

  // Once every entry is taken: whether the log ends under the checkpoint's origin and key.
  Check Finish() const;

  const policy::state::State& state() const { return state_; }
  const base::Digest& log() const { return log_; }
  // Number of signatures of the entries taken.
  uint64_t signatures() const { return count_; }
  const StampCheck& stamps() const { return stamps_; }
  int64_t first_ms() const { return first_ms_; }
  // Number of entries interpreted: those before the first of a higher format minor.
  uint64_t interpreted() const { return interpreted_; }
  // Numbers of entries that were re-decided and not, as Verdict has them.
  uint64_t redecided() const { return redecided_; }
  uint64_t refused() const { return refused_; }
  const std::map<std::string, uint64_t>& other_engines() const { return other_engines_; }

 private:
  // An entry under examination.
  struct Item {
    uint64_t index;
    const base::Digest& leaf;
    const record::v1::Entry& entry;
  };
  // A recorded statement, decoded, and its digest.
  struct Recorded : audit::entry::SignedStatement {
    base::Digest digest{};
  };

  Fault At(const Item& item, std::string_view en, std::string_view fr) const;
  Fault At(const Item& item, std::string_view en, std::string_view fr,
           const absl::Status& status) const;

  Check TakeInterpreted(const Item& item);
  Check CheckTimes(const Item& item) const;
  Check CheckCivilDate(const Item& item, const std::string& zone) const;
  Check CheckLinks(const Item& item) const;
  Check Decode(const Item& item, Recorded& recorded) const;
  Check CheckGenesis(const Item& item, const Recorded& recorded) const;
  Check CheckHeader(const Item& item, const statement::v1::Header& header,
                    const base::Digest& digest) const;
  Check CheckSeen(const Item& item, const Recorded& recorded) const;
  bool WasSeen(const Item& item, const statement::v1::Seen& seen, const base::Digest& digest) const;
  Check CheckSuccessions(const Item& item, const Recorded& recorded) const;
  // Who signed, and that each might; takes the envelope over to those who verify it.
  Check CheckSigners(const Item& item, Recorded& recorded);
  Check CheckConcerned(const Item& item, const Recorded& recorded) const;
  Check CheckDecisions(const policy::AppliedEntry& applied);

  // The key of a signer, from entry 0 itself or from the state that earlier entries left.
  absl::StatusOr<certs::keys::PublicKey> FindKey(const Item& item, const Recorded& recorded,
                                                 const base::Digest& fingerprint);

  // Constant after construction.
  const std::string origin_;
  const std::string vkey_;
  const ExportOptions options_;
  const Tree& tree_;
  Signatures& signatures_;

  StampCheck stamps_;
  policy::state::State state_;
  base::Digest log_{};
  // Parsed keys by fingerprint: parsing costs as much as verifying.
  std::map<base::Digest, certs::keys::PublicKey> keys_;
  uint64_t count_ = 0;
  uint64_t interpreted_ = 0;
  uint64_t redecided_ = 0;
  uint64_t refused_ = 0;
  std::map<std::string, uint64_t> other_engines_;
  int64_t first_ms_ = 0;
  bool stopped_ = false;
};

}  // namespace passerelle::gateway::verify

#endif  // PASSERELLE_GATEWAY_VERIFY_REPLAY_H_
