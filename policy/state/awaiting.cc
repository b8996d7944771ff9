// The acts of a compromised key that wait, found by a walk through every row that remembers where
// it comes from.
#include <algorithm>
#include <map>

#include "policy/state/query.h"

namespace passerelle::policy::state {
namespace {

using record::v1::Provenance;

// Tells `visit` every act that a row rests on. Stops and freezes are not among them: a brake holds
// whoever pulled it, and is lifted rather than ratified. Nor are ratifications, which are done
// again.
template <typename Visit>
void VisitActs(const State& state, Visit visit) {
  const auto each = [](const auto& table, auto f) {
    table.Scan("", [&](const std::string&, const auto& row) {
      f(row);
      return true;
    });
  };
  each(state.adhesions, [&](const auto& row) { visit(row.adhered()); });
  each(state.deeds, [&](const auto& row) { visit(row.recorded()); });
  each(state.keys, [&](const auto& row) { visit(row.enrolled()); });
  each(state.mandates, [&](const auto& row) {
    visit(row.given());
    for (const auto& ending : row.endings()) visit(ending.ended());
  });
  each(state.datasets, [&](const auto& row) { visit(row.declaration()); });
  each(state.exchanges, [&](const auto& row) {
    for (const Provenance* act :
         {&row.proposal(), &row.opinion(), &row.decision(), &row.register_entry()})
      visit(*act);
    for (const auto& recommendation : row.recommendations()) visit(recommendation.answered());
  });
  each(state.freezes, [&](const auto& row) { visit(row.lifted()); });
  each(state.transfers, [&](const auto& row) {
    visit(row.submitted());
    for (const auto& share : row.deliveries()) visit(share.ruling());
  });
}

}  // namespace

std::vector<Provenance> AwaitingRatification(const State& state, std::string_view fingerprint,
                                             int64_t time_ms) {
  std::map<std::string, Provenance> found;
  VisitActs(state, [&](const Provenance& act) {
    const auto& keys = act.keys();
    if (std::find(keys.begin(), keys.end(), fingerprint) != keys.end() &&
        !Stands(state, act, time_ms))
      found.emplace(KeyOf(act.act()), act);
  });
  std::vector<Provenance> awaiting;
  awaiting.reserve(found.size());
  for (auto& [key, act] : found) awaiting.push_back(std::move(act));
  return awaiting;
}

}  // namespace passerelle::policy::state
