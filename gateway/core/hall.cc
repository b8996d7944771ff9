#include "gateway/core/hall.h"

#include <utility>

#include "audit/entry/codec.h"
#include "certs/keys/dsse.h"
#include "gateway/base/status.h"
#include "gateway/core/observe.h"

namespace passerelle::gateway::core {

absl::StatusOr<Admitted> Hall::Admit(const policy::state::State& committed,
                                     const Request& request) {
  // 1. Statement: the exact bytes, read strictly, through the right door.
  ASSIGN_OR_RETURN(statement::v1::Envelope envelope,
                   audit::entry::DecodeEnvelope(request.envelope));
  Admitted admitted;
  ASSIGN_OR_RETURN(admitted.statement, audit::entry::DecodeStatement(envelope.payload()));
  RETURN_IF_ERROR(CheckDoor(request.door, admitted.statement));

  // 2. Verify and observe. Nothing is decided, cached or logged before every signature verifies.
  RETURN_IF_ERROR(VerifySigners(committed, keys_, admitted.statement, envelope));
  ASSIGN_OR_RETURN(admitted.contents, SealContents(request, admitted.statement, vault_));
  admitted.observed = Observe(committed, log_, request, admitted.statement);
  admitted.digest = certs::keys::StatementDigest(envelope.payload());
  admitted.envelope = request.envelope;
  admitted.seen_size = request.seen_size;
  return admitted;
}

absl::StatusOr<Group> Hall::Carry(const policy::state::State& committed,
                                  absl::Span<const Pending> pending) {
  ASSIGN_OR_RETURN(Group group, Group::Begin(committed, pending.front().admitted, clock_));
  for (const Pending& next : pending) {
    // The same statement again returns the same entry.
    ASSIGN_OR_RETURN(const bool repeated, group.FindRepeated(next.admitted, vault_));
    if (repeated) continue;
    // 3. Decide, on a draft that holds the group's earlier statements.
    record::v1::Entry entry = group.Decide(next.admitted);
    // 5. Apply: copies the outcome into the draft as each entry is finished.
    RETURN_IF_ERROR(group.Add(std::move(entry), next.admitted, random_));
  }
  // A group of repetitions has nothing to append.
  if (group.leaves().empty()) return group;
  // 4. Append: vault, then log, each in one durable commit; then the checkpoint is signed.
  RETURN_IF_ERROR(vault_.Commit(group.contents(), group.refused()));
  const absl::Status appended = log_.Append(group.leaves(), group.time_ms());
  // What the vault holds beyond the head belongs to nobody.
  if (base::ReasonOf(appended) == "LOG_FULL") RETURN_IF_ERROR(vault_.Sweep(log_.head().size));
  RETURN_IF_ERROR(appended);
  // 6. Receipt: the caller publishes the draft, then answers (core/convention.cc, core/receipt.cc).
  return group;
}

}  // namespace passerelle::gateway::core
