#include "gateway/core/hall.h"

#include <utility>

#include "certs/keys/dsse.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"
#include "gateway/core/observe.h"

namespace passerelle::gateway::core {
namespace {

// Any error of a commit but a full disk leaves in doubt what is durable: the process ends.
absl::Status InDoubt(const absl::Status& committed) {
  if (!absl::IsAborted(committed)) return committed;
  return base::Error(absl::StatusCode::kInternal, "VAULT_UNKNOWN", "",
                     base::Std(committed.message()));
}

// Whether an error of the log says that nothing was written.
bool WroteNothing(const absl::Status& appended) {
  const std::string reason = base::ReasonOf(appended);
  return reason == "LOG_FULL" || reason == "LOG_GROUP" || reason == "LOG_TIME";
}

}  // namespace

absl::StatusOr<audit::entry::SignedStatement> Hall::Receive(const policy::state::State& committed,
                                                            Door door,
                                                            const std::string& envelope) {
  // 1. Statement: the exact bytes, read strictly, through the right door.
  ASSIGN_OR_RETURN(audit::entry::SignedStatement received, audit::entry::DecodeSigned(envelope));
  RETURN_IF_ERROR(CheckDoor(door, received.statement));
  RETURN_IF_ERROR(CheckWitnessKeys(received.statement));
  // 2. Verify: nothing is decided, cached or logged before every signature does.
  RETURN_IF_ERROR(VerifySigners(committed, keys_, received.statement, received.envelope));
  return received;
}

absl::StatusOr<Admitted> Hall::Admit(const policy::state::State& committed,
                                     const Request& request) {
  ASSIGN_OR_RETURN(audit::entry::SignedStatement received,
                   Receive(committed, request.door, request.envelope));
  Admitted admitted;
  admitted.statement = std::move(received.statement);
  // And observe.
  ASSIGN_OR_RETURN(admitted.contents, SealContents(request, admitted.statement, vault_, staging_));
  admitted.digest = certs::keys::StatementDigest(received.envelope.payload());
  admitted.observed = Observe(committed, log_, request, admitted.statement, admitted.digest);
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
    // What the group has no room for, the next one takes.
    if (!group.Fits(entry, next.admitted)) break;
    // 5. Apply: copies the outcome into the draft as each entry is finished.
    RETURN_IF_ERROR(group.Add(std::move(entry), next.admitted, random_));
  }
  // A group of repetitions has nothing to append.
  if (group.leaves().empty()) return group;
  // 4. Append: vault, then log, each in one durable commit; then the checkpoint is signed.
  RETURN_IF_ERROR(InDoubt(vault_.Commit(group.contents(), group.refused())));
  const absl::Status appended = log_.Append(group.leaves(), group.time_ms());
  // What the vault holds beyond the head belongs to nobody.
  if (WroteNothing(appended)) RETURN_IF_ERROR(vault_.Sweep(log_.head().size));
  RETURN_IF_ERROR(appended);
  // 6. Receipt: the caller publishes the draft, then answers (core/convention.cc, core/receipt.cc).
  return group;
}

}  // namespace passerelle::gateway::core
