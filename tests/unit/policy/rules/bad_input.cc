// Good acts, and what is expected of them once they are spoilt.
#include "tests/unit/policy/rules/bad_input.h"

#include <gmock/gmock.h>

#include "gateway/base/strings.h"
#include "policy/rules/areas.h"

namespace passerelle::tests {
namespace {

using gateway::base::Absl;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using statement::v1::Act;
using statement::v1::AGENT_KIND_PERSON;
using statement::v1::AGENT_KIND_SERVICE;
using statement::v1::ANSWER_CARRIED_OUT;
using statement::v1::DEED_KIND_DELIBERATION;
using statement::v1::RECOMMENDATION_WEIGHT_ADVICE;
using statement::v1::RECOMMENDATION_WEIGHT_CONDITION;
using statement::v1::REINSTATEMENT_ACTS;
using statement::v1::ROLE_DECIDER;
using statement::v1::ROLE_READER;
using statement::v1::ROLE_SENDER;
using statement::v1::RULING_REFUSED;
using statement::v1::STOP_CAUSE_COMPROMISED;

World::Options Recommending() {
  World::Options options;
  options.recommendations = {Recommend(RECOMMENDATION_WEIGHT_ADVICE),
                             Recommend(RECOMMENDATION_WEIGHT_CONDITION)};
  options.recommendations[1].mutable_conditions()->set_threshold(11);
  return options;
}

Act Redeclared(World& world) {
  Act act = world.Declare();
  act.mutable_dataset_declared()->set_version(2);
  return act;
}

Act WithReasons(Act freeze) {
  freeze.mutable_freeze_placed()->mutable_reasons()->set_digest(Commitment("reasons"));
  return freeze;
}

Act ReachedLater(World& world) {
  world.SetDay("2027-01-01");
  return world.ReachRetention();
}

Act ErasedLater(World& world) {
  const Act reached = ReachedLater(world);
  return world.Erase(world.Must({reached}, {"gateway"}).Ref());
}

Act AdhesionOfP006(World& world) {
  Acts others = world.Adhesion("p006");
  others.pop_back();
  return world.AdhesionAfter("p006", world.Must(others, World::transcribers()));
}

std::vector<Good> GoodActsOfPeople() {
  const Names founders = {"gateway", "secretary-1", "secretary-2", "counter-1", "counter-2"};
  return {
      {"found", Stage::kEmpty, founders, "", [](World& w) { return w.Found(); }},
      {"deed", Stage::kFounded, World::transcribers(), "deed.signatures/secretary-missing",
       [](World& w) { return w.Deed("p003", DEED_KIND_DELIBERATION); }},
      {"adhere", Stage::kAdhered, World::transcribers(), "deed.signatures/secretary-missing",
       AdhesionOfP006},
      {"enrol",
       Stage::kStaffed,
       {"representative-p001"},
       "key.enrolment/representative-or-deed",
       [](World& w) { return w.Enrol("p001", "newcomer", AGENT_KIND_PERSON); }},
      {"reader",
       Stage::kStaffed,
       {"representative-p001"},
       "mandate.giver/representative-or-deed",
       [](World& w) { return w.Mandate("p001", "newcomer", ROLE_READER); }},
      {"service",
       Stage::kStaffed,
       {"representative-p001"},
       "mandate.giver/representative-or-deed",
       [](World& w) {
         w.Must({w.Enrol("p001", "robot", AGENT_KIND_SERVICE)}, {"representative-p001"});
         return w.ServiceMandate("p001", "robot", ROLE_SENDER, "sender-p001");
       }},
      {"settings", Stage::kStaffed, World::transcribers(), "deed.signatures/secretary-missing",
       [](World& w) {
         Act act = w.EnactSettings();
         World::AskForEvidence(*act.mutable_settings_enacted()->mutable_settings());
         return act;
       }},
      {"end_mandate",
       Stage::kStaffed,
       {"representative-p001"},
       "mandate.ending/giver-or-holder",
       [](World& w) {
         Act act = w.EndMandate("p001", w.MandateOf("decider-p001", "p001", ROLE_DECIDER));
         *act.mutable_mandate_ended()->mutable_last_day() = DateOf("2024-12-31");
         return act;
       }},
      {"stop_key",
       Stage::kStaffed,
       {"representative-p001"},
       "default.hearing/binds-nobody",
       [](World& w) { return w.StopKey("p001", "steward-p001", STOP_CAUSE_COMPROMISED); }},
      {"reinstate",
       Stage::kDeclared,
       {"representative-p001"},
       "key.reinstatement/representative-or-deed",
       [](World& w) {
         w.Must({w.StopKey("p001", "steward-p001", STOP_CAUSE_COMPROMISED)}, {"steward-p001"});
         Act act = w.Reinstate("p001", "steward-p001");
         act.mutable_key_reinstated()->set_reinstatement(REINSTATEMENT_ACTS);
         *act.mutable_key_reinstated()->add_ratified() = w.dataset;
         return act;
       }},
  };
}

std::vector<Good> GoodActsOfExchanges() {
  return {
      {"declare",
       Stage::kStaffed,
       {"steward-p001"},
       "mandate.role/steward-missing",
       [](World& w) { return w.Declare(); }},
      {"declare_again",
       Stage::kDeclared,
       {"steward-p001"},
       "mandate.role/steward-missing",
       Redeclared},
      {"propose",
       Stage::kDeclared,
       {"requester-p002"},
       "mandate.role/requester-missing",
       [](World& w) { return w.Propose(); }},
      {"propose_to_a_class",
       Stage::kDeclared,
       {"requester-p002"},
       "mandate.role/requester-missing",
       [](World& w) { return w.Propose(); },
       ToTheGroup()},
      {"opine",
       Stage::kProposed,
       {"dpo-p001"},
       "IX.2c/not-the-dpo",
       [](World& w) { return w.Opine(); }},
      {"decide",
       Stage::kFavourable,
       {"decider-p001"},
       "mandate.role/decider-missing",
       [](World& w) { return w.DecideExchange(); }},
      {"register",
       Stage::kApproved,
       {"steward-p001"},
       "mandate.role/steward-missing",
       [](World& w) { return w.Register(); }},
      {"recommend",
       Stage::kProposed,
       {"dpo-p001"},
       "IX.2c/not-the-dpo",
       [](World& w) { return w.Opine(); },
       Recommending()},
      {"answer",
       Stage::kFavourable,
       {"decider-p001"},
       "mandate.role/decider-missing",
       [](World& w) { return w.AnswerTo(1, ANSWER_CARRIED_OUT); },
       Recommending()},
  };
}

std::vector<Good> GoodActsOfTransfers() {
  return {
      {"send",
       Stage::kRegistered,
       {"sender-p001"},
       "mandate.role/sender-missing",
       [](World& w) { return w.Send(); }},
      {"rule",
       Stage::kSent,
       {"dpo-p001"},
       "IX.2c/not-the-dpo",
       [](World& w) { return w.Rule(RULING_REFUSED); },
       EachRuled()},
      {"acknowledge",
       Stage::kHandedOver,
       {"reader-p002"},
       "mandate.role/reader-missing",
       [](World& w) { return w.Acknowledge(); }},
      {"hand_over",
       Stage::kSent,
       {"gateway"},
       "gateway.key/not-the-gateway",
       [](World& w) { return w.HandOver(); }},
      {"freeze_exchange",
       Stage::kSent,
       {"steward-p002"},
       "freeze.power/without-power",
       [](World& w) { return WithReasons(w.FreezeExchange("p002")); }},
      {"freeze_transfer",
       Stage::kSent,
       {"steward-p002"},
       "freeze.power/without-power",
       [](World& w) { return WithReasons(w.FreezeTransfer("p002")); }},
      {"lift",
       Stage::kSent,
       {"decider-p002"},
       "freeze.lift/without-power",
       [](World& w) {
         return w.Lift("p002", w.Must({w.FreezeTransfer("p002")}, {"steward-p002"}).Ref());
       }},
      {"retention", Stage::kSent, {"gateway"}, "gateway.key/not-the-gateway", ReachedLater},
      {"erase", Stage::kSent, {"gateway"}, "gateway.key/not-the-gateway", ErasedLater},
      {"heads",
       Stage::kSent,
       {"gateway"},
       "gateway.key/not-the-gateway",
       [](World& w) { return w.StateHeads(); }},
      {"shard", Stage::kSent, World::transcribers(), "deed.signatures/secretary-missing",
       [](World& w) { return w.OpenShard(statement::v1::SHARD_CAUSE_LOSS); }},
      {"presented",
       Stage::kSent,
       {"steward-p001"},
       "default.deny/no-rule-accepts",
       [](World& w) {
         w.Must({w.OpenShard(statement::v1::SHARD_CAUSE_LOSS)}, World::transcribers());
         return w.Present();
       }},
      {"stamp",
       Stage::kSent,
       {"gateway"},
       "gateway.key/not-the-gateway",
       [](World& w) { return w.Stamp(); }},
  };
}

}  // namespace

std::vector<Good> GoodActs() {
  std::vector<Good> all = GoodActsOfPeople();
  for (Good& good : GoodActsOfExchanges()) all.push_back(std::move(good));
  for (Good& good : GoodActsOfTransfers()) all.push_back(std::move(good));
  return all;
}

namespace {

void ExpectFound(const record::v1::Entry& entry, std::string_view reason, std::string_view path) {
  EXPECT_THAT(absl::StrCat("\n", FindingsOf(entry)),
              testing::HasSubstr(absl::StrCat("\n", Absl(reason), " ", Absl(path), "\n")));
}

}  // namespace

std::map<std::string, std::string> JudgedByAnotherRule() {
  return {
      {"settings_enacted.replaces", "settings.change/superseded"},
      {"key_reinstated.ratified[0]", "key.reinstatement/not-awaiting"},
      {"exchange_decided.opinion", "IX.2c/opinion-superseded"},
      {"recommendation_answered.opinion", "IX.2c/opinion-superseded"},
      {"transfer_submitted.dataset", "transfer.manifest/dataset-differs"},
      {"payload_erased.ground", "gateway.erasure/ground-differs"},
  };
}

bool MayRestOnADeed(const Act& act) {
  switch (act.body_case()) {
    case Act::kConventionEnacted:
    case Act::kSettingsEnacted:
    case Act::kDeedRecorded:
    case Act::kDpoOpinionGiven:
    case Act::kFreezePlaced:
    case Act::kTransferRuled:
    case Act::kContentHandedOver:
    case Act::kRetentionReached:
    case Act::kPayloadErased:
    case Act::kPartyHeads:
    case Act::kCheckpointStamped:
    case Act::kShardOpened:
    case Act::kReceiptPresented:
      return false;
    default:
      return true;
  }
}

void ForEachField(Message& message, const std::string& path, const Visit& visit) {
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string at = path.empty() ? field->name() : absl::StrCat(path, ".", field->name());
    visit(message, *field, at);
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const std::string& type = field->message_type()->name();
    if (type == "Date" || type == "ActRef") continue;  // whole values
    if (!field->is_repeated())
      ForEachField(*reflection->MutableMessage(&message, field), at, visit);
    for (int i = 0; field->is_repeated() && i < reflection->FieldSize(message, field); ++i)
      ForEachField(*reflection->MutableRepeatedMessage(&message, field, i),
                   absl::StrCat(at, "[", i, "]"), visit);
  }
}

void BadInput::SetUp() {
  act_ = GetParam().make(world_);
  const auto accepted = Try(world_, act_, GetParam().signers);
  ASSERT_TRUE(accepted.has_recorded()) << FindingsOf(accepted);
}

void BadInput::ExpectRefused(std::string_view reason, std::string_view path) {
  const auto entry = Try(world_, act_, GetParam().signers);
  EXPECT_TRUE(entry.has_refused());
  ExpectFound(entry, reason, path);
}

void BadInput::ExpectWithoutEffect(std::string_view reason, std::string_view path,
                                   const Names& signers) {
  if (!policy::rules::IsReport(act_.body_case())) {
    const auto entry = Try(world_, act_, signers);
    EXPECT_TRUE(entry.has_refused());
    ExpectFound(entry, reason, path);
    return;
  }
  const std::string before = SubstanceOf(world_.state());
  const Step& step = world_.Submit({act_}, signers);
  ASSERT_TRUE(step.accepted()) << FindingsOf(step.entry);
  EXPECT_EQ(step.entry.recorded().decisions(0).effect(), record::v1::EFFECT_NOTED);
  ExpectFound(step.entry, reason, path);
  EXPECT_EQ(SubstanceOf(world_.state()), before);
}

std::string BadInput::body() const {
  return Act::descriptor()->FindFieldByNumber(static_cast<int>(act_.body_case()))->name();
}

bool BadInput::OfAParty() const { return !act_.party().empty(); }

}  // namespace passerelle::tests
