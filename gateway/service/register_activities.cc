#include "gateway/service/register_activities.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "audit/entry/codec.h"
#include "audit/merkle/merkle.h"
#include "certs/keys/dsse.h"
#include "gateway/base/bytes.h"
#include "gateway/base/status.h"
#include "gateway/core/admission.h"
#include "gateway/service/register_cadence.h"
#include "gateway/service/register_words.h"
#include "policy/state/freezes.h"
#include "policy/state/indexes.h"
#include "policy/state/query.h"

namespace passerelle::gateway::service {
namespace {

using policy::state::KeyOf;
using policy::state::Stands;
using statement::v1::ActRef;
using StatementAct = statement::v1::Act;

Day DayOf(const convention::v1::Date& date) {
  return static_cast<Day>(policy::state::NumberOf(date));
}

}  // namespace

absl::Status ActivityReader::Take(uint64_t index, const std::string& leaf) {
  RETURN_IF_ERROR(replay_.Take(index, leaf, audit::merkle::LeafHash(leaf)));
  ASSIGN_OR_RETURN(const record::v1::Entry entry, audit::entry::DecodeLeaf(leaf));
  // A refused statement changes nothing, and its acts are not in the log.
  if (!entry.has_recorded()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const audit::entry::SignedStatement recorded,
                   audit::entry::DecodeSigned(entry.recorded().envelope()));
  const statement::v1::Statement& statement = recorded.statement;
  const base::Digest digest = certs::keys::StatementDigest(recorded.envelope.payload());
  for (int ordinal = 0; ordinal < statement.acts_size(); ++ordinal) {
    const record::v1::Decision& decision = entry.recorded().decisions(ordinal);
    // What is noted changes nothing.
    if (decision.effect() != record::v1::EFFECT_ACCEPTED) continue;
    Act act{statement.acts(ordinal), decision.outcome(), {}, index, DayOf(entry.civil_date())};
    act.name.set_statement(base::ToBytes(digest));
    act.name.set_ordinal(static_cast<uint32_t>(ordinal));
    TakeAct(act);
  }
  return absl::OkStatus();
}

const CommittedText* ActivityReader::FindOfficeHolder(const std::string& party,
                                                      statement::v1::Role role, int64_t time_ms,
                                                      Day day) const {
  const convention::v1::Date date = DateOf(day);
  std::string found;
  const auto take = [&](std::string_view name, const record::v1::MandateRow& row) {
    if (row.role() != role || !policy::state::InForce(state_, row, time_ms, date)) return true;
    const bool titular = row.rank() != statement::v1::RANK_DEPUTY;
    if (found.empty() || titular) found = std::string(name);
    return !titular;
  };
  policy::state::VisitMandatesOfParty(state_, party, take);
  const auto person = persons_.find(found);
  return person == persons_.end() ? nullptr : &person->second;
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
std::string ActivityReader::KeyIn(const Act& act, const ActRef& ref) {
  if (!ref.statement().empty()) return KeyOf(ref);
  ActRef absolute = ref;
  absolute.set_statement(act.name.statement());
  return KeyOf(absolute);
}

Activity* ActivityReader::OfExchange(const Act& act, const ActRef& exchange) {
  const auto it = exchanges_.find(KeyIn(act, exchange));
  return it == exchanges_.end() ? nullptr : &activities_[it->second];
}

const ActivityReader::Place* ActivityReader::Find(
    const absl::flat_hash_map<std::string, Place>& places, const Act& act, const ActRef& ref) {
  const auto it = places.find(KeyIn(act, ref));
  return it == places.end() ? nullptr : &it->second;
}

void ActivityReader::AddStep(Activity& activity, const Act& act, StepKind kind, uint32_t transfer,
                             std::string party) {
  activity.steps.push_back({kind, transfer, act.day, act.index, std::move(party)});
}

bool ActivityReader::Shows(const Activity& activity, const std::string& recipient) const {
  return party_.empty() || party_ == activity.holder || party_ == recipient;
}

void ActivityReader::TakeAct(const Act& act) {
  switch (act.body.body_case()) {
    case StatementAct::kMandateGiven:
      if (const auto person = TextOf(act, "mandate_given.person"))
        persons_.emplace(KeyOf(act.name), *person);
      break;
    case StatementAct::kDatasetDeclared:
      if (const auto title = TextOf(act, "dataset_declared.title"))
        titles_.emplace(KeyOf(act.name), *title);
      break;
    case StatementAct::kExchangeProposed:
      Propose(act);
      break;
    default:
      TakeExchangeAct(act);
      TakeTransferAct(act);
      TakeFreezeAct(act);
      break;
  }
}

void ActivityReader::Propose(const Act& act) {
  Activity activity;
  activity.exchange = act.name;
  activity.proposed = act.body.exchange_proposed();
  activity.holder = act.outcome.exchange().holder();
  activity.recipient = act.outcome.exchange().recipient();
  activity.recipient_class = act.outcome.exchange().recipient_class();
  // Whoever is no member of a class today may be one later.
  if (activity.recipient_class.empty() && !Shows(activity, activity.recipient)) return;
  const std::string dataset = KeyIn(act, activity.proposed.dataset());
  if (const record::v1::DatasetRow* row = state_.datasets.Find(dataset))
    activity.dataset.declared = row->declared();
  const auto title = titles_.find(dataset);
  if (title != titles_.end()) activity.dataset.title = title->second;
  AddStep(activity, act, StepKind::kProposal);
  exchanges_.emplace(KeyOf(act.name), activities_.size());
  activities_.push_back(std::move(activity));
}

void ActivityReader::TakeExchangeAct(const Act& act) {
  switch (act.body.body_case()) {
    case StatementAct::kDpoOpinionGiven:
      Opine(act);
      break;
    case StatementAct::kRecommendationAnswered:
      Answer(act);
      break;
    case StatementAct::kExchangeDecided:
      if (Activity* activity = OfExchange(act, act.body.exchange_decided().exchange())) {
        activity->decision = {act.body.exchange_decided().verdict(), act.index, act.day};
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

void ActivityReader::Opine(const Act& act) {
  const statement::v1::DpoOpinionGiven& given = act.body.dpo_opinion_given();
  Activity* activity = OfExchange(act, given.exchange());
  if (activity == nullptr) return;
  activity->opinion = {given, act.index, act.day};
  activity->recommendations.assign(static_cast<size_t>(given.recommendations_size()), {});
  AddStep(*activity, act, StepKind::kOpinion);
  for (int i = 0; i < given.recommendations_size(); ++i)
    AddStep(*activity, act, StepKind::kRecommendation);
}

void ActivityReader::Answer(const Act& act) {
  const statement::v1::RecommendationAnswered& answered = act.body.recommendation_answered();
  Activity* activity = OfExchange(act, answered.exchange());
  // Apply has checked that the opinion recommends as many.
  if (activity == nullptr || answered.recommendation() >= activity->recommendations.size()) return;
  RegisteredRecommendation& recommendation = activity->recommendations[answered.recommendation()];
  recommendation.index = act.index;
  recommendation.answered_on = act.day;
  AddStep(*activity, act, StepKind::kAnswer);
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

void ActivityReader::TakeTransferAct(const Act& act) {
  switch (act.body.body_case()) {
    case StatementAct::kTransferSubmitted:
      Submit(act);
      break;
    case StatementAct::kTransferRuled: {
      const auto& parties = act.outcome.ruling().parties();
      const ActRef& transfer = act.body.transfer_ruled().transfer();
      Share(act, transfer, StepKind::kRuling, {parties.begin(), parties.end()});
      End(act, transfer, StepKind::kRuling);
      break;
    }
    case StatementAct::kContentHandedOver:
      Share(act, act.body.content_handed_over().transfer(), StepKind::kHandover,
            {act.outcome.delivery().party()});
      break;
    case StatementAct::kTransferAcknowledged:
      Share(act, act.body.transfer_acknowledged().transfer(), StepKind::kAcknowledgement,
            {act.outcome.delivery().party()});
      break;
    case StatementAct::kRetentionReached:
      End(act, act.body.retention_reached().transfer(), StepKind::kRetention);
      break;
    case StatementAct::kPayloadErased:
      End(act, act.body.payload_erased().transfer(), StepKind::kErasure);
      break;
    default:
      break;
  }
}

void ActivityReader::Submit(const Act& act) {
  const statement::v1::TransferSubmitted& submitted = act.body.transfer_submitted();
  Activity* activity = OfExchange(act, submitted.exchange());
  if (activity == nullptr) return;
  bool shown = false;
  for (const record::v1::Delivery& delivery : act.outcome.transfer().deliveries()) {
    activity->receivers.insert(delivery.party());
    shown = shown || Shows(*activity, delivery.party());
  }
  if (!shown) {
    activity->partial = true;
    return;
  }
  RegisteredTransfer transfer;
  transfer.key = KeyOf(act.name);
  transfer.period = submitted.period();
  transfer.index = act.index;
  transfer.recorded_on = act.day;
  const auto at = static_cast<uint32_t>(activity->transfers.size());
  transfers_[transfer.key] = {static_cast<size_t>(activity - activities_.data()), at};
  activity->transfers.push_back(std::move(transfer));
  AddStep(*activity, act, StepKind::kTransfer, at);
}

void ActivityReader::Share(const Act& act, const ActRef& transfer, StepKind kind,
                           const std::vector<std::string>& recipients) {
  const Place* place = Find(transfers_, act, transfer);
  if (place == nullptr) return;
  Activity& activity = activities_[place->activity];
  for (const std::string& recipient : recipients)
    if (Shows(activity, recipient)) AddStep(activity, act, kind, place->at, recipient);
}

// The ground of an erasure is the act that the state names: retention reached, or the refusal that
// left nobody to receive.
void ActivityReader::End(const Act& act, const ActRef& transfer, StepKind kind) {
  const Place* place = Find(transfers_, act, transfer);
  if (place == nullptr) return;
  Activity& activity = activities_[place->activity];
  RegisteredTransfer& ended = activity.transfers[place->at];
  if (kind == StepKind::kErasure) ended.erased_on = act.day;
  if (kind != StepKind::kRuling) AddStep(activity, act, kind, place->at);
  const record::v1::TransferRow* row = state_.transfers.Find(ended.key);
  if (row == nullptr || !row->has_ground() || KeyOf(row->ground()) != KeyOf(act.name)) return;
  ended.refused = kind == StepKind::kRuling;
  ended.ground_on = act.day;
  ended.ground_index = act.index;
}

void ActivityReader::TakeFreezeAct(const Act& act) {
  const bool lifts = act.body.has_freeze_lifted();
  if (!lifts && !act.body.has_freeze_placed()) return;
  if (!lifts && !act.outcome.stop().has_confirms()) {
    Freeze(act);
    return;
  }
  const Place* place = Find(
      freezes_, act, lifts ? act.body.freeze_lifted().freeze() : act.outcome.stop().confirms());
  if (place == nullptr) return;
  Activity& activity = activities_[place->activity];
  RegisteredFreeze& freeze = activity.freezes[place->at];
  (lifts ? freeze.lifted_index : freeze.confirmed_index) = act.index;
  (lifts ? freeze.lifted_on : freeze.confirmed_on) = act.day;
  AddStep(activity, act, lifts ? StepKind::kFreezeLift : StepKind::kFreezeConfirmation,
          freeze.transfer);
}

void ActivityReader::Freeze(const Act& act) {
  const statement::v1::FreezePlaced& placed = act.body.freeze_placed();
  RegisteredFreeze freeze;
  size_t of = 0;
  if (placed.has_transfer()) {
    const Place* place = Find(transfers_, act, placed.transfer());
    if (place == nullptr) return;
    of = place->activity;
    freeze.transfer = place->at;
  } else {
    const auto exchange = exchanges_.find(KeyIn(act, placed.exchange()));
    if (exchange == exchanges_.end()) return;
    of = exchange->second;
  }
  freeze.name = act.name;
  freeze.party = act.body.party();
  freeze.index = act.index;
  freeze.placed_on = act.day;
  freeze.lapses_on = DayOf(act.outcome.stop().lapses_on());
  Activity& activity = activities_[of];
  freezes_[KeyOf(act.name)] = {of, static_cast<uint32_t>(activity.freezes.size())};
  AddStep(activity, act, StepKind::kFreeze, freeze.transfer);
  activity.freezes.push_back(std::move(freeze));
}

void ActivityReader::Settle(int64_t time_ms, Day day) {
  const convention::v1::Date today = DateOf(day);
  for (Activity& activity : activities_) Settle(activity, time_ms, today);
}

void ActivityReader::Settle(Activity& activity, int64_t time_ms,
                            const convention::v1::Date& today) const {
  activity.recipients = policy::state::RecipientsOf(state_, activity.holder, activity.recipient,
                                                    activity.recipient_class, time_ms);
  activity.receivers.insert(activity.recipients.begin(), activity.recipients.end());
  const record::v1::ExchangeRow* row = state_.exchanges.Find(KeyOf(activity.exchange));
  if (row != nullptr) {
    activity.terms = row->terms();
    activity.until = DayOf(row->terms().until());
    // A new opinion asks for a new decision.
    if (row->phase() != record::v1::EXCHANGE_PHASE_APPROVED &&
        row->phase() != record::v1::EXCHANGE_PHASE_REFUSED)
      activity.decision.reset();
    if (activity.opinion.has_value())
      activity.opinion->stands = Stands(state_, row->opinion(), time_ms);
    if (activity.decision.has_value())
      activity.decision->stands = Stands(state_, row->decision(), time_ms);
    const auto sheet = activity.sheets.find(activity.holder);
    if (sheet != activity.sheets.end())
      sheet->second.stands = Stands(state_, row->register_entry(), time_ms);
    for (size_t i = 0; i < activity.recommendations.size(); ++i)
      activity.recommendations[i].row = row->recommendations(static_cast<int>(i));
  }
  for (RegisteredTransfer& transfer : activity.transfers) {
    const record::v1::TransferRow* sent = state_.transfers.Find(transfer.key);
    if (sent == nullptr) continue;
    transfer.retain_until = DayOf(sent->retain_until());
    transfer.destroy_after_ms = sent->destroy_after_ms();
    for (const record::v1::DeliveryRow& share : sent->deliveries())
      if (Shows(activity, share.party())) transfer.shares.push_back(share);
  }
  SettleFreezes(activity, time_ms, today);
}

void ActivityReader::SettleFreezes(Activity& activity, int64_t time_ms,
                                   const convention::v1::Date& today) const {
  for (RegisteredFreeze& freeze : activity.freezes) {
    const record::v1::FreezeRow* row = state_.freezes.Find(KeyOf(freeze.name));
    if (row == nullptr) continue;
    if (policy::state::FreezeInForce(state_, *row, time_ms, today)) {
      freeze.standing =
          row->has_confirmed() ? FreezeStanding::kConfirmed : FreezeStanding::kInForce;
    } else if (policy::state::IsLifted(state_, *row, time_ms)) {
      freeze.standing = FreezeStanding::kLifted;
    } else {
      freeze.standing = FreezeStanding::kLapsed;
      const Step lapse{
          StepKind::kFreezeLapse, freeze.transfer, DayAfter(freeze.lapses_on), freeze.index, {}};
      const auto later = std::find_if(activity.steps.begin(), activity.steps.end(),
                                      [&](const Step& step) { return step.day >= lapse.day; });
      activity.steps.insert(later, lapse);
    }
  }
}

}  // namespace passerelle::gateway::service
