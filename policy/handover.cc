// What the gateway may do of its own motion: hand over, state a retention, erase.
#include <algorithm>
#include <string>
#include <vector>

#include "policy/decide.h"
#include "policy/rules/checks.h"
#include "policy/state/indexes.h"

namespace passerelle::policy {
namespace {

using record::v1::TransferRow;
using state::State;

// Keys of the kept transfers that `wanted` picks.
template <typename Wanted>
std::vector<std::string> KeptTransfers(const State& state, Wanted wanted) {
  std::vector<std::string> keys;
  state::VisitKeptTransfers(state, [&](std::string_view key, const TransferRow& transfer) {
    if (wanted(transfer)) keys.emplace_back(key);
    return true;
  });
  return keys;
}

}  // namespace

Handover JudgeHandover(const State& state, std::string_view agent,
                       const statement::v1::ActRef& transfer, const Now& now) {
  rules::Findings findings;
  Handover handover;
  const TransferRow* row = state.transfers.Find(state::KeyOf(transfer));
  const record::v1::ExchangeRow* exchange =
      row == nullptr ? nullptr : state.exchanges.Find(state::KeyOf(row->exchange()));
  if (exchange == nullptr) {
    rules::RefuseUnknownTransfer(findings);
  } else {
    rules::CheckOperatorReads(state, agent, now.time_ms, now.civil_date, findings);
    handover.reader =
        rules::CheckReader(state, agent, *exchange, *row, now.time_ms, now.civil_date, findings);
    rules::CheckDeliverable(state, *row, handover.reader.party(), now.time_ms, now.civil_date, 0,
                            findings);
    rules::CheckNotFrozen(state, row->exchange(), transfer, now.time_ms, now.civil_date, 0,
                          findings);
  }
  handover.findings = findings.refusals();
  return handover;
}

std::vector<std::string> RetentionsReached(const State& state, const Now& now) {
  return KeptTransfers(state, [&](const TransferRow& transfer) {
    return !transfer.has_ground() && rules::IsRetentionOver(transfer, now.time_ms, now.civil_date);
  });
}

std::vector<std::string> ErasuresDue(const State& state) {
  return KeptTransfers(state, [](const TransferRow& transfer) { return transfer.has_ground(); });
}

RetentionAhead NextRetention(const State& state) {
  RetentionAhead ahead;
  const auto earlier = [](const convention::v1::Date& a, const convention::v1::Date& b) {
    return state::NumberOf(a) < state::NumberOf(b);
  };
  state::VisitKeptTransfers(state, [&](std::string_view, const TransferRow& transfer) {
    if (transfer.has_ground()) return true;
    if (transfer.destroy_after_ms() != 0)
      ahead.destroy_after_ms =
          std::min(ahead.destroy_after_ms.value_or(transfer.destroy_after_ms()),
                   transfer.destroy_after_ms());
    if (!ahead.retain_until.has_value() || earlier(transfer.retain_until(), *ahead.retain_until))
      ahead.retain_until = transfer.retain_until();
    return true;
  });
  return ahead;
}

}  // namespace passerelle::policy
