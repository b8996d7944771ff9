// The register as a projection of the log: one activity an exchange, with the entries that prove
// each of its steps.
#ifndef PASSERELLE_GATEWAY_SERVICE_REGISTER_ACTIVITIES_H_
#define PASSERELLE_GATEWAY_SERVICE_REGISTER_ACTIVITIES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "audit/log/log.h"
#include "gateway/base/digest.h"
#include "gateway/vault/vault.h"
#include "passerelle/record/v1/entry.pb.h"
#include "passerelle/statement/v1/statement.pb.h"

namespace passerelle::gateway::service {

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
  // Civil dates of the record of the first and of this version.
  convention::v1::Date first_recorded_on;
  convention::v1::Date recorded_on;
};

// The opinion that stands, and the decision.
struct RegisteredOpinion {
  statement::v1::DpoOpinionGiven given;
  convention::v1::Date recorded_on;
};
struct RegisteredDecision {
  statement::v1::Verdict verdict = statement::v1::VERDICT_UNSPECIFIED;
  convention::v1::Date recorded_on;
};

// Indices of the log entries that prove each step, in order.
struct ActivityProofs {
  std::vector<uint64_t> proposal, opinions, decision, sheets, transfers, rulings, handovers,
      acknowledgements, retentions, erasures;
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
  // By party: holder's, recipient's.
  std::map<std::string, RegisteredSheet> sheets;
  // Periods of the transfers, in the order of the transfers.
  std::vector<std::string> periods;
  ActivityProofs proofs;

  // Whether there is something to register: a decision or a sheet.
  bool IsRegistered() const { return decision.has_value() || !sheets.empty(); }
};

// Reads entries in order into activities. Thread-compatible.
class ActivityReader {
 public:
  // Reads the whole log, once, up to the head at the call.
  static absl::StatusOr<ActivityReader> ReadLog(const audit::log::Log& log);

  // Reads one entry. DATA_LOSS when it does not decode.
  absl::Status Take(uint64_t index, const std::string& leaf);

  // Every exchange, in the order of its proposal.
  const std::vector<Activity>& activities() const { return activities_; }

  // Name and quality behind a mandate (state::KeyOf); null when it names no person.
  const CommittedText* FindPerson(const std::string& mandate) const;

 private:
  // An act with its name and its place.
  struct Act {
    const statement::v1::Act& body;
    const record::v1::Decision& decision;
    statement::v1::ActRef name;
    uint64_t index = 0;
    convention::v1::Date recorded_on;
  };
  static std::optional<CommittedText> TextOf(const Act& act, std::string_view path);
  static statement::v1::ActRef Resolve(const Act& act, const statement::v1::ActRef& ref);
  Activity* OfExchange(const Act& act, const statement::v1::ActRef& exchange);
  Activity* OfTransfer(const Act& act, const statement::v1::ActRef& transfer);
  void TakeAct(const Act& act);
  void TakeExchangeAct(const Act& act);
  void TakeTransferAct(const Act& act);
  void Propose(const Act& act);
  void RecordSheet(const Act& act);

  std::vector<Activity> activities_;
  // Keys (state::KeyOf) of exchanges and transfers, with positions in `activities_`.
  std::map<std::string, size_t> exchanges_;
  std::map<std::string, size_t> transfers_;
  std::map<std::string, RegisteredDataset> datasets_;
  std::map<std::string, CommittedText> persons_;
};

}  // namespace passerelle::gateway::service

#endif  // PASSERELLE_GATEWAY_SERVICE_REGISTER_ACTIVITIES_H_
