#include "gateway/service/register_activities.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "audit/entry/codec.h"
#include "certs/keys/dsse.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/core/admission.h"
#include "policy/state/state.h"

namespace passerelle::gateway::service {
namespace {

using policy::state::KeyOf;
using StatementAct = statement::v1::Act;

}  // namespace

absl::StatusOr<ActivityReader> ActivityReader::ReadLog(const audit::log::Log& log) {
  ActivityReader reader;
  const uint64_t size = log.head().size;
  for (uint64_t begin = 0; begin < size; begin += base::kMaxGroupEntries) {
    ASSIGN_OR_RETURN(const std::vector<std::string> leaves,
                     log.ReadEntries(begin, std::min(begin + base::kMaxGroupEntries, size)));
    for (size_t i = 0; i < leaves.size(); ++i)
      RETURN_IF_ERROR(
          base::InContext(reader.Take(begin + i, leaves[i]), absl::StrCat("entry ", begin + i)));
  }
  return reader;
}

absl::Status ActivityReader::Take(uint64_t index, const std::string& leaf) {
  ASSIGN_OR_RETURN(const record::v1::Entry entry, audit::entry::DecodeLeaf(leaf));
  // A refused statement changes nothing, and its acts are not in the log.
  if (!entry.has_recorded()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const statement::v1::Envelope envelope,
                   audit::entry::DecodeEnvelope(entry.recorded().envelope()));
  ASSIGN_OR_RETURN(const statement::v1::Statement statement,
                   audit::entry::DecodeStatement(envelope.payload()));
  if (entry.recorded().decisions_size() != statement.acts_size())
    return base::Corrupt("DECISIONS", "an entry has one decision an act");
  const base::Digest digest = certs::keys::StatementDigest(envelope.payload());
  for (int ordinal = 0; ordinal < statement.acts_size(); ++ordinal) {
    const record::v1::Decision& decision = entry.recorded().decisions(ordinal);
    // What is noted changes nothing.
    if (decision.effect() != record::v1::EFFECT_ACCEPTED) continue;
    Act act{statement.acts(ordinal), decision, {}, index, entry.civil_date()};
    act.name.set_statement(base::ToBytes(digest));
    act.name.set_ordinal(static_cast<uint32_t>(ordinal));
    TakeAct(act);
  }
  return absl::OkStatus();
}

const CommittedText* ActivityReader::FindPerson(const std::string& mandate) const {
  const auto it = persons_.find(mandate);
  return it == persons_.end() ? nullptr : &it->second;
}

std::optional<CommittedText> ActivityReader::TextOf(const Act& act, std::string_view path) {
  const std::vector<core::ActCommitment> commitments = core::CommitmentsOf(act.body);
  for (size_t slot = 0; slot < commitments.size(); ++slot) {
    if (commitments[slot].path != path) continue;
    const absl::StatusOr<base::Digest> digest = base::DigestFromBytes(commitments[slot].digest);
    if (!digest.ok()) return std::nullopt;
    return CommittedText{{act.index, act.name.ordinal(), static_cast<uint32_t>(slot)}, *digest};
  }
  return std::nullopt;
}

statement::v1::ActRef ActivityReader::Resolve(const Act& act, const statement::v1::ActRef& ref) {
  statement::v1::ActRef absolute = ref;
  if (absolute.statement().empty()) absolute.set_statement(act.name.statement());
  return absolute;
}

Activity* ActivityReader::OfExchange(const Act& act, const statement::v1::ActRef& exchange) {
  const auto it = exchanges_.find(KeyOf(Resolve(act, exchange)));
  return it == exchanges_.end() ? nullptr : &activities_[it->second];
}

Activity* ActivityReader::OfTransfer(const Act& act, const statement::v1::ActRef& transfer) {
  const auto it = transfers_.find(KeyOf(Resolve(act, transfer)));
  return it == transfers_.end() ? nullptr : &activities_[it->second];
}

void ActivityReader::TakeAct(const Act& act) {
  switch (act.body.body_case()) {
    case StatementAct::kMandateGiven:
      if (const auto person = TextOf(act, "mandate_given.person"))
        persons_.emplace(KeyOf(act.name), *person);
      break;
    case StatementAct::kDatasetDeclared:
      datasets_[KeyOf(act.name)] = {act.body.dataset_declared(),
                                    TextOf(act, "dataset_declared.title")};
      break;
    case StatementAct::kExchangeProposed:
      Propose(act);
      break;
    default:
      TakeExchangeAct(act);
      TakeTransferAct(act);
      break;
  }
}

void ActivityReader::Propose(const Act& act) {
  Activity activity;
  activity.exchange = act.name;
  activity.proposed = act.body.exchange_proposed();
  activity.holder = act.decision.outcome().exchange().holder();
  activity.recipient = act.decision.outcome().exchange().recipient();
  activity.dataset = datasets_[KeyOf(Resolve(act, activity.proposed.dataset()))];
  activity.proofs.proposal.push_back(act.index);
  exchanges_.emplace(KeyOf(act.name), activities_.size());
  activities_.push_back(std::move(activity));
}

void ActivityReader::TakeExchangeAct(const Act& act) {
  switch (act.body.body_case()) {
    case StatementAct::kDpoOpinionGiven:
      if (Activity* activity = OfExchange(act, act.body.dpo_opinion_given().exchange())) {
        activity->opinion = {act.body.dpo_opinion_given(), act.recorded_on};
        activity->proofs.opinions.push_back(act.index);
      }
      break;
    case StatementAct::kExchangeDecided:
      if (Activity* activity = OfExchange(act, act.body.exchange_decided().exchange())) {
        activity->decision = {act.body.exchange_decided().verdict(), act.recorded_on};
        activity->proofs.decision.push_back(act.index);
      }
      break;
    case StatementAct::kRegisterEntryRecorded:
      RecordSheet(act);
      break;
    default:
      break;
  }
}

void ActivityReader::RecordSheet(const Act& act) {
  Activity* activity = OfExchange(act, act.body.register_entry_recorded().exchange());
  if (activity == nullptr) return;
  RegisteredSheet sheet{act.body.register_entry_recorded(),
                        TextOf(act, "register_entry_recorded.sheet"), act.recorded_on,
                        act.recorded_on};
  const auto before = activity->sheets.find(act.body.party());
  if (before != activity->sheets.end()) sheet.first_recorded_on = before->second.first_recorded_on;
  activity->sheets[act.body.party()] = std::move(sheet);
  activity->proofs.sheets.push_back(act.index);
}

void ActivityReader::TakeTransferAct(const Act& act) {
  const auto prove = [&](const statement::v1::ActRef& transfer,
                         std::vector<uint64_t> ActivityProofs::*step) {
    if (Activity* activity = OfTransfer(act, transfer))
      (activity->proofs.*step).push_back(act.index);
  };
  switch (act.body.body_case()) {
    case StatementAct::kTransferSubmitted:
      if (Activity* activity = OfExchange(act, act.body.transfer_submitted().exchange())) {
        transfers_.emplace(KeyOf(act.name), static_cast<size_t>(activity - activities_.data()));
        activity->periods.push_back(act.body.transfer_submitted().period());
        activity->proofs.transfers.push_back(act.index);
      }
      break;
    case StatementAct::kTransferRuled:
      prove(act.body.transfer_ruled().transfer(), &ActivityProofs::rulings);
      break;
    case StatementAct::kContentHandedOver:
      prove(act.body.content_handed_over().transfer(), &ActivityProofs::handovers);
      break;
    case StatementAct::kTransferAcknowledged:
      prove(act.body.transfer_acknowledged().transfer(), &ActivityProofs::acknowledgements);
      break;
    case StatementAct::kRetentionReached:
      prove(act.body.retention_reached().transfer(), &ActivityProofs::retentions);
      break;
    case StatementAct::kPayloadErased:
      prove(act.body.payload_erased().transfer(), &ActivityProofs::erasures);
      break;
    default:
      break;
  }
}

}  // namespace passerelle::gateway::service
