// One activity of the register: an exchange, with the entries that prove each of its steps.
#ifndef PASSERELLE_GATEWAY_SERVICE_REGISTER_ACTIVITY_H_
#define PASSERELLE_GATEWAY_SERVICE_REGISTER_ACTIVITY_H_

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gateway/base/digest.h"
#include "gateway/vault/vault.h"
#include "passerelle/record/v1/state.pb.h"
#include "passerelle/statement/v1/statement.pb.h"

namespace passerelle::gateway::service {

// A civil day as the number YYYYMMDD; 0: none.
using Day = uint32_t;

// A committed document: where its row stands in the vault, and what it must open.
struct CommittedText {
  vault::Position position;
  base::Digest commitment{};
};

// A dataset version.
struct RegisteredDataset {
  statement::v1::DatasetDeclared declared;
  std::optional<CommittedText> title;
};

// The sheet of one controller for one exchange, in its latest version.
struct RegisteredSheet {
  statement::v1::RegisterEntryRecorded entry;
  std::optional<CommittedText> text;
  // The entry of the log.
  uint64_t index = 0;
  // Days of the record of the first and of this version.
  Day first_recorded_on = 0;
  Day recorded_on = 0;
  // Whether it stands (state::Stands); a recipient's gates nothing, and always does.
  bool stands = true;
};

// The latest opinion.
struct RegisteredOpinion {
  statement::v1::DpoOpinionGiven given;
  uint64_t index = 0;
  Day recorded_on = 0;
  bool stands = true;
};

// The decision.
struct RegisteredDecision {
  statement::v1::Verdict verdict = statement::v1::VERDICT_UNSPECIFIED;
  uint64_t index = 0;
  Day recorded_on = 0;
  bool stands = true;
};

// A recommendation of the latest opinion, and where its answer in force stands.
struct RegisteredRecommendation {
  record::v1::RecommendationRow row;
  // Nothing when there is no answer.
  uint64_t index = 0;
  Day answered_on = 0;
};

// What happens in the life of an exchange, in the order in which its entries are listed.
enum class StepKind : uint8_t {
  kProposal,
  kOpinion,
  kRecommendation,
  kAnswer,
  kDecision,
  kSheet,
  kTransfer,
  kRuling,
  kHandover,
  kAcknowledgement,
  kFreeze,
  kFreezeConfirmation,
  kFreezeLift,
  // A day that went by: what proves it is the entry that placed the freeze.
  kFreezeLapse,
  kRetention,
  kErasure,
};

inline constexpr uint32_t kNoTransfer = std::numeric_limits<uint32_t>::max();

// One step: the entry that proves it, its day, the transfer it is of, if any, and the recipient
// whose share of it is meant (rulings, handovers, acknowledgements).
struct Step {
  StepKind kind = StepKind::kProposal;
  uint32_t transfer = kNoTransfer;
  Day day = 0;
  uint64_t index = 0;
  std::string party;
};

// Where a freeze stands.
enum class FreezeStanding : uint8_t { kInForce, kConfirmed, kLifted, kLapsed };

// One freeze, of the exchange or of a transfer; entries and days are 0 for what has not happened.
struct RegisteredFreeze {
  statement::v1::ActRef name;
  // The side that placed it.
  std::string party;
  uint32_t transfer = kNoTransfer;
  uint64_t index = 0, confirmed_index = 0, lifted_index = 0;
  Day placed_on = 0, confirmed_on = 0, lifted_on = 0;
  // Last day on which it stands unless confirmed.
  Day lapses_on = 0;
  FreezeStanding standing = FreezeStanding::kInForce;

  bool IsInForce() const {
    return standing == FreezeStanding::kInForce || standing == FreezeStanding::kConfirmed;
  }
};

// One transfer.
struct RegisteredTransfer {
  // Its name (state::KeyOf).
  std::string key;
  std::string period;
  uint64_t index = 0;
  Day recorded_on = 0;
  // Last day on which the payload is kept; instant after which it is destroyed, 0: that day.
  Day retain_until = 0;
  int64_t destroy_after_ms = 0;
  // The ground of the erasure (retention reached, or the last of the DPO's refusals) and the
  // erasure; 0: none.
  Day ground_on = 0;
  uint64_t ground_index = 0;
  Day erased_on = 0;
  // Whether the DPO refused it to every recipient.
  bool refused = false;
  // The recipients' shares, by party.
  std::vector<record::v1::DeliveryRow> shares;
};

// One exchange.
struct Activity {
  statement::v1::ActRef exchange;
  statement::v1::ExchangeProposed proposed;
  std::string holder;
  // One of them is empty: the recipient, or the code of the class of recipients.
  std::string recipient, recipient_class;
  // Who receives on the register's day (state::RecipientsOf), sorted; and who does or ever did.
  std::vector<std::string> recipients;
  std::set<std::string> receivers;
  // Whether transfers that went to others alone are left out: those here are no whole series.
  bool partial = false;
  RegisteredDataset dataset;
  std::optional<RegisteredOpinion> opinion;
  std::vector<RegisteredRecommendation> recommendations;
  std::optional<RegisteredDecision> decision;
  // The terms in force, and their last day of transfers.
  record::v1::TermsOutcome terms;
  Day until = 0;
  // By party: holder's, recipient's.
  std::map<std::string, RegisteredSheet> sheets;
  std::vector<RegisteredTransfer> transfers;
  // Every freeze, in the order of the log.
  std::vector<RegisteredFreeze> freezes;
  // Every step, in the order of the log.
  std::vector<Step> steps;

  // Whether there is something to register: a decision or a sheet.
  bool IsRegistered() const { return decision.has_value() || !sheets.empty(); }

  // Whether it takes place: approved, and nothing since says otherwise.
  bool IsApproved() const {
    return decision.has_value() && decision->verdict == statement::v1::VERDICT_APPROVED;
  }

  // Whether the party receives, or received.
  bool Receives(const std::string& party) const { return receivers.count(party) > 0; }

  // The entries of what it rests on and no longer stands: opinion, decision, the holder's sheet.
  std::vector<uint64_t> AwaitingRatification() const;

  // Whether a freeze of the exchange as a whole is in force.
  bool IsFrozen() const;

  // The accepted recommendations that no machine can enforce and that are not said to be carried
  // out: nothing is sent before (IX.2d).
  std::vector<const RegisteredRecommendation*> PendingRecommendations() const;

  // The entries that prove a kind of step, each once, in order: the transfers of one set stand in
  // one entry.
  std::vector<uint64_t> EntriesOf(StepKind kind) const;

  // Number of steps of a kind.
  size_t Count(StepKind kind) const;
};

}  // namespace passerelle::gateway::service

#endif  // PASSERELLE_GATEWAY_SERVICE_REGISTER_ACTIVITY_H_
