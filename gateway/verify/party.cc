// What one party takes away: verified against nothing but itself, a key and, better, a name of the
// log that was pinned elsewhere.
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/checkpoint.h"
#include "audit/checkpoint/note.h"
#include "audit/checkpoint/proof.h"
#include "audit/checkpoint/submission.h"
#include "audit/entry/codec.h"
#include "audit/merkle/merkle.h"
#include "certs/keys/dsse.h"
#include "certs/keys/key.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"
#include "gateway/verify/fault.h"
#include "gateway/verify/folder.h"
#include "gateway/verify/party_folder.h"
#include "gateway/verify/verify.h"
#include "policy/state/state.h"

namespace passerelle::gateway::verify {
namespace {

using audit::checkpoint::Checkpoint;
using audit::checkpoint::NoteVerifier;
using base::Digest;
using policy::state::kEveryone;
using record::v1::Entry;
using statement::v1::Act;

// A chain as far as it was read: the leaf hashes of its entries.
using Chain = std::vector<Digest>;

Check Broken(std::string_view file, const absl::Status& status) {
  return FaultOfExport(
      absl::StrCat("The file ", base::Absl(file), " does not hold: ", status.message(), "."),
      absl::StrCat("Le fichier ", base::Absl(file), " ne tient pas : ", status.message(), "."));
}

bool IsPartOfExport(std::string_view name) {
  for (const std::string_view known : {kPartyFile, kPartyVkeyFile, kPartyHeadsFile, kPartyHeadFile,
                                       kPartyCheckpoints, kPartyEntries})
    if (name == known) return true;
  return false;
}

// One verification. Lives for one call.
class PartyWalk {
 public:
  PartyWalk(const std::string& folder, const Digest* pinned_log)
      : folder_(folder), pinned_log_(pinned_log) {}

  Check Run(absl::FunctionRef<void(uint64_t, uint64_t)> progress) {
    for (const auto step : {&PartyWalk::ReadTop, &PartyWalk::ReadCheckpoints})
      if (Check fault = (this->*step)(); fault.has_value()) return fault;
    const absl::StatusOr<PartyEntries> entries = ListPartyEntries(folder_);
    if (!entries.ok()) return Unreadable(entries.status());
    if (!entries->strangers.empty())
      return FaultOfExport(
          absl::StrCat("The file ", entries->strangers[0], " is no entry of the export."),
          absl::StrCat("Le fichier ", entries->strangers[0], " n'est pas une entrée de l'export."));
    for (size_t i = 0; i < entries->indexes.size(); ++i) {
      if (Check fault = TakeEntry(entries->indexes[i]); fault.has_value()) return fault;
      progress(i + 1, entries->indexes.size());
    }
    if (chains_[std::string(kEveryone)].empty())
      return FaultOfExport("The export holds no entry that founds the log.",
                           "L'export ne contient aucune entrée qui fonde le journal.");
    if (origin_ != verdict_.origin || vkey_ != verifier_->ToVkey())
      return FaultOfEntry(named_by_, std::nullopt,
                          "it names another origin or key than the checkpoints are signed by",
                          "elle nomme une autre origine ou clé que celle des points de contrôle");
    return CheckHeads();
  }

  PartyVerdict Describe() const {
    PartyVerdict verdict = verdict_;
    verdict.accepted = true;
    const auto length = [&](std::string_view chain) -> uint64_t {
      const auto it = chains_.find(std::string(chain));
      return it == chains_.end() ? 0 : it->second.size();
    };
    verdict.own = length(verdict.party);
    verdict.common = length(kEveryone);
    return verdict;
  }

 private:
  Check Read(const std::string& file, std::string& bytes) const {
    absl::StatusOr<std::string> read =
        base::ReadFile(absl::StrCat(folder_, "/", file), base::kMaxProofBytes);
    if (absl::IsNotFound(read.status()))
      return FaultOfExport(absl::StrCat("The file ", file, " is missing."),
                           absl::StrCat("Le fichier ", file, " manque."));
    if (!read.ok()) return Unreadable(read.status());
    bytes = *std::move(read);
    return std::nullopt;
  }

  Check ReadTop() {
    const absl::StatusOr<std::vector<std::string>> names = base::ListFolder(folder_);
    if (!names.ok()) return Unreadable(names.status());
    for (const std::string& name : *names)
      if (!IsPartOfExport(name))
        return FaultOfExport(
            absl::StrCat("The file ", name, " belongs to no party's export."),
            absl::StrCat("Le fichier ", name, " n'appartient pas à l'export d'une partie."));
    std::string vkey;
    if (Check fault = Read(kPartyFile, verdict_.party); fault.has_value()) return fault;
    if (Check fault = Read(kPartyVkeyFile, vkey); fault.has_value()) return fault;
    for (std::string* line : {&verdict_.party, &vkey})
      if (!line->empty() && line->back() == '\n') line->pop_back();
    absl::StatusOr<NoteVerifier> verifier = NoteVerifier::FromVkey(vkey);
    if (!verifier.ok()) return Broken(kPartyVkeyFile, verifier.status());
    verifier_ = *std::move(verifier);
    return std::nullopt;
  }

  // Each continues the one before; the last is the file at the top.
  Check ReadCheckpoints() {
    const absl::StatusOr<std::vector<uint64_t>> sizes = ListPartyCheckpoints(folder_);
    if (absl::IsInvalidArgument(sizes.status())) return Broken(kPartyCheckpoints, sizes.status());
    if (!sizes.ok()) return Unreadable(sizes.status());
    Checkpoint last;
    std::string note;
    for (const uint64_t size : *sizes) {
      const std::string file = PartyCheckpointPath(size);
      std::string text;
      if (Check fault = Read(file, text); fault.has_value()) return fault;
      const absl::StatusOr<audit::checkpoint::Submission> submission =
          audit::checkpoint::SubmissionFromText(text);
      if (!submission.ok()) return Broken(file, submission.status());
      const absl::StatusOr<Checkpoint> read = OpenOfAnyOrigin(submission->checkpoint, *verifier_);
      if (!read.ok()) return Broken(file, read.status());
      const bool follows = read->size == size && submission->old_size == last.size &&
                           (last.size == 0 || read->origin == last.origin);
      if (!follows || (last.size == 0 && !submission->proof.empty()))
        return Broken(file, base::Malformed("CHECKPOINT", "", "it does not follow the one before"));
      if (last.size > 0) {
        const absl::Status continues = audit::merkle::VerifyConsistency(
            last.size, size, submission->proof, last.root, read->root);
        if (!continues.ok()) return Broken(file, continues);
      }
      roots_.emplace(size, read->root);
      last = *read;
      note = submission->checkpoint;
    }
    std::string head;
    if (Check fault = Read(kPartyHeadFile, head); fault.has_value()) return fault;
    if (head != note)
      return FaultOfExport("The checkpoint is not the last of the folder checkpoints.",
                           "Le point de contrôle n'est pas le dernier du dossier checkpoints.");
    verdict_.origin = last.origin;
    verdict_.size = last.size;
    verdict_.root = last.root;
    return std::nullopt;
  }

  Check TakeEntry(uint64_t index) {
    const std::string file = PartyEntryPath(index);
    std::string text;
    if (Check fault = Read(file, text); fault.has_value()) return fault;
    const absl::StatusOr<audit::checkpoint::VerifiedReceipt> receipt =
        audit::checkpoint::VerifyReceipt(text, *verifier_, verdict_.origin);
    if (!receipt.ok()) return Broken(file, receipt.status());
    const auto root = roots_.find(receipt->checkpoint.size);
    if (root == roots_.end() || root->second != receipt->checkpoint.root || receipt->index != index)
      return Broken(file, base::Malformed("CHECKPOINT", "",
                                          "it proves another entry, or under a checkpoint that is "
                                          "none of the export's"));
    const absl::StatusOr<Entry> entry = audit::entry::DecodeLeaf(receipt->entry);
    if (!entry.ok()) return Broken(file, entry.status());
    if (Check fault = TakeLinks(index, *entry, receipt->leaf); fault.has_value()) return fault;
    if (entry->time_ms() < last_ms_)
      return FaultOfEntry(index, entry->time_ms(), "it is dated before the one that precedes it",
                          "elle est datée d'avant celle qui la précède");
    last_ms_ = entry->time_ms();
    ++entries_;
    return TakeStatement(index, *entry, receipt->leaf);
  }

  // No entry of either chain is missing before this one.
  Check TakeLinks(uint64_t index, const Entry& entry, const Digest& leaf) {
    bool ours = false;
    for (const record::v1::PartyLink& link : entry.links()) {
      if (link.party() != verdict_.party && link.party() != kEveryone) continue;
      ours = true;
      Chain& chain = chains_[link.party()];
      const std::string previous = chain.empty() ? std::string() : base::ToBytes(chain.back());
      if (link.ordinal() != chain.size() || link.previous() != previous)
        return FaultOfEntry(
            index, entry.time_ms(),
            absl::StrCat("an entry of the chain of ", Shown(link.party()),
                         " is missing before it: it is number ", link.ordinal() + 1,
                         " there, the export holds ", chain.size()),
            absl::StrCat("une entrée de la chaîne de ", Shown(link.party()),
                         " manque avant elle : elle y porte le numéro ", link.ordinal() + 1,
                         ", l'export en contient ", chain.size()));
      chain.push_back(leaf);
    }
    if (ours) return std::nullopt;
    return FaultOfEntry(index, entry.time_ms(), "it concerns neither the party nor everyone",
                        "elle ne concerne ni la partie ni tout le monde");
  }

  Check TakeStatement(uint64_t index, const Entry& entry, const Digest& leaf) {
    if (index == 0) {
      verdict_.log = leaf;
      if (pinned_log_ != nullptr && *pinned_log_ != leaf)
        return FaultOfEntry(0, std::nullopt,
                            "it founds another log than the one whose name was given",
                            "elle fonde un autre journal que celui dont le nom a été donné");
    }
    if (!entry.has_recorded()) return std::nullopt;
    const absl::StatusOr<audit::entry::SignedStatement> read =
        audit::entry::DecodeSigned(entry.recorded().envelope());
    if (!read.ok() || entry.recorded().decisions_size() != read->statement.acts_size())
      return FaultOfEntry(index, entry.time_ms(), "its signed statement is malformed",
                          "sa déclaration signée est mal formée");
    if (index == 0) {
      if (Check fault = TakeFounding(entry, read->statement); fault.has_value()) return fault;
    } else if (read->statement.header().log() != base::View(verdict_.log)) {
      return FaultOfEntry(index, entry.time_ms(), "its statement was made for another log",
                          "sa déclaration a été faite pour un autre journal");
    }
    if (Check fault = CheckSignatures(index, entry, *read); fault.has_value()) return fault;
    for (int i = 0; i < read->statement.acts_size(); ++i) {
      const bool accepted = entry.recorded().decisions(i).effect() == record::v1::EFFECT_ACCEPTED;
      const Act& act = read->statement.acts(i);
      if (Check fault = TakeAct(index, entry, act, accepted); fault.has_value()) return fault;
    }
    return std::nullopt;
  }

  Check TakeFounding(const Entry& entry, const statement::v1::Statement& statement) {
    const bool founds = statement.acts_size() == 1 && statement.acts(0).has_convention_enacted();
    if (!founds)
      return FaultOfEntry(0, entry.time_ms(), "it does not found this log",
                          "elle ne fonde pas ce journal");
    origin_ = statement.acts(0).convention_enacted().origin();
    vkey_ = statement.acts(0).convention_enacted().checkpoint_vkey();
    for (const auto& key : statement.acts(0).convention_enacted().founding_keys())
      Enrol(key.spki());
    return std::nullopt;
  }

  void Enrol(const std::string& spki) {
    absl::StatusOr<certs::keys::PublicKey> key = certs::keys::PublicKey::FromSpki(spki);
    if (!key.ok()) return;
    std::string fingerprint = base::ToBytes(key->fingerprint());
    keys_.emplace(std::move(fingerprint), *std::move(key));
  }

  Check CheckSignatures(uint64_t index, const Entry& entry,
                        const audit::entry::SignedStatement& read) {
    std::vector<certs::keys::PublicKey> keys;
    for (const std::string& signer : read.statement.header().signers()) {
      const auto key = keys_.find(signer);
      if (key == keys_.end())
        return FaultOfEntry(index, entry.time_ms(),
                            "a signer's key is enrolled by no entry before it",
                            "la clé d'un signataire n'est enrôlée par aucune entrée avant elle");
      keys.push_back(key->second);
    }
    if (!certs::keys::VerifyEnvelope(read.envelope, keys).ok())
      return FaultOfEntry(index, entry.time_ms(), "a signature of its statement does not verify",
                          "une signature de sa déclaration ne se vérifie pas");
    verdict_.signatures += keys.size();
    return std::nullopt;
  }

  // What was done in the party's name stands in its chain.
  Check TakeAct(uint64_t index, const Entry& entry, const Act& act, bool accepted) {
    bool linked = act.party() != verdict_.party;
    for (const record::v1::PartyLink& link : entry.links())
      linked = linked || link.party() == verdict_.party;
    if (!linked)
      return FaultOfEntry(index, entry.time_ms(),
                          "it was done in the name of the party and is missing in its chain",
                          "elle a été faite au nom de la partie et manque dans sa chaîne");
    if (accepted && act.has_shard_opened()) {
      origin_ = act.shard_opened().origin();
      vkey_ = act.shard_opened().checkpoint_vkey();
      named_by_ = index;
    }
    if (accepted && act.has_agent_enrolled()) Enrol(act.agent_enrolled().spki());
    if (accepted && act.has_party_heads()) {
      verdict_.complete_before = index;
      verdict_.stated_ms = entry.time_ms();
      stated_ = act.party_heads();
      own_then_ = chains_[verdict_.party].size();
      common_then_ = chains_[std::string(kEveryone)].size();
      entries_then_ = entries_;
    }
    return std::nullopt;
  }

  // Both chains end in the heads that were stated last.
  Check CheckHeads() {
    if (!stated_.has_value()) {
      if (!base::Exists(absl::StrCat(folder_, "/", kPartyHeadsFile))) return std::nullopt;
      return Broken(kPartyHeadsFile,
                    base::Malformed("HEADS", "", "the entry that states them is missing"));
    }
    verdict_.beyond = entries_ - entries_then_;
    std::string text;
    if (Check fault = Read(kPartyHeadsFile, text); fault.has_value()) return fault;
    const absl::StatusOr<StatedHeads> heads = StatedHeadsFromText(text);
    if (!heads.ok()) return Broken(kPartyHeadsFile, heads.status());
    if (heads->entry != *verdict_.complete_before || heads->chains != stated_->chains())
      return Broken(kPartyHeadsFile, base::Malformed("HEADS", "",
                                                     absl::StrCat("it is not about entry ",
                                                                  *verdict_.complete_before,
                                                                  ", which states heads last")));
    std::set<std::string> told;
    for (const ProvedHead& proved : heads->heads) {
      if (proved.head.chain() != verdict_.party && proved.head.chain() != kEveryone)
        return Broken(kPartyHeadsFile, base::Malformed("HEADS", "", "a head is another party's"));
      const absl::StatusOr<Digest> root = RootOf(proved, heads->chains);
      if (!root.ok() || base::View(*root) != stated_->root())
        return Broken(kPartyHeadsFile,
                      base::Malformed("HEADS", "", "a head does not lead to the stated root"));
      if (Check fault = CheckHead(proved.head); fault.has_value()) return fault;
      told.insert(proved.head.chain());
    }
    // A party without any entry before it has no head.
    const bool own = told.contains(verdict_.party) || own_then_ == 0;
    if (own && told.contains(std::string(kEveryone))) return std::nullopt;
    return Broken(kPartyHeadsFile, base::Malformed("HEADS", "", "a head is missing"));
  }

  Check CheckHead(const record::v1::ChainHead& head) {
    const Chain& chain = chains_[head.chain()];
    // The entry that states the heads is itself one of `all`'s, after its head.
    const uint64_t before = head.chain() == kEveryone ? common_then_ - 1 : own_then_;
    if (head.length() == before && head.last() == base::View(chain[before - 1]))
      return std::nullopt;
    return FaultOfExport(
        absl::StrCat("An entry of the chain of ", Shown(head.chain()), " is missing before entry ",
                     *verdict_.complete_before, ": its heads count ", head.length(),
                     " entries of that chain, the export holds ", before, "."),
        absl::StrCat("Une entrée de la chaîne de ", Shown(head.chain()), " manque avant l'entrée ",
                     *verdict_.complete_before, " : ses têtes comptent ", head.length(),
                     " entrées de cette chaîne, l'export en contient ", before, "."));
  }

  const std::string& folder_;
  const Digest* const pinned_log_;
  PartyVerdict verdict_;
  std::optional<NoteVerifier> verifier_;
  // Origin and key that the entries taken name last, and the entry that does.
  std::string origin_, vkey_;
  uint64_t named_by_ = 0;
  std::map<uint64_t, Digest> roots_;
  std::map<std::string, Chain> chains_;
  std::map<std::string, certs::keys::PublicKey> keys_;
  int64_t last_ms_ = 0;
  // What was stated last, and how many entries of both chains there were then, its own included.
  std::optional<statement::v1::PartyHeads> stated_;
  uint64_t own_then_ = 0;
  uint64_t common_then_ = 0;
  uint64_t entries_ = 0;
  uint64_t entries_then_ = 0;
};

}  // namespace

bool IsPartyExport(const std::string& folder) {
  return base::Exists(absl::StrCat(folder, "/", kPartyFile));
}

absl::StatusOr<PartyVerdict> VerifyPartyExport(
    const std::string& folder, const Digest* pinned_log,
    absl::FunctionRef<void(uint64_t done, uint64_t total)> progress) {
  PartyWalk walk(folder, pinned_log);
  Check fault = walk.Run(progress);
  if (!fault.has_value()) return walk.Describe();
  if (!fault->unreadable.ok()) return fault->unreadable;
  PartyVerdict verdict;
  verdict.index = fault->index;
  verdict.fault_en = std::move(fault->en);
  verdict.fault_fr = std::move(fault->fr);
  return verdict;
}

}  // namespace passerelle::gateway::verify
