// Refusals of datasets, exchanges, opinions, decisions and register entries.
#include "tests/unit/policy/rules/cases.h"

namespace passerelle::tests {
namespace {

using record::v1::Entry;
using statement::v1::Act;
using statement::v1::DatasetDeclared;
using statement::v1::DpoOpinionGiven;
using statement::v1::ExchangeProposed;
using statement::v1::OPINION_UNFAVOURABLE;
using statement::v1::RegisterEntryRecorded;
using statement::v1::Role;
using statement::v1::ROLE_DECIDER;
using statement::v1::ROLE_DPO;
using statement::v1::ROLE_OPERATOR;
using statement::v1::ROLE_REQUESTER;
using statement::v1::VERDICT_REFUSED;

Case Declaring(std::string rule, std::string code, std::string path,
               std::function<void(DatasetDeclared&)> spoil) {
  return Spoilt(std::move(rule), std::move(code), "dataset_declared." + path, Stage::kStaffed,
                {"steward-p001"}, [spoil = std::move(spoil)](World& world) {
                  Act act = world.Declare();
                  spoil(*act.mutable_dataset_declared());
                  return act;
                });
}

Case Proposing(std::string rule, std::string code, std::string path,
               std::function<void(ExchangeProposed&)> spoil) {
  return Spoilt(std::move(rule), std::move(code), "exchange_proposed." + path, Stage::kDeclared,
                {"requester-p002"}, [spoil = std::move(spoil)](World& world) {
                  Act act = world.Propose();
                  spoil(*act.mutable_exchange_proposed());
                  return act;
                });
}

Case Opining(std::string rule, std::string code, std::string path,
             std::function<void(DpoOpinionGiven&)> spoil) {
  return Spoilt(std::move(rule), std::move(code), "dpo_opinion_given." + path, Stage::kProposed,
                {"dpo-p001"}, [spoil = std::move(spoil)](World& world) {
                  Act act = world.Opine();
                  spoil(*act.mutable_dpo_opinion_given());
                  return act;
                });
}

Case Registering(std::string rule, std::string code, std::string path,
                 std::function<void(RegisterEntryRecorded&)> spoil) {
  return Spoilt(std::move(rule), std::move(code), "register_entry_recorded." + path,
                Stage::kApproved, {"steward-p001"}, [spoil = std::move(spoil)](World& world) {
                  Act act = world.Register();
                  spoil(*act.mutable_register_entry_recorded());
                  return act;
                });
}

// A version of the dataset, in the name of a party, when the first one is declared.
Case Redeclaring(std::string rule, std::string code, std::string path, std::string party,
                 uint32_t version) {
  return Spoilt(std::move(rule), std::move(code), std::move(path), Stage::kDeclared,
                {"steward-" + party}, [party, version](World& world) {
                  Act act = world.Declare();
                  act.set_party(party);
                  act.mutable_dataset_declared()->set_version(version);
                  return act;
                });
}

// Lengthens a list to one more than it may hold.
template <typename List>
void Fill(List& list) {
  while (list.size() <= 64) *list.Add() = "code-" + std::to_string(list.size());
}

// An act in the name of another party than it belongs to, by that party's own agents.
Case InNameOf(std::string rule, std::string code, std::string path, Stage stage, std::string party,
              Names signers, std::function<Act(World&)> make) {
  return Spoilt(std::move(rule), std::move(code), std::move(path), stage, std::move(signers),
                [party = std::move(party), make = std::move(make)](World& world) {
                  Act act = make(world);
                  act.set_party(party);
                  return act;
                });
}

// One good act by a signer who first receives another role.
Case AlsoHolding(std::string rule, std::string code, Stage stage, std::string party, Role role,
                 std::string signer, std::function<Act(World&)> make) {
  return {std::move(rule), std::move(code), "", stage, [=](World& world) {
            world.Appoint(party, role, signer);
            return Try(world, make(world), {signer});
          }};
}

Act Decide(World& world) { return world.DecideExchange(); }
Act Opine(World& world) { return world.Opine(); }
Act Propose(World& world) { return world.Propose(); }
Act Declare(World& world) { return world.Declare(); }
Act Register(World& world) { return world.Register(); }

Act Unfavourable(World& world) {
  Act act = world.Opine();
  act.mutable_dpo_opinion_given()->clear_conditions();
  act.mutable_dpo_opinion_given()->set_opinion(OPINION_UNFAVOURABLE);
  return act;
}

Entry DecisionOnAnUnfavourableOpinion(World& world) {
  world.opinion = world.Must({Unfavourable(world)}, {"dpo-p001"}).Ref();
  return Try(world, world.DecideExchange(), {"decider-p001"});
}

Entry DecisionOnAnOlderOpinion(World& world) {
  world.Must({world.Opine()}, {"dpo-p001"});  // world.opinion stays the first
  return Try(world, world.DecideExchange(), {"decider-p001"});
}

Entry DecisionOnAnotherExchangesOpinion(World& world) {
  const auto first = world.exchange;
  world.exchange = world.Must({world.Propose()}, {"requester-p002"}).Ref();
  world.opinion = world.Must({world.Opine()}, {"dpo-p001"}).Ref();
  world.exchange = first;
  return Try(world, world.DecideExchange(), {"decider-p001"});
}

Entry ProposalToAPartyWithoutDpo(World& world) {
  Act dataset = world.Declare();
  dataset.set_party("p003");
  dataset.mutable_dataset_declared()->set_slug("p003/children");
  world.dataset = world.Must({dataset}, {"steward-p003"}).Ref();
  return Try(world, world.Propose(), {"requester-p002"});
}

Entry ProposalOfAnOldVersion(World& world) {
  Act second = world.Declare();
  second.mutable_dataset_declared()->set_version(2);
  world.Must({second}, {"steward-p001"});
  return Try(world, world.Propose(), {"requester-p002"});
}

Entry EntryAfterRefusal(World& world) {
  Act refused = world.DecideExchange();
  refused.mutable_exchange_decided()->set_verdict(VERDICT_REFUSED);
  world.Must({refused}, {"decider-p001"});
  return Try(world, world.Register(), {"steward-p001"});
}

Entry OpinionByTwo(World& world) { return Try(world, world.Opine(), {"dpo-p001", "steward-p001"}); }

Entry OpinionByAProposer(World& world) {
  world.Appoint("p002", ROLE_REQUESTER, "both");
  world.exchange = world.Must({world.Propose()}, {"both"}).Ref();
  world.Appoint("p001", ROLE_DPO, "both");
  return Try(world, world.Opine(), {"both"});
}

Entry AfterTheConvention(World& world) {
  world.SetDay("2030-01-01");
  return Try(world, world.Declare(), {"secretary-1"});
}

std::vector<Case> DatasetCases() {
  return {
      Declaring("IX.5e", "slug-not-of-controller", "slug",
                [](auto& d) { d.set_slug("p002/children"); }),
      Declaring("IX.5e", "version-not-next", "version", [](auto& d) { d.set_version(2); }),
      Redeclaring("IX.5e", "version-not-next", "dataset_declared.version", "p001", 1),
      Redeclaring("IX.5e", "version-not-next", "dataset_declared.version", "p001", 3),
      Redeclaring("IX.5e", "slug-not-of-controller", "dataset_declared.slug", "p003", 2),
      Declaring("IX.5b", "purpose-missing", "purposes", [](auto& d) { d.clear_purposes(); }),
      Declaring("IX.5b", "purpose-unknown", "purposes[1]",
                [](auto& d) { d.set_purposes(1, "VI-1"); }),
      Declaring("IX.5g", "subjects-missing", "data_subjects",
                [](auto& d) { d.clear_data_subjects(); }),
      Declaring("IX.5g", "subjects-unknown", "data_subjects[0]",
                [](auto& d) { d.set_data_subjects(0, "everybody"); }),
      Declaring("IX.5g", "geography-year", "geography_year",
                [](auto& d) { d.clear_geography_year(); }),
      Declaring("IX.5g", "geography-year", "geography_year",
                [](auto& d) { d.mutable_fields()->DeleteSubrange(1, 1); }),
      Declaring("IX.5g", "geography-year", "geography_year",
                [](auto& d) { d.set_geography_year(1900); }),
      Declaring("IX.5d", "unit-missing", "units", [](auto& d) { d.clear_units(); }),
      Declaring("IX.5d", "unit-unknown", "units[0]", [](auto& d) { d.set_units(0, "nowhere"); }),
      Declaring("IX.5f", "fields-missing", "fields", [](auto& d) { d.clear_fields(); }),
      Declaring("IX.5f", "field-repeated", "fields[3]",
                [](auto& d) { d.mutable_fields(3)->set_name("ANNEE"); }),
      Declaring("IX.5f", "threshold", "threshold", [](auto& d) { d.set_threshold(3); }),
      Declaring("IX.5f", "threshold", "threshold", [](auto& d) { d.set_threshold(6); }),
      Declaring("IX.5c", "beyond-end", "retain_until",
                [](auto& d) { *d.mutable_retain_until() = DateOf("2030-01-01"); }),
      Declaring("IX.5c", "past", "retain_until",
                [](auto& d) { *d.mutable_retain_until() = DateOf("2024-06-02"); }),
      Declaring("wire.field", "malformed", "retain_until",
                [](auto& d) { d.mutable_retain_until()->set_month(13); }),
      Declaring("wire.field", "malformed", "fields[0].name",
                [](auto& d) { d.mutable_fields(0)->set_name("no name"); }),
      Declaring("wire.field", "malformed", "fields[2].codes[0]",
                [](auto& d) { d.mutable_fields(2)->set_codes(0, "a,b"); }),
      Declaring("wire.field", "too-many", "purposes", [](auto& d) { Fill(*d.mutable_purposes()); }),
      Declaring("wire.field", "too-many", "tags", [](auto& d) { Fill(*d.mutable_tags()); }),
      Declaring("wire.field", "too-many", "data_subjects",
                [](auto& d) { Fill(*d.mutable_data_subjects()); }),
      Declaring("wire.field", "too-many", "units", [](auto& d) { Fill(*d.mutable_units()); }),
      Declaring("wire.field", "too-many", "fields[2].codes",
                [](auto& d) { Fill(*d.mutable_fields(2)->mutable_codes()); }),
      Declaring("wire.field", "too-many", "fields",
                [](auto& d) {
                  for (int i = 0; i < 65; ++i) d.add_fields();
                }),
      Spoilt("mandate.role", "steward-missing", "", Stage::kStaffed, {"sender-p001"}, Declare),
      InNameOf("mandate.role", "steward-missing", "", Stage::kStaffed, "p002", {"steward-p001"},
               Declare),
      InNameOf("IX.1", "party-not-adhered", "party", Stage::kStaffed, "p006", {"steward-p001"},
               Declare),
      {"XII", "outside-window", "", Stage::kStaffed, AfterTheConvention},
      Spoilt("XII", "date-outside", "effective_on", Stage::kStaffed, {"steward-p001"},
             [](World& world) {
               Act act = world.Declare();
               *act.mutable_effective_on() = DateOf("2023-12-31");
               return act;
             }),
  };
}

std::vector<Case> ProposalCases() {
  return {
      Proposing("IX.1", "recipient-unknown", "recipient.party",
                [](auto& p) { p.mutable_recipient()->set_party("ccas"); }),
      Proposing("IX.1", "recipient-is-holder", "recipient.party",
                [](auto& p) { p.mutable_recipient()->set_party("p001"); }),
      Spoilt("IX.1", "recipient-not-adhered", "", Stage::kDeclared, {"steward-p001"},
             [](World& world) {
               Act act = world.Propose();
               act.set_party("p001");
               act.mutable_exchange_proposed()->mutable_recipient()->set_party("p006");
               return act;
             }),
      Proposing("wire.field", "missing", "frequency",
                [](auto& p) { p.set_frequency(statement::v1::FREQUENCY_UNSPECIFIED); }),
      Proposing("wire.field", "missing", "recipient.party",
                [](auto& p) { p.mutable_recipient()->set_party(""); }),
      Proposing("wire.field", "missing", "recipient.recipient_class",
                [](auto& p) { p.mutable_recipient()->set_recipient_class(""); }),
      Proposing("wire.field", "unknown-code", "tags[1]", [](auto& p) { p.add_tags("axe-9"); }),
      Proposing("wire.field", "too-many", "tags", [](auto& p) { Fill(*p.mutable_tags()); }),
      Proposing("wire.field", "too-many", "units", [](auto& p) { Fill(*p.mutable_units()); }),
      Proposing("wire.field", "too-many", "fields", [](auto& p) { Fill(*p.mutable_fields()); }),
      Proposing("IX.5b", "purpose-missing", "purpose", [](auto& p) { p.clear_purpose(); }),
      Proposing("IX.5b", "purpose-unknown", "purpose", [](auto& p) { p.set_purpose("free"); }),
      Proposing("IX.5a", "purpose-not-of-dataset", "purpose",
                [](auto& p) { p.set_purpose("II-1"); }),
      {"IX.5a", "dataset-superseded", "exchange_proposed.dataset", Stage::kDeclared,
       ProposalOfAnOldVersion},
      Proposing("IX.5d", "unit-missing", "units", [](auto& p) { p.clear_units(); }),
      Proposing("IX.5d", "unit-not-of-dataset", "units[0]",
                [](auto& p) { p.set_units(0, "housing"); }),
      Proposing("IX.5f", "fields-missing", "fields", [](auto& p) { p.clear_fields(); }),
      Proposing("IX.5f", "field-not-of-dataset", "fields[0]",
                [](auto& p) { p.set_fields(0, "revenus"); }),
      Proposing("IX.5c", "beyond-dataset", "retain_until",
                [](auto& p) { *p.mutable_retain_until() = DateOf("2029-01-01"); }),
      Proposing("IX.5c", "beyond-end", "retain_until",
                [](auto& p) { *p.mutable_retain_until() = DateOf("2030-01-01"); }),
      Proposing("IX.5c", "before-last-transfer", "retain_until",
                [](auto& p) { *p.mutable_retain_until() = DateOf("2025-12-30"); }),
      Proposing("XII", "date-outside", "from",
                [](auto& p) { *p.mutable_from() = DateOf("2023-12-31"); }),
      Proposing("XII", "date-outside", "until",
                [](auto& p) { *p.mutable_until() = DateOf("2030-01-01"); }),
      Proposing("XII", "until-before-from", "until",
                [](auto& p) { *p.mutable_from() = DateOf("2026-01-01"); }),
      Proposing("XII", "until-past", "until",
                [](auto& p) { *p.mutable_until() = DateOf("2024-06-02"); }),
      {"IX.2c", "no-dpo", "", Stage::kDeclared, ProposalToAPartyWithoutDpo},
      Spoilt("mandate.role", "requester-missing", "", Stage::kDeclared, {"reader-p002"}, Propose),
      InNameOf("mandate.role", "steward-missing", "", Stage::kDeclared, "p001", {"sender-p001"},
               Propose),
      InNameOf("mandate.role", "not-concerned", "party", Stage::kDeclared, "p003",
               {"requester-p003"}, Propose),
      AlsoHolding("conflict.C1", "dpo-acts", Stage::kDeclared, "p002", ROLE_REQUESTER, "dpo-p001",
                  Propose),
  };
}

std::vector<Case> OpinionCases() {
  return {
      Opining("dpo.conditions", "field-not-asked", "conditions.dropped_fields[0]",
              [](auto& o) { o.mutable_conditions()->add_dropped_fields("revenus"); }),
      Opining("dpo.conditions", "every-field", "conditions.dropped_fields",
              [](auto& o) {
                for (const char* field : {"annee", "commune", "tranche", "enfants", "places"})
                  o.mutable_conditions()->add_dropped_fields(field);
              }),
      Opining("dpo.conditions", "threshold", "conditions.threshold",
              [](auto& o) { o.mutable_conditions()->set_threshold(3); }),
      Opining("dpo.conditions", "threshold", "conditions.threshold",
              [](auto& o) { o.mutable_conditions()->set_threshold(7); }),
      Opining("dpo.conditions", "until-outside", "conditions.until",
              [](auto& o) { *o.mutable_conditions()->mutable_until() = DateOf("2026-01-01"); }),
      Opining("dpo.conditions", "unfavourable", "conditions",
              [](auto& o) { o.set_opinion(OPINION_UNFAVOURABLE); }),
      Opining(
          "wire.field", "missing", "conditions.release",
          [](auto& o) { o.mutable_conditions()->set_release(statement::v1::RELEASE_UNSPECIFIED); }),
      Opining("wire.field", "too-many", "conditions.dropped_fields",
              [](auto& o) { Fill(*o.mutable_conditions()->mutable_dropped_fields()); }),
      Fallen("dpo_opinion_given.exchange", Stage::kProposed, "p002", "requester-p002", "dpo-p001",
             Opine),
      InNameOf("IX.2b", "not-the-holder", "party", Stage::kProposed, "p002", {"dpo-p001"}, Opine),
      Spoilt("IX.2c", "not-the-dpo", "", Stage::kProposed, {"steward-p001"}, Opine),
      {"IX.2c", "not-the-dpo", "", Stage::kProposed,
       [](World& world) {
         world.Appoint("p002", ROLE_DPO, "dpo-p002");
         return Try(world, world.Opine(), {"dpo-p002"});
       }},
      {"IX.2c", "several-signers", "header.signers", Stage::kProposed, OpinionByTwo},
      Spoilt("IX.2c", "opinion-too-late", "dpo_opinion_given.exchange", Stage::kApproved,
             {"dpo-p001"}, Opine),
      {"conflict.C1", "dpo-proposed", "", Stage::kDeclared, OpinionByAProposer},
      AlsoHolding("conflict.C1", "dpo-holds-office", Stage::kProposed, "p001", ROLE_DECIDER,
                  "dpo-p001", Opine),
      AlsoHolding("conflict.C1", "dpo-holds-office", Stage::kProposed, "p002", ROLE_REQUESTER,
                  "dpo-p001", Opine),
  };
}

std::vector<Case> DecisionCases() {
  return {
      Spoilt("IX.2c", "opinion-missing", "exchange_decided.opinion", Stage::kProposed,
             {"decider-p001"}, Decide),
      {"IX.2c", "opinion-unfavourable", "exchange_decided.verdict", Stage::kProposed,
       DecisionOnAnUnfavourableOpinion},
      {"IX.2c", "opinion-superseded", "exchange_decided.opinion", Stage::kFavourable,
       DecisionOnAnOlderOpinion},
      {"IX.2c", "opinion-superseded", "exchange_decided.opinion", Stage::kFavourable,
       DecisionOnAnotherExchangesOpinion},
      Fallen("exchange_decided.opinion", Stage::kFavourable, "p001", "dpo-p001", "decider-p001",
             Decide),
      Spoilt("IX.2b", "already-decided", "exchange_decided.exchange", Stage::kApproved,
             {"decider-p001"}, Decide),
      InNameOf("IX.2b", "not-the-holder", "party", Stage::kFavourable, "p002", {"decider-p002"},
               Decide),
      Spoilt("mandate.role", "decider-missing", "", Stage::kFavourable, {"steward-p001"}, Decide),
      Spoilt("mandate.role", "decider-missing", "", Stage::kFavourable, {"dpo-p001"}, Decide),
      Spoilt("conflict.C1", "dpo-acts", "", Stage::kFavourable, {"dpo-p001"}, Decide),
      AlsoHolding("conflict.C1", "dpo-acts", Stage::kFavourable, "p001", ROLE_DECIDER, "dpo-p001",
                  Decide),
      AlsoHolding("conflict.C4", "other-side", Stage::kFavourable, "p002", ROLE_DECIDER,
                  "decider-p001", Decide),
      AlsoHolding("conflict.C6", "operator-acts", Stage::kFavourable, "p002", ROLE_OPERATOR,
                  "decider-p001", Decide),
      Registering("IX.3b", "legal-basis-missing", "legal_basis",
                  [](auto& r) { r.clear_legal_basis(); }),
      Registering("IX.3c", "review-past", "next_review_on",
                  [](auto& r) { *r.mutable_next_review_on() = DateOf("2024-06-02"); }),
      Spoilt("IX.3c", "version-not-newer", "register_entry_recorded.version", Stage::kRegistered,
             {"steward-p001"}, Register),
      InNameOf("IX.3c", "not-concerned", "party", Stage::kApproved, "p003", {"steward-p003"},
               Register),
      {"IX.3c", "exchange-refused", "register_entry_recorded.exchange", Stage::kFavourable,
       EntryAfterRefusal},
      Spoilt("mandate.role", "steward-missing", "", Stage::kApproved, {"decider-p001"}, Register),
  };
}

}  // namespace

std::vector<Case> ExchangeCases() {
  std::vector<Case> all;
  for (auto cases : {DatasetCases(), ProposalCases(), OpinionCases(), DecisionCases()})
    all.insert(all.end(), cases.begin(), cases.end());
  return all;
}

}  // namespace passerelle::tests
