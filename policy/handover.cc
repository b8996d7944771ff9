// What the gateway may do of its own motion: hand over, state a retention, erase.
#include <set>
#include <string>
#include <vector>

#include "policy/decide.h"
#include "policy/rules/checks.h"
#include "policy/state/indexes.h"

namespace passerelle::policy {
namespace {

using record::v1::TransferRow;
using state::State;

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
  std::set<std::string> keys;  // one may be over by its day and by its instant
  const auto take = [&](std::string_view key, const TransferRow& transfer) {
    if (!rules::IsRetentionOver(transfer, now.time_ms, now.civil_date)) return false;
    keys.emplace(key);
    return true;
  };
  state::VisitTransfersByLastDay(state, take);
  state::VisitTransfersByDestruction(state, take);
  return {keys.begin(), keys.end()};
}

RetentionAhead NextRetention(const State& state) {
  RetentionAhead ahead;
  state::VisitTransfersByLastDay(state, [&](std::string_view, const TransferRow& transfer) {
    ahead.retain_until = transfer.retain_until();
    return false;
  });
  state::VisitTransfersByDestruction(state, [&](std::string_view, const TransferRow& transfer) {
    ahead.destroy_after_ms = transfer.destroy_after_ms();
    return false;
  });
  return ahead;
}

}  // namespace passerelle::policy
