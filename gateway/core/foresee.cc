// What will become of a transfer whose payload has not come yet: the hall's steps on its manifest.
#include <algorithm>
#include <utility>

#include "certs/keys/dsse.h"
#include "gateway/base/status.h"
#include "gateway/core/hall.h"
#include "gateway/core/now.h"
#include "gateway/core/observe.h"
#include "policy/assume.h"
#include "policy/decide.h"
#include "policy/state/query.h"

namespace passerelle::gateway::core {

absl::StatusOr<Foreseen> Hall::Foresee(const policy::state::State& committed,
                                       const std::string& envelope, uint64_t length) {
  ASSIGN_OR_RETURN(const audit::entry::SignedStatement received,
                   Receive(committed, Door::kTransfers, envelope));
  RETURN_IF_ERROR(CheckManifest(received.statement, length));
  Foreseen foreseen;
  foreseen.manifest = received.statement.acts(0).transfer_submitted();
  const base::Digest digest = certs::keys::StatementDigest(received.envelope.payload());
  ASSIGN_OR_RETURN(const auto refused, vault_.FindRefused(digest));
  const record::v1::DatasetRow* dataset =
      committed.datasets.Find(policy::state::KeyOf(foreseen.manifest.dataset()));
  if (committed.statements.Find(base::View(digest)) != nullptr || refused.has_value() ||
      dataset == nullptr)
    return foreseen;
  Request coming;
  coming.streamed.emplace();
  record::v1::Observed observed = Observe(committed, log_, coming, received.statement, digest);
  record::v1::ActObserved& act = *observed.mutable_acts(0);
  act.set_attachments(record::v1::CHECK_HOLDS);
  *act.mutable_payload() = policy::AssumePayload(committed, foreseen.manifest);
  ASSIGN_OR_RETURN(const policy::Now now, NowIn(committed.founding()->convention().zone(),
                                                std::max(clock_.WallMs(), committed.time_ms())));
  foreseen.wanted =
      policy::DecideSet(committed, {received.statement, digest, envelope.size(), observed}, now)
          .has_recorded();
  foreseen.dataset = dataset->declared();
  foreseen.commune_codes = policy::state::CommuneCodes(committed.founding()->convention(),
                                                       foreseen.dataset.geography_year());
  return foreseen;
}

}  // namespace passerelle::gateway::core
