// The walk over an export folder: checkpoint, bundles, tiles, and nothing else.
#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/checkpoint.h"
#include "audit/checkpoint/note.h"
#include "audit/log/export.h"
#include "audit/merkle/merkle.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"
#include "gateway/verify/bundles.h"
#include "gateway/verify/fault.h"
#include "gateway/verify/folder.h"
#include "gateway/verify/replay.h"
#include "gateway/verify/signatures.h"
#include "gateway/verify/tree.h"
#include "gateway/verify/verify.h"
#include "gateway/verify/vouched.h"

namespace passerelle::gateway::verify {
namespace {

using audit::checkpoint::Checkpoint;
using audit::checkpoint::NoteVerifier;
using base::Digest;

constexpr std::string_view kCheckpointFile = "checkpoint";
constexpr std::string_view kVkeyFile = "log.vkey";

// One of the two files at the top.
Check ReadTop(const std::string& folder, std::string_view name, std::string& bytes) {
  absl::StatusOr<std::string> read =
      base::ReadFile(absl::StrCat(folder, "/", base::Absl(name)), base::kMaxNoteBytes);
  if (absl::IsNotFound(read.status()))
    return FaultOfExport(absl::StrCat("The file ", base::Absl(name), " is missing."),
                         absl::StrCat("Le fichier ", base::Absl(name), " manque."));
  if (!read.ok()) return Unreadable(read.status());
  bytes = *std::move(read);
  return std::nullopt;
}

// The checkpoint, under the key beside it.
Check OpenTop(const std::string& folder, Checkpoint& checkpoint, std::string& vkey) {
  std::string note;
  if (Check fault = ReadTop(folder, kVkeyFile, vkey); fault.has_value()) return fault;
  if (Check fault = ReadTop(folder, kCheckpointFile, note); fault.has_value()) return fault;
  if (!vkey.empty() && vkey.back() == '\n') vkey.pop_back();
  const absl::StatusOr<NoteVerifier> verifier = NoteVerifier::FromVkey(vkey);
  if (!verifier.ok())
    return FaultOfExport(
        absl::StrCat("The file log.vkey holds no key: ", verifier.status().message(), "."),
        absl::StrCat("Le fichier log.vkey ne contient pas de clé : ", verifier.status().message(),
                     "."));
  absl::StatusOr<Checkpoint> read = OpenOfAnyOrigin(note, *verifier);
  if (!read.ok())
    return FaultOfExport(
        absl::StrCat("The checkpoint is not one that the key in log.vkey signed: ",
                     read.status().message(), "."),
        absl::StrCat("Le point de contrôle n'est pas signé par la clé de log.vkey : ",
                     read.status().message(), "."));
  if (read->size == 0)
    return FaultOfExport("The log is empty: no convention was ever enacted in it.",
                         "Le journal est vide : aucune convention n'y a été édictée.");
  if (read->size > base::kMaxVerifiedEntries)
    return FaultOfExport(absl::StrCat("The checkpoint claims ", read->size,
                                      " entries, more than this program verifies (",
                                      base::kMaxVerifiedEntries, ")."),
                         absl::StrCat("Le point de contrôle annonce ", read->size,
                                      " entrées, plus que ce programme n'en vérifie (",
                                      base::kMaxVerifiedEntries, ")."));
  checkpoint = *std::move(read);
  return std::nullopt;
}

// Every file below the folder must be one that the layout asks for.
Check FindUnexpected(const std::string& folder, const std::set<std::string>& expected) {
  const absl::StatusOr<std::vector<std::string>> files = FilesBelow(folder);
  if (!files.ok()) return Unreadable(files.status());
  std::vector<std::string> unexpected;
  for (const std::string& path : *files)
    if (!expected.contains(path)) unexpected.push_back(path);
  if (unexpected.empty()) return std::nullopt;
  const std::string& least = *std::min_element(unexpected.begin(), unexpected.end());
  return FaultOfExport(
      absl::StrCat("The file ", least, " belongs to no log of this size."),
      absl::StrCat("Le fichier ", least, " n'appartient pas à un journal de cette taille."));
}

// One verification. Lives for one call.
struct Walk {
  Walk(const std::string& where, const Checkpoint& head, const std::string& vkey,
       const ExportOptions& options)
      : folder(where),
        checkpoint(head),
        bundles(where, head.size, Others(options)),
        tree(where, head.size),
        evidence(EvidenceFolderOf(where)),
        signatures(Others(options)),
        replay(head.origin, vkey, evidence, options, tree, signatures) {}

  // Threads beside the one that walks.
  static size_t Others(const ExportOptions& options) {
    return options.cores > 1 ? options.cores - 1 : 0;
  }

  const std::string& folder;
  const Checkpoint& checkpoint;
  Bundles bundles;
  Tree tree;
  const std::string evidence;
  Signatures signatures;
  Replay replay;
  std::set<std::string> files{std::string(kCheckpointFile), std::string(kVkeyFile)};

  // A bundle's hashes are held against its tile before any of its entries is interpreted: a fault
  // of bytes is then named as such.
  Check TakeBundle() {
    const uint64_t begin = tree.size();
    Bundle bundle = bundles.Take();
    files.insert(bundle.path);
    if (bundle.fault.has_value()) return std::move(bundle.fault);
    for (const Digest& leaf : bundle.leaves)
      if (Check fault = tree.Append(leaf); fault.has_value()) return fault;
    for (size_t i = 0; i < bundle.content.entries.size(); ++i)
      if (Check fault = replay.Take(begin + i, bundle.content.entries[i], bundle.leaves[i]);
          fault.has_value())
        return fault;
    return std::nullopt;
  }

  // The first fault of the log, if there is any: an earlier signature's, or else this one.
  Check FirstOf(const Check& found) {
    Check earlier = signatures.Settle();
    return earlier.has_value() ? earlier : found;
  }

  Check Finish() {
    if (tree.Root() != checkpoint.root)
      return FaultOfExport(
          absl::StrCat("The ", checkpoint.size,
                       " entries do not lead to the root that the checkpoint signs."),
          absl::StrCat("Les ", checkpoint.size,
                       " entrées ne mènent pas à la racine que signe le point de contrôle."));
    if (Check fault = replay.Finish(); fault.has_value()) return fault;
    files.insert(tree.files().begin(), tree.files().end());
    return FindUnexpected(folder, files);
  }
};

// Adds a sentence about what was not looked into.
void AddNote(Verdict& verdict, std::string_view en, std::string_view fr) {
  absl::StrAppend(&verdict.note_en, verdict.note_en.empty() ? "" : " ", base::Absl(en));
  absl::StrAppend(&verdict.note_fr, verdict.note_fr.empty() ? "" : " ", base::Absl(fr));
}

void DescribeNotInterpreted(uint64_t first, Verdict& verdict) {
  AddNote(verdict,
          absl::StrCat("Entry ", first,
                       " is of a newer format than this program knows: from it on, hashes are "
                       "verified, statements are not interpreted."),
          absl::StrCat("L'entrée ", first,
                       " est d'un format plus récent que ce programme : à partir d'elle, les "
                       "empreintes sont vérifiées, les déclarations ne sont pas interprétées."));
}

void DescribeNotRedecided(Verdict& verdict) {
  if (verdict.refused > 0)
    AddNote(
        verdict,
        absl::StrCat("Not re-decided: refused statements, which are not in the log (",
                     verdict.refused, ")."),
        absl::StrCat("Décisions non reprises : déclarations refusées, qui ne sont pas au journal (",
                     verdict.refused, ")."));
  for (const auto& [version, count] : verdict.other_engines)
    AddNote(verdict,
            absl::StrCat("Not re-decided: entries of version ", Shown(version), " of the rules (",
                         count, "); this program decides by version ",
                         base::Absl(policy::kEngineVersion), "."),
            absl::StrCat("Décisions non reprises : entrées de la version ", Shown(version),
                         " des règles (", count, ") ; ce programme décide selon la version ",
                         base::Absl(policy::kEngineVersion), "."));
}

void DescribeMissingStamps(const StampCheck& stamps, Verdict& verdict) {
  if (!stamps.first_missing().has_value()) return;
  AddNote(verdict,
          absl::StrCat("Time stamps that are not at hand (", stamps.missing(),
                       ", the first stated by entry ", *stamps.first_missing(),
                       "): their times are the gateway's word. Export again into the same folder, "
                       "and take its sibling `.evidence` along."),
          absl::StrCat("Horodatages absents (", stamps.missing(),
                       ", le premier énoncé par l'entrée ", *stamps.first_missing(),
                       ") : leur heure n'est que la parole de la passerelle. Exportez de nouveau "
                       "dans le même dossier, et emportez son voisin `.evidence`."));
}

// The checkpoint that witnesses cosigned, if one came along: a checkpoint of this very log, or it
// has forked.
Check TakeWitnessed(const Walk& walk, const std::string& vkey, Verdict& verdict) {
  const absl::StatusOr<std::string> note =
      base::ReadFile(walk.evidence + "/witnessed", base::kMaxNoteBytes);
  if (absl::IsNotFound(note.status())) return std::nullopt;
  if (!note.ok()) return Unreadable(note.status());
  const absl::StatusOr<NoteVerifier> log = NoteVerifier::FromVkey(vkey);
  if (!log.ok()) return Unreadable(log.status());
  const absl::StatusOr<Checkpoint> cosigned =
      audit::checkpoint::OpenCheckpoint(*note, *log, walk.checkpoint.origin);
  if (!cosigned.ok())
    return FaultOfExport(
        absl::StrCat("The checkpoint that witnesses cosigned is not one of this log: ",
                     cosigned.status().message(), "."),
        absl::StrCat("Le point de contrôle cosigné par les témoins n'est pas de ce journal : ",
                     cosigned.status().message(), "."));
  if (cosigned->size > walk.tree.size() || walk.tree.RootAt(cosigned->size) != cosigned->root)
    return FaultOfExport(
        absl::StrCat("Witnesses cosigned a checkpoint of ", cosigned->size,
                     " entries that this log never had: it has forked, or was cut short."),
        absl::StrCat("Des témoins ont cosigné un point de contrôle de ", cosigned->size,
                     " entrées que ce journal n'a jamais eu : il a bifurqué, ou a été tronqué."));
  const record::v1::FoundingRow* founding = walk.replay.state().founding();
  if (founding == nullptr || founding->settings().witness_quorum() == 0) return std::nullopt;
  const absl::StatusOr<uint64_t> time_s = CheckSettingsQuorum(*note, founding->settings());
  if (time_s.ok()) {
    verdict.witnessed_s = *time_s;
    verdict.witnessed_size = cosigned->size;
    return std::nullopt;
  }
  AddNote(verdict,
          absl::StrCat("The cosigned checkpoint is not one of the quorum of witnesses that the "
                       "settings name now: ",
                       time_s.status().message(), "."),
          absl::StrCat("Le point de contrôle cosigné n'est pas celui du quorum de témoins que les "
                       "réglages nomment à présent : ",
                       time_s.status().message(), "."));
  return std::nullopt;
}

void Describe(const Walk& walk, const ExportOptions& options, Verdict& verdict) {
  const Replay& replay = walk.replay;
  verdict.signatures = replay.signatures();
  verdict.log = replay.log();
  verdict.origin = walk.checkpoint.origin;
  verdict.root = walk.tree.Root();
  verdict.first_ms = replay.first_ms();
  verdict.last_ms = replay.state().time_ms();
  verdict.entries = walk.tree.size();
  verdict.not_interpreted = verdict.entries - replay.interpreted();
  verdict.redecided = replay.redecided();
  verdict.refused = replay.refused();
  verdict.other_engines = replay.other_engines();
  verdict.stamps = replay.stamps().verified();
  verdict.stamps_missing = replay.stamps().missing();
  verdict.stamped_ms = replay.stamps().last_ms();
  verdict.stamped_size = replay.stamps().last_size();
  verdict.lost = LostBy(replay.state());
  if (options.dump) verdict.dump = replay.state().Dump();
  if (verdict.not_interpreted > 0) DescribeNotInterpreted(replay.interpreted(), verdict);
  DescribeNotRedecided(verdict);
  DescribeMissingStamps(replay.stamps(), verdict);
}

// The verdict of a fault, or the error of an unreadable folder.
absl::StatusOr<Verdict> Rejected(Fault fault) {
  if (!fault.unreadable.ok()) return fault.unreadable;
  Verdict verdict;
  verdict.index = fault.index;
  verdict.fault_en = std::move(fault.en);
  verdict.fault_fr = std::move(fault.fr);
  return verdict;
}

}  // namespace

std::string EvidenceFolderOf(const std::string& export_folder) {
  // However it was typed, it is a sibling.
  const size_t end = export_folder.find_last_not_of('/');
  return absl::StrCat(export_folder.substr(0, end == std::string::npos ? 0 : end + 1), ".evidence");
}

absl::StatusOr<Verdict> VerifyExport(
    const std::string& folder, const ExportOptions& options,
    absl::FunctionRef<void(uint64_t done, uint64_t total)> progress) {
  if (absl::StatusOr<std::vector<std::string>> names = base::ListFolder(folder); !names.ok())
    return names.status();
  Checkpoint checkpoint;
  std::string vkey;
  if (Check fault = OpenTop(folder, checkpoint, vkey); fault.has_value())
    return Rejected(*std::move(fault));
  Walk walk(folder, checkpoint, vkey, options);
  Check fault;
  while (walk.tree.size() < checkpoint.size) {
    fault = walk.TakeBundle();
    if (fault.has_value() || walk.signatures.failed()) break;
    progress(walk.tree.size(), checkpoint.size);
  }
  fault = walk.FirstOf(fault);
  if (!fault.has_value()) fault = walk.Finish();
  if (fault.has_value()) return Rejected(*std::move(fault));
  Verdict verdict;
  verdict.accepted = true;
  Describe(walk, options, verdict);
  if (fault = TakeWitnessed(walk, vkey, verdict); fault.has_value())
    return Rejected(*std::move(fault));
  return verdict;
}

}  // namespace passerelle::gateway::verify
