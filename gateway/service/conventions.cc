// ConventionService: what every party may read, and the keys of the caller's own parties.
#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "audit/entry/codec.h"
#include "certs/keys/dsse.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/service/page.h"
#include "gateway/service/service.h"
#include "gateway/service/view.h"
#include "policy/awaiting.h"
#include "policy/state/query.h"

namespace passerelle::gateway::service {
namespace {

using policy::state::KeyOf;
using policy::state::RefOf;
using policy::state::State;

// Acts of one key told as awaiting ratification.
constexpr int kMaxAwaiting = 64;

// The name of the ConventionEnacted act.
absl::StatusOr<statement::v1::ActRef> EnactedIn(const audit::log::Log& log) {
  ASSIGN_OR_RETURN(const std::vector<std::string> leaves, log.ReadEntries(0, 1));
  ASSIGN_OR_RETURN(const record::v1::Entry entry, audit::entry::DecodeLeaf(leaves[0]));
  ASSIGN_OR_RETURN(const statement::v1::Envelope envelope,
                   audit::entry::DecodeEnvelope(entry.recorded().envelope()));
  statement::v1::ActRef name;
  name.set_statement(base::ToBytes(certs::keys::StatementDigest(envelope.payload())));
  return name;
}

// The parties that answer for an agent or mandated it, now or ever.
std::set<std::string> PartiesOf(const State& state, const std::string& agent) {
  std::set<std::string> parties;
  if (const record::v1::AgentRow* row = state.agents.Find(agent)) parties.insert(row->party());
  for (const policy::state::HeldMandate& held : policy::state::MandatesOf(state, agent))
    parties.insert(held.row->party());
  return parties;
}

bool ListsKeysOf(const View& view, const std::string& agent, const std::string& only) {
  const std::set<std::string> parties = PartiesOf(view.state, agent);
  return std::any_of(parties.begin(), parties.end(), [&](const std::string& party) {
    return (only.empty() || party == only) &&
           (view.sight.whole_log() || view.sight.SeesParty(party));
  });
}

void AddKey(const View& view, const std::string& fingerprint, const record::v1::KeyRow& row,
            api::Key& key) {
  key.set_fingerprint(fingerprint);
  *key.mutable_row() = row;
  key.set_in_force(
      policy::state::KeyInForce(view.state, row, view.now.time_ms, view.now.civil_date));
  uint32_t omitted = 0;
  for (const statement::v1::ActRef& act :
       policy::AwaitingRatification(view.state, fingerprint, view.now.time_ms)) {
    if (key.awaiting_size() < kMaxAwaiting)
      *key.add_awaiting() = act;
    else
      ++omitted;
  }
  key.set_awaiting_omitted(omitted);
}

}  // namespace

void AddDataset(const State& state, const statement::v1::ActRef& name, api::Dataset& dataset) {
  *dataset.mutable_name() = name;
  const record::v1::DatasetRow* row = state.datasets.Find(KeyOf(name));
  if (row != nullptr) *dataset.mutable_row() = *row;
}

absl::StatusOr<api::ListConventionsResponse> ListConventions(
    const std::vector<Caller>& callers, const api::ListConventionsRequest& request) {
  policy::state::Table<Caller> by_log;
  for (const Caller& caller : callers) by_log.Put(caller.convention->log_name(), caller);
  api::ListConventionsResponse response;
  ASSIGN_OR_RETURN(*response.mutable_next_page_token(),
                   TakePage<Caller>(by_log, request.page_size(), request.page_token(),
                                    [&](const std::string& log, const Caller& caller) {
                                      api::ServedConvention& served = *response.add_conventions();
                                      served.set_log(log);
                                      caller.convention->Read([&](const State& state) {
                                        const record::v1::FoundingRow& row = *state.founding();
                                        served.set_slug(row.convention().slug());
                                        served.set_title(row.convention().title());
                                        served.set_environment(row.environment());
                                        served.set_origin(row.origin());
                                      });
                                      return true;
                                    }));
  return response;
}

absl::StatusOr<api::GetConventionResponse> GetConvention(const Caller& caller,
                                                         const api::GetConventionRequest&) {
  api::GetConventionResponse response;
  ASSIGN_OR_RETURN(*response.mutable_enacted(), EnactedIn(caller.convention->log()));
  caller.convention->Read(
      [&](const State& state) { *response.mutable_founding() = *state.founding(); });
  return response;
}

absl::StatusOr<api::ListPartiesResponse> ListParties(const Caller& caller,
                                                     const api::ListPartiesRequest& request) {
  api::ListPartiesResponse response;
  absl::StatusOr<std::string> next;
  caller.convention->Read([&](const State& state) {
    policy::state::Table<convention::v1::Party> by_id;
    for (const convention::v1::Party& party : state.founding()->convention().parties())
      by_id.Put(party.id(), party);
    next = TakePage<convention::v1::Party>(
        by_id, request.page_size(), request.page_token(),
        [&](const std::string& id, const convention::v1::Party& row) {
          api::Party& party = *response.add_parties();
          *party.mutable_party() = row;
          if (const record::v1::AdhesionRow* adhesion = state.adhesions.Find(id))
            *party.mutable_adhesion() = *adhesion;
          return true;
        });
  });
  ASSIGN_OR_RETURN(*response.mutable_next_page_token(), next);
  return response;
}

absl::StatusOr<api::ListMandatesResponse> ListMandates(const Caller& caller,
                                                       const api::ListMandatesRequest& request) {
  api::ListMandatesResponse response;
  absl::StatusOr<std::string> next;
  caller.convention->Read([&](const State& state) {
    next = TakePage<record::v1::MandateRow>(
        state.mandates, request.page_size(), request.page_token(),
        [&](const std::string& key, const record::v1::MandateRow& row) {
          if (!request.party().empty() && row.party() != request.party()) return false;
          api::Mandate& mandate = *response.add_mandates();
          *mandate.mutable_name() = RefOf(key);
          *mandate.mutable_row() = row;
          return true;
        });
  });
  ASSIGN_OR_RETURN(*response.mutable_next_page_token(), next);
  return response;
}

absl::StatusOr<api::ListKeysResponse> ListKeys(const Caller& caller,
                                               const api::ListKeysRequest& request) {
  return ReadAs<api::ListKeysResponse>(
      caller, [&](const View& view) -> absl::StatusOr<api::ListKeysResponse> {
        api::ListKeysResponse response;
        ASSIGN_OR_RETURN(*response.mutable_next_page_token(),
                         TakePage<record::v1::KeyRow>(
                             view.state.keys, request.page_size(), request.page_token(),
                             [&](const std::string& fingerprint, const record::v1::KeyRow& row) {
                               if (!ListsKeysOf(view, row.agent(), request.party())) return false;
                               AddKey(view, fingerprint, row, *response.add_keys());
                               return true;
                             }));
        return response;
      });
}

absl::StatusOr<api::ListDatasetsResponse> ListDatasets(const Caller& caller,
                                                       const api::ListDatasetsRequest& request) {
  api::ListDatasetsResponse response;
  absl::StatusOr<std::string> next;
  caller.convention->Read([&](const State& state) {
    if (request.slug().empty()) {
      next = TakePage<record::v1::SlugRow>(state.slugs, request.page_size(), request.page_token(),
                                           [&](const std::string&, const record::v1::SlugRow& row) {
                                             AddDataset(state, row.act(), *response.add_datasets());
                                             return true;
                                           });
      return;
    }
    next = TakePage<record::v1::DatasetRow>(
        state.datasets, request.page_size(), request.page_token(),
        [&](const std::string& key, const record::v1::DatasetRow& row) {
          if (row.declared().slug() != request.slug()) return false;
          AddDataset(state, RefOf(key), *response.add_datasets());
          return true;
        });
  });
  ASSIGN_OR_RETURN(*response.mutable_next_page_token(), next);
  return response;
}

absl::StatusOr<api::GetDatasetResponse> GetDataset(const Caller& caller,
                                                   const api::GetDatasetRequest& request) {
  api::GetDatasetResponse response;
  caller.convention->Read([&](const State& state) {
    AddDataset(state, request.dataset(), *response.mutable_dataset());
  });
  if (response.dataset().has_row()) return response;
  return base::Error(absl::StatusCode::kNotFound, "DATASET_UNKNOWN", "dataset",
                     "no such dataset version is recorded in this log");
}

}  // namespace passerelle::gateway::service
