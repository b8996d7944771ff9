// Bad input, act by act and field by field: what is missing, malformed, or refers to nothing is
// refused with the path of that very field, and the state stays as it was.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "policy/rules/areas.h"
#include "tests/unit/policy/rules/cases.h"

namespace passerelle::tests {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using statement::v1::Act;
using statement::v1::ActRef;
using statement::v1::AGENT_KIND_PERSON;
using statement::v1::AGENT_KIND_SERVICE;
using statement::v1::ANSWER_CARRIED_OUT;
using statement::v1::DEED_KIND_DELIBERATION;
using statement::v1::DEED_KIND_MANDATE;
using statement::v1::RECOMMENDATION_WEIGHT_ADVICE;
using statement::v1::RECOMMENDATION_WEIGHT_CONDITION;
using statement::v1::REINSTATEMENT_ACTS;
using statement::v1::RELEASE_EACH_RULED;
using statement::v1::ROLE_DECIDER;
using statement::v1::ROLE_READER;
using statement::v1::ROLE_SENDER;
using statement::v1::RULING_REFUSED;
using statement::v1::STOP_CAUSE_COMPROMISED;

// One good act.
struct Good {
  std::string name;
  Stage stage;
  Names signers;
  std::function<Act(World&)> make;
  World::Options options = {};
};

World::Options EachRuled() {
  World::Options options;
  options.conditions.set_release(RELEASE_EACH_RULED);
  return options;
}

World::Options Recommending() {
  World::Options options;
  options.recommendations = {Recommend(RECOMMENDATION_WEIGHT_ADVICE),
                             Recommend(RECOMMENDATION_WEIGHT_CONDITION)};
  options.recommendations[1].mutable_conditions()->set_threshold(11);
  return options;
}

Act WithReasons(Act freeze) {
  freeze.mutable_freeze_placed()->mutable_reasons()->set_digest(Commitment("reasons"));
  return freeze;
}

void PrintTo(const Good& good, std::ostream* out) { *out << good.name; }

Act ReachedLater(World& world) {
  world.SetDay("2027-01-01");
  return world.ReachRetention();
}

Act ErasedLater(World& world) {
  const Act reached = ReachedLater(world);
  return world.Erase(world.Must({reached}, {"gateway"}).Ref());
}

Act AdhesionOfP006(World& world) {
  Acts acts = world.Adhesion("p006");
  const Act last = acts.back();
  acts.pop_back();
  const Step& step = world.Must(acts, World::transcribers());
  Act act = last;
  *act.mutable_under_deed() = step.Ref(1);
  *act.mutable_party_adhered()->mutable_deliberation() = step.Ref(0);
  *act.mutable_party_adhered()->mutable_signature() = step.Ref(1);
  *act.mutable_party_adhered()->mutable_representative() = step.Ref(3);
  return act;
}

std::vector<Good> GoodActsOfPeople() {
  const Names founders = {"gateway", "secretary-1", "secretary-2", "counter-1", "counter-2"};
  return {
      {"found", Stage::kEmpty, founders, [](World& w) { return w.Found(); }},
      {"deed", Stage::kFounded, World::transcribers(),
       [](World& w) { return w.Deed("p003", DEED_KIND_DELIBERATION); }},
      {"adhere", Stage::kAdhered, World::transcribers(), AdhesionOfP006},
      {"enrol",
       Stage::kStaffed,
       {"representative-p001"},
       [](World& w) { return w.Enrol("p001", "newcomer", AGENT_KIND_PERSON); }},
      {"reader",
       Stage::kStaffed,
       {"representative-p001"},
       [](World& w) { return w.Mandate("p001", "newcomer", ROLE_READER); }},
      {"service",
       Stage::kStaffed,
       {"representative-p001"},
       [](World& w) {
         w.Must({w.Enrol("p001", "robot", AGENT_KIND_SERVICE)}, {"representative-p001"});
         return w.ServiceMandate("p001", "robot", ROLE_SENDER, "sender-p001");
       }},
      {"settings", Stage::kStaffed, World::transcribers(),
       [](World& w) { return w.EnactSettings(); }},
      {"end_mandate",
       Stage::kStaffed,
       {"representative-p001"},
       [](World& w) {
         Act act = w.EndMandate("p001", w.MandateOf("decider-p001", "p001", ROLE_DECIDER));
         *act.mutable_mandate_ended()->mutable_last_day() = DateOf("2024-12-31");
         return act;
       }},
      {"stop_key",
       Stage::kStaffed,
       {"representative-p001"},
       [](World& w) { return w.StopKey("p001", "steward-p001", STOP_CAUSE_COMPROMISED); }},
      {"reinstate",
       Stage::kDeclared,
       {"representative-p001"},
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
      {"declare", Stage::kStaffed, {"steward-p001"}, [](World& w) { return w.Declare(); }},
      {"propose", Stage::kDeclared, {"requester-p002"}, [](World& w) { return w.Propose(); }},
      {"opine", Stage::kProposed, {"dpo-p001"}, [](World& w) { return w.Opine(); }},
      {"decide", Stage::kFavourable, {"decider-p001"}, [](World& w) { return w.DecideExchange(); }},
      {"register", Stage::kApproved, {"steward-p001"}, [](World& w) { return w.Register(); }},
      {"send", Stage::kRegistered, {"sender-p001"}, [](World& w) { return w.Send(); }},
      {"rule",
       Stage::kSent,
       {"dpo-p001"},
       [](World& w) { return w.Rule(RULING_REFUSED); },
       EachRuled()},
      {"acknowledge",
       Stage::kHandedOver,
       {"reader-p002"},
       [](World& w) { return w.Acknowledge(); }},
      {"hand_over", Stage::kSent, {"gateway"}, [](World& w) { return w.HandOver(); }},
      {"recommend",
       Stage::kProposed,
       {"dpo-p001"},
       [](World& w) { return w.Opine(); },
       Recommending()},
      {"answer",
       Stage::kFavourable,
       {"decider-p001"},
       [](World& w) { return w.AnswerTo(1, ANSWER_CARRIED_OUT); },
       Recommending()},
      {"freeze_exchange",
       Stage::kSent,
       {"steward-p002"},
       [](World& w) { return WithReasons(w.FreezeExchange("p002")); }},
      {"freeze_transfer",
       Stage::kSent,
       {"steward-p002"},
       [](World& w) { return WithReasons(w.FreezeTransfer("p002")); }},
      {"lift",
       Stage::kSent,
       {"decider-p002"},
       [](World& w) {
         return w.Lift("p002", w.Must({w.FreezeTransfer("p002")}, {"steward-p002"}).Ref());
       }},
      {"retention", Stage::kSent, {"gateway"}, ReachedLater},
      {"erase", Stage::kSent, {"gateway"}, ErasedLater},
  };
}

std::vector<Good> GoodActs() {
  std::vector<Good> all = GoodActsOfPeople();
  for (Good& good : GoodActsOfExchanges()) all.push_back(std::move(good));
  return all;
}

// Fields that may be absent, by full name.
bool MayBeAbsent(const FieldDescriptor& field) {
  static const std::set<std::string> kOptional = {
      "passerelle.statement.v1.DatasetDeclared.tags",
      "passerelle.statement.v1.ExchangeProposed.tags",
      "passerelle.statement.v1.ExchangeProposed.frequency",
      "passerelle.statement.v1.DpoOpinionGiven.conditions",
      "passerelle.statement.v1.DpoOpinionGiven.recommendations",
      "passerelle.statement.v1.Recommendation.conditions",
      "passerelle.statement.v1.FreezePlaced.reasons",
      "passerelle.convention.v1.Convention.tags",
      "passerelle.convention.v1.Convention.clauses",
      "passerelle.convention.v1.Settings.reader_opening_days",
      "passerelle.convention.v1.Settings.decision_file_years",
      "passerelle.convention.v1.Settings.opinion_due_days",
      "passerelle.convention.v1.Settings.decision_due_days",
      "passerelle.convention.v1.Settings.request_lapse_days",
      "passerelle.convention.v1.Settings.recipient_classes",
      "passerelle.convention.v1.Settings.holidays",
      "passerelle.statement.v1.MandateEnded.last_day",
      "passerelle.convention.v1.Party.names",
      "passerelle.convention.v1.Party.insee_codes",
      "passerelle.convention.v1.Purpose.article",
      "passerelle.convention.v1.Purpose.text",
  };
  return kOptional.count(field.full_name()) != 0;
}

// Calls `visit` for every set field of a message, depth first, with its path; the message may be
// changed meanwhile and is put back.
void ForEachField(
    Message& message, const std::string& path,
    const std::function<void(Message&, const FieldDescriptor&, const std::string&)>& visit) {
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

class BadInput : public testing::TestWithParam<Good> {
 protected:
  void SetUp() override {
    act_ = GetParam().make(world_);
    const auto accepted = Try(world_, act_, GetParam().signers);
    ASSERT_TRUE(accepted.has_recorded()) << FindingsOf(accepted);
    before_ = world_.Dump();
  }

  // Decides the act as it now stands; it has to be refused, with a finding at the path or below.
  void ExpectRefusedAt(const std::string& path) {
    const auto entry = Try(world_, act_, GetParam().signers);
    ASSERT_TRUE(entry.has_refused()) << path;
    bool found = false;
    for (const auto& finding : entry.refused().findings())
      found = found || absl::StartsWith(finding.path(), path) ||
              absl::StartsWith(path, finding.path() + ".") || finding.path() == path;
    EXPECT_TRUE(found) << path << "\n" << FindingsOf(entry);
    EXPECT_EQ(world_.Dump(), before_);
  }

  const std::string body() const {
    return Act::descriptor()->FindFieldByNumber(static_cast<int>(act_.body_case()))->name();
  }

  World world_{GetParam().stage, GetParam().options};
  Act act_;
  std::string before_;
};

TEST_P(BadInput, RefusesEveryMissingField) {
  const Act good = act_;
  int visited = 0;
  ForEachField(act_, "",
               [&](Message& message, const FieldDescriptor& field, const std::string& path) {
                 const bool within = absl::StartsWith(path, body() + ".");
                 if (!within || MayBeAbsent(field) || field.containing_oneof() != nullptr) return;
                 Message* saved = message.New();
                 saved->CopyFrom(message);
                 message.GetReflection()->ClearField(&message, &field);
                 ExpectRefusedAt(path);
                 message.CopyFrom(*saved);
                 delete saved;
                 ++visited;
               });
  EXPECT_GT(visited, 0);
}

TEST_P(BadInput, RefusesEveryBadReferenceAndDate) {
  ForEachField(act_, "",
               [&](Message& message, const FieldDescriptor& field, const std::string& path) {
                 if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || field.is_repeated())
                   return;
                 Message* part = message.GetReflection()->MutableMessage(&message, &field);
                 Message* saved = part->New();
                 saved->CopyFrom(*part);
                 if (auto* ref = dynamic_cast<ActRef*>(part)) {
                   ref->set_statement("short");
                   ExpectRefusedAt(path);
                   ref->set_statement(Commitment("nothing of this name"));
                   ExpectRefusedAt(path);
                   ref->clear_statement();
                   ref->set_ordinal(3);
                   ExpectRefusedAt(path);
                 } else if (auto* date = dynamic_cast<convention::v1::Date*>(part)) {
                   date->set_month(2);
                   date->set_day(30);
                   ExpectRefusedAt(path);
                   date->set_year(4000000000u);
                   ExpectRefusedAt(path);
                 }
                 part->CopyFrom(*saved);
                 delete saved;
               });
}

TEST_P(BadInput, RefusesEveryMalformedCommitmentAndAgent) {
  ForEachField(act_, "",
               [&](Message& message, const FieldDescriptor& field, const std::string& path) {
                 if (field.type() != FieldDescriptor::TYPE_BYTES || field.is_repeated() ||
                     field.name() == "raw" || field.name() == "statement")
                   return;
                 const std::string saved = message.GetReflection()->GetString(message, &field);
                 message.GetReflection()->SetString(&message, &field, "short");
                 ExpectRefusedAt(path);
                 message.GetReflection()->SetString(&message, &field, saved);
               });
}

TEST_P(BadInput, IsRefusedFromWhoHoldsNoMandate) {
  if (GetParam().stage == Stage::kEmpty) return;  // nobody is enrolled
  const ActRef deed =
      world_.Must({world_.Deed("p001", DEED_KIND_MANDATE)}, World::transcribers()).Ref();
  Act enrol = world_.Enrol("p001", "idle", AGENT_KIND_PERSON);
  *enrol.mutable_under_deed() = deed;
  world_.Must({enrol}, World::transcribers());
  const auto entry = Try(world_, act_, {"idle"});
  if (policy::rules::IsReport(act_.body_case())) {  // a report is noted
    ASSERT_TRUE(entry.has_recorded()) << FindingsOf(entry);
    EXPECT_EQ(entry.recorded().decisions(0).effect(), record::v1::EFFECT_NOTED);
    return;
  }
  EXPECT_TRUE(entry.has_refused());
}

INSTANTIATE_TEST_SUITE_P(Acts, BadInput, testing::ValuesIn(GoodActs()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace passerelle::tests
