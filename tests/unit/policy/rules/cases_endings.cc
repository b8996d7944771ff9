// Refusals of what ends a mandate, of what a stopped key does, and of its return.
#include "tests/unit/policy/rules/cases.h"

namespace passerelle::tests {
namespace {

using statement::v1::Act;
using statement::v1::AGENT_KIND_PERSON;
using statement::v1::REINSTATEMENT_ACTS;
using statement::v1::ROLE_DECIDER;
using statement::v1::ROLE_LOG_AUDITOR;
using statement::v1::ROLE_REPRESENTATIVE;
using statement::v1::STOP_CAUSE_COMPROMISED;
using statement::v1::STOP_CAUSE_LOST;
using statement::v1::STOP_CAUSE_SUSPENDED;

const Names kRepresentative = {"representative-p001"};

// The end of the decider's mandate, spoilt.
Case Ending(std::string rule, std::string code, std::string path, Names signers,
            std::function<void(World&, Act&)> spoil) {
  return Spoilt(std::move(rule), std::move(code), std::move(path), Stage::kStaffed,
                std::move(signers), [spoil = std::move(spoil)](World& world) {
                  Act act = world.EndMandate("p001",
                                             world.MandateOf("decider-p001", "p001", ROLE_DECIDER));
                  spoil(world, act);
                  return act;
                });
}

// Names the founding mandate with this ordinal.
void NameFounding(World& world, Act& act, std::string_view party, uint32_t ordinal) {
  act.set_party(std::string(party));
  *act.mutable_mandate_ended()->mutable_mandate() = world.steps().front().Ref(ordinal);
}

std::vector<Case> MandateEndings() {
  return {
      Ending("mandate.ending", "other-party", "mandate_ended.mandate", {"representative-p002"},
             [](World&, Act& act) { act.set_party("p002"); }),
      Ending("mandate.ending", "already-over", "mandate_ended.mandate", kRepresentative,
             [](World& w, Act& act) { w.Must({act}, {"representative-p001"}); }),
      Ending("mandate.ending", "already-over", "mandate_ended.mandate", kRepresentative,
             [](World& w, Act& act) {
               Act given = w.Mandate("p001", "temp", ROLE_DECIDER);
               *given.mutable_mandate_given()->mutable_until() = DateOf("2024-06-10");
               *act.mutable_mandate_ended()->mutable_mandate() =
                   w.Must({given}, kRepresentative).Ref();
               w.SetDay("2024-06-11");
             }),
      Ending("mandate.ending", "already-over", "mandate_ended.mandate", kRepresentative,
             [](World& w, Act& act) {
               *act.mutable_mandate_ended()->mutable_last_day() = DateOf("2024-06-10");
               w.Must({act}, kRepresentative);
               act.mutable_mandate_ended()->clear_last_day();
               w.SetDay("2024-06-11");
             }),
      Ending("mandate.ending", "last-day-past", "mandate_ended.last_day", kRepresentative,
             [](World&, Act& act) {
               *act.mutable_mandate_ended()->mutable_last_day() = DateOf("2024-06-02");
             }),
      Ending("mandate.ending", "not-earlier", "mandate_ended.last_day", kRepresentative,
             [](World&, Act& act) {
               *act.mutable_mandate_ended()->mutable_last_day() = DateOf("2029-12-31");
             }),
      Ending("mandate.ending", "not-earlier", "mandate_ended.last_day", kRepresentative,
             [](World& w, Act& act) {
               *act.mutable_mandate_ended()->mutable_last_day() = DateOf("2024-07-01");
               w.Must({act}, {"representative-p001"});
               act.mutable_mandate_ended()->mutable_last_day()->set_day(2);
             }),
      Ending("mandate.ending", "gateway", "mandate_ended.mandate", {"representative-p002"},
             [](World& w, Act& act) { NameFounding(w, act, "p002", 1); }),
      Ending("mandate.ending", "last-quorum", "mandate_ended.mandate", {"representative-p002"},
             [](World& w, Act& act) {
               NameFounding(w, act, "p002", 2);
               w.Must({act}, {"representative-p002"});
               NameFounding(w, act, "p002", 3);
             }),
      Ending("mandate.ending", "last-quorum", "mandate_ended.mandate", {"counter-2"},
             [](World& w, Act& act) {
               w.Must({w.StopKey("p001", "counter-1", STOP_CAUSE_LOST)}, {"representative-p001"});
               NameFounding(w, act, "p001", 5);
             }),
      Ending("mandate.ending", "giver-or-holder", "", {"steward-p001"}, [](World&, Act&) {}),
      Ending("mandate.ending", "giver-or-holder", "", {"decider-p001"},
             [](World& w, Act& act) {
               *act.mutable_mandate_ended()->mutable_mandate() =
                   w.MandateOf("representative-p001", "p001", ROLE_REPRESENTATIVE);
             }),
      Ending("deed.signatures", "secretary-missing", "", kRepresentative,
             [](World& w, Act& act) {
               Act given = w.Mandate("p001", "auditor", ROLE_LOG_AUDITOR);
               *given.mutable_mandate_given()->mutable_until() = DateOf("2024-12-31");
               *act.mutable_mandate_ended()->mutable_mandate() =
                   w.Must({given}, World::transcribers()).Ref();
             }),
      Ending("wire.reference", "other-kind", "mandate_ended.mandate", kRepresentative,
             [](World& w, Act& act) {
               *act.mutable_mandate_ended()->mutable_mandate() =
                   w.Must({w.Declare()}, {"steward-p001"}).Ref();
             }),
  };
}

// The return of the steward's key after a stop, spoilt.
Case Returning(std::string code, std::string path, Names signers,
               std::function<void(World&, Act&)> spoil) {
  return Spoilt("key.reinstatement", std::move(code), std::move(path), Stage::kDeclared,
                std::move(signers), [spoil = std::move(spoil)](World& world) {
                  Act stop = world.StopKey("p001", "steward-p001", STOP_CAUSE_COMPROMISED);
                  stop.mutable_key_stopped()->set_compromised_since_ms(1);
                  world.Must({stop}, {"representative-p001"});
                  Act act = world.Reinstate("p001", "steward-p001");
                  spoil(world, act);
                  return act;
                });
}

std::vector<Case> KeyReturns() {
  return {
      Returning("not-stopped", "key_reinstated.key", kRepresentative,
                [](World&, Act& act) {
                  act.mutable_key_reinstated()->set_key(MakeAgent("dpo-p001").fingerprint);
                }),
      Returning("not-awaiting", "key_reinstated.ratified[0]", kRepresentative,
                [](World& w, Act& act) {
                  *act.mutable_key_reinstated()->add_ratified() =
                      w.MandateOf("dpo-p001", "p001", statement::v1::ROLE_DPO);
                }),
      Returning("not-awaiting", "key_reinstated.ratified[1]", kRepresentative,
                [](World& w, Act& act) {
                  *act.mutable_key_reinstated()->add_ratified() = w.dataset;
                  *act.mutable_key_reinstated()->add_ratified() = w.dataset;
                }),
      Returning("not-awaiting", "key_reinstated.ratified[0]", kRepresentative,
                [](World& w, Act& act) {
                  *act.mutable_key_reinstated()->add_ratified() = w.dataset;
                  w.Must({act}, kRepresentative);
                  act.mutable_key_reinstated()->set_reinstatement(REINSTATEMENT_ACTS);
                }),
      Returning("not-stopped", "key_reinstated.key", kRepresentative,
                [](World& w, Act& act) { w.Must({act}, kRepresentative); }),
      // A suspension that lapsed is over.
      Spoilt("key.reinstatement", "not-stopped", "key_reinstated.key", Stage::kStaffed,
             kRepresentative,
             [](World& w) {
               w.Must({w.StopKey("p001", "dpo-p001", STOP_CAUSE_SUSPENDED)}, kRepresentative);
               w.SetDay("2024-06-12");
               return w.Reinstate("p001", "dpo-p001");
             }),
      Returning("other-party", "party", {"representative-p002"},
                [](World&, Act& act) { act.set_party("p002"); }),
      Returning("representative-or-deed", "", {"decider-p001"}, [](World&, Act&) {}),
      Spoilt("wire.field", "missing", "key_reinstated.ratified", Stage::kStaffed, kRepresentative,
             [](World& w) {
               Act act = w.Reinstate("p001", "steward-p001");
               act.mutable_key_reinstated()->set_reinstatement(REINSTATEMENT_ACTS);
               return act;
             }),
      Spoilt("wire.field", "too-many", "key_reinstated.ratified", Stage::kStaffed, kRepresentative,
             [](World& w) {
               Act act = w.Reinstate("p001", "steward-p001");
               for (int i = 0; i < 65; ++i)
                 *act.mutable_key_reinstated()->add_ratified() = w.steps().front().Ref();
               return act;
             }),
      Spoilt("wire.reference", "unknown", "key_reinstated.key", Stage::kStaffed, kRepresentative,
             [](World& w) { return w.Reinstate("p001", "stranger"); }),
      Spoilt("deed.signatures", "secretary-missing", "", Stage::kStaffed, {"representative-p002"},
             [](World& w) { return w.Reinstate("p002", "gateway"); }),
  };
}

std::vector<Case> StoppedKeys() {
  return {
      {"key.in-force", "stopped", "header.signers[0]", Stage::kStaffed,
       [](World& w) {
         w.Must({w.StopKey("p001", "steward-p001", STOP_CAUSE_SUSPENDED)}, {"representative-p001"});
         return Try(w, w.Declare(), {"steward-p001"});
       }},
      {"key.compromised", "awaits-ratification", "header.signers[0]", Stage::kStaffed,
       [](World& w) {
         w.Must({w.Enrol("p001", "newcomer", AGENT_KIND_PERSON)}, {"representative-p001"});
         Act stop = w.StopKey("p001", "representative-p001", STOP_CAUSE_COMPROMISED);
         w.Must({stop}, {"representative-p001"});
         return Try(w, w.Declare(), {"newcomer"});
       }},
      {"key.compromised", "awaits-ratification", "exchange_proposed.dataset", Stage::kDeclared,
       [](World& w) {
         w.Must({w.StopKey("p001", "steward-p001", STOP_CAUSE_COMPROMISED)}, {"steward-p001"});
         return Try(w, w.Propose(), {"requester-p002"});
       }},
      // Form alone refuses a report.
      Spoilt("wire.field", "missing", "key_stopped.cause", Stage::kStaffed, {"steward-p001"},
             [](World& w) {
               Act act = w.StopKey("p001", "steward-p001", STOP_CAUSE_LOST);
               act.mutable_key_stopped()->clear_cause();
               return act;
             }),
      Spoilt("wire.field", "not-allowed", "key_stopped.compromised_since_ms", Stage::kStaffed,
             {"steward-p001"},
             [](World& w) {
               Act act = w.StopKey("p001", "steward-p001", STOP_CAUSE_LOST);
               act.mutable_key_stopped()->set_compromised_since_ms(1);
               return act;
             }),
      Spoilt("wire.field", "missing", "key_stopped.compromised_since_ms", Stage::kStaffed,
             {"steward-p001"},
             [](World& w) {
               Act act = w.StopKey("p001", "steward-p001", STOP_CAUSE_COMPROMISED);
               act.mutable_key_stopped()->clear_compromised_since_ms();
               return act;
             }),
      Spoilt("wire.field", "malformed", "key_stopped.compromised_since_ms", Stage::kStaffed,
             {"steward-p001"},
             [](World& w) {
               Act act = w.StopKey("p001", "steward-p001", STOP_CAUSE_COMPROMISED);
               act.mutable_key_stopped()->set_compromised_since_ms(w.now().time_ms + 1);
               return act;
             }),
      Spoilt("wire.reference", "unknown", "key_stopped.key", Stage::kStaffed, {"steward-p001"},
             [](World& w) { return w.StopKey("p001", "stranger", STOP_CAUSE_LOST); }),
      Spoilt("wire.party", "party-unknown", "party", Stage::kStaffed, {"steward-p001"},
             [](World& w) { return w.StopKey("p999", "steward-p001", STOP_CAUSE_LOST); }),
      {"wire.set", "lone-act", "", Stage::kStaffed,
       [](World& w) {
         const Act stop = w.StopKey("p001", "steward-p001", STOP_CAUSE_LOST);
         const auto statement = w.Draft({stop, stop}, {"steward-p001"});
         return Judge(w, statement, w.Observe(statement));
       }},
      {"key.enrolled", "unknown-key", "header.signers[0]", Stage::kStaffed,
       [](World& w) {
         return Try(w, w.StopKey("p001", "steward-p001", STOP_CAUSE_LOST), {"stranger"});
       }},
  };
}

}  // namespace

std::vector<Case> EndingCases() {
  std::vector<Case> cases = MandateEndings();
  for (Case& key : KeyReturns()) cases.push_back(std::move(key));
  for (Case& stopped : StoppedKeys()) cases.push_back(std::move(stopped));
  return cases;
}

}  // namespace passerelle::tests
