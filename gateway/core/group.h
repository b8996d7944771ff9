// A group of statements on its way through the hall: the draft of the state, the entries, what the
// vault is to hold.
#ifndef PASSERELLE_GATEWAY_CORE_GROUP_H_
#define PASSERELLE_GATEWAY_CORE_GROUP_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/base/clock.h"
#include "gateway/base/random.h"
#include "gateway/core/measure.h"
#include "gateway/core/request.h"
#include "gateway/vault/vault.h"
#include "passerelle/record/v1/entry.pb.h"
#include "policy/decide.h"
#include "policy/state/state.h"

namespace passerelle::gateway::core {

// What one statement of a group is answered with.
struct Outcome {
  // Its entry; of a repeated statement, the earlier one.
  uint64_t index = 0;
  // Unspecified for a repeated statement: the entry says.
  record::v1::Effect effect = record::v1::EFFECT_UNSPECIFIED;
  // The salt of a refusal.
  std::string refused_salt;
};

// Movable; thread-compatible.
class Group {
 public:
  // Begins a group above a committed state, at one record time: the wall's, never before the last
  // entry's. UNAVAILABLE (reason CLOCK_BEHIND) when the wall is more than two minutes behind the
  // log. `first` is the group's first statement: entry 0 brings the zone of its own civil date.
  static absl::StatusOr<Group> Begin(const policy::state::State& committed, const Admitted& first,
                                     const base::Clock& clock);

  // Whether this log or this group has already decided a statement; its outcome is then the
  // earlier one. A recorded statement past its `not_after` is forgotten, a refused one when the
  // vault forgets it: it is refused once, however often it comes.
  absl::StatusOr<bool> FindRepeated(const Admitted& admitted, const vault::Vault& vault);

  // Decides a statement on the draft.
  record::v1::Entry Decide(const Admitted& admitted) const;

  // Whether the log takes the group with this entry; the first one always fits.
  bool Fits(const record::v1::Entry& entry, const Admitted& admitted) const;

  // Finishes an entry (salt, envelope or salted digest), encodes its leaf, applies it to the draft
  // and takes over what the vault is to hold.
  absl::Status Add(record::v1::Entry entry, const Admitted& admitted, base::Random& random);

  const std::vector<std::string>& leaves() const { return leaves_; }
  // The leaf of an entry of this group; null for an earlier entry.
  const std::string* FindLeaf(uint64_t index) const;
  const std::vector<vault::Placed>& contents() const { return contents_; }
  const std::vector<vault::RefusedStatement>& refused() const { return refused_; }
  // One a statement, in order, until the group was full.
  const std::vector<Outcome>& outcomes() const { return outcomes_; }
  // Digests and positions of the recorded statements, for the permanent index.
  const std::vector<std::pair<base::Digest, uint64_t>>& recorded() const { return recorded_; }
  // Whether a statement of the group gives a ground to destroy a payload.
  bool orders_erasure() const { return orders_erasure_; }
  int64_t time_ms() const { return now_.time_ms; }
  // What the group did so far, its duration left out.
  const Carried& carried() const { return carried_; }
  policy::state::State& draft() { return draft_; }

 private:
  Group(policy::state::State draft, policy::Now now)
      : draft_(std::move(draft)), now_(std::move(now)), first_(draft_.size()) {}
  std::string KeepRefused(record::v1::Entry& entry, const Admitted& admitted, uint64_t index,
                          base::Random& random);
  void PlaceContents(const Admitted& admitted, uint64_t index);
  bool Repeat(Outcome earlier);
  void Count(const record::v1::Entry& entry, record::v1::Effect effect);

  policy::state::State draft_;
  policy::Now now_;
  // Index of its first entry.
  uint64_t first_;
  std::vector<std::string> leaves_;
  std::vector<vault::Placed> contents_;
  std::vector<vault::RefusedStatement> refused_;
  absl::flat_hash_map<base::Digest, size_t> refused_by_digest_;
  std::vector<Outcome> outcomes_;
  std::vector<std::pair<base::Digest, uint64_t>> recorded_;
  bool orders_erasure_ = false;
  Carried carried_;
};

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_GROUP_H_
