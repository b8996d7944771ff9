#include "gateway/core/succession.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/checkpoint.h"
#include "audit/entry/codec.h"
#include "audit/log/sqlite_store.h"
#include "audit/succession/succession.h"
#include "certs/keys/dsse.h"
#include "gateway/base/files.h"
#include "gateway/base/mutex.h"
#include "gateway/base/secret.h"
#include "gateway/base/status.h"
#include "gateway/core/convention.h"
#include "gateway/core/hall.h"
#include "gateway/core/replay.h"
#include "policy/decide.h"
#include "policy/state/indexes.h"
#include "policy/state/snapshot.h"
#include "policy/state/succession.h"

namespace passerelle::gateway::core {
namespace {

using audit::checkpoint::Checkpoint;
using audit::checkpoint::NoteSigner;
using audit::checkpoint::NoteVerifier;
using audit::log::Log;
using policy::state::State;

// How long erasures may take at the opening, and how often they are looked at.
constexpr int kErasureLooks = 3000;
constexpr int64_t kLookMs = 10;

absl::Status Rename(const std::string& from, const std::string& to) {
  std::error_code error;
  std::filesystem::rename(from, to, error);
  if (error)
    return base::Error(absl::StatusCode::kUnavailable, "FILE_ERROR", "",
                       absl::StrCat(from, ": ", error.message()));
  return base::SyncFolder(std::filesystem::path(to).parent_path().string());
}

// A log without its guard, and the state that it comes to.
struct Read {
  std::unique_ptr<audit::log::LogStore> store;
  State state;
  std::unique_ptr<Log> log;
};

absl::StatusOr<std::unique_ptr<Read>> ReadLog(const StoragePaths& paths, const NoteSigner& signer) {
  auto read = std::make_unique<Read>();
  ASSIGN_OR_RETURN(read->store, audit::log::OpenSqliteStore(paths.folder + "/audit.db"));
  Replay replay(read->state);
  ASSIGN_OR_RETURN(read->log, replay.ReadAll(*read->store, signer));
  if (read->state.founding() == nullptr)
    return base::Error(absl::StatusCode::kFailedPrecondition, "NOT_ENACTED", "",
                       "the log is empty");
  return read;
}

absl::Status CheckHeld(const record::v1::FoundingRow& founding, const NoteSigner& signer) {
  if (founding.checkpoint_vkey() == signer.verifier().ToVkey()) return absl::OkStatus();
  return base::Error(absl::StatusCode::kFailedPrecondition, "CHECKPOINT_KEY", "",
                     "keys/checkpoint.key is not the key that the log names; put that one back");
}

// The largest of the checkpoints; each must be one of the log that is left, as far as it is left.
absl::StatusOr<std::pair<Checkpoint, std::string>> FindClosing(
    const Read& read, const NoteVerifier& own, const std::vector<std::string>& notes) {
  const audit::log::SignedHead head = read.log->signed_head();
  std::pair<Checkpoint, std::string> largest = {
      {read.log->origin(), head.head.size, head.head.root}, head.checkpoint};
  for (const std::string& note : notes) {
    const absl::StatusOr<Checkpoint> shown =
        audit::checkpoint::OpenCheckpoint(note, own, read.log->origin());
    if (!shown.ok()) return base::AtPath(shown.status(), "closing");
    if (shown->size <= head.head.size) {
      ASSIGN_OR_RETURN(const base::Digest root, read.log->RootAt(shown->size));
      if (root != shown->root)
        return base::Corrupt("LOG_FORKED", absl::StrCat("the log signed another checkpoint of ",
                                                        shown->size, " entries than these"));
    }
    // Of the same size, one that others cosigned.
    if (shown->size >= largest.first.size) largest = {*shown, note};
  }
  return largest;
}

// The key that was made for this succession, or a new one.
absl::StatusOr<NoteSigner> NextKey(const StoragePaths& paths, const std::string& origin,
                                   base::Random& random) {
  const std::string file = NextSignerFile(paths);
  if (base::Exists(file)) {
    ASSIGN_OR_RETURN(NoteSigner held, LoadSignerFrom(file));
    if (held.verifier().name() == origin) return held;
  }
  RETURN_IF_ERROR(audit::checkpoint::CheckOrigin(origin));
  ASSIGN_OR_RETURN(NoteSigner made, NoteSigner::FromSeed(origin, base::Secret(random.Bytes(32))));
  RETURN_IF_ERROR(base::WriteFile(file, made.ToText().RevealSecret(), base::FileMode::kPrivate));
  return made;
}

// Appended only when it is accepted: nothing may be recorded under the new key before it.
absl::Status CheckAccepted(const State& state, const Admitted& admitted, const base::Clock& clock) {
  ASSIGN_OR_RETURN(const Group trial, Group::Begin(state, admitted, clock));
  const record::v1::Entry entry = trial.Decide(admitted);
  if (entry.has_recorded()) return absl::OkStatus();
  const record::v1::Finding& first = entry.refused().findings(0);
  return base::Malformed("SUCCESSION_REFUSED", first.path(),
                         absl::StrCat("it is refused: ", first.rule(), " ", first.code()));
}

// Appends the entry under the new key.
absl::Status Append(const StoragePaths& paths, const NoteSigner& next, const std::string& envelope,
                    const base::Clock& clock, base::Random& random) {
  ASSIGN_OR_RETURN(const std::unique_ptr<vault::Keyring> keyring,
                   vault::Keyring::Open(paths.folder + "/keys", random));
  ASSIGN_OR_RETURN(const std::unique_ptr<vault::Vault> vault,
                   vault::Vault::Open(paths.folder, *keyring, random));
  ASSIGN_OR_RETURN(const std::unique_ptr<Read> read, ReadLog(paths, next));
  // What the vault holds beyond the entries that are left belongs to none of them.
  RETURN_IF_ERROR(vault->Sweep(read->log->head().size));
  const base::ShiftedClock shifted(clock, read->state.founding()->settings().clock_shift_ms());
  Staging none;
  Hall hall(*read->log, *vault, none, shifted, random);
  Request request;
  request.door = Door::kFounding;
  request.envelope = envelope;
  Pending opening;
  ASSIGN_OR_RETURN(opening.admitted, hall.Admit(read->state, request));
  const statement::v1::Statement& statement = opening.admitted.statement;
  if (statement.acts_size() != 1 || !statement.acts(0).has_shard_opened() ||
      statement.acts(0).shard_opened().checkpoint_vkey() != next.verifier().ToVkey())
    return base::Malformed("SUCCESSION", "statement.acts[0].shard_opened.checkpoint_vkey",
                           "it opens no log under keys/checkpoint.key.next");
  RETURN_IF_ERROR(CheckAccepted(read->state, opening.admitted, shifted));
  return hall.Carry(read->state, {&opening, 1}).status();
}

// Puts the new key and a guard of the new origin in the place of the old ones, each of which is
// kept.
absl::Status Settle(const StoragePaths& paths) {
  const std::string next = NextSignerFile(paths);
  if (base::Exists(next)) {
    const std::string held = SignerFile(paths);
    ASSIGN_OR_RETURN(const NoteSigner old, LoadSignerFrom(held));
    RETURN_IF_ERROR(
        base::WriteFile(held + ".closed", old.ToText().RevealSecret(), base::FileMode::kPrivate));
    RETURN_IF_ERROR(Rename(next, held));
  }
  ASSIGN_OR_RETURN(const NoteSigner signer, LoadSignerFrom(SignerFile(paths)));
  ASSIGN_OR_RETURN(const std::unique_ptr<Read> read, ReadLog(paths, signer));
  absl::StatusOr<std::unique_ptr<audit::log::Guard>> guard =
      audit::log::Guard::Open(paths.guard, read->log->origin());
  if (base::ReasonOf(guard.status()) == "GUARD_FOREIGN") {
    RETURN_IF_ERROR(Rename(paths.guard, paths.guard + ".closed"));
    guard = audit::log::Guard::Open(paths.guard, read->log->origin());
  }
  RETURN_IF_ERROR(guard.status());
  RETURN_IF_ERROR(
      read->log->KeepSnapshot(read->log->head(), policy::state::EncodeSnapshot(read->state)));
  RETURN_IF_ERROR((*guard)->Write(read->log->head()));
  // Both are made again, and are of the log that was closed.
  for (const char* file : {"/card", "/witnessed"}) {
    std::error_code error;
    std::filesystem::remove(paths.folder + file, error);
  }
  return base::SyncFolder(paths.folder);
}

// Whether a retention is over or a payload is to be destroyed.
bool IsErasureDue(const Convention& convention) {
  const absl::StatusOr<policy::Now> now = convention.Now();
  bool due = !now.ok();
  convention.Read([&](const State& state) {
    due = due || !policy::state::TransfersToErase(state).empty() ||
          !policy::RetentionsReached(state, *now).empty();
  });
  return due;
}

// What was erased since the copy was made is in it again: it goes before anything is served.
absl::Status Erase(const StoragePaths& paths, const base::Clock& clock, base::Random& random) {
  Pool pool(1);
  base::Mutex mutex;
  absl::Status fault;
  const auto hear = [&](const absl::Status& status) {
    base::MutexLock lock(mutex);
    if (fault.ok()) fault = status;
  };
  ASSIGN_OR_RETURN(
      const std::unique_ptr<Convention> convention,
      Convention::Open(paths, {clock, random, pool, hear,
                               [&](Fault, const absl::Status& status) { hear(status); }}));
  base::CondVar later;
  for (int look = 0; look < kErasureLooks && IsErasureDue(*convention); ++look) {
    convention->Tick();
    base::MutexLock lock(mutex);
    if (!fault.ok()) return fault;
    later.WaitFor(mutex, kLookMs);
  }
  if (!IsErasureDue(*convention)) return absl::OkStatus();
  return base::Error(absl::StatusCode::kUnavailable, "ERASURE_PENDING", "",
                     "payloads whose time is over are not all erased yet; run it again");
}

}  // namespace

absl::StatusOr<Remains> Examine(const StoragePaths& paths) {
  ASSIGN_OR_RETURN(const NoteSigner signer, LoadSignerFrom(SignerFile(paths)));
  ASSIGN_OR_RETURN(const std::unique_ptr<Read> read, ReadLog(paths, signer));
  RETURN_IF_ERROR(CheckHeld(*read->state.founding(), signer));
  const audit::log::SignedHead head = read->log->signed_head();
  return Remains{head.head, *read->state.founding(), head.checkpoint};
}

absl::StatusOr<statement::v1::ShardOpened> DraftSuccession(const StoragePaths& paths,
                                                           const SuccessionPlan& plan,
                                                           base::Random& random) {
  ASSIGN_OR_RETURN(const NoteSigner old_key, LoadSignerFrom(SignerFile(paths)));
  ASSIGN_OR_RETURN(const std::unique_ptr<Read> read, ReadLog(paths, old_key));
  RETURN_IF_ERROR(CheckHeld(*read->state.founding(), old_key));
  ASSIGN_OR_RETURN(const auto closing, FindClosing(*read, old_key.verifier(), plan.closings));
  if (plan.cause == statement::v1::SHARD_CAUSE_KEY_CHANGE &&
      closing.first.size != read->log->head().size)
    return base::Malformed(
        "CLOSING", "closing",
        absl::StrCat("somebody saw ", closing.first.size, " entries, and ", read->log->head().size,
                     " are left: this is a loss, not a change of key"));
  ASSIGN_OR_RETURN(const NoteSigner next, NextKey(paths, plan.origin, random));
  statement::v1::ShardOpened opened;
  opened.set_cause(plan.cause);
  opened.set_origin(plan.origin);
  opened.set_checkpoint_vkey(next.verifier().ToVkey());
  opened.set_closed_size(closing.first.size);
  opened.set_closed_root(base::ToBytes(closing.first.root));
  opened.set_closing(closing.second);
  ASSIGN_OR_RETURN(
      *opened.mutable_succession(),
      audit::succession::SignSuccession(read->state.founding()->log(), next, &old_key));
  return opened;
}

absl::StatusOr<Opened> OpenSuccession(const StoragePaths& paths, const std::string& envelope,
                                      const base::Clock& clock, base::Random& random) {
  ASSIGN_OR_RETURN(const audit::entry::SignedStatement signed_statement,
                   audit::entry::DecodeSigned(envelope));
  if (base::Exists(NextSignerFile(paths))) {
    ASSIGN_OR_RETURN(const NoteSigner next, LoadSignerFrom(NextSignerFile(paths)));
    bool appended = false;
    {
      ASSIGN_OR_RETURN(const std::unique_ptr<Read> read, ReadLog(paths, next));
      appended = read->state.founding()->checkpoint_vkey() == next.verifier().ToVkey();
    }
    if (!appended) RETURN_IF_ERROR(Append(paths, next, envelope, clock, random));
  }
  RETURN_IF_ERROR(Settle(paths));
  RETURN_IF_ERROR(Erase(paths, clock, random));
  ASSIGN_OR_RETURN(const NoteSigner signer, LoadSignerFrom(SignerFile(paths)));
  ASSIGN_OR_RETURN(const std::unique_ptr<Read> read, ReadLog(paths, signer));
  Opened opened;
  opened.founding = *read->state.founding();
  opened.statement = certs::keys::StatementDigest(signed_statement.envelope.payload());
  bool here = false;
  read->state.shards.Scan("", [&](const std::string&, const record::v1::ShardRow& shard) {
    opened.index = shard.index();
    opened.closed_size = shard.closed_size();
    here = shard.opened().act().statement() == base::View(opened.statement);
    return true;
  });
  if (here) return opened;
  return base::Malformed("SUCCESSION", "statement",
                         "this statement is not the one that opened this log last: draft it, have "
                         "both sign it, and open that file");
}

}  // namespace passerelle::gateway::core
