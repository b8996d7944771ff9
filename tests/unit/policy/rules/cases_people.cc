// Refusals of deeds, keys and mandates.
#include "tests/unit/policy/rules/cases.h"

namespace passerelle::tests {
namespace {

using record::v1::Entry;
using statement::v1::Act;
using statement::v1::ActRef;
using statement::v1::AGENT_KIND_GATEWAY;
using statement::v1::AGENT_KIND_PERSON;
using statement::v1::AGENT_KIND_SERVICE;
using statement::v1::AgentEnrolled;
using statement::v1::DEED_KIND_DELIBERATION;
using statement::v1::DEED_KIND_MANDATE;
using statement::v1::DEED_KIND_NOTICE;
using statement::v1::DeedKind;
using statement::v1::MandateGiven;
using statement::v1::Role;
using statement::v1::ROLE_COUNTERSIGNER;
using statement::v1::ROLE_DECIDER;
using statement::v1::ROLE_LOG_AUDITOR;
using statement::v1::ROLE_OPERATOR;
using statement::v1::ROLE_READER;
using statement::v1::ROLE_REPRESENTATIVE;
using statement::v1::ROLE_SECRETARIAT;
using statement::v1::ROLE_SENDER;
using statement::v1::ROLE_STEWARD;
using statement::v1::STOP_CAUSE_COMPROMISED;
using statement::v1::STOP_CAUSE_LOST;

const Names kTranscribers = World::transcribers();
const Names kRepresentative = {"representative-p001"};

Case Enrolment(std::string code, std::string path, std::function<void(AgentEnrolled&)> spoil) {
  return Spoilt("key.form", std::move(code), std::move(path), Stage::kStaffed, kRepresentative,
                [spoil = std::move(spoil)](World& world) {
                  Act act = world.Enrol("p001", "newcomer", AGENT_KIND_PERSON);
                  spoil(*act.mutable_agent_enrolled());
                  return act;
                });
}

Case Giving(std::string rule, std::string code, std::string path, Role role,
            std::function<void(MandateGiven&)> spoil) {
  return Spoilt(std::move(rule), std::move(code), std::move(path), Stage::kStaffed, kRepresentative,
                [role, spoil = std::move(spoil)](World& world) {
                  Act act = world.Mandate("p001", "newcomer", role);
                  spoil(*act.mutable_mandate_given());
                  return act;
                });
}

Case Serving(std::string code, std::string path, std::function<void(MandateGiven&)> spoil) {
  return Spoilt("mandate.service", std::move(code), std::move(path), Stage::kStaffed,
                kRepresentative, [spoil = std::move(spoil)](World& world) {
                  Act act = world.ServiceMandate("p001", "robot", ROLE_SENDER, "sender-p001");
                  spoil(*act.mutable_mandate_given());
                  return act;
                });
}

// A service's mandate, answered for by an agent whose own mandate is over: `before` sees to it.
Case Answered(std::string answerable, std::function<void(World&)> before) {
  return Spoilt("mandate.service", "answerable-without-mandate", "mandate_given.answerable_agent",
                Stage::kStaffed, kRepresentative, [=](World& world) {
                  before(world);
                  return world.ServiceMandate("p001", "robot", ROLE_SENDER, answerable);
                });
}

void EndMandateOfTheSender(World& world, std::string_view last_day) {
  Act end = world.EndMandate("p001", world.MandateOf("sender-p001", "p001", ROLE_SENDER));
  if (!last_day.empty()) *end.mutable_mandate_ended()->mutable_last_day() = DateOf(last_day);
  world.Must({end}, kRepresentative);
}

// An adhesion of p006 whose last act, or another, is spoilt.
Case Adhering(std::string code, std::string path, std::function<void(World&, Acts&)> spoil) {
  return {"deed.adhesion", std::move(code), std::move(path), Stage::kAdhered,
          [spoil = std::move(spoil)](World& world) {
            Acts acts = world.Adhesion("p006");
            spoil(world, acts);
            const auto statement = world.Draft(acts, World::transcribers());
            return Judge(world, statement, world.Observe(statement));
          }};
}

// A mandate given under a deed that `spoil` chooses.
Case Grounded(std::string rule, std::string code, std::string path, Names signers,
              std::string_view deed_party, DeedKind kind) {
  return {std::move(rule), std::move(code), std::move(path), Stage::kStaffed,
          [signers = std::move(signers), party = std::string(deed_party), kind](World& world) {
            const ActRef deed = world.Must({world.Deed(party, kind)}, World::transcribers()).Ref();
            Act act = world.Mandate("p001", "newcomer", ROLE_DECIDER);
            *act.mutable_under_deed() = deed;
            return Try(world, act, signers);
          }};
}

// The acts of an adhesion of p006 but the last, recorded.
const Step& PapersOfP006(World& world) {
  Acts acts = world.Adhesion("p006");
  acts.pop_back();
  return world.Must(acts, World::transcribers());
}

Entry AdhesionWithoutRepresentative(World& world) {
  const Step& papers = PapersOfP006(world);
  world.Must({world.EndMandate("p006", papers.Ref(3))}, {"representative-p006"});
  return Try(world, world.AdhesionAfter("p006", papers), kTranscribers);
}

Entry AdhesionOnFallenPapers(World& world) {
  const Step& papers = PapersOfP006(world);
  world.Must({world.StopKey("p001", "counter-1", STOP_CAUSE_COMPROMISED)}, {"counter-1"});
  return Try(world, world.AdhesionAfter("p006", papers), {"secretary-1", "counter-2"});
}

Entry DelayedDecision(World&) {
  World::Options options;
  options.deed_delay_ms = 3600000;
  World slow(Stage::kFavourable, options);
  const ActRef deed =
      slow.Must({slow.Deed("p001", DEED_KIND_DELIBERATION)}, World::transcribers()).Ref();
  Act act = slow.DecideExchange();
  *act.mutable_under_deed() = deed;
  return Try(slow, act, World::transcribers());
}

std::vector<Case> DeedCases() {
  return {
      Spoilt("deed.signatures", "secretary-missing", "", Stage::kFounded, {"counter-1"},
             [](World& w) { return w.Deed("p003", DEED_KIND_NOTICE); }),
      Spoilt("deed.signatures", "countersigner-missing", "", Stage::kFounded, {"secretary-1"},
             [](World& w) { return w.Deed("p003", DEED_KIND_NOTICE); }),
      // One agent is never both.
      Spoilt("deed.signatures", "countersigner-missing", "", Stage::kAdhered, {"secretary-1"},
             [](World& w) {
               w.Must({w.Mandate("p001", "secretary-1", ROLE_COUNTERSIGNER)}, kRepresentative);
               return w.Deed("p003", DEED_KIND_NOTICE);
             }),
      Spoilt("deed.record", "dated-ahead", "deed_recorded.dated", Stage::kFounded, kTranscribers,
             [](World& w) {
               Act act = w.Deed("p003", DEED_KIND_NOTICE);
               *act.mutable_deed_recorded()->mutable_dated() = DateOf("2024-06-04");
               return act;
             }),
      Grounded("deed.ground", "other-party", "under_deed", kTranscribers, "p003",
               DEED_KIND_MANDATE),
      Grounded("deed.ground", "notice", "under_deed", kTranscribers, "p001", DEED_KIND_NOTICE),
      Grounded("deed.signatures", "secretary-missing", "", kRepresentative, "p001",
               DEED_KIND_MANDATE),
      {"deed.never", "never-on-a-deed", "under_deed", Stage::kProposed,
       [](World& world) {
         const ActRef deed =
             world.Must({world.Deed("p001", DEED_KIND_NOTICE)}, World::transcribers()).Ref();
         Act act = world.Opine();
         *act.mutable_under_deed() = deed;
         return Try(world, act, {"dpo-p001"});
       }},
      {"deed.delay", "cannot-wait", "under_deed", Stage::kEmpty, DelayedDecision},
  };
}

std::vector<Case> AdhesionCases() {
  return {
      Adhering("already-adhered", "party",
               [](World&, Acts& acts) {
                 for (Act& act : acts) act.set_party("p003");
                 acts[3].mutable_mandate_given()->set_agent(MakeAgent("representative-p003").id);
                 acts[4] = acts[0];
               }),
      Adhering("deliberation-kind", "party_adhered.deliberation",
               [](World&, Acts& acts) {
                 *acts[5].mutable_party_adhered()->mutable_deliberation() = Earlier(1);
               }),
      Adhering("signature-kind", "party_adhered.signature",
               [](World&, Acts& acts) {
                 acts[1].set_party("p003"), acts[5].mutable_under_deed()->set_ordinal(0);
               }),
      Adhering("deliberation-kind", "party_adhered.deliberation",
               [](World& w, Acts& acts) {
                 *acts[5].mutable_party_adhered()->mutable_deliberation() =
                     w.Must({w.Deed("p003", DEED_KIND_DELIBERATION)}, kTranscribers).Ref();
               }),
      Adhering("signature-kind", "party_adhered.signature",
               [](World&, Acts& acts) {
                 *acts[5].mutable_party_adhered()->mutable_signature() = Earlier(0);
               }),
      Adhering("representative-role", "party_adhered.representative",
               [](World& w, Acts& acts) {
                 *acts[5].mutable_party_adhered()->mutable_representative() =
                     w.MandateOf("representative-p003", "p003", ROLE_REPRESENTATIVE);
               }),
      {"deed.adhesion", "representative-not-in-force", "party_adhered.representative",
       Stage::kAdhered, AdhesionWithoutRepresentative},
      {"key.compromised", "awaits-ratification", "party_adhered.deliberation", Stage::kAdhered,
       AdhesionOnFallenPapers},
      {"key.compromised", "awaits-ratification", "party_adhered.signature", Stage::kAdhered,
       AdhesionOnFallenPapers},
      {"key.compromised", "awaits-ratification", "under_deed", Stage::kAdhered,
       AdhesionOnFallenPapers},
      Adhering("representative-role", "party_adhered.representative",
               [](World&, Acts& acts) { acts[3].mutable_mandate_given()->set_role(ROLE_DECIDER); }),
      Adhering("representative-not-in-force", "party_adhered.representative",
               [](World&, Acts& acts) {
                 *acts[3].mutable_mandate_given()->mutable_from() = DateOf("2025-01-01");
               }),
      Adhering("not-signed", "", [](World&, Acts& acts) { acts[5].clear_under_deed(); }),
  };
}

std::vector<Case> KeyCases() {
  return {
      Enrolment("validity-order", "agent_enrolled.valid_until_ms",
                [](auto& e) { e.set_valid_until_ms(e.valid_from_ms()); }),
      Enrolment("validity-over", "agent_enrolled.valid_until_ms",
                [](auto& e) { e.set_valid_until_ms(e.valid_from_ms() + 1); }),
      Enrolment("fingerprint-taken", "agent_enrolled.spki",
                [](auto& e) { e.set_spki(MakeAgent("dpo-p001").spki); }),
      Enrolment("kind-differs", "agent_enrolled.kind",
                [](auto& e) {
                  e.set_agent(MakeAgent("dpo-p001").id);
                  e.set_kind(AGENT_KIND_SERVICE);
                }),
      // A key that was stopped stays its agent's.
      Spoilt("key.form", "fingerprint-taken", "agent_enrolled.spki", Stage::kStaffed,
             kRepresentative,
             [](World& w) {
               w.Must({w.StopKey("p001", "steward-p001", STOP_CAUSE_LOST)}, {"steward-p001"});
               return w.Enrol("p001", "steward-p001", AGENT_KIND_PERSON);
             }),
      // What an agent is, its mandate said before it had a key.
      Spoilt("key.form", "kind-differs", "agent_enrolled.kind", Stage::kStaffed, kRepresentative,
             [](World& w) {
               w.Must({w.ServiceMandate("p001", "robot", ROLE_SENDER, "sender-p001")},
                      kRepresentative);
               return w.Enrol("p001", "robot", AGENT_KIND_PERSON);
             }),
      Enrolment("party-differs", "party",
                [](auto& e) { e.set_agent(MakeAgent("reader-p002").id); }),
      Misobserved(
          "key.form", "possession-fails", Stage::kStaffed, kRepresentative,
          [](World& w) { return w.Enrol("p001", "newcomer", AGENT_KIND_PERSON); },
          [](auto& observed) { observed.set_possession(record::v1::CHECK_FAILS); }),
      Misobserved(
          "wire.observed", "observation-missing", Stage::kStaffed, kRepresentative,
          [](World& w) { return w.Enrol("p001", "newcomer", AGENT_KIND_PERSON); },
          [](auto& observed) { observed.clear_possession(); }),
      Spoilt("key.enrolment", "representative-or-deed", "", Stage::kStaffed, {"decider-p001"},
             [](World& w) { return w.Enrol("p001", "newcomer", AGENT_KIND_PERSON); }),
      Spoilt("key.enrolment", "representative-or-deed", "", Stage::kStaffed, kRepresentative,
             [](World& w) { return w.Enrol("p003", "newcomer", AGENT_KIND_PERSON); }),
      Spoilt("key.enrolment", "own-key-or-deed", "", Stage::kStaffed, kRepresentative,
             [](World& w) {
               Act act = w.Enrol("p001", "second-key", AGENT_KIND_PERSON);
               act.mutable_agent_enrolled()->set_agent(MakeAgent("dpo-p001").id);
               return act;
             }),
      Spoilt("key.enrolment", "gateway-party", "party", Stage::kStaffed, kTranscribers,
             [](World& w) { return w.Enrol("p001", "gateway-2", AGENT_KIND_GATEWAY); }),
      Spoilt("deed.signatures", "secretary-missing", "", Stage::kStaffed, {"gateway"},
             [](World& w) { return w.Enrol("p002", "gateway-2", AGENT_KIND_GATEWAY); }),
  };
}

std::vector<Case> MandateCases() {
  return {
      Giving("mandate.form", "until-before-from", "mandate_given.until", ROLE_DECIDER,
             [](auto& m) { *m.mutable_until() = DateOf("2023-12-31"); }),
      Giving("mandate.form", "sender-of-another-dataset", "mandate_given.datasets[0]", ROLE_SENDER,
             [](auto& m) { m.add_datasets("p002/places"); }),
      Giving("mandate.form", "gateway-agent", "mandate_given.agent", ROLE_DECIDER,
             [](auto& m) { m.set_agent(MakeAgent("gateway").id); }),
      Giving("wire.field", "not-allowed", "mandate_given.datasets", ROLE_DECIDER,
             [](auto& m) { m.add_datasets("p001/children"); }),
      Giving("wire.field", "not-allowed", "mandate_given.unit", ROLE_DECIDER,
             [](auto& m) { m.set_unit("stats"); }),
      Giving("wire.field", "not-allowed", "mandate_given.answerable_agent", ROLE_DECIDER,
             [](auto& m) {
               m.set_agent(MakeAgent("dpo-p001").id);
               m.set_answerable_agent(MakeAgent("sender-p001").id);
             }),
      Giving("wire.field", "not-allowed", "mandate_given.confidentiality", ROLE_DECIDER,
             [](auto& m) {
               *m.mutable_confidentiality()->mutable_signed_on() = DateOf("2024-02-01");
             }),
      Spoilt("wire.field", "not-allowed", "mandate_given.person", Stage::kStaffed, kRepresentative,
             [](World& w) {
               Act act = w.ServiceMandate("p001", "robot", ROLE_SENDER, "sender-p001");
               act.mutable_mandate_given()->mutable_person()->set_digest(Commitment("robot"));
               return act;
             }),
      Giving("wire.field", "too-many", "mandate_given.datasets", ROLE_SENDER,
             [](auto& m) {
               for (int i = 0; i <= 64; ++i) m.add_datasets("p001/children-" + std::to_string(i));
             }),
      Giving("IX.5d", "unit-missing", "mandate_given.unit", ROLE_READER,
             [](auto& m) { m.clear_unit(); }),
      Giving("IX.5d", "unit-unknown", "mandate_given.unit", ROLE_READER,
             [](auto& m) { m.set_unit("nowhere"); }),
      Giving("IX.5d", "agreement-missing", "mandate_given.confidentiality", ROLE_READER,
             [](auto& m) { m.clear_confidentiality(); }),
      Spoilt("IX.5d", "agreement-missing", "mandate_given.confidentiality", Stage::kStaffed,
             {"representative-p002"},
             [](World& w) {
               Act act = w.ServiceMandate("p002", "robot", ROLE_READER, "steward-p002");
               act.mutable_mandate_given()->clear_confidentiality();
               return act;
             }),
      Giving("IX.5d", "agreement-ahead", "mandate_given.confidentiality.signed_on", ROLE_READER,
             [](auto& m) {
               *m.mutable_confidentiality()->mutable_signed_on() = DateOf("2024-06-04");
             }),
  };
}

std::vector<Case> ServiceCases() {
  return {
      Serving("service-role", "mandate_given.role", [](auto& m) { m.set_role(ROLE_DECIDER); }),
      Serving("service-datasets", "mandate_given.datasets", [](auto& m) { m.clear_datasets(); }),
      Serving("answerable-not-a-person", "mandate_given.answerable_agent",
              [](auto& m) { m.set_answerable_agent(MakeAgent("stranger").id); }),
      Serving("answerable-without-mandate", "mandate_given.answerable_agent",
              [](auto& m) { m.set_answerable_agent(MakeAgent("reader-p002").id); }),
      Answered("temp",
               [](World& w) {
                 Act act = w.Mandate("p001", "temp", ROLE_STEWARD);
                 *act.mutable_mandate_given()->mutable_until() = DateOf("2024-06-10");
                 w.Must({act}, kRepresentative);
                 w.SetDay("2024-06-11");
               }),
      Answered("sender-p001", [](World& w) { EndMandateOfTheSender(w, ""); }),
      Answered("sender-p001",
               [](World& w) {
                 EndMandateOfTheSender(w, "2024-06-10");
                 w.SetDay("2024-06-11");
               }),
      // A mandate that is ended before its first day has none left.
      Answered("temp",
               [](World& w) {
                 Act act = w.Mandate("p001", "temp", ROLE_STEWARD);
                 *act.mutable_mandate_given()->mutable_from() = DateOf("2024-09-01");
                 Act end = w.EndMandate("p001", w.Must({act}, kRepresentative).Ref());
                 *end.mutable_mandate_ended()->mutable_last_day() = DateOf("2024-08-31");
                 w.Must({end}, kRepresentative);
               }),
  };
}

std::vector<Case> GiverCases() {
  return {
      Giving("mandate.giver", "deed-only", "mandate_given.role", ROLE_REPRESENTATIVE, [](auto&) {}),
      Giving("mandate.giver", "other-party", "mandate_given.role", ROLE_SECRETARIAT, [](auto&) {}),
      Giving("mandate.giver", "other-party", "mandate_given.role", ROLE_OPERATOR, [](auto&) {}),
      Giving("mandate.giver", "end-date", "mandate_given.until", ROLE_LOG_AUDITOR, [](auto&) {}),
      Giving("deed.signatures", "secretary-missing", "", ROLE_LOG_AUDITOR,
             [](auto& m) { *m.mutable_until() = DateOf("2024-12-31"); }),
      Spoilt("mandate.giver", "other-party", "mandate_given.role", Stage::kStaffed,
             {"representative-p002"},
             [](World& w) { return w.Mandate("p002", "newcomer", ROLE_COUNTERSIGNER); }),
      Spoilt("mandate.giver", "representative-or-deed", "", Stage::kStaffed,
             {"representative-p002"},
             [](World& w) { return w.Mandate("p001", "newcomer", ROLE_DECIDER); }),
  };
}

}  // namespace

std::vector<Case> PeopleCases() {
  std::vector<Case> all;
  for (auto cases :
       {DeedCases(), AdhesionCases(), KeyCases(), MandateCases(), ServiceCases(), GiverCases()})
    all.insert(all.end(), cases.begin(), cases.end());
  return all;
}

}  // namespace passerelle::tests
