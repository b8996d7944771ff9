// The doctor on the operator's machine: disk, clock, keys, logs and guards, conventions. Reads
// only, beside a gateway that serves.
#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "audit/checkpoint/note.h"
#include "audit/log/guard.h"
#include "audit/log/log.h"
#include "audit/log/sqlite_store.h"
#include "gateway/base/bytes.h"
#include "gateway/base/civil.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/machine.h"
#include "gateway/base/status.h"
#include "gateway/cli/doctor.h"
#include "gateway/cli/show.h"
#include "gateway/core/host.h"
#include "gateway/core/now.h"
#include "gateway/core/replay.h"
#include "policy/state/query.h"

namespace passerelle::gateway::cli {
namespace {

using audit::log::Head;

constexpr uint64_t kMib = 1024 * 1024;
// Warned of at this many times what is as good as full.
constexpr uint64_t kLowFactor = 4;
constexpr uint64_t kLeastFiles = 1000;

void CheckSpace(const App& app, const std::string& path, int64_t least_mib, Diagnosis& diagnosis) {
  const absl::StatusOr<base::Space> space = base::SpaceAt(path);
  if (!space.ok()) return diagnosis.Failed("disk", space.status());
  const auto least = static_cast<uint64_t>(least_mib);
  const uint64_t free = space->bytes / kMib;
  const std::string detail = absl::StrCat(path, ", ", free, app.Say(" Mio", " MiB"));
  const bool no_files = space->all_files > 0 && space->files < kLeastFiles;
  if (free < least || no_files)
    diagnosis.Found("disk", "disk-full", absl::StrCat(detail, " < ", least));
  else if (free / kLowFactor < least)
    diagnosis.Found("disk", "disk-low", absl::StrCat(detail, " < ", least * kLowFactor));
  else
    diagnosis.Fine("disk", detail);
}

// Whether the keys are there and only their owner reads them. False when one is missing.
bool CheckKeys(const std::string& name, const std::string& folder, Diagnosis& diagnosis) {
  const absl::StatusOr<std::vector<std::string>> files = base::ListFolder(folder);
  if (!files.ok()) {
    diagnosis.Found("keys", "keys-missing", folder);
    return false;
  }
  bool fine = true;
  for (const char* file : {"checkpoint.key", "statement.key", "kek-1"})
    if (std::find(files->begin(), files->end(), file) == files->end()) {
      diagnosis.Found("keys", "keys-missing", absl::StrCat(folder, "/", file));
      fine = false;
    }
  bool open = false;
  for (const std::string& file : *files) {
    const std::string path = absl::StrCat(folder, "/", file);
    const absl::StatusOr<int> mode = base::PermissionsOf(path);
    if (!mode.ok() || (*mode & 077) == 0) continue;
    diagnosis.Found("keys", "keys-open", path);
    open = true;
  }
  if (fine && !open) diagnosis.Fine("keys", name);
  return fine;
}

// The head that the guard remembers; nothing when it is missing or empty. Never makes one.
absl::StatusOr<std::optional<Head>> Remembered(const std::string& path, const std::string& origin) {
  if (!base::Exists(path)) return std::optional<Head>();
  ASSIGN_OR_RETURN(const std::unique_ptr<audit::log::Guard> guard,
                   audit::log::Guard::Open(path, origin));
  return guard->last();
}

void CheckGuard(const App& app, const std::string& path,
                const absl::StatusOr<std::optional<Head>>& remembered, const audit::log::Log& log,
                Diagnosis& diagnosis) {
  if (!remembered.ok()) return diagnosis.Failed("guard", remembered.status());
  if (!remembered->has_value()) return diagnosis.Found("guard", "guard-missing", path);
  const Head& seen = **remembered;
  const uint64_t size = log.head().size;
  const std::string sizes = absl::StrCat(path, ", ", size, " < ", seen.size);
  if (size < seen.size) return diagnosis.Found("guard", "log-behind-guard", sizes);
  const absl::StatusOr<base::Digest> root = log.RootAt(seen.size);
  if (!root.ok() || *root != seen.root) return diagnosis.Found("guard", "log-forked", path);
  diagnosis.Fine("guard",
                 absl::StrCat(path, ", ", seen.size, app.Say(" inscriptions", " entries")));
}

bool HasDpo(const policy::state::State& state, const std::string& party, const policy::Now& now) {
  bool found = false;
  state.mandates.Scan("", [&](const std::string&, const record::v1::MandateRow& row) {
    found = row.role() == statement::v1::ROLE_DPO && row.party() == party &&
            policy::state::InForce(state, row, now.time_ms, now.civil_date);
    return !found;
  });
  return found;
}

// Every party that holds data.
void CheckDpos(const policy::state::State& state, const policy::Now& now, Diagnosis& diagnosis) {
  std::set<std::string> holders;
  state.datasets.Scan("", [&](const std::string&, const record::v1::DatasetRow& row) {
    holders.insert(row.controller());
    return true;
  });
  std::vector<std::string> without;
  for (const std::string& party : holders)
    if (!HasDpo(state, party, now)) without.push_back(party);
  if (!without.empty()) return diagnosis.Found("dpo", "dpo-none", absl::StrJoin(without, ", "));
  diagnosis.Fine("dpo", absl::StrJoin(holders, ", "));
}

// What needs the convention's own clock.
void CheckNow(App& app, const policy::state::State& state, Diagnosis& diagnosis) {
  const record::v1::FoundingRow& founding = *state.founding();
  const int64_t now_ms = app.clock().WallMs() + founding.settings().clock_shift_ms();
  const int64_t behind_ms = state.time_ms() - now_ms;
  if (behind_ms > base::kMaxClockRetreatMs)
    diagnosis.Found(
        "clock", "clock-behind-log",
        absl::StrCat(base::ToIsoInstant(now_ms), " < ", base::ToIsoInstant(state.time_ms())));
  const absl::StatusOr<policy::Now> now = core::NowIn(founding.convention().zone(), now_ms);
  if (!now.ok()) return diagnosis.Failed("clock", now.status());
  CheckDpos(state, *now, diagnosis);
}

void CheckConvention(App& app, const core::HostPaths& paths, const std::string& name,
                     Diagnosis& diagnosis) {
  const core::StoragePaths storage = core::PathsOf(paths, name);
  if (!CheckKeys(name, storage.folder + "/keys", diagnosis)) return;
  // Before the log, which only grows: a gateway that serves writes its guard behind the log.
  const auto signer = core::LoadSigner(storage.folder);
  if (!signer.ok()) return diagnosis.Failed("convention", base::InContext(signer.status(), name));
  const absl::StatusOr<std::optional<Head>> remembered =
      Remembered(storage.guard, (*signer)->verifier().name());
  const auto recompute = [&] { return Recompute(storage.folder, **signer); };
  const absl::StatusOr<Recomputed> recomputed = recompute();
  if (!recomputed.ok())
    return diagnosis.Failed("convention", base::InContext(recomputed.status(), name));
  const uint64_t size = recomputed->log->head().size;
  if (size == 0) return diagnosis.Found("convention", "convention-not-enacted", name);
  if (recomputed->state.founding()->environment() == statement::v1::ENVIRONMENT_PRODUCTION)
    diagnosis.Found("convention", "convention-gates", name);
  else
    diagnosis.Fine("convention",
                   absl::StrCat(name, ", ", size, app.Say(" inscriptions", " entries")));
  CheckGuard(app, storage.guard, remembered, *recomputed->log, diagnosis);
  CheckNow(app, recomputed->state, diagnosis);
  ExamineOthers(app, *recomputed, (*signer)->verifier(), recompute, diagnosis);
}

}  // namespace

absl::StatusOr<Recomputed> Recompute(const std::string& folder,
                                     const audit::checkpoint::NoteSigner& signer) {
  if (!base::Exists(folder + "/audit.db"))
    return base::Error(absl::StatusCode::kNotFound, "FILE_MISSING", "",
                       absl::StrCat(folder, "/audit.db: there is no such file"));
  Recomputed recomputed;
  ASSIGN_OR_RETURN(recomputed.store, audit::log::OpenSqliteStore(folder + "/audit.db"));
  core::Replay replay(recomputed.state);
  ASSIGN_OR_RETURN(recomputed.log, replay.ReadAll(*recomputed.store, signer));
  return recomputed;
}

void ExamineInstallation(App& app, Installation installation, Diagnosis& diagnosis) {
  if (!installation.data.empty()) {
    if (installation.guards.empty()) installation.guards = core::DefaultGuards(installation.data);
    const core::HostPaths paths{installation.data, installation.guards};
    CheckSpace(app, paths.data, installation.least_mib, diagnosis);
    CheckSpace(app, paths.guards, installation.least_mib, diagnosis);
    if (base::IsClockKept())
      diagnosis.Fine("clock", base::ToIsoInstant(app.clock().WallMs()));
    else
      diagnosis.Found("clock", "clock-unkept", base::ToIsoInstant(app.clock().WallMs()));
    const absl::StatusOr<std::vector<std::string>> names =
        base::ListFolder(paths.data + "/conventions");
    if (!names.ok() || names->empty())
      diagnosis.Found("convention", "convention-none", paths.data);
    else
      for (const std::string& name : *names) CheckConvention(app, paths, name, diagnosis);
  }
  if (!installation.certificate.empty()) ExamineServer(app, installation, diagnosis);
}

}  // namespace passerelle::gateway::cli
