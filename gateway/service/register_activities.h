// The register as a projection of the log: one activity an exchange, with the entries that prove
// each of its steps.
#ifndef PASSERELLE_GATEWAY_SERVICE_REGISTER_ACTIVITIES_H_
#define PASSERELLE_GATEWAY_SERVICE_REGISTER_ACTIVITIES_H_

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "gateway/base/digest.h"
#include "gateway/vault/vault.h"
#include "passerelle/record/v1/entry.pb.h"
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
};

// The opinion that stands.
struct RegisteredOpinion {
  statement::v1::DpoOpinionGiven given;
  uint64_t index = 0;
  Day recorded_on = 0;
};

// The decision.
struct RegisteredDecision {
  statement::v1::Verdict verdict = statement::v1::VERDICT_UNSPECIFIED;
  uint64_t index = 0;
  Day recorded_on = 0;
};

// What happens in the life of an exchange, in the order in which its entries are listed.
enum class StepKind : uint8_t {
  kProposal,
  kOpinion,
  kDecision,
  kSheet,
  kTransfer,
  kRuling,
  kHandover,
  kAcknowledgement,
  kRetention,
  kErasure,
};

inline constexpr uint32_t kNoTransfer = std::numeric_limits<uint32_t>::max();

// One step: the entry that proves it, its day, and the transfer it is of, if any.
struct Step {
  StepKind kind = StepKind::kProposal;
  uint32_t transfer = kNoTransfer;
  Day day = 0;
  uint64_t index = 0;
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
  // The ground of the erasure (retention reached, or the DPO's refusal) and the erasure; 0: none.
  Day ground_on = 0;
  uint64_t ground_index = 0;
  Day erased_on = 0;
  bool refused = false;
  uint32_t handovers = 0;
  uint32_t acknowledgements = 0;
};

// One exchange.
struct Activity {
  statement::v1::ActRef exchange;
  statement::v1::ExchangeProposed proposed;
  std::string holder;
  std::string recipient;
  RegisteredDataset dataset;
  std::optional<RegisteredOpinion> opinion;
  std::optional<RegisteredDecision> decision;
  // Last day of transfers: as asked until the opinion, then as its conditions leave it.
  Day until = 0;
  // By party: holder's, recipient's.
  std::map<std::string, RegisteredSheet> sheets;
  std::vector<RegisteredTransfer> transfers;
  // Every step, in the order of the log.
  std::vector<Step> steps;

  // Whether there is something to register: a decision or a sheet.
  bool IsRegistered() const { return decision.has_value() || !sheets.empty(); }

  // Whether it takes place: approved, and nothing since says otherwise.
  bool IsApproved() const {
    return decision.has_value() && decision->verdict == statement::v1::VERDICT_APPROVED;
  }

  // Whether the party receives.
  bool Receives(const std::string& party) const { return party == recipient; }

  // The entries that prove a kind of step, each once, in order: the transfers of one set stand in
  // one entry.
  std::vector<uint64_t> EntriesOf(StepKind kind) const;

  // Number of steps of a kind.
  size_t Count(StepKind kind) const;
};

// Reads entries in order into activities. Keeps what concerns the party, and the directory of
// persons. Thread-compatible.
class ActivityReader {
 public:
  // Reads for the register of one party; of the whole convention when it is empty.
  explicit ActivityReader(std::string party) : party_(std::move(party)) {}

  // Reads the entry at an index. DATA_LOSS when it does not decode.
  absl::Status Take(uint64_t index, const std::string& leaf);

  // Every exchange, in the order of its proposal.
  const std::vector<Activity>& activities() const { return activities_; }

  // The convention and the settings in force; nothing before entry 0.
  const statement::v1::ConventionEnacted& founding() const { return founding_; }

  // Number of entries read, and the record time of the last one.
  uint64_t entries() const { return entries_; }
  int64_t time_ms() const { return time_ms_; }

  // Name and quality of who holds an office of a party at an instant of a day, titulars before
  // deputies; null when nobody does, or the mandate names no person.
  const CommittedText* FindOfficeHolder(const std::string& party, statement::v1::Role role,
                                        int64_t time_ms, Day day) const;

 private:
  // An act with its name and its place.
  struct Act {
    const statement::v1::Act& body;
    const record::v1::Decision& decision;
    statement::v1::ActRef name;
    uint64_t index = 0;
    Day day = 0;
  };
  // A mandate of an office, and its person.
  struct OfficeMandate {
    record::v1::MandateRow row;
    std::optional<CommittedText> person;
  };
  // Where a transfer stands: its activity, and its place there.
  struct Place {
    size_t activity = 0;
    uint32_t transfer = 0;
  };
  static std::optional<CommittedText> TextOf(const Act& act, std::string_view path);
  static std::string KeyIn(const Act& act, const statement::v1::ActRef& ref);
  Activity* OfExchange(const Act& act, const statement::v1::ActRef& exchange);
  // Adds a step of a transfer and returns the transfer; null when it concerns others.
  RegisteredTransfer* StepOf(const Act& act, const statement::v1::ActRef& transfer, StepKind kind);
  static void AddStep(Activity& activity, const Act& act, StepKind kind,
                      uint32_t transfer = kNoTransfer);
  void TakeAct(const Act& act);
  void TakeMandate(const Act& act);
  void TakeExchangeAct(const Act& act);
  void TakeTransferAct(const Act& act);
  void Propose(const Act& act);
  void RecordSheet(const Act& act);
  void Submit(const Act& act);
  void Rule(const Act& act);

  const std::string party_;
  statement::v1::ConventionEnacted founding_;
  uint64_t entries_ = 0;
  int64_t time_ms_ = 0;
  std::vector<Activity> activities_;
  // By name (state::KeyOf).
  absl::flat_hash_map<std::string, size_t> exchanges_;
  absl::flat_hash_map<std::string, Place> transfers_;
  std::map<std::string, RegisteredDataset> datasets_;
  // Mandates of offices (DPO, representative) by party, in the order of the log.
  std::map<std::string, std::vector<OfficeMandate>> offices_;
};

}  // namespace passerelle::gateway::service

#endif  // PASSERELLE_GATEWAY_SERVICE_REGISTER_ACTIVITIES_H_
