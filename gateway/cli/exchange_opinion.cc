// passerelle exchange opinion and answer: what the DPO advises, on what conditions, and what the
// holder answers.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gateway/base/bytes.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"
#include "gateway/cli/exchange_verbs.h"
#include "gateway/cli/find.h"
#include "gateway/cli/input.h"
#include "gateway/cli/messages.h"

namespace passerelle::gateway::cli {
namespace {

using statement::v1::Act;

// Conditions as typed; what is not typed is not asked for.
struct TypedConditions {
  std::vector<std::string> drop;
  uint32_t threshold = 0, cap = 0;
  std::string until, release;
};

struct OpinionOptions {
  std::string party, exchange, opinion, reasons;
  TypedConditions conditions;
  std::vector<std::string> recommendations;
  Destination destination;
};

struct AnswerOptions {
  std::string party, exchange, answer, reasons;
  uint32_t recommendation = 0;
  Destination destination;
};

absl::StatusOr<statement::v1::Conditions> ReadConditions(const TypedConditions& typed) {
  statement::v1::Conditions conditions;
  for (const std::string& field : typed.drop) conditions.add_dropped_fields(field);
  conditions.set_threshold(typed.threshold);
  conditions.set_transfer_cap(typed.cap);
  if (!typed.until.empty()) {
    ASSIGN_OR_RETURN(*conditions.mutable_until(), ReadDate("--until", typed.until));
  }
  if (!typed.release.empty()) {
    ASSIGN_OR_RETURN(const int release,
                     ReadEnum("--release", typed.release, *statement::v1::Release_descriptor()));
    conditions.set_release(static_cast<statement::v1::Release>(release));
  }
  return conditions;
}

// Reads `name=value` into the conditions; false when the name is none of theirs.
absl::StatusOr<bool> TakeCondition(const std::string& text, TypedConditions& typed) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(text, absl::MaxSplits('=', 1));
  const auto& [name, value] = parts;
  if (name == "drop") {
    typed.drop = absl::StrSplit(value, ',');
  } else if (name == "threshold" || name == "cap") {
    const absl::StatusOr<uint64_t> number = base::FromDecimal(value);
    if (!number.ok()) return base::AtPath(number.status(), "--recommend");
    if (*number > UINT32_MAX) return Usage("DECIMAL_RANGE", "--recommend");
    (name == "cap" ? typed.cap : typed.threshold) = static_cast<uint32_t>(*number);
  } else if (name == "until") {
    typed.until = value;
  } else if (name == "release") {
    typed.release = value;
  } else {
    return false;
  }
  return true;
}

// `weight:FILE[:drop=F1,F2][:threshold=N][:cap=N][:until=DAY][:release=each_ruled]`; the name of
// the file may hold colons itself.
absl::StatusOr<statement::v1::Recommendation> ReadRecommendation(App& app, client::Draft& draft,
                                                                 const std::string& text) {
  std::vector<std::string> parts = absl::StrSplit(text, ':');
  TypedConditions typed;
  while (parts.size() > 2) {
    ASSIGN_OR_RETURN(const bool taken, TakeCondition(parts.back(), typed));
    if (!taken) break;
    parts.pop_back();
  }
  if (parts.size() < 2 || parts[1].empty()) return Usage("RECOMMENDATION_FORM", "--recommend");
  statement::v1::Recommendation recommendation;
  ASSIGN_OR_RETURN(const int weight, ReadEnum("--recommend", parts[0],
                                              *statement::v1::RecommendationWeight_descriptor()));
  recommendation.set_weight(static_cast<statement::v1::RecommendationWeight>(weight));
  parts.erase(parts.begin());
  ASSIGN_OR_RETURN(*recommendation.mutable_text()->mutable_digest(),
                   AttachFile(app, draft, "--recommend", absl::StrJoin(parts, ":")));
  const absl::StatusOr<statement::v1::Conditions> conditions = ReadConditions(typed);
  if (!conditions.ok()) return base::AtPath(conditions.status(), "--recommend");
  if (conditions->ByteSizeLong() > 0) *recommendation.mutable_conditions() = *conditions;
  return recommendation;
}

absl::StatusOr<int> GiveOpinion(App& app, const OpinionOptions& options) {
  client::Draft draft;
  Act act;
  ASSIGN_OR_RETURN(*act.mutable_party(), ReadParty(app, options.party));
  statement::v1::DpoOpinionGiven& given = *act.mutable_dpo_opinion_given();
  ASSIGN_OR_RETURN(*given.mutable_exchange(), FindExchange(app, options.exchange));
  ASSIGN_OR_RETURN(const int opinion,
                   ReadEnum("--opinion", options.opinion, *statement::v1::Opinion_descriptor()));
  given.set_opinion(static_cast<statement::v1::Opinion>(opinion));
  ASSIGN_OR_RETURN(const statement::v1::Conditions conditions, ReadConditions(options.conditions));
  if (conditions.ByteSizeLong() > 0) *given.mutable_conditions() = conditions;
  ASSIGN_OR_RETURN(*given.mutable_reasons()->mutable_digest(),
                   AttachFile(app, draft, "--reasons", options.reasons));
  for (const std::string& text : options.recommendations) {
    ASSIGN_OR_RETURN(*given.add_recommendations(), ReadRecommendation(app, draft, text));
  }
  draft.acts.push_back(std::move(act));
  return Deliver(app, options.destination, std::move(draft));
}

absl::StatusOr<int> AnswerRecommendation(App& app, const AnswerOptions& options) {
  client::Draft draft;
  Act act;
  ASSIGN_OR_RETURN(*act.mutable_party(), ReadParty(app, options.party));
  statement::v1::RecommendationAnswered& answered = *act.mutable_recommendation_answered();
  ASSIGN_OR_RETURN(*answered.mutable_exchange(), FindExchange(app, options.exchange));
  ASSIGN_OR_RETURN(client::Session * session, app.Session());
  ASSIGN_OR_RETURN(const auto found, session->GetExchange(answered.exchange()));
  if (found.exchange().row().has_opinion())
    *answered.mutable_opinion() = found.exchange().row().opinion().act();
  // People count from 1, as the rules do in their sentences.
  answered.set_recommendation(options.recommendation - 1);
  ASSIGN_OR_RETURN(const int answer,
                   ReadEnum("--answer", options.answer, *statement::v1::Answer_descriptor()));
  answered.set_answer(static_cast<statement::v1::Answer>(answer));
  if (!options.reasons.empty()) {
    ASSIGN_OR_RETURN(*answered.mutable_reasons()->mutable_digest(),
                     AttachFile(app, draft, "--reasons", options.reasons));
  }
  draft.acts.push_back(std::move(act));
  return Deliver(app, options.destination, std::move(draft));
}

void AddOpinion(App& app, const Command& noun) {
  auto options = std::make_shared<OpinionOptions>();
  TypedConditions& conditions = options->conditions;
  Command verb =
      app.commands().AddVerb(noun, "opinion", "Donner l'avis du DPO", "Give the DPO's opinion",
                             [&app, options] { return GiveOpinion(app, *options); });
  verb.Add("exchange", options->exchange, "L'échange", "The exchange").Required();
  verb.Add("--party", options->party, "Partie dont vous êtes le DPO", "Party whose DPO you are")
      .Required();
  verb.Add("--opinion", options->opinion, "Avis : favourable | unfavourable",
           "Opinion: favourable | unfavourable")
      .Required();
  verb.Add("--drop", conditions.drop, "Condition : champ retiré", "Condition: field dropped");
  verb.Add("--threshold", conditions.threshold, "Condition : seuil", "Condition: threshold");
  verb.Add("--cap", conditions.cap, "Condition : nombre d'envois",
           "Condition: number of transfers");
  verb.Add("--until", conditions.until, "Condition : dernier jour", "Condition: last day");
  verb.Add("--release", conditions.release, "Envois libres ou retenus : standing | each_ruled",
           "Transfers free or held: standing | each_ruled");
  verb.Add("--recommend", options->recommendations,
           "Recommandation : advice ou condition, « : », son fichier, puis ce qui vaudra une fois "
           "acceptée — :drop=F1,F2 :threshold=N :cap=N :until=AAAA-MM-JJ :release=each_ruled",
           "Recommendation: advice or condition, a colon, its file, then what binds once it is "
           "accepted: :drop=F1,F2 :threshold=N :cap=N :until=YYYY-MM-DD :release=each_ruled");
  verb.Add("--reasons", options->reasons, "Fichier des motifs", "File of the reasons").Required();
  AddDestination(verb, options->destination);
}

}  // namespace

void AddOpinionVerbs(App& app, const Command& noun) {
  AddOpinion(app, noun);
  auto options = std::make_shared<AnswerOptions>();
  Command verb = app.commands().AddVerb(
      noun, "answer", "Répondre à une recommandation du DPO", "Answer a recommendation of the DPO",
      [&app, options] { return AnswerRecommendation(app, *options); });
  verb.Add("exchange", options->exchange, "L'échange", "The exchange").Required();
  verb.Add("--party", options->party, "Partie détentrice", "Holder").Required();
  verb.Add("--recommendation", options->recommendation, "Numéro de la recommandation, depuis 1",
           "Number of the recommendation, from 1")
      .Between(1, UINT32_MAX)
      .Required();
  verb.Add("--answer", options->answer, "Réponse : accepted | rejected | carried_out",
           "Answer: accepted | rejected | carried_out")
      .Required();
  verb.Add("--reasons", options->reasons, "Motifs d'un rejet, ou preuve de ce qui est fait",
           "Reasons of a rejection, or evidence of what is done");
  AddDestination(verb, options->destination);
}

}  // namespace passerelle::gateway::cli
