#include "gateway/client/party_export.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/checkpoint.h"
#include "audit/checkpoint/submission.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"
#include "gateway/verify/party_folder.h"

namespace passerelle::gateway::client {
namespace {

using audit::checkpoint::Checkpoint;
using base::FileMode;

absl::Status Standing(std::string_view reason, const std::string& folder, std::string_view what) {
  return base::Error(absl::StatusCode::kFailedPrecondition, reason, "",
                     absl::StrCat(folder, ": ", base::Absl(what)));
}

absl::Status Forked(const std::string& folder) {
  return base::Corrupt(
      "EXPORT_FORKED",
      absl::StrCat(folder,
                   ": the log does not continue the folder's checkpoint: either the folder "
                   "was altered or the log was; keep the folder, it is evidence, and export "
                   "into another one"));
}

// One export on its way into a folder.
class Writer {
 public:
  Writer(Session& session, const Profile& profile, const std::string& folder,
         const std::string& party)
      : session_(session), profile_(profile), folder_(folder), party_(party) {}

  // Makes the folder one of this party and log.
  absl::Status Begin() {
    RETURN_IF_ERROR(base::MakeFolder(folder_, FileMode::kPrivate));
    ASSIGN_OR_RETURN(const std::vector<std::string> present, base::ListFolder(folder_));
    const std::string party = absl::StrCat(party_, "\n");
    const std::string vkey = absl::StrCat(profile_.checkpoint_vkey, "\n");
    if (present.empty()) {
      RETURN_IF_ERROR(Put(verify::kPartyVkeyFile, vkey));
      return Put(verify::kPartyFile, party);
    }
    const auto theirs = base::ReadFile(At(verify::kPartyFile), base::kMaxNoteBytes);
    const auto key = base::ReadFile(At(verify::kPartyVkeyFile), base::kMaxNoteBytes);
    // The party's name comes last: what has none was interrupted at once, or is something else.
    const bool interrupted = !theirs.ok() && present.size() == 1 && key.ok();
    if (!key.ok() || (!theirs.ok() && !interrupted))
      return Standing("EXPORT_NOT_EMPTY", folder_,
                      "something else than a party's export stands in "
                      "the folder");
    if (*key != vkey)
      return Standing("EXPORT_OTHER_LOG", folder_, "holds the export of a log under another key");
    if (interrupted) return Put(verify::kPartyFile, party);
    if (*theirs != party)
      return Standing("EXPORT_OTHER_PARTY", folder_, "holds the export of another party");
    return absl::OkStatus();
  }

  absl::StatusOr<PartyExport> Fill(absl::FunctionRef<void(uint64_t, uint64_t)> progress) {
    std::optional<verify::StatedHeads> heads;
    ASSIGN_OR_RETURN(const Checkpoint head, GoOn(heads));
    PartyExport done;
    ASSIGN_OR_RETURN(const uint64_t begin, FirstMissing(done.entries));
    const auto take = [&](uint64_t index, const std::string& receipt) -> absl::Status {
      ++done.fetched;
      const std::string file = At(verify::PartyEntryPath(index));
      RETURN_IF_ERROR(
          base::MakeFolder(std::filesystem::path(file).parent_path().string(), FileMode::kPrivate));
      return base::WriteFile(file, receipt, FileMode::kPrivate);
    };
    if (begin < head.size)
      RETURN_IF_ERROR(session_.ReadPartyEntries(party_, begin, note_, take, progress));
    if (heads.has_value()) RETURN_IF_ERROR(Put(verify::kPartyHeadsFile, ToText(*heads)));
    RETURN_IF_ERROR(Put(verify::kPartyHeadFile, note_));
    done.entries += done.fetched;
    done.size = head.size;
    return done;
  }

 private:
  std::string At(std::string_view file) const {
    return absl::StrCat(folder_, "/", base::Absl(file));
  }

  absl::Status Put(std::string_view file, std::string_view bytes) const {
    return base::WriteFile(At(file), bytes, FileMode::kPrivate);
  }

  absl::StatusOr<Checkpoint> Open(const std::string& note) const {
    ASSIGN_OR_RETURN(const auto verifier,
                     audit::checkpoint::NoteVerifier::FromVkey(profile_.checkpoint_vkey));
    return audit::checkpoint::OpenCheckpoint(note, verifier, profile_.origin);
  }

  // Fetches a checkpoint, and the heads that were stated last before it; keeps the checkpoint with
  // the proof that it continues the folder's last one.
  absl::StatusOr<Checkpoint> GoOn(std::optional<verify::StatedHeads>& heads) {
    while (true) {
      ASSIGN_OR_RETURN(heads, session_.GetPartyHeads(party_));
      ASSIGN_OR_RETURN(note_, session_.UpdateCheckpoint());
      ASSIGN_OR_RETURN(const std::optional<verify::StatedHeads> again,
                       session_.GetPartyHeads(party_));
      const auto entry_of = [](const auto& stated) { return stated ? stated->entry : 0; };
      // None were stated meanwhile.
      if (entry_of(heads) == entry_of(again)) break;
    }
    ASSIGN_OR_RETURN(const Checkpoint head, Open(note_));
    ASSIGN_OR_RETURN(const std::vector<uint64_t> sizes, verify::ListPartyCheckpoints(folder_));
    audit::checkpoint::Submission submission;
    submission.checkpoint = note_;
    if (!sizes.empty()) {
      ASSIGN_OR_RETURN(
          const std::string text,
          base::ReadFile(At(verify::PartyCheckpointPath(sizes.back())), base::kMaxNoteBytes));
      ASSIGN_OR_RETURN(const auto earlier, audit::checkpoint::SubmissionFromText(text));
      ASSIGN_OR_RETURN(const Checkpoint last, Open(earlier.checkpoint));
      if (last.size > head.size) return Forked(folder_);
      ASSIGN_OR_RETURN(Continued continued, session_.ProveConsistency(last.size, head.size));
      if (continued.from_root != last.root || continued.to_root != head.root)
        return Forked(folder_);
      if (last.size == head.size) {
        note_ = earlier.checkpoint;
        return head;
      }
      submission.old_size = last.size;
      submission.proof = std::move(continued.proof);
    }
    RETURN_IF_ERROR(base::MakeFolder(At(verify::kPartyCheckpoints), FileMode::kPrivate));
    RETURN_IF_ERROR(Put(verify::PartyCheckpointPath(head.size), ToText(submission)));
    return head;
  }

  // Where to go on: behind the last entry, or behind the checkpoint that was finished.
  absl::StatusOr<uint64_t> FirstMissing(uint64_t& there) const {
    ASSIGN_OR_RETURN(const verify::PartyEntries entries, verify::ListPartyEntries(folder_));
    there = entries.indexes.size();
    uint64_t first = entries.indexes.empty() ? 0 : entries.indexes.back() + 1;
    const auto finished = base::ReadFile(At(verify::kPartyHeadFile), base::kMaxNoteBytes);
    if (!finished.ok()) return first;
    ASSIGN_OR_RETURN(const Checkpoint checkpoint, Open(*finished));
    return std::max(first, checkpoint.size);
  }

  Session& session_;
  const Profile& profile_;
  const std::string& folder_;
  const std::string& party_;
  std::string note_;
};

}  // namespace

absl::StatusOr<PartyExport> WritePartyExport(
    Session& session, const Profile& profile, const std::string& folder, const std::string& party,
    absl::FunctionRef<void(uint64_t read, uint64_t total)> progress) {
  Writer writer(session, profile, folder, party);
  RETURN_IF_ERROR(writer.Begin());
  return writer.Fill(progress);
}

}  // namespace passerelle::gateway::client
