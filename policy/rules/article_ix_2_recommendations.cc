// Article IX, second paragraph, last sentence: the DPO recommends for one exchange. The holder
// answers each recommendation before it decides; what it accepts binds from then on.
#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/base/limits.h"
#include "policy/rules/checks.h"
#include "policy/rules/derived.h"
#include "policy/rules/fields.h"
#include "policy/rules/references.h"

namespace passerelle::policy::rules {
namespace {

using record::v1::RecommendationRow;
using statement::v1::Answer;
using statement::v1::ANSWER_ACCEPTED;
using statement::v1::ANSWER_CARRIED_OUT;
using statement::v1::ANSWER_REJECTED;
using statement::v1::ANSWER_UNSPECIFIED;
using statement::v1::Recommendation;
using statement::v1::RECOMMENDATION_WEIGHT_CONDITION;
using statement::v1::RECOMMENDATION_WEIGHT_UNSPECIFIED;

constexpr std::string_view kDpo = "Le délégué corrige ses recommandations et signe de nouveau.";
constexpr std::string_view kDpoEn = "The DPO corrects her recommendations and signs again.";
constexpr std::string_view kDecider = "Le décideur du détenteur corrige sa réponse et la signe.";
constexpr std::string_view kDeciderEn = "The holder's decider corrects her answer and signs it.";
constexpr std::string_view kAnswer =
    "Le décideur ou le représentant du détenteur répond à la recommandation.";
constexpr std::string_view kAnswerEn =
    "The holder's decider or representative answers the recommendation.";

constexpr Message kMessages[] = {
    {"unfavourable", "Un avis défavorable bloque l'échange : il ne recommande rien.",
     "An unfavourable opinion blocks the exchange: it recommends nothing.", kDpo, kDpoEn},
    {"unknown-recommendation", "L'avis n'a que {limit} recommandations.",
     "The opinion has {limit} recommendations only.", kDecider, kDeciderEn},
    {"already-answered", "Cette recommandation a déjà reçu cette réponse.",
     "This recommendation has this answer already.", "Rien n'est à faire.",
     "Nothing is to be done."},
    {"accepted-binds", "Une recommandation acceptée ne se rejette plus.",
     "An accepted recommendation is not rejected any more.",
     "Le décideur la fait exécuter, ou demande un nouvel avis au délégué.",
     "The decider has it carried out, or asks the DPO for a new opinion."},
    {"decided",
     "L'échange est décidé : seule l'exécution d'une recommandation acceptée se dit encore.",
     "The exchange is decided: only the carrying out of an accepted recommendation is still said.",
     "Le demandeur propose un nouvel échange.", "The requester proposes a new exchange."},
    {"unanswered", "La recommandation n° {actual} de l'avis n'a pas de réponse.",
     "Recommendation no. {actual} of the opinion has no answer.", kAnswer, kAnswerEn},
    {"condition-rejected",
     "L'avis n'est favorable que si la recommandation n° {actual} est acceptée ; elle est rejetée.",
     "The opinion is favourable only if recommendation no. {actual} is accepted; it is rejected.",
     kAnswer, kAnswerEn},
    {"not-carried-out", "La recommandation n° {actual}, acceptée, n'est pas encore exécutée.",
     "Recommendation no. {actual}, accepted, is not carried out yet.",
     "Le détenteur l'exécute ; son décideur le dit, preuve à l'appui.",
     "The holder carries it out; its decider says so, with the evidence."},
};

}  // namespace

constexpr Rule kIx2d = {
    "IX.2d",
    Source::kPolicy,
    "39(1)(a), 5(2)",
    "Chaque recommandation du délégué reçoit une réponse ; acceptée, elle engage.",
    "Every recommendation of the DPO is answered; once accepted, it binds.",
    kMessages,
};

namespace {

bool IsAccepted(Answer answer) { return answer == ANSWER_ACCEPTED || answer == ANSWER_CARRIED_OUT; }

void CheckRecommendation(Judgement& j, const Recommendation& recommendation, int index) {
  const std::string field = absl::StrCat("recommendations[", index, "]");
  NeedCommitment(j, recommendation.has_text(), recommendation.text(), j.At(field + ".text"));
  if (recommendation.weight() == RECOMMENDATION_WEIGHT_UNSPECIFIED)
    Missing(j, j.At(field + ".weight"));
  if (!recommendation.has_conditions()) return;
  // What nothing enforces would let transfers go on without being carried out.
  if (recommendation.conditions().ByteSizeLong() == 0)
    Missing(j, j.At(field + ".conditions"));
  else if (j.subject.exchange != nullptr)
    CheckNarrowing(j, recommendation.conditions(), field + ".conditions");
}

// Whether an answer may follow the one in force; refuses otherwise. An answer that a compromised
// key gave is given again.
void CheckSequence(Judgement& j, const RecommendationRow& row, Answer answer) {
  const bool stands = state::Stands(j.state(), row.answered(), j.time_ms());
  const Answer before = stands ? row.answer() : ANSWER_UNSPECIFIED;
  const bool carried_out =
      answer == ANSWER_CARRIED_OUT && IsAccepted(row.answer()) && before != ANSWER_CARRIED_OUT;
  if (IsDecided(*j.subject.exchange) && !carried_out)
    *j.Refuse({kIx2d, "decided"}, j.At("exchange")).mutable_about() =
        j.subject.exchange->decision().act();
  else if (IsAccepted(before) && answer == ANSWER_REJECTED)
    j.Refuse({kIx2d, "accepted-binds"}, j.At("answer"));
  else if (before != ANSWER_UNSPECIFIED && !carried_out && IsAccepted(before) == IsAccepted(answer))
    j.Refuse({kIx2d, "already-answered"}, j.At("answer"));
}

void RefuseRecommendation(Judgement& j, Reason reason, int index, const RecommendationRow& row,
                          std::string_view path) {
  auto& finding = j.Refuse(reason, path);
  finding.set_actual(index + 1);
  if (row.has_answered()) *finding.mutable_about() = row.answered().act();
}

}  // namespace

void CheckRecommendations(Judgement& j) {
  const auto& given = j.act().dpo_opinion_given();
  const auto count = static_cast<size_t>(given.recommendations_size());
  if (count == 0) return;
  if (given.opinion() == statement::v1::OPINION_UNFAVOURABLE)
    j.Refuse({kIx2d, "unfavourable"}, j.At("recommendations"));
  if (count > gateway::base::kMaxRecommendations) {
    TooMany(j, j.At("recommendations"), gateway::base::kMaxRecommendations, count);
    return;
  }
  for (int i = 0; i < given.recommendations_size(); ++i)
    CheckRecommendation(j, given.recommendations(i), i);
}

const RecommendationRow* AnsweredRow(const Judgement& j) {
  const auto& answered = j.act().recommendation_answered();
  if (j.subject.exchange == nullptr || !answered.has_recommendation()) return nullptr;
  const auto& rows = j.subject.exchange->recommendations();
  const uint32_t ordinal = answered.recommendation();
  return ordinal < static_cast<uint32_t>(rows.size()) ? &rows[static_cast<int>(ordinal)] : nullptr;
}

bool NewlyAccepted(const Judgement& j) {
  const RecommendationRow* row = AnsweredRow(j);
  return row != nullptr && IsAccepted(j.act().recommendation_answered().answer()) &&
         !IsAccepted(row->answer());
}

void CheckAnswer(Judgement& j) {
  const auto& answered = j.act().recommendation_answered();
  const Answer answer = answered.answer();
  if (answer == ANSWER_UNSPECIFIED) Missing(j, j.At("answer"));
  if (answer == ANSWER_ACCEPTED) {
    if (answered.has_reasons()) NotAllowed(j, j.At("reasons"));
  } else {
    NeedCommitment(j, answered.has_reasons(), answered.reasons(), j.At("reasons"));
  }
  if (!answered.has_recommendation()) Missing(j, j.At("recommendation"));
  if (j.subject.exchange == nullptr) return;
  if (!CheckOpinionCited(j, answered.has_opinion(), answered.opinion()) ||
      !answered.has_recommendation())
    return;
  const RecommendationRow* row = AnsweredRow(j);
  if (row == nullptr) {
    j.Refuse({kIx2d, "unknown-recommendation"}, j.At("recommendation"))
        .set_limit(j.subject.exchange->recommendations_size());
    return;
  }
  CheckSequence(j, *row, answer);
  // The conditions of two recommendations may each leave a field, and both none.
  if (NewlyAccepted(j)) CheckSomethingLeft(j, row->conditions(), j.At("recommendation"));
}

void CheckEveryAnswer(Judgement& j) {
  if (j.subject.exchange == nullptr ||
      j.act().exchange_decided().verdict() != statement::v1::VERDICT_APPROVED)
    return;
  const auto& rows = j.subject.exchange->recommendations();
  for (int i = 0; i < rows.size(); ++i) {
    if (rows[i].answer() == ANSWER_UNSPECIFIED)
      RefuseRecommendation(j, {kIx2d, "unanswered"}, i, rows[i], j.At("verdict"));
    else if (NeedStanding(j, rows[i].answered(), j.At("verdict")) &&
             rows[i].answer() == ANSWER_REJECTED &&
             rows[i].weight() == RECOMMENDATION_WEIGHT_CONDITION)
      RefuseRecommendation(j, {kIx2d, "condition-rejected"}, i, rows[i], j.At("verdict"));
  }
}

void CheckCarriedOut(Judgement& j) {
  if (j.subject.exchange == nullptr) return;
  const auto& rows = j.subject.exchange->recommendations();
  for (int i = 0; i < rows.size(); ++i) {
    if (rows[i].has_answered()) NeedStanding(j, rows[i].answered(), j.At("exchange"));
    if (rows[i].answer() == ANSWER_ACCEPTED && !rows[i].has_conditions())
      RefuseRecommendation(j, {kIx2d, "not-carried-out"}, i, rows[i], j.At("exchange"));
  }
}

}  // namespace passerelle::policy::rules
