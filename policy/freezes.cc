#include "policy/freezes.h"

#include <string>

#include "policy/state/query.h"

namespace passerelle::policy {
namespace {

bool InForce(const state::State& state, const record::v1::FreezeRow& freeze, const Now& now) {
  if (!state::Stands(state, freeze.placed(), now.time_ms)) return false;
  if (freeze.has_lifted() && state::Stands(state, freeze.lifted(), now.time_ms)) return false;
  return freeze.has_confirmed() || !freeze.has_lapses_on() ||
         state::NumberOf(now.civil_date) <= state::NumberOf(freeze.lapses_on());
}

}  // namespace

std::vector<HeldFreeze> FreezesOf(const state::State& state, const statement::v1::ActRef& target,
                                  const Now& now) {
  std::vector<HeldFreeze> held;
  const std::string prefix = state::KeyOf(target);
  state.freezes_by_target.Scan(prefix, [&](const std::string& key, const state::State::Mark&) {
    const std::string freeze = key.substr(prefix.size());
    const record::v1::FreezeRow* row = state.freezes.Find(freeze);
    if (row != nullptr && InForce(state, *row, now)) held.push_back({state::RefOf(freeze), row});
    return true;
  });
  return held;
}

}  // namespace passerelle::policy
