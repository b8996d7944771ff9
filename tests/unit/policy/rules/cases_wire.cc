// Refusals of header, set, keys, founding and form.
#include <optional>

#include "tests/unit/policy/rules/cases.h"

namespace passerelle::tests {
namespace {

using record::v1::Entry;
using statement::v1::Act;
using statement::v1::ConventionEnacted;
using statement::v1::Statement;

const Names kFounders = {"gateway", "secretary-1", "secretary-2", "counter-1", "counter-2"};

Case Unfounded(std::string rule, std::string code, std::string path,
               std::function<void(ConventionEnacted&)> spoil) {
  return Spoilt(std::move(rule), std::move(code), std::move(path), Stage::kEmpty, kFounders,
                [spoil = std::move(spoil)](World& world) {
                  Act act = world.Found();
                  spoil(*act.mutable_convention_enacted());
                  return act;
                });
}

std::vector<Case> FoundingCases() {
  return {
      Unfounded("founding.terms", "window-order", "convention_enacted.convention.ends_on",
                [](auto& e) { *e.mutable_convention()->mutable_ends_on() = DateOf("2023-01-01"); }),
      Unfounded("founding.terms", "party-kind", "convention_enacted.convention.parties[0].kind",
                [](auto& e) { e.mutable_convention()->mutable_parties(0)->clear_kind(); }),
      Unfounded("founding.terms", "party-repeated", "convention_enacted.convention.parties[1].id",
                [](auto& e) { e.mutable_convention()->mutable_parties(1)->set_id("p001"); }),
      Unfounded("founding.terms", "secretariat", "convention_enacted.convention.secretariat_party",
                [](auto& e) { e.mutable_convention()->set_countersigning_party("p002"); }),
      Unfounded("founding.terms", "secretariat", "convention_enacted.convention.secretariat_party",
                [](auto& e) { e.mutable_convention()->set_secretariat_party("p999"); }),
      Unfounded("founding.terms", "secretariat", "convention_enacted.convention.secretariat_party",
                [](auto& e) { e.mutable_convention()->set_countersigning_party("p999"); }),
      Unfounded("founding.terms", "code-repeated", "convention_enacted.convention.purposes[1].code",
                [](auto& e) { e.mutable_convention()->mutable_purposes(1)->set_code("I-1"); }),
      Unfounded("wire.field", "malformed", "convention_enacted.convention.purposes[0].code",
                [](auto& e) { e.mutable_convention()->mutable_purposes(0)->set_code("I 1"); }),
      Unfounded("wire.field", "malformed", "convention_enacted.convention.tags[0].code",
                [](auto& e) { e.mutable_convention()->mutable_tags(0)->set_code("Axe-1"); }),
      Unfounded(
          "wire.field", "malformed", "convention_enacted.convention.data_subjects[1].code",
          [](auto& e) { e.mutable_convention()->mutable_data_subjects(1)->set_code("-enfants"); }),
      Unfounded(
          "wire.field", "malformed", "convention_enacted.settings.units[0].code",
          [](auto& e) { e.mutable_settings()->mutable_units(0)->set_code(std::string(65, 'u')); }),
      Unfounded("settings.form", "threshold", "convention_enacted.settings.least_threshold",
                [](auto& e) { e.mutable_settings()->set_least_threshold(4); }),
      Unfounded("settings.form", "unit-repeated", "convention_enacted.settings.units[1].code",
                [](auto& e) { e.mutable_settings()->mutable_units(1)->set_code("stats"); }),
      Unfounded("settings.form", "clock-shift", "convention_enacted.settings.clock_shift_ms",
                [](auto& e) {
                  e.set_environment(statement::v1::ENVIRONMENT_PRODUCTION);
                  e.mutable_settings()->set_clock_shift_ms(1);
                }),
      Unfounded("settings.form", "deed-delay", "convention_enacted.settings.deed_delay_ms",
                [](auto& e) { e.set_environment(statement::v1::ENVIRONMENT_PRODUCTION); }),
      Unfounded("founding.keys", "gateway-key", "convention_enacted.founding_keys",
                [](auto& e) { e.mutable_founding_keys()->DeleteSubrange(0, 1); }),
      Unfounded("founding.keys", "holders-too-few", "convention_enacted.founding_keys",
                [](auto& e) { e.mutable_founding_keys()->DeleteSubrange(4, 1); }),
      Unfounded("founding.keys", "holder", "convention_enacted.founding_keys[1].role",
                [](auto& e) { e.mutable_founding_keys(1)->set_party("p003"); }),
      Unfounded("founding.keys", "repeated", "convention_enacted.founding_keys[2]",
                [](auto& e) { *e.mutable_founding_keys(2) = e.founding_keys(1); }),
      Spoilt("founding.keys", "signers-differ", "header.signers", Stage::kEmpty, {"gateway"},
             [](World& world) { return world.Found(); }),
      Unfounded("wire.field", "malformed", "convention_enacted.origin",
                [](auto& e) { e.set_origin("cosignature/v1"); }),
      Unfounded("wire.field", "malformed", "convention_enacted.convention.parties[0].id",
                [](auto& e) { e.mutable_convention()->mutable_parties(0)->set_id("all"); }),
      Spoilt("XIII.1", "already-enacted", "", Stage::kStaffed, {"gateway"},
             [](World& world) { return world.Found(); }),
  };
}

std::vector<Case> HeaderCases() {
  return {
      Misheaded("wire.log", "foreign-log", "header.log",
                [](Statement& s) { s.mutable_header()->set_log(Commitment("another")); }),
      Misheaded("wire.field", "missing", "header.log",
                [](Statement& s) { s.mutable_header()->clear_log(); }),
      {"wire.log", "foreign-log", "header.log", Stage::kEmpty,
       [](World& world) {
         Statement statement = world.Draft({world.Found()}, kFounders);
         statement.mutable_header()->set_log(Commitment("another"));
         return Judge(world, statement, world.Observe(statement));
       }},
      Spoilt("wire.log", "not-founded", "", Stage::kEmpty, {"steward-p001"},
             [](World& world) { return world.Declare(); }),
      Misheaded("wire.time", "issued-ahead", "header.issued_at_ms",
                [](Statement& s) {
                  s.mutable_header()->set_issued_at_ms(s.header().issued_at_ms() + 600000);
                }),
      Misheaded("wire.time", "expired", "header.not_after_ms",
                [](Statement& s) {
                  s.mutable_header()->set_issued_at_ms(s.header().issued_at_ms() - 2000);
                  s.mutable_header()->set_not_after_ms(s.header().issued_at_ms() + 1000);
                }),
      Misheaded("wire.time", "ends-before-issue", "header.not_after_ms",
                [](Statement& s) {
                  s.mutable_header()->set_not_after_ms(s.header().issued_at_ms() - 1);
                }),
      Misheaded("wire.time", "life-too-long", "header.not_after_ms",
                [](Statement& s) {
                  s.mutable_header()->set_not_after_ms(s.header().issued_at_ms() +
                                                       int64_t{31} * 24 * 3600 * 1000);
                }),
      Misheaded("wire.field", "missing", "header.issued_at_ms",
                [](Statement& s) { s.mutable_header()->clear_issued_at_ms(); }),
      Misheaded("wire.field", "missing", "header.not_after_ms",
                [](Statement& s) { s.mutable_header()->clear_not_after_ms(); }),
      Misheaded("wire.field", "missing", "header.nonce",
                [](Statement& s) { s.mutable_header()->clear_nonce(); }),
      Misheaded("wire.field", "malformed", "header.nonce",
                [](Statement& s) { s.mutable_header()->set_nonce("short"); }),
      Misheaded("wire.field", "missing", "header.signers",
                [](Statement& s) { s.mutable_header()->clear_signers(); }),
      Misheaded("wire.field", "malformed", "header.signers[0]",
                [](Statement& s) { s.mutable_header()->set_signers(0, "short"); }),
      Misheaded("wire.field", "too-many", "header.signers",
                [](Statement& s) {
                  for (int i = 0; i < 20; ++i) s.mutable_header()->add_signers(Commitment("x"));
                }),
      Misheaded("wire.signers", "unsorted", "header.signers[1]",
                [](Statement& s) { s.mutable_header()->add_signers(s.header().signers(0)); }),
      Misheaded("wire.seen", "seen-missing", "header.seen",
                [](Statement& s) {
                  s.mutable_header()->clear_seen();
                  s.mutable_header()->set_signers(0, MakeAgent("representative-p001").fingerprint);
                }),
      Misheaded("wire.field", "malformed", "header.seen.root",
                [](Statement& s) { s.mutable_header()->mutable_seen()->set_root("short"); }),
      Misheaded("wire.field", "missing", "acts", [](Statement& s) { s.clear_acts(); }),
      Misheaded("wire.field", "too-many", "acts",
                [](Statement& s) {
                  for (int i = 0; i < 600; ++i) s.add_acts();
                }),
      Misheaded("key.enrolled", "unknown-key", "header.signers[0]",
                [](Statement& s) {
                  s.mutable_header()->set_signers(0, MakeAgent("stranger").fingerprint);
                }),
      Misheaded("default.deny", "no-rule-accepts", "",
                [](Statement& s) { s.mutable_acts(0)->clear_body(); }),
  };
}

// A statement observed otherwise than it should be.
Entry WithSeen(World& world, std::optional<record::v1::Check> seen) {
  const Statement statement = world.Draft({world.Declare()}, {"steward-p001"});
  record::v1::Observed observed = world.Observe(statement);
  observed.clear_seen();
  if (seen.has_value()) observed.set_seen(*seen);
  return Judge(world, statement, observed);
}

Entry Repeated(World& world) {
  const Statement statement = world.Draft({world.Declare()}, {"steward-p001"});
  world.Submit(statement, world.Observe(statement));
  return Judge(world, statement, world.Observe(statement));
}

// A key whose validity ends at the instant of its enrolment plus one second.
Entry AfterValidity(World& world) {
  Act enrol = world.Enrol("p001", "short-lived", statement::v1::AGENT_KIND_PERSON);
  enrol.mutable_agent_enrolled()->set_valid_until_ms(world.now().time_ms + 1000);
  world.Must({enrol}, {"representative-p001"});
  world.Advance(2000);
  return Try(world, world.Declare(), {"short-lived"});
}

Entry BeforeValidity(World& world) {
  Act enrol = world.Enrol("p001", "early", statement::v1::AGENT_KIND_PERSON);
  enrol.mutable_agent_enrolled()->set_valid_from_ms(world.now().time_ms + 1000);
  world.Must({enrol}, {"representative-p001"});
  return Try(world, world.Declare(), {"early"});
}

Entry TooLargeAnEnvelope(World& world) {
  Act act = world.Declare();
  act.mutable_dataset_declared()->mutable_fields(2)->set_codes(0, std::string(50000, 'x'));
  return Try(world, act, {"steward-p001"});
}

// Many warnings fit no entry.
Entry TooLargeAnEntry(World& world) {
  const Statement statement = world.Draft({world.Declare()}, {"steward-p001"});
  record::v1::Observed observed = world.Observe(statement);
  for (int i = 0; i < 2000; ++i) {
    record::v1::TextHit& hit = *observed.mutable_acts(0)->add_text_hits();
    hit.set_path("acts[0].dataset_declared.slug");
    hit.set_detector("siret");
    hit.set_action(record::v1::HIT_ACTION_WARN);
  }
  return Judge(world, statement, observed);
}

Entry TryAll(World& world, const Acts& acts, const Names& signers) {
  const Statement statement = world.Draft(acts, signers);
  return Judge(world, statement, world.Observe(statement));
}

Entry TwoExchanges(World& world) {
  Act other = world.Send();
  other.mutable_transfer_submitted()->mutable_exchange()->set_ordinal(7);
  return TryAll(world, {world.Send(), other}, {"sender-p001"});
}

std::vector<Case> SetCases() {
  return {
      {"wire.seen", "seen-never-was", "header.seen", Stage::kStaffed,
       [](World& world) { return WithSeen(world, record::v1::CHECK_FAILS); }},
      {"wire.seen", "seen-unchecked", "header.seen", Stage::kStaffed,
       [](World& world) { return WithSeen(world, std::nullopt); }},
      {"wire.repeat", "repeated", "", Stage::kStaffed, Repeated},
      {"key.in-force", "expired", "header.signers[0]", Stage::kStaffed, AfterValidity},
      {"key.in-force", "not-yet", "header.signers[0]", Stage::kStaffed, BeforeValidity},
      {"wire.size", "envelope-too-large", "", Stage::kStaffed, TooLargeAnEnvelope},
      {"wire.size", "entry-too-large", "", Stage::kStaffed, TooLargeAnEntry},
      {"wire.set", "lone-act", "", Stage::kProposed,
       [](World& world) {
         return TryAll(world, {world.Opine(), world.Register()}, {"dpo-p001"});
       }},
      {"wire.set", "several-parties", "party", Stage::kRegistered,
       [](World& world) {
         return TryAll(world, {world.Propose(), world.Send()}, {"sender-p001"});
       }},
      {"wire.set", "several-exchanges", "transfer_submitted.exchange", Stage::kRegistered,
       TwoExchanges},
  };
}

std::vector<Case> FormCases() {
  return {
      Spoilt("wire.party", "party-unknown", "party", Stage::kStaffed, {"steward-p001"},
             [](World& world) {
               Act act = world.Declare();
               act.set_party("p999");
               return act;
             }),
      Spoilt("wire.field", "missing", "party", Stage::kStaffed, {"steward-p001"},
             [](World& world) {
               Act act = world.Declare();
               act.clear_party();
               return act;
             }),
      Spoilt("wire.field", "not-allowed", "party", Stage::kSent, {"gateway"},
             [](World& world) {
               Act act = world.HandOver();
               act.set_party("p001");
               return act;
             }),
      Misobserved(
          "wire.observed", "observation-missing", Stage::kStaffed, {"steward-p001"},
          [](World& world) { return world.Declare(); },
          [](auto& observed) { observed.clear_attachments(); }),
      {"wire.observed", "observation-missing", "", Stage::kStaffed,
       [](World& world) {
         const Statement statement = world.Draft({world.Declare()}, {"steward-p001"});
         record::v1::Observed observed = world.Observe(statement);
         observed.clear_acts();
         return Judge(world, statement, observed);
       }},
      Spoilt("wire.field", "repeated", "dataset_declared.units[2]", Stage::kStaffed,
             {"steward-p001"},
             [](World& world) {
               Act act = world.Declare();
               act.mutable_dataset_declared()->add_units("stats");
               return act;
             }),
      Spoilt("wire.field", "unknown-code", "dataset_declared.tags[1]", Stage::kStaffed,
             {"steward-p001"},
             [](World& world) {
               Act act = world.Declare();
               act.mutable_dataset_declared()->add_tags("axe-9");
               return act;
             }),
      Spoilt("wire.field", "not-allowed", "dataset_declared.fields[0].codes", Stage::kStaffed,
             {"steward-p001"},
             [](World& world) {
               Act act = world.Declare();
               act.mutable_dataset_declared()->mutable_fields(0)->add_codes("x");
               return act;
             }),
  };
}

std::vector<Case> ReferenceCases() {
  return {
      Spoilt("wire.reference", "forward", "exchange_proposed.dataset", Stage::kDeclared,
             {"requester-p002"},
             [](World& world) {
               Act act = world.Propose();
               *act.mutable_exchange_proposed()->mutable_dataset() = Earlier(0);
               return act;
             }),
      Spoilt("wire.reference", "unknown", "exchange_proposed.dataset", Stage::kDeclared,
             {"requester-p002"},
             [](World& world) {
               Act act = world.Propose();
               act.mutable_exchange_proposed()->mutable_dataset()->set_ordinal(9);
               return act;
             }),
      Spoilt("wire.reference", "other-kind", "dpo_opinion_given.exchange", Stage::kProposed,
             {"dpo-p001"},
             [](World& world) {
               Act act = world.Opine();
               *act.mutable_dpo_opinion_given()->mutable_exchange() = world.dataset;
               return act;
             }),
  };
}

}  // namespace

std::vector<Case> WireCases() {
  std::vector<Case> all;
  for (auto cases : {FoundingCases(), HeaderCases(), SetCases(), FormCases(), ReferenceCases()})
    all.insert(all.end(), cases.begin(), cases.end());
  return all;
}

}  // namespace passerelle::tests
