// Refusals around recommendations, freezes, classes of recipients and requests that lapse.
#include "tests/unit/policy/rules/cases.h"

namespace passerelle::tests {
namespace {

using record::v1::Entry;
using statement::v1::Act;
using statement::v1::ActRef;
using statement::v1::Answer;
using statement::v1::ANSWER_ACCEPTED;
using statement::v1::ANSWER_CARRIED_OUT;
using statement::v1::ANSWER_REJECTED;
using statement::v1::DpoOpinionGiven;
using statement::v1::OPINION_UNFAVOURABLE;
using statement::v1::RECOMMENDATION_WEIGHT_ADVICE;
using statement::v1::RECOMMENDATION_WEIGHT_CONDITION;
using statement::v1::RELEASE_EACH_RULED;
using statement::v1::ROLE_DECIDER;
using statement::v1::ROLE_OPERATOR;
using statement::v1::RULING_REFUSED;
using statement::v1::RULING_RELEASED;
using statement::v1::STOP_CAUSE_COMPROMISED;

World::Options Recommending() {
  World::Options options;
  options.recommendations = {Recommend(RECOMMENDATION_WEIGHT_ADVICE),
                             Recommend(RECOMMENDATION_WEIGHT_CONDITION)};
  return options;
}

// An opinion with two recommendations that `spoil` changes.
Case Opining(std::string rule, std::string code, std::string path,
             std::function<void(DpoOpinionGiven&)> spoil) {
  return With(Recommending(), std::move(rule), std::move(code), "dpo_opinion_given." + path,
              Stage::kProposed, [spoil = std::move(spoil)](World& world) {
                Act act = world.Opine();
                spoil(*act.mutable_dpo_opinion_given());
                return Try(world, act, {"dpo-p001"});
              });
}

// An answer to the first recommendation, after earlier ones.
Case Answering(std::string rule, std::string code, std::string path, std::vector<Answer> earlier,
               std::function<Act(World&)> make, std::string signer = "decider-p001") {
  return With(Recommending(), std::move(rule), std::move(code), std::move(path), Stage::kFavourable,
              [earlier = std::move(earlier), make = std::move(make),
               signer = std::move(signer)](World& world) {
                for (const Answer answer : earlier)
                  world.Must({world.AnswerTo(0, answer)}, {"decider-p001"});
                return Try(world, make(world), {signer});
              });
}

std::function<Act(World&)> AnswerOf(Answer answer) {
  return [answer](World& world) { return world.AnswerTo(0, answer); };
}

Entry AnswerAfterTheDecision(World& world) {
  world.Must({world.AnswerTo(0, ANSWER_REJECTED)}, {"decider-p001"});
  world.Must({world.AnswerTo(1, ANSWER_ACCEPTED)}, {"decider-p001"});
  world.Must({world.DecideExchange()}, {"decider-p001"});
  return Try(world, world.AnswerTo(0, ANSWER_ACCEPTED), {"decider-p001"});
}

Entry AnswerToAnotherExchangesOpinion(World& world) {
  const ActRef first = world.exchange;
  world.exchange = world.Must({world.Propose()}, {"requester-p002"}).Ref();
  world.opinion = world.Must({world.Opine()}, {"dpo-p001"}).Ref();
  world.exchange = first;
  return Try(world, world.AnswerTo(0, ANSWER_ACCEPTED), {"decider-p001"});
}

// An unfavourable opinion recommends nothing.
Entry AnswerToAnUnfavourableOpinion(World& world) {
  Act opinion = world.Opine();
  opinion.mutable_dpo_opinion_given()->clear_conditions();
  opinion.mutable_dpo_opinion_given()->set_opinion(OPINION_UNFAVOURABLE);
  world.opinion = world.Must({opinion}, {"dpo-p001"}).Ref();
  return Try(world, world.AnswerTo(0, ANSWER_ACCEPTED), {"decider-p001"});
}

// The representative decided; the key that answered the recommendations was another's.
Entry SendingOnAFallenAnswer(World& world) {
  for (const uint32_t recommendation : {0u, 1u})
    world.Must({world.AnswerTo(recommendation, ANSWER_CARRIED_OUT)}, {"decider-p001"});
  world.Must({world.DecideExchange()}, {"representative-p001"});
  world.Must({world.Register()}, {"steward-p001"});
  world.Must({world.StopKey("p001", "decider-p001", STOP_CAUSE_COMPROMISED)}, {"decider-p001"});
  return Try(world, world.Send(), {"sender-p001"});
}

std::vector<Case> OpinionCases() {
  return {
      Opining("IX.2d", "unfavourable", "recommendations",
              [](auto& o) { o.set_opinion(OPINION_UNFAVOURABLE); }),
      Opining("wire.field", "too-many", "recommendations",
              [](auto& o) {
                for (int i = 0; i < 16; ++i)
                  *o.add_recommendations() = Recommend(RECOMMENDATION_WEIGHT_ADVICE);
              }),
      Opining("wire.field", "missing", "recommendations[1].text.digest",
              [](auto& o) { o.mutable_recommendations(1)->clear_text(); }),
      Opining("wire.field", "missing", "recommendations[1].weight",
              [](auto& o) { o.mutable_recommendations(1)->clear_weight(); }),
      Opining("wire.field", "missing", "recommendations[0].conditions",
              [](auto& o) { o.mutable_recommendations(0)->mutable_conditions(); }),
      Opining(
          "dpo.conditions", "threshold", "recommendations[0].conditions.threshold",
          [](auto& o) { o.mutable_recommendations(0)->mutable_conditions()->set_threshold(3); }),
      Opining("dpo.conditions", "field-not-asked",
              "recommendations[0].conditions.dropped_fields[0]",
              [](auto& o) {
                o.mutable_recommendations(0)->mutable_conditions()->add_dropped_fields("revenus");
              }),
      Opining("dpo.conditions", "until-outside", "recommendations[0].conditions.until",
              [](auto& o) {
                *o.mutable_recommendations(0)->mutable_conditions()->mutable_until() =
                    DateOf("2026-01-01");
              }),
  };
}

std::vector<Case> AnswerCases() {
  const std::string at = "recommendation_answered.";
  return {
      Answering("wire.field", "missing", at + "answer", {},
                [](World& world) {
                  Act act = world.AnswerTo(0, ANSWER_REJECTED);
                  act.mutable_recommendation_answered()->clear_answer();
                  return act;
                }),
      Answering("wire.field", "missing", at + "recommendation", {},
                [](World& world) {
                  Act act = world.AnswerTo(0, ANSWER_REJECTED);
                  act.mutable_recommendation_answered()->clear_recommendation();
                  return act;
                }),
      Answering("wire.field", "missing", at + "reasons.digest", {},
                [](World& world) {
                  Act act = world.AnswerTo(0, ANSWER_CARRIED_OUT);
                  act.mutable_recommendation_answered()->clear_reasons();
                  return act;
                }),
      Answering("wire.field", "not-allowed", at + "reasons", {},
                [](World& world) {
                  Act act = world.AnswerTo(0, ANSWER_ACCEPTED);
                  act.mutable_recommendation_answered()->mutable_reasons()->set_digest(
                      Commitment("answer"));
                  return act;
                }),
  };
}

// Who answers, and when.
std::vector<Case> SequenceCases() {
  const std::string at = "recommendation_answered.";
  return {
      Answering("IX.2d", "unknown-recommendation", at + "recommendation", {},
                [](World& world) { return world.AnswerTo(2, ANSWER_ACCEPTED); }),
      Answering("IX.2d", "already-answered", at + "answer", {ANSWER_REJECTED},
                AnswerOf(ANSWER_REJECTED)),
      Answering("IX.2d", "already-answered", at + "answer", {ANSWER_ACCEPTED},
                AnswerOf(ANSWER_ACCEPTED)),
      Answering("IX.2d", "already-answered", at + "answer", {ANSWER_ACCEPTED, ANSWER_CARRIED_OUT},
                AnswerOf(ANSWER_CARRIED_OUT)),
      Answering("IX.2d", "accepted-binds", at + "answer", {ANSWER_ACCEPTED},
                AnswerOf(ANSWER_REJECTED)),
      Answering("IX.2d", "accepted-binds", at + "answer", {ANSWER_CARRIED_OUT},
                AnswerOf(ANSWER_REJECTED)),
      Answering("mandate.role", "decider-missing", "", {}, AnswerOf(ANSWER_ACCEPTED),
                "steward-p001"),
      Answering("conflict.C1", "dpo-acts", "", {}, AnswerOf(ANSWER_ACCEPTED), "dpo-p001"),
      Answering("conflict.C4", "other-side", "", {},
                [](World& world) {
                  world.Appoint("p002", ROLE_DECIDER, "decider-p001");
                  return world.AnswerTo(0, ANSWER_ACCEPTED);
                }),
      Answering("conflict.C6", "operator-acts", "", {},
                [](World& world) {
                  world.Appoint("p002", ROLE_OPERATOR, "decider-p001");
                  return world.AnswerTo(0, ANSWER_ACCEPTED);
                }),
      Answering(
          "IX.2b", "not-the-holder", "party", {},
          [](World& world) {
            Act act = world.AnswerTo(0, ANSWER_ACCEPTED);
            act.set_party("p002");
            return act;
          },
          "decider-p002"),
      Answering("exchange.lapse", "request-lapsed", at + "exchange", {},
                [](World& world) {
                  world.SetDay("2024-09-12");
                  return world.AnswerTo(0, ANSWER_ACCEPTED);
                }),
  };
}

// What answers open and bar.
std::vector<Case> GateCases() {
  const std::string at = "recommendation_answered.";
  return {
      With(Recommending(), "IX.2c", "opinion-missing", at + "opinion", Stage::kProposed,
           [](World& world) {
             return Try(world, world.AnswerTo(0, ANSWER_ACCEPTED), {"decider-p001"});
           }),
      With(Recommending(), "IX.2c", "opinion-superseded", at + "opinion", Stage::kFavourable,
           AnswerToAnotherExchangesOpinion),
      With(Recommending(), "key.compromised", "awaits-ratification", at + "opinion",
           Stage::kFavourable,
           [](World& world) {
             world.Must({world.StopKey("p001", "dpo-p001", STOP_CAUSE_COMPROMISED)}, {"dpo-p001"});
             return Try(world, world.AnswerTo(0, ANSWER_ACCEPTED), {"decider-p001"});
           }),
      {"IX.2d", "unknown-recommendation", at + "recommendation", Stage::kProposed,
       AnswerToAnUnfavourableOpinion},
      With(Recommending(), "IX.2d", "decided", at + "exchange", Stage::kFavourable,
           AnswerAfterTheDecision),
      With(Recommending(), "IX.2d", "unanswered", "exchange_decided.verdict", Stage::kFavourable,
           [](World& world) { return Try(world, world.DecideExchange(), {"decider-p001"}); }),
      With(Recommending(), "IX.2d", "condition-rejected", "exchange_decided.verdict",
           Stage::kFavourable,
           [](World& world) {
             world.Must({world.AnswerTo(1, ANSWER_REJECTED)}, {"decider-p001"});
             return Try(world, world.DecideExchange(), {"decider-p001"});
           }),
      With(Recommending(), "key.compromised", "awaits-ratification", "transfer_submitted.exchange",
           Stage::kFavourable, SendingOnAFallenAnswer),
      With(Recommending(), "IX.2d", "not-carried-out", "transfer_submitted.exchange",
           Stage::kFavourable,
           [](World& world) {
             world.Must({world.AnswerTo(0, ANSWER_ACCEPTED)}, {"decider-p001"});
             return Try(world, world.Send(), {"sender-p001"});
           }),
  };
}

std::vector<Case> LapseCases() {
  const auto late = [](std::string path, Stage stage, std::string signer,
                       std::function<Act(World&)> make) {
    return Case{"exchange.lapse", "request-lapsed", std::move(path), stage,
                [signer = std::move(signer), make = std::move(make)](World& world) {
                  world.SetDay("2024-09-12");
                  return Try(world, make(world), {signer});
                }};
  };
  return {
      late("dpo_opinion_given.exchange", Stage::kProposed, "dpo-p001",
           [](World& world) { return world.Opine(); }),
      late("exchange_decided.exchange", Stage::kFavourable, "decider-p001",
           [](World& world) { return world.DecideExchange(); }),
      late("register_entry_recorded.exchange", Stage::kFavourable, "steward-p001",
           [](World& world) { return world.Register(); }),
  };
}

// The lift of a freeze of p002's steward.
Case Lifting(std::string code, std::string path, std::string party, std::string signer,
             std::function<void(World&, const ActRef&)> before = {}) {
  return {"freeze.lift", std::move(code), std::move(path), Stage::kSent,
          [party = std::move(party), signer = std::move(signer),
           before = std::move(before)](World& world) {
            const ActRef freeze =
                world.Must({world.FreezeExchange("p002")}, {"steward-p002"}).Ref();
            if (before) before(world, freeze);
            return Try(world, world.Lift(party, freeze), {signer});
          }};
}

std::vector<Case> FreezeCases() {
  return {
      Lifting("same-agent", "", "p002", "steward-p002"),
      Lifting("other-side", "party", "p001", "dpo-p001"),
      Lifting("without-power", "", "p002", "reader-p002"),
      Lifting("not-in-force", "freeze_lifted.freeze", "p002", "decider-p002",
              [](World& world, const ActRef&) { world.SetDay("2024-06-12"); }),
      Lifting("not-in-force", "freeze_lifted.freeze", "p002", "decider-p002",
              [](World& world, const ActRef& freeze) {
                world.Must({world.Lift("p002", freeze)}, {"representative-p002"});
              }),
      // A confirmation and a report that binds nobody are no freezes of their own.
      {"wire.reference", "unknown", "freeze_lifted.freeze", Stage::kSent,
       [](World& world) {
         world.Must({world.FreezeExchange("p002")}, {"steward-p002"});
         const ActRef second = world.Must({world.FreezeExchange("p002")}, {"decider-p002"}).Ref();
         return Try(world, world.Lift("p002", second), {"representative-p002"});
       }},
      {"wire.reference", "unknown", "freeze_lifted.freeze", Stage::kSent,
       [](World& world) {
         const ActRef noted = world.Must({world.FreezeExchange("p003")}, {"steward-p003"}).Ref();
         return Try(world, world.Lift("p003", noted), {"decider-p003"});
       }},
      Spoilt("wire.reference", "other-kind", "freeze_lifted.freeze", Stage::kSent, {"decider-p002"},
             [](World& world) { return world.Lift("p002", world.exchange); }),
      Spoilt("wire.reference", "other-kind", "freeze_placed.transfer", Stage::kSent,
             {"steward-p002"},
             [](World& world) {
               world.transfer = world.exchange;
               return world.FreezeTransfer("p002");
             }),
      Spoilt("wire.field", "missing", "freeze_placed.exchange", Stage::kSent, {"steward-p002"},
             [](World& world) {
               Act act = world.FreezeExchange("p002");
               act.mutable_freeze_placed()->clear_exchange();
               return act;
             }),
      {"wire.set", "lone-act", "", Stage::kSent,
       [](World& world) {
         const auto statement = world.Draft(
             {world.FreezeExchange("p002"), world.FreezeTransfer("p002")}, {"steward-p002"});
         return Judge(world, statement, world.Observe(statement));
       }},
      {"freeze.gate", "frozen", "", Stage::kSent,
       [](World& world) {
         world.Must({world.FreezeExchange("p002")}, {"steward-p002"});
         return Try(world, world.Send(), {"sender-p001"});
       }},
  };
}

std::vector<Case> ClassCases() {
  const auto asking = [](std::string code, std::string recipient_class) {
    return Spoilt("IX.1", std::move(code), "*", Stage::kDeclared, {"requester-p002"},
                  [recipient_class = std::move(recipient_class)](World& world) {
                    Act act = world.Propose();
                    act.mutable_exchange_proposed()->mutable_recipient()->set_recipient_class(
                        recipient_class);
                    return act;
                  });
  };
  const auto sending = [](std::function<void(statement::v1::Recipient&)> spoil) {
    return With(ToTheGroup(), "transfer.manifest", "recipient-differs", "*", Stage::kRegistered,
                [spoil = std::move(spoil)](World& world) {
                  Act act = world.Send();
                  spoil(*act.mutable_transfer_submitted()->mutable_recipient());
                  return Try(world, act, {"sender-p001"});
                });
  };
  World::Options ruled = ToTheGroup();
  ruled.conditions.set_release(RELEASE_EACH_RULED);
  const auto ruling = [ruled](std::string code, std::string path, std::string recipient) {
    return With(ruled, "transfer.ruling", std::move(code), std::move(path), Stage::kSent,
                [recipient = std::move(recipient)](World& world) {
                  Act act = world.Rule(RULING_RELEASED);
                  act.mutable_transfer_ruled()->set_recipient("p003");
                  world.Must({act}, {"dpo-p001"});
                  act.mutable_transfer_ruled()->set_recipient(recipient);
                  return Try(world, act, {"dpo-p001"});
                });
  };
  return {
      asking("class-unknown", "nobody"),
      asking("class-empty", "later"),
      sending([](auto& to) { to.set_party("p002"); }),
      sending([](auto& to) { to.set_recipient_class("later"); }),
      ruling("not-held", "transfer_ruled.transfer", "p003"),
      ruling("not-a-recipient", "transfer_ruled.recipient", "p004"),
      With(ToTheGroup(), "conflict.C4", "other-side", "", Stage::kFavourable,
           [](World& world) {
             world.Appoint("p003", ROLE_DECIDER, "decider-p001");
             return Try(world, world.DecideExchange(), {"decider-p001"});
           }),
      With(ToTheGroup(), "conflict.C1", "dpo-holds-office", "", Stage::kProposed,
           [](World& world) {
             world.Appoint("p003", ROLE_DECIDER, "dpo-p001");
             return Try(world, world.Opine(), {"dpo-p001"});
           }),
      With(ruled, "gateway.handover", "refused", "", Stage::kSent,
           [](World& world) {
             Act act = world.Rule(RULING_REFUSED);
             act.mutable_transfer_ruled()->set_recipient("p002");
             world.Must({act}, {"dpo-p001"});
             return Try(world, world.HandOver(), {"gateway"});
           }),
  };
}

}  // namespace

std::vector<Case> OrdinaryDayCases() {
  std::vector<Case> all;
  for (auto cases : {OpinionCases(), AnswerCases(), SequenceCases(), GateCases(), LapseCases(),
                     FreezeCases(), ClassCases()})
    all.insert(all.end(), cases.begin(), cases.end());
  return all;
}

}  // namespace passerelle::tests
