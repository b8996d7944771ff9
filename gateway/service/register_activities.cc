#include "gateway/service/register_activities.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "audit/entry/codec.h"
#include "certs/keys/dsse.h"
#include "gateway/base/status.h"
#include "gateway/core/admission.h"
#include "policy/state/query.h"
#include "policy/state/state.h"

namespace passerelle::gateway::service {
namespace {

using policy::state::KeyOf;
using StatementAct = statement::v1::Act;

Day DayOf(const convention::v1::Date& date) {
  return static_cast<Day>(policy::state::NumberOf(date));
}

// Whether a register names who holds the role.
bool IsOffice(statement::v1::Role role) {
  return role == statement::v1::ROLE_DPO || role == statement::v1::ROLE_REPRESENTATIVE;
}

}  // namespace

std::vector<uint64_t> Activity::EntriesOf(StepKind kind) const {
  std::vector<uint64_t> entries;
  for (const Step& step : steps)
    if (step.kind == kind && (entries.empty() || entries.back() != step.index))
      entries.push_back(step.index);
  return entries;
}

size_t Activity::Count(StepKind kind) const {
  return static_cast<size_t>(std::count_if(steps.begin(), steps.end(),
                                           [kind](const Step& step) { return step.kind == kind; }));
}

absl::Status ActivityReader::Take(uint64_t index, const std::string& leaf) {
  ASSIGN_OR_RETURN(const record::v1::Entry entry, audit::entry::DecodeLeaf(leaf));
  entries_ = index + 1;
  time_ms_ = entry.time_ms();
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
    Act act{statement.acts(ordinal), decision, {}, index, DayOf(entry.civil_date())};
    act.name.set_statement(base::ToBytes(digest));
    act.name.set_ordinal(static_cast<uint32_t>(ordinal));
    TakeAct(act);
  }
  return absl::OkStatus();
}

const CommittedText* ActivityReader::FindOfficeHolder(const std::string& party,
                                                      statement::v1::Role role, int64_t time_ms,
                                                      Day day) const {
  const auto it = offices_.find(party);
  if (it == offices_.end()) return nullptr;
  convention::v1::Date date;
  date.set_year(day / 10000);
  date.set_month(day / 100 % 100);
  date.set_day(day % 100);
  const OfficeMandate* found = nullptr;
  for (const OfficeMandate& mandate : it->second) {
    if (mandate.row.role() != role || !policy::state::InForce(mandate.row, time_ms, date)) continue;
    const bool titular = mandate.row.rank() != statement::v1::RANK_DEPUTY;
    if (found == nullptr || titular) found = &mandate;
    if (titular) break;
  }
  return found == nullptr || !found->person.has_value() ? nullptr : &*found->person;
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

// The key of a reference; an empty digest means "in this set".
std::string ActivityReader::KeyIn(const Act& act, const statement::v1::ActRef& ref) {
  if (!ref.statement().empty()) return KeyOf(ref);
  statement::v1::ActRef absolute = ref;
  absolute.set_statement(act.name.statement());
  return KeyOf(absolute);
}

Activity* ActivityReader::OfExchange(const Act& act, const statement::v1::ActRef& exchange) {
  const auto it = exchanges_.find(KeyIn(act, exchange));
  return it == exchanges_.end() ? nullptr : &activities_[it->second];
}

RegisteredTransfer* ActivityReader::StepOf(const Act& act, const statement::v1::ActRef& transfer,
                                           StepKind kind) {
  const auto it = transfers_.find(KeyIn(act, transfer));
  if (it == transfers_.end()) return nullptr;
  Activity& activity = activities_[it->second.activity];
  AddStep(activity, act, kind, it->second.transfer);
  return &activity.transfers[it->second.transfer];
}

void ActivityReader::AddStep(Activity& activity, const Act& act, StepKind kind, uint32_t transfer) {
  activity.steps.push_back({kind, transfer, act.day, act.index});
}

void ActivityReader::TakeAct(const Act& act) {
  switch (act.body.body_case()) {
    case StatementAct::kConventionEnacted:
      founding_ = act.body.convention_enacted();
      break;
    case StatementAct::kMandateGiven:
      TakeMandate(act);
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

void ActivityReader::TakeMandate(const Act& act) {
  const statement::v1::MandateGiven& given = act.body.mandate_given();
  if (!IsOffice(given.role())) return;
  OfficeMandate mandate;
  mandate.row.set_party(act.body.party());
  mandate.row.set_role(given.role());
  mandate.row.set_rank(given.rank());
  *mandate.row.mutable_from() = given.from();
  *mandate.row.mutable_until() = act.decision.outcome().mandate().until();
  mandate.row.set_in_force_from_ms(act.decision.outcome().in_force_from_ms());
  mandate.person = TextOf(act, "mandate_given.person");
  offices_[act.body.party()].push_back(std::move(mandate));
}

void ActivityReader::Propose(const Act& act) {
  Activity activity;
  activity.exchange = act.name;
  activity.proposed = act.body.exchange_proposed();
  activity.holder = act.decision.outcome().exchange().holder();
  activity.recipient = act.decision.outcome().exchange().recipient();
  if (!party_.empty() && party_ != activity.holder && !activity.Receives(party_)) return;
  activity.dataset = datasets_[KeyIn(act, activity.proposed.dataset())];
  activity.until = DayOf(activity.proposed.until());
  AddStep(activity, act, StepKind::kProposal);
  exchanges_.emplace(KeyOf(act.name), activities_.size());
  activities_.push_back(std::move(activity));
}

void ActivityReader::TakeExchangeAct(const Act& act) {
  switch (act.body.body_case()) {
    case StatementAct::kDpoOpinionGiven:
      if (Activity* activity = OfExchange(act, act.body.dpo_opinion_given().exchange())) {
        activity->opinion = {act.body.dpo_opinion_given(), act.index, act.day};
        if (act.decision.outcome().terms().has_until())
          activity->until = DayOf(act.decision.outcome().terms().until());
        AddStep(*activity, act, StepKind::kOpinion);
      }
      break;
    case StatementAct::kExchangeDecided:
      if (Activity* activity = OfExchange(act, act.body.exchange_decided().exchange())) {
        activity->decision = {act.body.exchange_decided().verdict(), act.index, act.day};
        if (act.decision.outcome().terms().has_until())
          activity->until = DayOf(act.decision.outcome().terms().until());
        AddStep(*activity, act, StepKind::kDecision);
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
                        TextOf(act, "register_entry_recorded.sheet"), act.index, act.day, act.day};
  const auto before = activity->sheets.find(act.body.party());
  if (before != activity->sheets.end()) sheet.first_recorded_on = before->second.first_recorded_on;
  activity->sheets[act.body.party()] = std::move(sheet);
  AddStep(*activity, act, StepKind::kSheet);
}

void ActivityReader::Submit(const Act& act) {
  const statement::v1::TransferSubmitted& submitted = act.body.transfer_submitted();
  Activity* activity = OfExchange(act, submitted.exchange());
  if (activity == nullptr) return;
  RegisteredTransfer transfer;
  transfer.key = KeyOf(act.name);
  transfer.period = submitted.period();
  transfer.index = act.index;
  transfer.recorded_on = act.day;
  transfer.retain_until = DayOf(act.decision.outcome().transfer().retain_until());
  transfer.destroy_after_ms = submitted.destroy_after_ms();
  const auto place = static_cast<uint32_t>(activity->transfers.size());
  transfers_[transfer.key] = {static_cast<size_t>(activity - activities_.data()), place};
  activity->transfers.push_back(std::move(transfer));
  AddStep(*activity, act, StepKind::kTransfer, place);
}

void ActivityReader::Rule(const Act& act) {
  const statement::v1::TransferRuled& ruled = act.body.transfer_ruled();
  RegisteredTransfer* transfer = StepOf(act, ruled.transfer(), StepKind::kRuling);
  if (transfer == nullptr || ruled.ruling() != statement::v1::RULING_REFUSED) return;
  transfer->refused = true;
  transfer->ground_on = act.day;
  transfer->ground_index = act.index;
}

void ActivityReader::TakeTransferAct(const Act& act) {
  switch (act.body.body_case()) {
    case StatementAct::kTransferSubmitted:
      Submit(act);
      break;
    case StatementAct::kTransferRuled:
      Rule(act);
      break;
    case StatementAct::kContentHandedOver:
      if (RegisteredTransfer* transfer =
              StepOf(act, act.body.content_handed_over().transfer(), StepKind::kHandover))
        ++transfer->handovers;
      break;
    case StatementAct::kTransferAcknowledged:
      if (RegisteredTransfer* transfer =
              StepOf(act, act.body.transfer_acknowledged().transfer(), StepKind::kAcknowledgement))
        ++transfer->acknowledgements;
      break;
    case StatementAct::kRetentionReached:
      if (RegisteredTransfer* transfer =
              StepOf(act, act.body.retention_reached().transfer(), StepKind::kRetention)) {
        transfer->ground_on = act.day;
        transfer->ground_index = act.index;
      }
      break;
    case StatementAct::kPayloadErased:
      if (RegisteredTransfer* transfer =
              StepOf(act, act.body.payload_erased().transfer(), StepKind::kErasure))
        transfer->erased_on = act.day;
      break;
    default:
      break;
  }
}

}  // namespace passerelle::gateway::service
