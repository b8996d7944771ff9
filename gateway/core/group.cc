#include "gateway/core/group.h"

#include <algorithm>

#include "audit/entry/codec.h"
#include "audit/merkle/merkle.h"
#include "gateway/base/commitment.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/core/now.h"
#include "gateway/core/receipt.h"
#include "gateway/vault/objects.h"
#include "policy/refused.h"
#include "policy/state/succession.h"

namespace passerelle::gateway::core {
namespace {

const std::string& ZoneOf(const policy::state::State& state, const Admitted& first) {
  return state.founding() != nullptr
             ? state.founding()->convention().zone()
             : first.statement.acts(0).convention_enacted().convention().zone();
}

int64_t ReaderOpeningMs(const policy::state::State& state) {
  constexpr int64_t kDayMs = int64_t{24} * 3600 * 1000;
  return state.founding()->settings().reader_opening_days() * kDayMs;
}

}  // namespace

absl::StatusOr<Group> Group::Begin(const policy::state::State& committed, const Admitted& first,
                                   const base::Clock& clock) {
  const int64_t wall = clock.WallMs();
  if (wall + base::kMaxClockRetreatMs < committed.time_ms())
    return base::Error(absl::StatusCode::kUnavailable, "CLOCK_BEHIND", "",
                       "the gateway's clock is more than two minutes behind its log; set it right");
  ASSIGN_OR_RETURN(policy::Now now,
                   NowIn(ZoneOf(committed, first), std::max(wall, committed.time_ms())));
  return Group(committed.Fork(), std::move(now));
}

absl::StatusOr<bool> Group::FindRepeated(const Admitted& admitted, const vault::Vault& vault) {
  const record::v1::StatementRow* row = draft_.statements.Find(base::View(admitted.digest));
  if (row != nullptr && admitted.statement.header().not_after_ms() >= now_.time_ms)
    return Repeat({row->index(), record::v1::EFFECT_UNSPECIFIED, ""});
  const auto here = refused_by_digest_.find(admitted.digest);
  if (here != refused_by_digest_.end()) {
    const vault::RefusedStatement& kept = refused_[here->second];
    return Repeat({kept.index, record::v1::EFFECT_REFUSED, kept.salt});
  }
  ASSIGN_OR_RETURN(const std::optional<vault::RefusedStatement> kept,
                   vault.FindRefused(admitted.digest));
  // What was refused as over before its receipt was presented is no longer.
  if (!kept.has_value() || policy::state::AwaitsRecord(draft_, base::View(admitted.digest)))
    return false;
  return Repeat({kept->index, record::v1::EFFECT_REFUSED, kept->salt});
}

bool Group::Repeat(Outcome earlier) {
  outcomes_.push_back(std::move(earlier));
  ++carried_.repeated;
  return true;
}

record::v1::Entry Group::Decide(const Admitted& admitted) const {
  return policy::DecideSet(
      draft_, {admitted.statement, admitted.digest, admitted.envelope.size(), admitted.observed},
      now_);
}

bool Group::Fits(const record::v1::Entry& entry, const Admitted& admitted) const {
  return carried_.log_bytes + policy::LeafBytes(entry, admitted.envelope.size()) <=
         base::kMaxGroupBytes;
}

absl::Status Group::Add(record::v1::Entry entry, const Admitted& admitted, base::Random& random) {
  const uint64_t index = draft_.size();
  Outcome outcome{index, EffectOf(entry), ""};
  entry.set_salt(random.Bytes(16));
  if (entry.has_recorded())
    entry.mutable_recorded()->set_envelope(admitted.envelope);
  else
    outcome.refused_salt = KeepRefused(entry, admitted, index, random);
  ASSIGN_OR_RETURN(std::string leaf, audit::entry::EncodeLeaf(entry));
  const statement::v1::Statement* statement = entry.has_recorded() ? &admitted.statement : nullptr;
  RETURN_IF_ERROR(policy::Apply(
      draft_, {entry, index, audit::merkle::LeafHash(leaf), statement, admitted.digest}));
  if (entry.has_recorded()) {
    recorded_.emplace_back(admitted.digest, index);
    PlaceContents(admitted, index);
    for (const statement::v1::Act& act : admitted.statement.acts())
      orders_erasure_ |= act.has_transfer_ruled() || act.has_retention_reached();
  }
  Count(entry, outcome.effect);
  carried_.log_bytes += leaf.size();
  leaves_.push_back(std::move(leaf));
  outcomes_.push_back(std::move(outcome));
  return absl::OkStatus();
}

const std::string* Group::FindLeaf(uint64_t index) const {
  return index < first_ ? nullptr : &leaves_[index - first_];
}

void Group::Count(const record::v1::Entry& entry, record::v1::Effect effect) {
  if (effect == record::v1::EFFECT_ACCEPTED)
    ++carried_.accepted;
  else if (effect == record::v1::EFFECT_NOTED)
    ++carried_.noted;
  else
    carried_.refused.push_back(entry.refused().findings(0).rule());
}

std::string Group::KeepRefused(record::v1::Entry& entry, const Admitted& admitted, uint64_t index,
                               base::Random& random) {
  std::string salt = random.Bytes(32);
  entry.mutable_refused()->set_salted_digest(
      base::ToBytes(base::RefusedDigest(salt, admitted.digest)));
  refused_by_digest_.emplace(admitted.digest, refused_.size());
  refused_.push_back(
      {admitted.digest, index, salt, admitted.envelope, now_.time_ms + base::kRefusedKeptMs});
  return salt;
}

void Group::PlaceContents(const Admitted& admitted, uint64_t index) {
  for (const SealedContent& content : admitted.contents) {
    vault::Placed placed{{index, content.ordinal, content.slot}, content.sealed, 0};
    if (content.sealed.record_class == vault::RecordClass::kIncidentalPerson)
      placed.expires_ms = now_.time_ms + ReaderOpeningMs(draft_);
    carried_.vault_bytes += content.sealed.ciphertext.size();
    if (content.sealed.object != nullptr) carried_.vault_bytes += content.sealed.object->bytes();
    contents_.push_back(std::move(placed));
  }
}

}  // namespace passerelle::gateway::core
