#include "gateway/client/receipt_check.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "audit/checkpoint/proof.h"
#include "audit/entry/codec.h"
#include "certs/keys/dsse.h"
#include "gateway/base/commitment.h"
#include "gateway/base/status.h"

namespace passerelle::gateway::client {
namespace {

constexpr size_t kSaltBytes = 32;
constexpr size_t kNonceBytes = 32;

// Reads what the proven entry records.
absl::Status Interpret(const std::string& leaf, const Pins& pins, Proven& proven) {
  ASSIGN_OR_RETURN(proven.entry, audit::entry::DecodeLeaf(leaf));
  if (!proven.entry.has_recorded()) {
    proven.effect = record::v1::EFFECT_REFUSED;
    return absl::OkStatus();
  }
  const record::v1::Recorded& recorded = proven.entry.recorded();
  ASSIGN_OR_RETURN(audit::entry::SignedStatement decoded,
                   audit::entry::DecodeSigned(recorded.envelope()));
  proven.digest = certs::keys::StatementDigest(decoded.envelope.payload());
  proven.statement = std::move(decoded.statement);
  if (recorded.decisions_size() != proven.statement->acts_size())
    return base::Corrupt("RECEIPT_DECISIONS", "the entry does not hold one decision for each act");
  proven.effect = recorded.decisions(0).effect();
  const bool ours = proven.index == 0 ? proven.leaf == pins.log
                                      : proven.statement->header().log() == base::View(pins.log);
  if (!ours)
    return base::Corrupt("FOREIGN_LOG", "the entry belongs to another log than the one pinned");
  return absl::OkStatus();
}

bool SameRef(const statement::v1::ActRef& a, const statement::v1::ActRef& b) {
  return a.statement() == b.statement() && a.ordinal() == b.ordinal();
}

}  // namespace

absl::StatusOr<Proven> CheckReceipt(const passerelle::gateway::v1::Receipt& receipt,
                                    const Pins& pins, CheckpointMemory& memory,
                                    passerelle::gateway::v1::Level asked) {
  absl::StatusOr<audit::checkpoint::VerifiedReceipt> verified =
      audit::checkpoint::VerifyReceipt(receipt.tlog_proof(), pins.verifier, pins.origin);
  if (!verified.ok()) return base::InContext(verified.status(), "the receipt proves nothing");
  Proven proven;
  const passerelle::gateway::v1::Level level =
      std::min({asked, receipt.level(), passerelle::gateway::v1::LEVEL_STAMPED});
  if (level > passerelle::gateway::v1::LEVEL_COMMITTED) {
    RETURN_IF_ERROR(memory.Place(verified->note, verified->checkpoint, receipt.consistency()));
    proven.level = level;
    if (level == passerelle::gateway::v1::LEVEL_STAMPED) proven.time_stamp = receipt.time_stamp();
  } else {
    RETURN_IF_ERROR(memory.Advance(verified->note, verified->checkpoint, receipt.consistency()));
  }
  proven.index = verified->index;
  proven.leaf = verified->leaf;
  proven.salt = receipt.refused_salt();
  proven.file = receipt.tlog_proof();
  if (const absl::Status read = Interpret(verified->entry, pins, proven); !read.ok())
    return base::InContext(read, "the receipt's entry is in the log, but");
  return proven;
}

absl::StatusOr<uint64_t> DemandQuorum(std::string_view note,
                                      const convention::v1::Settings& settings) {
  absl::StatusOr<uint64_t> time_s = verify::CheckSettingsQuorum(note, settings);
  if (time_s.ok()) return time_s;
  return base::Corrupt("WITNESS_QUORUM",
                       absl::StrCat("the gateway shows a checkpoint as witnessed that is not: ",
                                    time_s.status().message()));
}

absl::Status DemandLevel(const Pins& pins, const convention::v1::Settings& settings,
                         Proven& proven) {
  if (proven.level <= passerelle::gateway::v1::LEVEL_COMMITTED) return absl::OkStatus();
  ASSIGN_OR_RETURN(const audit::checkpoint::TlogProof proof,
                   audit::checkpoint::ProofFromText(proven.file));
  const bool stamped = proven.level == passerelle::gateway::v1::LEVEL_STAMPED;
  // Without witnesses an authority stamps what the log alone signed.
  if (!stamped || settings.witness_quorum() > 0)
    RETURN_IF_ERROR(DemandQuorum(proof.checkpoint, settings).status());
  if (!stamped) return absl::OkStatus();
  absl::StatusOr<verify::StampedNote> note =
      verify::VerifyStamp(proof.checkpoint, pins.verifier, proven.time_stamp, settings);
  if (!note.ok())
    return base::Corrupt("TIME_STAMP",
                         absl::StrCat("the gateway shows a checkpoint as stamped that is not: ",
                                      note.status().message()));
  proven.stamped = *std::move(note);
  return absl::OkStatus();
}

absl::Status DemandStatement(const Proven& proven, const base::Digest& digest) {
  const bool opens = proven.statement.has_value()
                         ? proven.digest == digest
                         : proven.salt.size() == kSaltBytes &&
                               proven.entry.refused().salted_digest() ==
                                   base::View(base::RefusedDigest(proven.salt, digest));
  if (opens) return absl::OkStatus();
  return base::Corrupt("RECEIPT_OF_ANOTHER",
                       "the receipt proves an entry, but not one about this statement");
}

absl::Status DemandEnvelope(const Proven& proven, const base::Digest& digest,
                            std::string_view envelope) {
  RETURN_IF_ERROR(DemandStatement(proven, digest));
  if (!proven.statement.has_value() || proven.entry.recorded().envelope() == envelope)
    return absl::OkStatus();
  return base::Corrupt("RECEIPT_ENVELOPE",
                       "the statement is recorded under other signatures than those sent");
}

absl::Status DemandHandover(const Proven& proven, const statement::v1::ActRef& transfer,
                            uint64_t seen_size) {
  const bool about_it =
      proven.statement.has_value() && proven.effect == record::v1::EFFECT_ACCEPTED &&
      proven.index >= seen_size && proven.statement->acts_size() == 1 &&
      proven.statement->acts(0).has_content_handed_over() &&
      SameRef(proven.statement->acts(0).content_handed_over().transfer(), transfer);
  if (about_it) return absl::OkStatus();
  return base::Corrupt("HANDOVER_OF_ANOTHER",
                       "the receipt proves an entry, but not this handover of this transfer");
}

absl::Status DemandPayload(const Proven& proven, const statement::v1::ActRef& transfer,
                           std::string_view nonce, const base::Digest& content) {
  const auto fault = [](std::string_view message) {
    return base::Corrupt("PAYLOAD_COMMITMENT", message);
  };
  if (!proven.statement.has_value() || proven.effect != record::v1::EFFECT_ACCEPTED ||
      transfer.ordinal() >= static_cast<uint32_t>(proven.statement->acts_size()) ||
      !proven.statement->acts(static_cast<int>(transfer.ordinal())).has_transfer_submitted())
    return fault("the reference names no transfer that the log accepted");
  const std::string& stated = proven.statement->acts(static_cast<int>(transfer.ordinal()))
                                  .transfer_submitted()
                                  .payload()
                                  .digest();
  if (nonce.size() != kNonceBytes ||
      base::View(base::CommitToDigest(base::CommitmentKind::kPayload, nonce, content)) != stated)
    return fault("the payload handed over is not the one that the sender committed to");
  return absl::OkStatus();
}

}  // namespace passerelle::gateway::client
