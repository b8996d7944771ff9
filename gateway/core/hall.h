// The one hall: every change of state, whoever causes it, takes these steps in this order.
#ifndef PASSERELLE_GATEWAY_CORE_HALL_H_
#define PASSERELLE_GATEWAY_CORE_HALL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "audit/entry/codec.h"
#include "audit/log/log.h"
#include "gateway/base/clock.h"
#include "gateway/base/random.h"
#include "gateway/core/admission.h"
#include "gateway/core/group.h"
#include "gateway/core/request.h"
#include "gateway/core/staging.h"
#include "gateway/vault/vault.h"
#include "passerelle/statement/v1/data.pb.h"
#include "policy/state/state.h"

namespace passerelle::gateway::core {

// What becomes of a transfer whose payload has not come yet.
struct Foreseen {
  statement::v1::TransferSubmitted manifest;
  // Whether its bytes are wanted: not when the log has the statement already, or when the rules
  // refuse it whatever the payload is.
  bool wanted = false;
  // What the payload is checked against.
  statement::v1::DatasetDeclared dataset;
  std::vector<std::string> commune_codes;
};

// The steps of one convention. Admit is thread-safe; Carry comes from one thread at a time.
class Hall {
 public:
  // Everything must outlive the hall.
  Hall(audit::log::Log& log, vault::Vault& vault, Staging& staging, const base::Clock& clock,
       base::Random& random)
      : log_(log), vault_(vault), staging_(staging), clock_(clock), random_(random) {}

  // Statement, verify, observe: parallel, before the sequencer. `committed` must not change
  // meanwhile. An error leaves no trace; what the rules refuse is not an error.
  absl::StatusOr<Admitted> Admit(const policy::state::State& committed, const Request& request);

  // foresee.cc. Judges the manifest of a payload of `length` bytes that is about to come as a
  // stream, as Admit and Decide will once it has come. Records nothing. The errors of Admit.
  absl::StatusOr<Foreseen> Foresee(const policy::state::State& committed,
                                   const std::string& envelope, uint64_t length);

  // Decide, append, apply: decides each statement in order on a draft of the state, then makes the
  // group durable: vault first, log second, checkpoint third. On success the group's draft is to be
  // published and its callers answered; on an error nothing was recorded, save LOG_UNKNOWN and
  // VAULT_UNKNOWN, on which the process must end. A group has bounds: statements at the end of
  // `pending` for which it holds no outcome come again. REQUIRES: `pending` is not empty.
  absl::StatusOr<Group> Carry(const policy::state::State& committed,
                              absl::Span<const Pending> pending);

 private:
  // The first steps of both: the exact bytes, read strictly, through the right door, with every
  // signature.
  absl::StatusOr<audit::entry::SignedStatement> Receive(const policy::state::State& committed,
                                                        Door door, const std::string& envelope);

  audit::log::Log& log_;
  vault::Vault& vault_;
  Staging& staging_;
  const base::Clock& clock_;
  base::Random& random_;
  KeyCache keys_;
};

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_HALL_H_
