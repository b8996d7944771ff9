#include "gateway/core/founding.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "audit/entry/codec.h"
#include "gateway/base/status.h"
#include "gateway/core/card.h"
#include "gateway/core/hall.h"
#include "gateway/core/receipt.h"

namespace passerelle::gateway::core {
namespace {

// Decide cannot know which keys this storage holds; entry 0 must name them, or nobody could go on.
absl::Status CheckKeys(const statement::v1::ConventionEnacted& enacted, const Storage& storage) {
  const FoundingKeys keys = PublicKeysOf(storage);
  if (enacted.checkpoint_vkey() != keys.checkpoint_vkey)
    return base::Malformed("CHECKPOINT_KEY", "statement.acts[0].convention_enacted.checkpoint_vkey",
                           "entry 0 names another checkpoint key than this data directory holds");
  if (enacted.origin() != storage.log->origin())
    return base::Malformed("ORIGIN", "statement.acts[0].convention_enacted.origin",
                           "entry 0 names another origin than this data directory holds");
  const auto& founding = enacted.founding_keys();
  const bool named = std::any_of(founding.begin(), founding.end(), [&](const auto& key) {
    return key.kind() == statement::v1::AGENT_KIND_GATEWAY && key.spki() == keys.statement_spki;
  });
  if (!named)
    return base::Malformed("STATEMENT_KEY", "statement.acts[0].convention_enacted.founding_keys",
                           "entry 0 does not name this gateway's statement key");
  return absl::OkStatus();
}

// The shift that the first settings ask for: entry 0 itself is recorded under it.
absl::StatusOr<int64_t> ClockShiftOf(const std::string& envelope_bytes) {
  ASSIGN_OR_RETURN(const audit::entry::SignedStatement founding,
                   audit::entry::DecodeSigned(envelope_bytes));
  return founding.statement.acts(0).convention_enacted().settings().clock_shift_ms();
}

// Entry 0 is appended only when it is accepted: a log cannot begin with a refusal.
absl::Status CheckAccepted(const policy::state::State& state, const Admitted& admitted,
                           const base::Clock& clock) {
  ASSIGN_OR_RETURN(const Group trial, Group::Begin(state, admitted, clock));
  const record::v1::Entry entry = trial.Decide(admitted);
  if (entry.has_recorded()) return absl::OkStatus();
  const record::v1::Finding& first = entry.refused().findings(0);
  return base::Malformed("FOUNDING_REFUSED", first.path(),
                         absl::StrCat("entry 0 is refused: ", first.rule(), " ", first.code()));
}

}  // namespace

FoundingKeys PublicKeysOf(const Storage& storage) {
  return {storage.signer->verifier().ToVkey(), storage.statement_key->public_key().spki()};
}

absl::StatusOr<Founded> Enact(const StoragePaths& paths, const std::string& envelope,
                              const base::Clock& clock, base::Random& random) {
  ASSIGN_OR_RETURN(
      const std::unique_ptr<Storage> storage,
      Storage::Open(paths, random, [](uint64_t, const std::string&, const base::Digest&) {
        return base::Error(absl::StatusCode::kAlreadyExists, "ENACTED", "",
                           "this log already has its entry 0");
      }));
  ASSIGN_OR_RETURN(const int64_t shift_ms, ClockShiftOf(envelope));
  const base::ShiftedClock shifted(clock, shift_ms);
  policy::state::State state;
  Staging none;
  Hall hall(*storage->log, *storage->vault, none, shifted, random);
  Request request;
  request.door = Door::kFounding;
  request.envelope = envelope;
  Pending founding;
  ASSIGN_OR_RETURN(founding.admitted, hall.Admit(state, request));
  RETURN_IF_ERROR(CheckKeys(founding.admitted.statement.acts(0).convention_enacted(), *storage));
  RETURN_IF_ERROR(CheckAccepted(state, founding.admitted, shifted));
  ASSIGN_OR_RETURN(Group group, hall.Carry(state, {&founding, 1}));
  RETURN_IF_ERROR(storage->log->WriteGuard());
  // Nothing is due in a log of one entry: its host need not open it before somebody asks for it.
  state.Absorb(group.draft());
  RETURN_IF_ERROR(WriteCard(paths.folder, CardOf(state, clock.WallMs() + kMaxRestMs)));
  Founded founded;
  ASSIGN_OR_RETURN(founded.log, storage->log->RootAt(1));
  ASSIGN_OR_RETURN(founded.receipt, MakeReceipt(*storage->log, group.outcomes()[0], 0));
  return founded;
}

}  // namespace passerelle::gateway::core
