#include "audit/succession/succession.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/checkpoint.h"
#include "audit/entry/codec.h"
#include "audit/merkle/merkle.h"
#include "gateway/base/bytes.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"

namespace passerelle::audit::succession {
namespace {

using checkpoint::Checkpoint;
using checkpoint::NoteSigner;
using checkpoint::NoteVerifier;
using gateway::base::Digest;
using gateway::base::Malformed;

absl::Status Wrong(std::string_view message) { return Malformed("SUCCESSION", "", message); }

std::string TextOf(std::string_view log_name, const NoteVerifier& new_key) {
  return absl::StrCat("passerelle/succession/v1\n", gateway::base::ToHex(log_name), "\n",
                      new_key.ToVkey(), "\n");
}

// Whether a key signed a note, and the note says that this log goes on under the new key.
absl::Status CheckNote(std::string_view note, std::string_view text, const NoteVerifier& key) {
  ASSIGN_OR_RETURN(const checkpoint::OpenedNote opened, checkpoint::OpenNote(note, {&key, 1}));
  if (opened.text == text) return absl::OkStatus();
  return Wrong("the note of succession says nothing of this log and this key");
}

}  // namespace

absl::StatusOr<std::string> SignSuccession(std::string_view log_name, const NoteSigner& new_key,
                                           const NoteSigner* old_key) {
  const std::string text = TextOf(log_name, new_key.verifier());
  ASSIGN_OR_RETURN(const std::string note, new_key.Sign(text));
  if (old_key == nullptr) return note;
  ASSIGN_OR_RETURN(const std::string by_old, old_key->Sign(text));
  // Its line alone: text and empty line stand in the note already.
  return note + by_old.substr(text.size() + 1);
}

absl::Status CheckOpened(const statement::v1::ShardOpened& opened, const ClosedLog& closed,
                         std::string_view log_name, const Left& left) {
  ASSIGN_OR_RETURN(const NoteVerifier old_key, NoteVerifier::FromVkey(closed.vkey));
  ASSIGN_OR_RETURN(const NoteVerifier new_key, NoteVerifier::FromVkey(opened.checkpoint_vkey()));
  ASSIGN_OR_RETURN(const Checkpoint closing,
                   checkpoint::OpenCheckpoint(opened.closing(), old_key, closed.origin));
  if (closing.size != opened.closed_size() ||
      gateway::base::View(closing.root) != opened.closed_root())
    return Wrong("the closing checkpoint is of another size or root than the act says");
  if (closing.size == left.size && closing.root != left.root)
    return Wrong("the closing checkpoint is of another history than the entries that are left");
  const std::string text = TextOf(log_name, new_key);
  RETURN_IF_ERROR(CheckNote(opened.succession(), text, new_key));
  if (opened.cause() != statement::v1::SHARD_CAUSE_KEY_CHANGE) return absl::OkStatus();
  return CheckNote(opened.succession(), text, old_key);
}

absl::StatusOr<record::v1::Entry> OpenPresented(const statement::v1::ReceiptPresented& presented,
                                                const ClosedLog& closed) {
  ASSIGN_OR_RETURN(const NoteVerifier key, NoteVerifier::FromVkey(closed.vkey));
  ASSIGN_OR_RETURN(const Checkpoint signed_by,
                   checkpoint::OpenCheckpoint(presented.checkpoint(), key, closed.origin));
  ASSIGN_OR_RETURN(
      const std::vector<Digest> path,
      gateway::base::DigestsFromBytes(presented.path(), gateway::base::kMaxProofHashes));
  if (!merkle::VerifyInclusion(presented.index(), signed_by.size,
                               merkle::LeafHash(presented.entry()), path, signed_by.root)
           .ok())
    return Malformed("PRESENTED", "", "the entry is not under that checkpoint");
  return entry::DecodeLeaf(presented.entry());
}

}  // namespace passerelle::audit::succession
