#include "gateway/client/succession.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/proof.h"
#include "audit/entry/codec.h"
#include "audit/merkle/merkle.h"
#include "audit/succession/succession.h"
#include "certs/keys/dsse.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"

namespace passerelle::gateway::client {
namespace {

using audit::checkpoint::Checkpoint;
using audit::checkpoint::NoteVerifier;

absl::Status NoSuccession(std::string_view message) {
  return base::Malformed("SUCCESSION", "", message);
}

// The act of a receipt, if that records this very statement for this log.
absl::StatusOr<statement::v1::ShardOpened> OpenedIn(const std::string& leaf, const Pins& pins,
                                                    const base::Digest& statement) {
  ASSIGN_OR_RETURN(const record::v1::Entry entry, audit::entry::DecodeLeaf(leaf));
  if (!entry.has_recorded()) return NoSuccession("the act was refused");
  ASSIGN_OR_RETURN(const audit::entry::SignedStatement read,
                   audit::entry::DecodeSigned(entry.recorded().envelope()));
  if (certs::keys::StatementDigest(read.envelope.payload()) != statement ||
      read.statement.header().log() != base::View(pins.log))
    return NoSuccession("the receipt is of another act than the one named");
  if (read.statement.acts_size() != 1 || !read.statement.acts(0).has_shard_opened() ||
      entry.recorded().decisions(0).effect() != record::v1::EFFECT_ACCEPTED)
    return NoSuccession("the act named opens no successor of this log");
  return read.statement.acts(0).shard_opened();
}

// The root of the first `size` entries, proved to be continued by a checkpoint.
absl::StatusOr<base::Digest> RootAt(Channel& channel, const Pins& pins, uint64_t size,
                                    const Checkpoint& head) {
  api::GetConsistencyRequest request;
  request.set_log(base::ToBytes(pins.log));
  request.set_from(size);
  request.set_to(head.size);
  ASSIGN_OR_RETURN(const api::GetConsistencyResponse response, channel.GetConsistency(request));
  ASSIGN_OR_RETURN(const std::vector<base::Digest> proof,
                   base::DigestsFromBytes(response.consistency(), base::kMaxConsistencyHashes));
  ASSIGN_OR_RETURN(const base::Digest root, base::DigestFromBytes(response.from_root()));
  if (!audit::merkle::VerifyConsistency(size, head.size, proof, root, head.root).ok())
    return base::Corrupt("CONSISTENCY", "the gateway's answer proves nothing");
  return root;
}

// Holds a succession, whose head is proved, against a checkpoint of the closed log.
absl::Status CheckAgainst(Channel& channel, const Pins& pins, const Succession& succession,
                          const Checkpoint& head, const Checkpoint& seen) {
  const uint64_t closed_size = succession.opened.closed_size();
  if (seen.size > closed_size)
    return base::Error(
        absl::StatusCode::kFailedPrecondition, "SUCCESSION_SHORT", "",
        absl::StrCat("the succession says that the log had ", closed_size,
                     " entries, and there is a checkpoint of ", seen.size,
                     " that its key signed: acts were dropped. Keep it and the receipts: they are "
                     "evidence"));
  // Of what is lost nothing is left to be compared.
  if (seen.size > succession.index) return absl::OkStatus();
  ASSIGN_OR_RETURN(const base::Digest root, RootAt(channel, pins, seen.size, head));
  if (root == seen.root) return absl::OkStatus();
  return base::Corrupt("FORK", absl::StrCat("the successor holds other ", seen.size,
                                            " entries than the log that was closed"));
}

}  // namespace

absl::StatusOr<Succession> VerifySuccession(Channel& channel, const Pins& pins,
                                            const base::Digest& statement,
                                            const std::optional<Checkpoint>& seen,
                                            absl::Span<const Checkpoint> witnessed) {
  api::GetReceiptRequest request;
  request.set_log(base::ToBytes(pins.log));
  request.set_statement(base::ToBytes(statement));
  ASSIGN_OR_RETURN(const api::GetReceiptResponse response, channel.GetReceipt(request));
  ASSIGN_OR_RETURN(const audit::checkpoint::TlogProof proof,
                   audit::checkpoint::ProofFromText(response.receipt().tlog_proof()));
  Succession succession;
  ASSIGN_OR_RETURN(succession.opened, OpenedIn(proof.extra, pins, statement));
  const statement::v1::ShardOpened& opened = succession.opened;
  ASSIGN_OR_RETURN(const NoteVerifier next, NoteVerifier::FromVkey(opened.checkpoint_vkey()));
  ASSIGN_OR_RETURN(
      const audit::checkpoint::VerifiedReceipt verified,
      audit::checkpoint::VerifyReceipt(response.receipt().tlog_proof(), next, opened.origin()));
  succession.index = verified.index;
  ASSIGN_OR_RETURN(const base::Digest left,
                   RootAt(channel, pins, verified.index, verified.checkpoint));
  RETURN_IF_ERROR(audit::succession::CheckOpened(opened, {pins.origin, pins.verifier.ToVkey()},
                                                 base::View(pins.log), {verified.index, left}));
  succession.lost = opened.closed_size() - verified.index;
  if (seen.has_value()) {
    RETURN_IF_ERROR(CheckAgainst(channel, pins, succession, verified.checkpoint, *seen));
    succession.lost_of_ours = seen->size - std::min(seen->size, verified.index);
  }
  for (const Checkpoint& shown : witnessed)
    RETURN_IF_ERROR(CheckAgainst(channel, pins, succession, verified.checkpoint, shown));
  return succession;
}

absl::StatusOr<statement::v1::ReceiptPresented> PresentReceipt(std::string_view receipt) {
  ASSIGN_OR_RETURN(const audit::checkpoint::TlogProof proof,
                   audit::checkpoint::ProofFromText(receipt));
  statement::v1::ReceiptPresented presented;
  presented.set_index(proof.index);
  presented.set_entry(proof.extra);
  presented.set_path(base::Concatenated(proof.path));
  presented.set_checkpoint(proof.checkpoint);
  return presented;
}

}  // namespace passerelle::gateway::client
