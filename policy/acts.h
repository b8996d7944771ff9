// The one list of acts: what each kind has to pass, what its decision derives, what it changes.
#ifndef PASSERELLE_POLICY_ACTS_H_
#define PASSERELLE_POLICY_ACTS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "gateway/base/digest.h"
#include "passerelle/record/v1/decision.pb.h"
#include "passerelle/record/v1/state.pb.h"
#include "passerelle/statement/v1/statement.pb.h"
#include "policy/rules/judgement.h"
#include "policy/state/state.h"

namespace passerelle::policy {

// An accepted act on its way into the state. Everything outlives the call.
struct ActEffect {
  state::State& state;
  const statement::v1::Act& act;
  // The act's name.
  const statement::v1::ActRef& ref;
  const record::v1::Outcome& outcome;
  // What Decide saw of the act.
  const record::v1::ActObserved& observed;
  // Of the entry: position, leaf hash, record time and its civil date; of the statement: digest.
  uint64_t index;
  const gateway::base::Digest& leaf;
  int64_t time_ms;
  const convention::v1::Date& civil_date;
  const gateway::base::Digest& digest;
};

// Where an accepted act comes from: its name, its record time, the keys of its carriers.
record::v1::Provenance ProvenanceOf(const ActEffect& effect);

// Adds what is particular to the kind of act to an outcome that has carriers and instant already.
using Derive = void (*)(const rules::Judgement&, record::v1::Outcome&);

// Copies an outcome into the state. DATA_LOSS when it contradicts the state; the state may then be
// half changed, so it is called on drafts only.
using ApplyAct = absl::Status (*)(const ActEffect&);

// One kind of act.
struct ActSpec {
  statement::v1::Act::BodyCase body;
  // Every check, in order. The default refusal (rules::Conclude) comes after them.
  absl::Span<const rules::Check> checks;
  Derive derive;
  ApplyAct apply;
};

// The kind of an act's case, or null: an act that is not listed is refused.
const ActSpec* FindSpec(statement::v1::Act::BodyCase body);

// outcomes.cc
void DeriveNothing(const rules::Judgement& j, record::v1::Outcome& outcome);
void DeriveMandate(const rules::Judgement& j, record::v1::Outcome& outcome);
void DeriveKeyStop(const rules::Judgement& j, record::v1::Outcome& outcome);
void DeriveExchange(const rules::Judgement& j, record::v1::Outcome& outcome);
void DeriveOpinion(const rules::Judgement& j, record::v1::Outcome& outcome);
void DeriveDecision(const rules::Judgement& j, record::v1::Outcome& outcome);
void DeriveAnswer(const rules::Judgement& j, record::v1::Outcome& outcome);
void DeriveFreeze(const rules::Judgement& j, record::v1::Outcome& outcome);
void DeriveTransfer(const rules::Judgement& j, record::v1::Outcome& outcome);
void DeriveRuling(const rules::Judgement& j, record::v1::Outcome& outcome);
void DeriveAcknowledgement(const rules::Judgement& j, record::v1::Outcome& outcome);
void DeriveHandover(const rules::Judgement& j, record::v1::Outcome& outcome);

// apply_people.cc
absl::Status ApplyConventionEnacted(const ActEffect& effect);
absl::Status ApplyPartyAdhered(const ActEffect& effect);
absl::Status ApplyDeedRecorded(const ActEffect& effect);
absl::Status ApplyAgentEnrolled(const ActEffect& effect);
absl::Status ApplyMandateGiven(const ActEffect& effect);
absl::Status ApplySettingsEnacted(const ActEffect& effect);
absl::Status ApplyShardOpened(const ActEffect& effect);
absl::Status ApplyReceiptPresented(const ActEffect& effect);
absl::Status ApplyMandateEnded(const ActEffect& effect);
absl::Status ApplyKeyStopped(const ActEffect& effect);
absl::Status ApplyKeyReinstated(const ActEffect& effect);

// apply_exchange.cc
absl::Status ApplyDatasetDeclared(const ActEffect& effect);
absl::Status ApplyExchangeProposed(const ActEffect& effect);
absl::Status ApplyDpoOpinionGiven(const ActEffect& effect);
absl::Status ApplyExchangeDecided(const ActEffect& effect);
absl::Status ApplyRegisterEntryRecorded(const ActEffect& effect);
absl::Status ApplyRecommendationAnswered(const ActEffect& effect);
absl::Status ApplyFreezePlaced(const ActEffect& effect);
absl::Status ApplyFreezeLifted(const ActEffect& effect);
absl::Status ApplyTransferSubmitted(const ActEffect& effect);
absl::Status ApplyTransferRuled(const ActEffect& effect);
absl::Status ApplyTransferAcknowledged(const ActEffect& effect);
absl::Status ApplyContentHandedOver(const ActEffect& effect);
absl::Status ApplyRetentionReached(const ActEffect& effect);
absl::Status ApplyPayloadErased(const ActEffect& effect);
absl::Status ApplyPartyHeads(const ActEffect& effect);
absl::Status ApplyCheckpointStamped(const ActEffect& effect);

}  // namespace passerelle::policy

#endif  // PASSERELLE_POLICY_ACTS_H_
