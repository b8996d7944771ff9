// The register as a projection of the log: one activity an exchange.
#ifndef PASSERELLE_GATEWAY_SERVICE_REGISTER_ACTIVITIES_H_
#define PASSERELLE_GATEWAY_SERVICE_REGISTER_ACTIVITIES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "gateway/core/replay.h"
#include "gateway/service/register_activity.h"
#include "passerelle/record/v1/entry.pb.h"
#include "passerelle/record/v1/state.pb.h"
#include "passerelle/statement/v1/statement.pb.h"
#include "policy/state/state.h"

namespace passerelle::gateway::service {

// Reads entries in order into activities, beside the state that decisions rest on, rebuilt from the
// same entries: what holds on a day is asked of it. Keeps what concerns the party, and the
// directory of persons. Thread-compatible.
class ActivityReader {
 public:
  // Reads for the register of one party; of the whole convention when it is empty.
  explicit ActivityReader(std::string party) : party_(std::move(party)) {}
  ActivityReader(const ActivityReader&) = delete;
  ActivityReader& operator=(const ActivityReader&) = delete;

  // Reads the entry at an index. DATA_LOSS, naming it, when it contradicts the log before it.
  absl::Status Take(uint64_t index, const std::string& leaf);

  // Asks the state what holds at an instant of a day. REQUIRES: every entry is read; called once.
  void Settle(int64_t time_ms, Day day);

  // Every exchange, in the order of its proposal, as settled.
  const std::vector<Activity>& activities() const { return activities_; }

  // The convention and the settings in force. REQUIRES: entry 0 is read.
  const record::v1::FoundingRow& founding() const { return *state_.founding(); }

  // Number of entries read, and the record time of the last one.
  uint64_t entries() const { return state_.size(); }
  int64_t time_ms() const { return state_.time_ms(); }

  // Name and quality of who holds an office of a party at an instant of a day, titulars before
  // deputies; null when nobody does, or the mandate names no person.
  const CommittedText* FindOfficeHolder(const std::string& party, statement::v1::Role role,
                                        int64_t time_ms, Day day) const;

 private:
  // An act with its name and its place.
  struct Act {
    const statement::v1::Act& body;
    const record::v1::Outcome& outcome;
    statement::v1::ActRef name;
    uint64_t index = 0;
    Day day = 0;
  };
  // Where a transfer or a freeze stands: its activity, and its place there.
  struct Place {
    size_t activity = 0;
    uint32_t at = 0;
  };
  static std::optional<CommittedText> TextOf(const Act& act, std::string_view path);
  static std::string KeyIn(const Act& act, const statement::v1::ActRef& ref);
  Activity* OfExchange(const Act& act, const statement::v1::ActRef& exchange);
  // The place of a transfer or a freeze; null when it concerns others.
  static const Place* Find(const absl::flat_hash_map<std::string, Place>& places, const Act& act,
                           const statement::v1::ActRef& ref);
  static void AddStep(Activity& activity, const Act& act, StepKind kind,
                      uint32_t transfer = kNoTransfer, std::string party = {});
  // Whether the register shows the share of a recipient: the holder's shows every one, a
  // recipient's its own alone.
  bool Shows(const Activity& activity, const std::string& recipient) const;
  void TakeAct(const Act& act);
  void TakeExchangeAct(const Act& act);
  void TakeTransferAct(const Act& act);
  void TakeFreezeAct(const Act& act);
  void Propose(const Act& act);
  void Opine(const Act& act);
  void Answer(const Act& act);
  void RecordSheet(const Act& act);
  void Submit(const Act& act);
  // Of a transfer: the steps of shares, or its end.
  void Share(const Act& act, const statement::v1::ActRef& transfer, StepKind kind,
             const std::vector<std::string>& recipients);
  void End(const Act& act, const statement::v1::ActRef& transfer, StepKind kind);
  void Freeze(const Act& act);
  void Settle(Activity& activity, int64_t time_ms, const convention::v1::Date& today) const;
  void SettleFreezes(Activity& activity, int64_t time_ms, const convention::v1::Date& today) const;

  const std::string party_;
  policy::state::State state_;
  core::Replay replay_{state_};
  std::vector<Activity> activities_;
  // By name (state::KeyOf).
  absl::flat_hash_map<std::string, size_t> exchanges_;
  absl::flat_hash_map<std::string, Place> transfers_, freezes_;
  // What the state has not: titles of datasets and persons of mandates, by the name of the act.
  absl::flat_hash_map<std::string, CommittedText> titles_, persons_;
};

}  // namespace passerelle::gateway::service

#endif  // PASSERELLE_GATEWAY_SERVICE_REGISTER_ACTIVITIES_H_
