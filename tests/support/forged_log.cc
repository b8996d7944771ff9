#include "tests/support/forged_log.h"

#include <map>
#include <utility>

#include "audit/checkpoint/checkpoint.h"
#include "audit/entry/codec.h"
#include "audit/log/export.h"
#include "certs/keys/dsse.h"
#include "gateway/base/status.h"
#include "policy/decide.h"

namespace passerelle::tests {
namespace {

using audit::entry::SignedStatement;
using record::v1::Entry;
using statement::v1::Act;

// What an entry records; nothing of a refusal.
absl::StatusOr<SignedStatement> Open(const Entry& entry) {
  if (!entry.has_recorded()) return SignedStatement();
  return audit::entry::DecodeSigned(entry.recorded().envelope());
}

// The only act of an entry's statement; an empty one when there are several, or none.
absl::StatusOr<Act> LoneAct(const std::string& leaf) {
  ASSIGN_OR_RETURN(const Entry entry, audit::entry::DecodeLeaf(leaf));
  ASSIGN_OR_RETURN(const SignedStatement recorded, Open(entry));
  return recorded.statement.acts_size() == 1 ? recorded.statement.acts(0) : Act();
}

}  // namespace

absl::StatusOr<ForgedLog> ForgedLog::Begin(const std::vector<std::string>& honest, uint64_t size) {
  ForgedLog log;
  for (uint64_t i = 0; i < size; ++i) {
    ASSIGN_OR_RETURN(const Entry entry, audit::entry::DecodeLeaf(honest[i]));
    RETURN_IF_ERROR(log.Take(entry, honest[i]));
  }
  return log;
}

absl::StatusOr<ForgedLog> ForgedLog::WithoutOpinion(const std::vector<std::string>& honest,
                                                    const certs::keys::PrivateKey& decider) {
  // The entry of each exchange's first opinion.
  std::map<std::string, uint64_t> opinions;
  for (uint64_t i = 0; i < honest.size(); ++i) {
    ASSIGN_OR_RETURN(const Act act, LoneAct(honest[i]));
    if (act.has_dpo_opinion_given())
      opinions.emplace(policy::state::KeyOf(act.dpo_opinion_given().exchange()), i);
    if (!act.has_exchange_decided()) continue;
    const auto opinion = opinions.find(policy::state::KeyOf(act.exchange_decided().exchange()));
    if (opinion == opinions.end()) continue;
    ASSIGN_OR_RETURN(ForgedLog log, Begin(honest, opinion->second));
    ASSIGN_OR_RETURN(Entry entry, audit::entry::DecodeLeaf(honest[i]));
    ASSIGN_OR_RETURN(entry, log.Resigned(std::move(entry), decider));
    RETURN_IF_ERROR(log.Record(std::move(entry)));
    return log;
  }
  return absl::NotFoundError("no decision follows an opinion in this log");
}

absl::StatusOr<Entry> ForgedLog::Resigned(Entry entry,
                                          const certs::keys::PrivateKey& signer) const {
  ASSIGN_OR_RETURN(SignedStatement recorded, Open(entry));
  statement::v1::Header& header = *recorded.statement.mutable_header();
  header.clear_signers();
  header.add_signers(gateway::base::ToBytes(signer.public_key().fingerprint()));
  header.mutable_seen()->set_size(frontier_.size());
  header.mutable_seen()->set_root(gateway::base::ToBytes(frontier_.Root()));
  entry.mutable_recorded()->set_envelope(
      certs::keys::SignStatement(recorded.statement.SerializeAsString(), {&signer})
          .SerializeAsString());
  return entry;
}

absl::Status ForgedLog::Record(Entry entry) {
  *entry.mutable_settings() = state_.founding()->settings_ref();
  for (record::v1::PartyLink& link : *entry.mutable_links()) {
    const record::v1::ChainRow* chain = state_.chains.Find(link.party());
    link.set_ordinal(chain == nullptr ? 0 : chain->length());
    link.set_previous(chain == nullptr ? "" : chain->last());
  }
  ASSIGN_OR_RETURN(std::string leaf, audit::entry::EncodeLeaf(entry));
  return Take(entry, std::move(leaf));
}

absl::Status ForgedLog::Take(const Entry& entry, std::string leaf) {
  ASSIGN_OR_RETURN(const SignedStatement recorded, Open(entry));
  policy::AppliedEntry applied{.entry = entry,
                               .index = entries_.size(),
                               .leaf = audit::merkle::LeafHash(leaf),
                               .statement = nullptr,
                               .digest = {}};
  if (entry.has_recorded()) {
    applied.statement = &recorded.statement;
    applied.digest = certs::keys::StatementDigest(recorded.envelope.payload());
  }
  RETURN_IF_ERROR(policy::Apply(state_, applied));
  frontier_.Append(applied.leaf);
  entries_.push_back(std::move(leaf));
  return absl::OkStatus();
}

absl::Status ForgedLog::Export(const std::string& folder,
                               const audit::checkpoint::NoteSigner& key) const {
  ASSIGN_OR_RETURN(const std::string checkpoint,
                   audit::checkpoint::SignCheckpoint(
                       key, {state_.founding()->origin(), frontier_.size(), frontier_.Root()}));
  return audit::log::WriteExport(
             folder, {checkpoint, key.verifier().ToVkey(), entries_.size(), frontier_.Root()},
             [&](uint64_t begin, uint64_t end) -> absl::StatusOr<std::vector<std::string>> {
               return std::vector<std::string>(entries_.begin() + static_cast<int64_t>(begin),
                                               entries_.begin() + static_cast<int64_t>(end));
             },
             [](uint64_t) {})
      .status();
}

}  // namespace passerelle::tests
