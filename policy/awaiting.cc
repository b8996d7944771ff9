#include "policy/awaiting.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/functional/function_ref.h"
#include "passerelle/record/v1/state.pb.h"
#include "policy/state/query.h"

namespace passerelle::policy {
namespace {

using record::v1::Provenance;
using state::State;

using Visit = absl::FunctionRef<void(const Provenance&)>;

void VisitPeople(const State& state, Visit visit) {
  state.keys.Scan("", [&](const std::string&, const record::v1::KeyRow& row) {
    visit(row.enrolled());
    for (const record::v1::KeyStopRow& stop : row.stops()) visit(stop.reinstated());
    return true;
  });
  state.mandates.Scan("", [&](const std::string&, const record::v1::MandateRow& row) {
    visit(row.given());
    for (const record::v1::MandateEndingRow& ending : row.endings()) visit(ending.ended());
    return true;
  });
  state.ratified.Scan("", [&](const std::string&, const record::v1::RatifiedRow& row) {
    visit(row.reinstated());
    return true;
  });
}

void VisitParties(const State& state, Visit visit) {
  state.adhesions.Scan("", [&](const std::string&, const record::v1::AdhesionRow& row) {
    visit(row.adhered());
    return true;
  });
  state.deeds.Scan("", [&](const std::string&, const record::v1::DeedRow& row) {
    visit(row.recorded());
    return true;
  });
  state.datasets.Scan("", [&](const std::string&, const record::v1::DatasetRow& row) {
    visit(row.declaration());
    return true;
  });
}

void VisitExchanges(const State& state, Visit visit) {
  state.exchanges.Scan("", [&](const std::string&, const record::v1::ExchangeRow& row) {
    visit(row.proposal());
    visit(row.opinion());
    visit(row.decision());
    visit(row.register_entry());
    for (const record::v1::RecommendationRow& recommendation : row.recommendations())
      visit(recommendation.answered());
    return true;
  });
  state.freezes.Scan("", [&](const std::string&, const record::v1::FreezeRow& row) {
    visit(row.placed());
    visit(row.lifted());
    return true;
  });
  state.transfers.Scan("", [&](const std::string&, const record::v1::TransferRow& row) {
    visit(row.submitted());
    for (const record::v1::DeliveryRow& share : row.deliveries()) visit(share.ruling());
    return true;
  });
}

}  // namespace

std::vector<statement::v1::ActRef> AwaitingRatification(const State& state,
                                                        std::string_view fingerprint,
                                                        int64_t time_ms) {
  std::vector<statement::v1::ActRef> awaiting;
  const record::v1::KeyRow* key = state.keys.Find(fingerprint);
  if (key == nullptr ||
      std::none_of(key->stops().begin(), key->stops().end(), [](const auto& stop) {
        return stop.cause() == statement::v1::STOP_CAUSE_COMPROMISED;
      }))
    return awaiting;
  std::set<std::string> names;
  const auto visit = [&](const Provenance& act) {
    if (std::find(act.keys().begin(), act.keys().end(), fingerprint) != act.keys().end() &&
        !state::Stands(state, act, time_ms))
      names.insert(state::KeyOf(act.act()));
  };
  VisitPeople(state, visit);
  VisitParties(state, visit);
  VisitExchanges(state, visit);
  for (const std::string& name : names) awaiting.push_back(state::RefOf(name));
  return awaiting;
}

}  // namespace passerelle::policy
