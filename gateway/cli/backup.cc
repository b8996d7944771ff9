// passerelle backup: a copy of a data directory while its gateway goes on serving.
//
// What holds of the copy of each convention:
//   - it is the log as it stood at one instant, with the vault of the same instant: log and vault
//     are held on to together, and again, until nothing was committed to the log between the two.
//     So whatever the copied log says is in the vault is in the copied vault, and the ground of
//     whatever has been erased from that vault is in the copied log;
//   - what the copied log says is erased is in no byte of it (an erasure is recorded once its bytes
//     are gone). A copy made before an erasure holds what was erased since: keep copies no longer
//     than the shortest retention allows, or destroy the epoch of the key;
//   - it was opened and replayed as at a start: every hash, the state, every document and payload.
//     `checkpoint` beside it is the signed head that it leads to.
// Objects (content that came as a stream) are files that never change: they are copied after the
// two snapshots, and so are time stamps. An object that was erased meanwhile is missed by the
// replay, and the convention is copied again; one that came meanwhile is removed by it, since no
// copied row names it. Writers are never waited for and never wait, save an erasure that falls due
// meanwhile: it is done when the vault has been copied. Keys are not in the copy: whoever holds
// both can decrypt and sign;
// --keys-to puts them elsewhere. The guards stay where they are: a copy that is put back says
// itself that it is old (`passerelle recover`).
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "audit/log/snapshot.h"
#include "audit/log/sqlite_store.h"
#include "gateway/base/bytes.h"
#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"
#include "gateway/cli/app.h"
#include "gateway/cli/messages.h"
#include "gateway/cli/progress.h"
#include "gateway/cli/show.h"
#include "gateway/core/replay.h"
#include "gateway/core/storage.h"

namespace passerelle::gateway::cli {
namespace {

using audit::log::CommitWatch;
using audit::log::Head;
using audit::log::Snapshot;

// A commit to the log takes some hundred microseconds; the chance that none falls between the two
// snapshots is never small.
constexpr int kAttempts = 2000;
// Erasures are rare; one that falls into each of so many copies is a sign of something else.
constexpr int kCopies = 3;
constexpr size_t kMaxKeyFileBytes = 64 * 1024;

struct Options {
  std::string data, to, keys_to;
};

// A convention's copy, verified.
struct Copied {
  std::string name;
  Head head;
};

struct Pair {
  Snapshot log, vault;
};

absl::StatusOr<Pair> TakeBoth(const std::string& folder) {
  ASSIGN_OR_RETURN(CommitWatch watch, CommitWatch::Begin(folder + "/audit.db"));
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    ASSIGN_OR_RETURN(Snapshot log, Snapshot::Take(folder + "/audit.db"));
    ASSIGN_OR_RETURN(Snapshot vault, Snapshot::Take(folder + "/vault.db"));
    ASSIGN_OR_RETURN(const bool changed, watch.HasChanged());
    if (!changed) return Pair{std::move(log), std::move(vault)};
  }
  return base::Error(absl::StatusCode::kUnavailable, "BACKUP_BUSY", "",
                     absl::StrCat(folder, ": the log is written without a pause"));
}

// Whether a file of a convention's folder is copied, made again at a start, or kept apart.
bool IsKnown(const std::string& name) {
  return name == "keys" || name == "checkpoint" || name == "witnessed" || name == "objects" ||
         name == "stamps" || name == "card" || absl::StartsWith(name, "audit.db") ||
         absl::StartsWith(name, "vault.db") || absl::StartsWith(name, "views.db");
}

// What is not known could be lost without a word.
absl::Status CheckKnown(const std::string& folder) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, base::ListFolder(folder));
  const auto unknown = std::find_if_not(names.begin(), names.end(), IsKnown);
  if (unknown == names.end()) return absl::OkStatus();
  return base::Error(absl::StatusCode::kFailedPrecondition, "BACKUP_UNKNOWN", "",
                     absl::StrCat(folder, "/", *unknown, ": this version does not know it"));
}

// Opens the copy as a start would, with the keys of the original.
absl::StatusOr<Head> Verify(App& app, const std::string& original, const std::string& copy) {
  core::Storage storage;
  ASSIGN_OR_RETURN(storage.signer, core::LoadSigner(original));
  ASSIGN_OR_RETURN(storage.keyring, vault::Keyring::Open(original + "/keys", app.random()));
  ASSIGN_OR_RETURN(storage.vault, vault::Vault::Open(copy, *storage.keyring, app.random()));
  ASSIGN_OR_RETURN(storage.store, audit::log::OpenSqliteStore(copy + "/audit.db"));
  policy::state::State state;
  core::Replay replay(state);
  ASSIGN_OR_RETURN(storage.log, replay.ReadAll(*storage.store, *storage.signer));
  RETURN_IF_ERROR(replay.Reconcile(storage));
  const audit::log::SignedHead signed_head = storage.log->signed_head();
  RETURN_IF_ERROR(
      base::WriteFile(copy + "/checkpoint", signed_head.checkpoint, base::FileMode::kPrivate));
  return signed_head.head;
}

// Copies the files of a convention's folder of this name that are there; one that is erased
// meanwhile is left out.
absl::Status CopyFiles(const std::string& name, const std::string& from_parent,
                       const std::string& to_parent) {
  const std::string from = absl::StrCat(from_parent, "/", name);
  const std::string to = absl::StrCat(to_parent, "/", name);
  if (!base::Exists(from)) return absl::OkStatus();
  RETURN_IF_ERROR(base::MakeFolder(to, base::FileMode::kPrivate));
  ASSIGN_OR_RETURN(const std::vector<std::string> names, base::ListFolder(from));
  const ProgressBar copied(name);
  for (size_t done = 0; done < names.size(); ++done) {
    std::error_code error;
    std::filesystem::copy_file(absl::StrCat(from, "/", names[done]),
                               absl::StrCat(to, "/", names[done]), error);
    if (error && error != std::errc::no_such_file_or_directory)
      return base::Error(absl::StatusCode::kUnavailable, "FILE_ERROR", "",
                         absl::StrCat(to, "/", names[done], ": ", error.message()));
    copied(done + 1, names.size());
  }
  // So that no row of the copy is more durable than the object it names.
  sync();
  return absl::OkStatus();
}

absl::StatusOr<Copied> CopyOnce(App& app, const std::string& name, const std::string& from,
                                const std::string& to) {
  RETURN_IF_ERROR(CheckKnown(from));
  RETURN_IF_ERROR(base::MakeFolder(to, base::FileMode::kPrivate));
  {
    ASSIGN_OR_RETURN(Pair pair, TakeBoth(from));
    // The vault first, so that erasures wait for as short as can be.
    RETURN_IF_ERROR(pair.vault.CopyTo(to + "/vault.db", ProgressBar("vault.db")));
    { const Snapshot done = std::move(pair.vault); }
    RETURN_IF_ERROR(pair.log.CopyTo(to + "/audit.db", ProgressBar("audit.db")));
  }
  // Each after what names them.
  RETURN_IF_ERROR(CopyFiles("objects", from, to));
  RETURN_IF_ERROR(CopyFiles("stamps", from, to));
  ASSIGN_OR_RETURN(const Head head, Verify(app, from, to));
  return Copied{name, head};
}

// Again, where an erasure took an object from under the copy.
absl::StatusOr<Copied> CopyConvention(App& app, const std::string& name, const std::string& from,
                                      const std::string& to) {
  absl::StatusOr<Copied> copied = CopyOnce(app, name, from, to);
  for (int again = 0; again < kCopies && base::ReasonOf(copied.status()) == "VAULT_ROW_MISSING" &&
                      base::Exists(from + "/objects");
       ++again) {
    std::error_code error;
    std::filesystem::remove_all(to, error);
    copied = CopyOnce(app, name, from, to);
  }
  return copied;
}

absl::Status CopyKeys(const std::string& from, const std::string& to) {
  RETURN_IF_ERROR(base::MakeFolder(to, base::FileMode::kPrivate));
  ASSIGN_OR_RETURN(const std::vector<std::string> names, base::ListFolder(from));
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(std::string bytes,
                     base::ReadFile(absl::StrCat(from, "/", name), kMaxKeyFileBytes));
    const base::Secret key(std::move(bytes));
    RETURN_IF_ERROR(
        base::WriteFile(absl::StrCat(to, "/", name), key.RevealSecret(), base::FileMode::kPrivate));
  }
  return absl::OkStatus();
}

// A folder that is made beside its name and gets it once it is whole.
class Target {
 public:
  explicit Target(std::string path) : path_(std::move(path)) {}
  ~Target() { Clear(); }
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;

  absl::Status Begin() {
    while (path_.size() > 1 && path_.back() == '/') path_.pop_back();
    if (base::Exists(path_))
      return base::Error(absl::StatusCode::kAlreadyExists, "FILE_EXISTS", "",
                         absl::StrCat(path_, ": is there already and is not replaced"));
    // What an interrupted backup left.
    Clear();
    return base::MakeFolder(conventions(), base::FileMode::kPrivate);
  }
  std::string conventions() const { return unfinished() + "/conventions"; }
  absl::Status Finish() const { return base::MoveFolder(unfinished(), path_); }

 private:
  std::string unfinished() const { return path_ + ".unfinished"; }
  void Clear() const {
    std::error_code ignored;
    std::filesystem::remove_all(unfinished(), ignored);
  }
  std::string path_;
};

void Print(App& app, const Options& options, const std::vector<Copied>& all) {
  std::vector<std::string> list;
  std::vector<std::vector<std::string>> rows;
  for (const Copied& copied : all) {
    const std::string root = base::ToHex(base::View(copied.head.root));
    list.push_back(
        JsonObject({{"convention", copied.name}, {"entries", copied.head.size}, {"root", root}}));
    rows.push_back({copied.name, absl::StrCat(copied.head.size), root});
  }
  if (app.json()) {
    std::printf("%s\n", JsonList(list).c_str());
    return;
  }
  PrintTable({"convention", app.Say("inscriptions", "entries"), app.Say("racine", "root")}, rows);
  if (options.keys_to.empty())
    std::fprintf(stderr, "%s\n",
                 app.Say("Sans les clés, une copie ne s'ouvre pas : --keys-to les met ailleurs.",
                         "Without its keys a copy cannot be opened: --keys-to puts them elsewhere.")
                     .c_str());
}

absl::StatusOr<int> Back(App& app, const Options& options) {
  const std::string conventions = options.data + "/conventions";
  ASSIGN_OR_RETURN(const std::vector<std::string> names, base::ListFolder(conventions));
  Target stores(options.to);
  RETURN_IF_ERROR(stores.Begin());
  std::optional<Target> keys;
  if (!options.keys_to.empty()) RETURN_IF_ERROR(keys.emplace(options.keys_to).Begin());
  std::vector<Copied> all;
  for (const std::string& name : names) {
    const std::string from = absl::StrCat(conventions, "/", name);
    absl::StatusOr<Copied> copied =
        CopyConvention(app, name, from, stores.conventions() + "/" + name);
    if (!copied.ok()) return base::InContext(copied.status(), name);
    all.push_back(*std::move(copied));
    // After the vault, so that no epoch that was destroyed meanwhile is brought back.
    if (keys.has_value())
      RETURN_IF_ERROR(CopyKeys(from + "/keys", keys->conventions() + "/" + name + "/keys"));
  }
  if (all.empty())
    return base::Error(absl::StatusCode::kFailedPrecondition, "NO_CONVENTION", "",
                       "the data directory holds no convention; begin with `passerelle init`");
  if (keys.has_value()) RETURN_IF_ERROR(keys->Finish());
  RETURN_IF_ERROR(stores.Finish());
  Print(app, options, all);
  return kDone;
}

}  // namespace

void AddBackup(App& app) {
  auto options = std::make_shared<Options>();
  const Command verb =
      app.commands().AddVerb("backup", "Copier le dossier des données d'une passerelle qui sert",
                             "Copy the data directory of a gateway that serves",
                             [&app, options] { return Back(app, *options); });
  verb.Add("--data", options->data, "Dossier des données", "Data directory").Required();
  verb.Add("--to", options->to, "Dossier de la copie, qui n'existe pas encore ; sans les clés",
           "Folder of the copy, which does not exist yet; without the keys")
      .Required();
  verb.Add("--keys-to", options->keys_to,
           "Dossier des clés, à garder ailleurs que la copie : les deux ensemble ouvrent tout",
           "Folder of the keys, to be kept elsewhere: both together open everything");
}

}  // namespace passerelle::gateway::cli
