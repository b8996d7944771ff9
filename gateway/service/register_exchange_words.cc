// What the log says of an exchange's opinion, terms, shares and freezes, in the register's words.
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/base/strings.h"
#include "gateway/service/register_words.h"

namespace passerelle::gateway::service {
namespace {

std::string Say(const RegisterRow& row, std::string_view fr, std::string_view en) {
  return std::string(Words{fr, en}.In(row.language()));
}

std::string EntryText(const RegisterRow& row, uint64_t index) {
  return absl::StrCat(Say(row, "inscription ", "entry "), index);
}

// What a DPO's conditions, or the terms in force, ask for.
template <typename Terms>
std::vector<std::string> LimitTexts(const RegisterRow& row, const Terms& terms) {
  std::vector<std::string> texts;
  if (terms.threshold() > 0)
    texts.push_back(absl::StrCat(Say(row, "seuil ", "threshold "), terms.threshold()));
  if (terms.transfer_cap() > 0)
    texts.push_back(
        absl::StrCat(terms.transfer_cap(), Say(row, " envois au plus", " transfers at most")));
  if (terms.has_until())
    texts.push_back(absl::StrCat(Say(row, "fin le ", "ends on "), DateText(terms.until())));
  if (terms.release() == statement::v1::RELEASE_EACH_RULED)
    texts.push_back(Say(row, "chaque envoi soumis au délégué", "each transfer waits for the DPO"));
  return texts;
}

std::vector<std::string> ConditionTexts(const RegisterRow& row,
                                        const statement::v1::Conditions& conditions) {
  std::vector<std::string> texts = LimitTexts(row, conditions);
  if (conditions.dropped_fields_size() > 0)
    texts.insert(texts.begin(), absl::StrCat(Say(row, "champs retirés : ", "fields dropped: "),
                                             absl::StrJoin(conditions.dropped_fields(), ", ")));
  return texts;
}

std::string AnswerText(const RegisterRow& row, const RegisteredRecommendation& recommendation) {
  switch (recommendation.row.answer()) {
    case statement::v1::ANSWER_ACCEPTED:
      return Say(row, "acceptée", "accepted");
    case statement::v1::ANSWER_REJECTED:
      return Say(row, "rejetée", "rejected");
    case statement::v1::ANSWER_CARRIED_OUT:
      return Say(row, "exécutée", "carried out");
    default:
      return Say(row, "sans réponse", "not answered");
  }
}

std::string ShareText(const RegisterRow& row, const RegisteredTransfer& transfer,
                      const record::v1::DeliveryRow& share) {
  std::string text =
      absl::StrCat(transfer.period, ", ", PartyText(*row.frame, share.party()), " : ");
  switch (share.phase()) {
    case record::v1::DELIVERY_PHASE_HELD:
      text += Say(row, "attend le délégué", "waits for the DPO");
      break;
    case record::v1::DELIVERY_PHASE_REFUSED:
      text += Say(row, "refusé par le délégué", "refused by the DPO");
      break;
    default:
      text += Say(row, "remise permise", "may be handed over");
      break;
  }
  absl::StrAppend(&text, ", ", share.handovers(), Say(row, " remise(s)", " handover(s)"));
  if (share.has_acknowledgement()) text += Say(row, ", accusé de réception", ", acknowledged");
  return text;
}

std::string FreezeText(const RegisterRow& row, const RegisteredFreeze& freeze) {
  const Activity& activity = *row.activity;
  std::string text = freeze.transfer == kNoTransfer
                         ? Say(row, "échange", "exchange")
                         : absl::StrCat(Say(row, "envoi ", "transfer "),
                                        activity.transfers[freeze.transfer].period);
  absl::StrAppend(&text, Say(row, " gelé le ", " frozen on "), DayText(freeze.placed_on),
                  Say(row, " par ", " by "), PartyText(*row.frame, freeze.party), " (",
                  EntryText(row, freeze.index), ")");
  if (freeze.confirmed_index != 0)
    absl::StrAppend(&text, Say(row, ", confirmé le ", ", confirmed on "),
                    DayText(freeze.confirmed_on), " (", EntryText(row, freeze.confirmed_index),
                    ")");
  if (freeze.standing == FreezeStanding::kInForce)
    absl::StrAppend(&text, Say(row, ", en vigueur jusqu'au ", ", in force until "),
                    DayText(freeze.lapses_on));
  if (freeze.standing == FreezeStanding::kConfirmed) text += Say(row, ", en vigueur", ", in force");
  if (freeze.standing == FreezeStanding::kLapsed)
    absl::StrAppend(&text, Say(row, ", caduc après le ", ", lapsed after "),
                    DayText(freeze.lapses_on));
  if (freeze.standing == FreezeStanding::kLifted)
    absl::StrAppend(&text, Say(row, ", levé le ", ", lifted on "), DayText(freeze.lifted_on), " (",
                    EntryText(row, freeze.lifted_index), ")");
  return text;
}

}  // namespace

Cell OpinionText(const RegisterRow& row) {
  if (!row.activity->opinion.has_value()) return Absence::kNotGiven;
  return row.activity->opinion->given.opinion() == statement::v1::OPINION_FAVOURABLE
             ? Say(row, "favorable", "favourable")
             : Say(row, "défavorable", "unfavourable");
}

Cell ConditionsText(const RegisterRow& row) {
  if (!row.activity->opinion.has_value()) return Absence::kNotGiven;
  const std::vector<std::string> texts =
      ConditionTexts(row, row.activity->opinion->given.conditions());
  return texts.empty() ? Say(row, "aucune", "none") : absl::StrJoin(texts, kBetween);
}

Cell RecommendationsText(const RegisterRow& row) {
  if (!row.activity->opinion.has_value()) return Absence::kNotGiven;
  std::vector<std::string> texts;
  for (const RegisteredRecommendation& recommendation : row.activity->recommendations) {
    std::vector<std::string> parts = ConditionTexts(row, recommendation.row.conditions());
    parts.insert(parts.begin(),
                 recommendation.row.weight() == statement::v1::RECOMMENDATION_WEIGHT_CONDITION
                     ? Say(row, "condition", "condition")
                     : Say(row, "conseil", "advice"));
    parts.push_back(AnswerText(row, recommendation));
    if (recommendation.index != 0) parts.push_back(EntryText(row, recommendation.index));
    texts.push_back(absl::StrCat(texts.size() + 1, " : ", absl::StrJoin(parts, ", ")));
  }
  return texts.empty() ? Say(row, "aucune", "none") : absl::StrJoin(texts, kBetween);
}

Cell DecisionText(const RegisterRow& row) {
  if (!row.activity->decision.has_value()) return Absence::kNotGiven;
  return row.activity->IsApproved() ? Say(row, "approuvé", "approved")
                                    : Say(row, "refusé", "refused");
}

Cell TermsText(const RegisterRow& row) {
  const record::v1::TermsOutcome& terms = row.activity->terms;
  std::vector<std::string> texts = LimitTexts(row, terms);
  texts.insert(texts.begin(), absl::StrCat(Say(row, "champs : ", "fields: "),
                                           absl::StrJoin(terms.fields(), ", ")));
  return absl::StrJoin(texts, kBetween);
}

Cell SharesText(const RegisterRow& row) {
  std::vector<std::string> texts;
  for (const RegisteredTransfer& transfer : row.activity->transfers)
    for (const record::v1::DeliveryRow& share : transfer.shares)
      texts.push_back(ShareText(row, transfer, share));
  return texts.empty() ? Say(row, "aucune", "none") : absl::StrJoin(texts, kBetween);
}

Cell FreezesText(const RegisterRow& row) {
  std::vector<std::string> texts;
  for (const RegisteredFreeze& freeze : row.activity->freezes)
    texts.push_back(FreezeText(row, freeze));
  return texts.empty() ? Say(row, "aucun", "none") : absl::StrJoin(texts, kBetween);
}

std::string_view StandingId(FreezeStanding standing) {
  switch (standing) {
    case FreezeStanding::kInForce:
      return "in_force";
    case FreezeStanding::kConfirmed:
      return "confirmed";
    case FreezeStanding::kLifted:
      return "lifted";
    case FreezeStanding::kLapsed:
      break;
  }
  return "lapsed";
}

}  // namespace passerelle::gateway::service
