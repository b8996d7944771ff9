#include "gateway/core/receipt.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "audit/checkpoint/proof.h"
#include "audit/entry/codec.h"
#include "gateway/base/status.h"

namespace passerelle::gateway::core {

record::v1::Effect EffectOf(const record::v1::Entry& entry) {
  return entry.has_recorded() ? entry.recorded().decisions(0).effect() : record::v1::EFFECT_REFUSED;
}

absl::Status CheckSeenSize(uint64_t seen_size, uint64_t size) {
  if (seen_size <= size) return absl::OkStatus();
  return base::Error(absl::StatusCode::kOutOfRange, "SEEN_AHEAD", "seen_size",
                     "the caller saw a checkpoint of more entries than this log has");
}

absl::StatusOr<std::string> ConsistencyBytes(const audit::log::Log& log, uint64_t seen_size,
                                             uint64_t to) {
  RETURN_IF_ERROR(CheckSeenSize(seen_size, log.head().size));
  if (seen_size == 0 || seen_size == to) return std::string();
  ASSIGN_OR_RETURN(const std::vector<base::Digest> proof,
                   log.ConsistencyProof(std::min(seen_size, to), std::max(seen_size, to)));
  return base::Concatenated(proof);
}

absl::StatusOr<passerelle::gateway::v1::Receipt> MakeReceipt(const audit::log::Log& log,
                                                             const Outcome& outcome,
                                                             uint64_t seen_size,
                                                             const std::string* entry) {
  const audit::log::SignedHead signed_head = log.signed_head();
  const uint64_t size = signed_head.head.size;
  RETURN_IF_ERROR(CheckSeenSize(seen_size, size));
  audit::checkpoint::TlogProof proof;
  if (entry != nullptr) {
    proof.extra = *entry;
  } else {
    ASSIGN_OR_RETURN(std::vector<std::string> entries,
                     log.ReadEntries(outcome.index, outcome.index + 1));
    proof.extra = std::move(entries[0]);
  }
  proof.index = outcome.index;
  ASSIGN_OR_RETURN(proof.path, log.InclusionProof(outcome.index, size));
  proof.checkpoint = signed_head.checkpoint;
  passerelle::gateway::v1::Receipt receipt;
  receipt.set_tlog_proof(audit::checkpoint::ToText(proof));
  ASSIGN_OR_RETURN(*receipt.mutable_consistency(), ConsistencyBytes(log, seen_size, size));
  receipt.set_effect(outcome.effect);
  if (outcome.effect == record::v1::EFFECT_UNSPECIFIED) {
    ASSIGN_OR_RETURN(const record::v1::Entry decoded, audit::entry::DecodeLeaf(proof.extra));
    receipt.set_effect(EffectOf(decoded));
  }
  receipt.set_refused_salt(outcome.refused_salt);
  receipt.set_level(passerelle::gateway::v1::LEVEL_COMMITTED);
  return receipt;
}

absl::Status Raise(const audit::log::Log& log, const audit::log::SignedHead& at,
                   passerelle::gateway::v1::Level level, uint64_t seen_size,
                   passerelle::gateway::v1::Receipt& receipt) {
  ASSIGN_OR_RETURN(audit::checkpoint::TlogProof proof,
                   audit::checkpoint::ProofFromText(receipt.tlog_proof()));
  ASSIGN_OR_RETURN(proof.path, log.InclusionProof(proof.index, at.head.size));
  proof.checkpoint = at.checkpoint;
  ASSIGN_OR_RETURN(*receipt.mutable_consistency(), ConsistencyBytes(log, seen_size, at.head.size));
  receipt.set_tlog_proof(audit::checkpoint::ToText(proof));
  receipt.set_level(level);
  return absl::OkStatus();
}

}  // namespace passerelle::gateway::core
