// passerelle audit: take the whole log away, and verify it with no gateway and no network.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/checkpoint.h"
#include "audit/log/export.h"
#include "gateway/base/bytes.h"
#include "gateway/base/civil.h"
#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "gateway/cli/app.h"
#include "gateway/cli/audit_reads.h"
#include "gateway/cli/audit_tree.h"
#include "gateway/cli/input.h"
#include "gateway/cli/progress.h"
#include "gateway/cli/show.h"
#include "gateway/client/evidence_export.h"
#include "gateway/client/party_export.h"
#include "gateway/verify/verify.h"

namespace passerelle::gateway::cli {
namespace {

struct ExportOptions {
  std::string folder, party;
};

struct VerifyOptions {
  std::string folder, log;
  bool redecide = false;
};

void PrintExport(App& app, const std::string& folder, uint64_t entries, uint64_t fetched,
                 uint64_t size) {
  if (app.json())
    std::printf(
        "%s\n",
        JsonObject({{"folder", folder}, {"entries", entries}, {"fetched", fetched}, {"size", size}})
            .c_str());
  else
    std::printf("%s  %lu %s, %lu %s\n", folder.c_str(), entries,
                app.Say("inscriptions", "entries").c_str(), fetched,
                app.Say("reçues cette fois", "received this time").c_str());
}

absl::StatusOr<int> ExportParty(App& app, const ExportOptions& options) {
  ASSIGN_OR_RETURN(const client::Profile profile, app.Profile());
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const std::string party, ReadParty(app, options.party));
  ProgressBar bar(app.Say("entrées lues", "entries read"));
  ASSIGN_OR_RETURN(const client::PartyExport done,
                   client::WritePartyExport(*session, profile, options.folder, party, bar));
  PrintExport(app, options.folder, done.entries, done.fetched, done.size);
  return kDone;
}

absl::StatusOr<int> Export(App& app, const ExportOptions& options) {
  if (!options.party.empty()) return ExportParty(app, options);
  const std::string& folder = options.folder;
  ASSIGN_OR_RETURN(const client::Profile profile, app.Profile());
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  // First: what witnesses cosigned by now, the log that follows holds.
  ASSIGN_OR_RETURN(const std::string witnessed, session->GetWitnessed());
  ASSIGN_OR_RETURN(const std::string note, session->UpdateCheckpoint());
  ASSIGN_OR_RETURN(const auto verifier,
                   audit::checkpoint::NoteVerifier::FromVkey(profile.checkpoint_vkey));
  ASSIGN_OR_RETURN(const audit::checkpoint::Checkpoint checkpoint,
                   audit::checkpoint::OpenCheckpoint(note, verifier, profile.origin));
  const auto read = [&](uint64_t begin, uint64_t end) -> absl::StatusOr<std::vector<std::string>> {
    std::vector<std::string> entries;
    RETURN_IF_ERROR(session->ReadEntries(begin, end, [&](std::string entry) {
      entries.push_back(std::move(entry));
      return absl::OkStatus();
    }));
    return entries;
  };
  ProgressBar bar(app.Say("entrées", "entries"));
  ASSIGN_OR_RETURN(const uint64_t fetched,
                   audit::log::WriteExport(
                       folder, {note, profile.checkpoint_vkey, checkpoint.size, checkpoint.root},
                       read, [&](uint64_t done) { bar(done, checkpoint.size); }));
  // And last: every stamp that the log states is there by then.
  ASSIGN_OR_RETURN(const uint64_t stamps, client::WriteEvidence(*session, folder, witnessed));
  PrintExport(app, folder, checkpoint.size, fetched, checkpoint.size);
  if (stamps > 0 && !app.json())
    std::printf("%s  %lu %s\n", verify::EvidenceFolderOf(folder).c_str(), stamps,
                app.Say("horodatages reçus cette fois", "time stamps received this time").c_str());
  return kDone;
}

void SayUnpinned(App& app) {
  std::printf(
      "%s\n",
      app.Say("Sans --log, seul est vérifié que ce journal s'accorde avec lui-même : donnez "
              "le nom que vous tenez d'ailleurs.",
              "Without --log, only that this log agrees with itself is verified: give the "
              "name that you hold from elsewhere.")
          .c_str());
}

// Ranges of indexes: `12, 15-17`.
std::string RangesOf(const verify::Lost& lost) {
  std::string ranges;
  for (const auto& [first, end] : lost.missing)
    absl::StrAppend(&ranges, ranges.empty() ? "" : ", ", first,
                    end == first + 1 ? "" : absl::StrCat("-", end - 1));
  return ranges;
}

void PrintLost(App& app, const verify::Lost& lost) {
  const std::string missing = lost.missing.empty() ? "-" : RangesOf(lost);
  std::printf("%s\n",
              app.Say(absl::StrCat("Perdues : les inscriptions ", lost.first, " à ", lost.end - 1,
                                   " du journal clos ; présentées par un reçu : ", lost.presented,
                                   ", dont inscrites de nouveau : ", lost.recorded,
                                   " ; manquantes : ", missing, "."),
                      absl::StrCat("Lost: entries ", lost.first, " to ", lost.end - 1,
                                   " of the log that was closed; presented by a receipt: ",
                                   lost.presented, ", of these recorded again: ", lost.recorded,
                                   "; missing: ", missing, "."))
                  .c_str());
}

// When the quorum stood behind the log; empty where no cosigned checkpoint came along.
std::string WitnessedAt(const verify::Verdict& verdict) {
  return verdict.witnessed_s.has_value()
             ? base::ToIsoInstant(static_cast<int64_t>(*verdict.witnessed_s) * 1000)
             : "";
}

void PrintVerdict(App& app, const VerifyOptions& options, const verify::Verdict& verdict) {
  if (!verdict.accepted) {
    std::fprintf(stderr, "%s : %s\n", app.Say("REFUSÉ", "REJECTED").c_str(),
                 app.Say(verdict.fault_fr, verdict.fault_en).c_str());
    return;
  }
  std::printf(
      "%s : %lu %s, %lu %s, %s … %s\n%s %s\n%s %s\n", app.Say("VÉRIFIÉ", "VERIFIED").c_str(),
      verdict.entries, app.Say("inscriptions", "entries").c_str(), verdict.signatures,
      app.Say("signatures", "signatures").c_str(), base::ToIsoInstant(verdict.first_ms).c_str(),
      base::ToIsoInstant(verdict.last_ms).c_str(), app.Say("journal", "log").c_str(),
      base::ToHex(base::View(verdict.log)).c_str(), app.Say("racine", "root").c_str(),
      base::ToHex(base::View(verdict.root)).c_str());
  if (options.redecide)
    std::printf(
        "%s : %lu\n",
        app.Say("Décisions reprises, toutes conformes", "Re-decided, all as recorded").c_str(),
        verdict.redecided);
  if (verdict.stamps > 0)
    std::printf(
        "%s\n",
        app.Say(absl::StrCat(verdict.stamps, " horodatages vérifiés, le dernier du ",
                             base::ToIsoInstant(verdict.stamped_ms), " sur ", verdict.stamped_size,
                             " inscriptions ; chaque heure est entre les horodatages qui "
                             "l'entourent."),
                absl::StrCat(verdict.stamps, " time stamps verified, the last one of ",
                             base::ToIsoInstant(verdict.stamped_ms), " over ", verdict.stamped_size,
                             " entries; every time lies between the stamps around it."))
            .c_str());
  if (verdict.witnessed_s.has_value())
    std::printf(
        "%s\n",
        app.Say(absl::StrCat("Cosigné par le quorum des témoins jusqu'à ", verdict.witnessed_size,
                             " inscriptions, le ", WitnessedAt(verdict), "."),
                absl::StrCat("Cosigned by the quorum of witnesses up to ", verdict.witnessed_size,
                             " entries, on ", WitnessedAt(verdict), "."))
            .c_str());
  if (verdict.lost.has_value()) PrintLost(app, *verdict.lost);
  const std::string note = app.Say(verdict.note_fr, verdict.note_en);
  if (!note.empty()) std::printf("%s\n", note.c_str());
  if (options.log.empty()) SayUnpinned(app);
}

void PrintVerdict(App& app, const VerifyOptions& options, const verify::PartyVerdict& verdict) {
  if (!verdict.accepted) {
    std::fprintf(stderr, "%s : %s\n", app.Say("REFUSÉ", "REJECTED").c_str(),
                 app.Say(verdict.fault_fr, verdict.fault_en).c_str());
    return;
  }
  std::printf("%s : %s, %lu + %lu %s, %lu %s\n%s %s\n", app.Say("VÉRIFIÉ", "VERIFIED").c_str(),
              verdict.party.c_str(), verdict.own, verdict.common,
              app.Say("inscriptions (les siennes, celles de tous)", "entries (its own, everyone's)")
                  .c_str(),
              verdict.signatures, app.Say("signatures", "signatures").c_str(),
              app.Say("journal", "log").c_str(), base::ToHex(base::View(verdict.log)).c_str());
  if (verdict.complete_before.has_value())
    std::printf("%s\n",
                app.Say(absl::StrCat("Rien de ce qui concerne ", verdict.party,
                                     " ne manque avant l'inscription ", *verdict.complete_before,
                                     " du ", base::ToIsoInstant(verdict.stated_ms),
                                     ", où la passerelle a déclaré la fin de chaque chaîne ; ",
                                     verdict.beyond, " inscriptions la suivent."),
                        absl::StrCat("Nothing that concerns ", verdict.party,
                                     " is missing before entry ", *verdict.complete_before, " of ",
                                     base::ToIsoInstant(verdict.stated_ms),
                                     ", where the gateway stated where every chain ends; ",
                                     verdict.beyond, " entries follow it."))
                    .c_str());
  else
    std::printf(
        "%s\n",
        app.Say("Aucun trou ; mais la passerelle n'a encore déclaré la fin d'aucune chaîne : "
                "que rien ne manque à la fin n'est pas prouvé.",
                "No gap; but the gateway has stated the end of no chain yet: that nothing "
                "is missing at the end is not proved.")
            .c_str());
  if (options.log.empty()) SayUnpinned(app);
}

absl::StatusOr<int> VerifyParty(App& app, const VerifyOptions& options,
                                const base::Digest* pinned) {
  ProgressBar bar(app.Say("entrées", "entries"));
  ASSIGN_OR_RETURN(const verify::PartyVerdict verdict,
                   verify::VerifyPartyExport(options.folder, pinned, bar));
  if (app.json())
    std::printf("%s\n", JsonObject({{"accepted", verdict.accepted},
                                    {"pinned", pinned != nullptr},
                                    {"fault", app.Say(verdict.fault_fr, verdict.fault_en)},
                                    {"party", verdict.party},
                                    {"own", verdict.own},
                                    {"common", verdict.common},
                                    {"signatures", verdict.signatures},
                                    {"heads_stated", verdict.complete_before.has_value()},
                                    {"complete_before", verdict.complete_before.value_or(0)},
                                    {"beyond", verdict.beyond},
                                    {"size", verdict.size},
                                    {"log", base::ToHex(base::View(verdict.log))},
                                    {"root", base::ToHex(base::View(verdict.root))}})
                            .c_str());
  else
    PrintVerdict(app, options, verdict);
  return verdict.accepted ? kDone : kRefused;
}

absl::StatusOr<int> Verify(App& app, const VerifyOptions& options) {
  base::Digest pinned{};
  verify::ExportOptions wanted{.redecide = options.redecide,
                               .cores = std::max(1u, std::thread::hardware_concurrency())};
  if (!options.log.empty()) {
    ASSIGN_OR_RETURN(const std::string bytes, base::FromHex(options.log));
    absl::StatusOr<base::Digest> digest = base::DigestFromBytes(bytes);
    if (!digest.ok()) return base::AtPath(digest.status(), "--log");
    pinned = *digest;
    wanted.pinned_log = &pinned;
  }
  if (verify::IsPartyExport(options.folder)) {
    if (options.redecide)
      return base::Malformed(
          "REDECIDE", "--redecide",
          "decisions are taken again from the whole log, not from a party's part");
    return VerifyParty(app, options, wanted.pinned_log);
  }
  ProgressBar bar(app.Say("entrées", "entries"));
  ASSIGN_OR_RETURN(const verify::Verdict verdict,
                   verify::VerifyExport(options.folder, wanted, bar));
  const verify::Lost lost = verdict.lost.value_or(verify::Lost());
  uint64_t of_other_engines = 0;
  for (const auto& [version, count] : verdict.other_engines) of_other_engines += count;
  if (app.json())
    std::printf(
        "%s\n",
        JsonObject({{"accepted", verdict.accepted},
                    {"pinned", !options.log.empty()},
                    {"fault", app.Say(verdict.fault_fr, verdict.fault_en)},
                    {"entries", verdict.entries},
                    {"not_interpreted", verdict.not_interpreted},
                    {"signatures", verdict.signatures},
                    {"redecided", verdict.redecided},
                    {"refused", verdict.refused},
                    {"other_engines", of_other_engines},
                    {"note", app.Say(verdict.note_fr, verdict.note_en)},
                    {"stamps", verdict.stamps},
                    {"stamps_missing", verdict.stamps_missing},
                    {"stamped", verdict.stamps > 0 ? base::ToIsoInstant(verdict.stamped_ms) : ""},
                    {"stamped_size", verdict.stamped_size},
                    {"witnessed", WitnessedAt(verdict)},
                    {"witnessed_size", verdict.witnessed_size},
                    {"lost", lost.end - lost.first},
                    {"presented", lost.presented},
                    {"recorded_again", lost.recorded},
                    {"missing", RangesOf(lost)},
                    {"log", base::ToHex(base::View(verdict.log))},
                    {"root", base::ToHex(base::View(verdict.root))}})
            .c_str());
  else
    PrintVerdict(app, options, verdict);
  return verdict.accepted ? kDone : kRefused;
}

}  // namespace

void AddAudit(App& app) {
  const Command noun = app.commands().AddNoun("audit", "Le journal", "The log");
  auto exported = std::make_shared<ExportOptions>();
  Command take = app.commands().AddVerb(
      noun, "export",
      "Emporter le journal entier (mandat d'auditeur du journal) ou ce qui concerne une partie, ou "
      "mettre un export à jour",
      "Take the whole log away (a log auditor's mandate) or what concerns a party, or bring an "
      "export up to date",
      [&app, exported] { return Export(app, *exported); });
  take.Add("folder", exported->folder, "Dossier à écrire ou à mettre à jour",
           "Folder to write or to bring up to date")
      .Required();
  take.Add("--party", exported->party,
           "Seulement ce qui concerne cette partie ou tout le monde, avec les preuves",
           "Only what concerns this party or everyone, with the proofs");
  AddAuditReads(app, noun);
  AddAuditTree(app, noun);
  auto options = std::make_shared<VerifyOptions>();
  Command verb = app.commands().AddVerb(noun, "verify", "Vérifier un journal emporté, hors ligne",
                                        "Verify an exported log, offline",
                                        [&app, options] { return Verify(app, *options); });
  verb.Add("folder", options->folder, "Dossier du journal", "Folder of the log").Required();
  verb.Add("--log", options->log, "Nom du journal que vous connaissez (hexadécimal)",
           "Name of the log that you know (hexadecimal)");
  verb.AddFlag("--redecide", options->redecide,
               "Reprendre chaque décision d'après les règles et dire la première qui diffère",
               "Take every decision again by the rules and name the first that differs");
}

}  // namespace passerelle::gateway::cli
