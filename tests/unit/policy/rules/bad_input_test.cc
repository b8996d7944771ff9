// Bad input, field by field: what is missing, malformed, or refers to nothing is refused with the
// path of that very field, and the state stays as it was.
#include "tests/unit/policy/rules/bad_input.h"

#include <gmock/gmock.h>

#include <map>
#include <memory>
#include <set>

#include "absl/strings/match.h"

namespace passerelle::tests {
namespace {

using convention::v1::Date;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using record::v1::Entry;
using statement::v1::Act;
using statement::v1::ActRef;

// Fields that may be absent, or whose zero says something, by full name.
const std::set<std::string>& OptionalFields() {
  static const std::set<std::string> kOptional = {
      "passerelle.convention.v1.Convention.clauses",
      "passerelle.convention.v1.Convention.tags",
      "passerelle.convention.v1.DataSubjectCategory.label",
      "passerelle.convention.v1.DatedCode.from",
      "passerelle.convention.v1.DatedCode.until",
      "passerelle.convention.v1.DatedName.from",
      "passerelle.convention.v1.DatedName.until",
      "passerelle.convention.v1.Holiday.days_from_easter",  // instead of a day
      "passerelle.convention.v1.Party.insee_codes",
      "passerelle.convention.v1.Party.names",
      "passerelle.convention.v1.Party.siren",
      "passerelle.convention.v1.Purpose.article",
      "passerelle.convention.v1.Purpose.text",
      "passerelle.convention.v1.RecipientClass.label_en",
      "passerelle.convention.v1.RecipientClass.label_fr",
      "passerelle.convention.v1.Settings.clock_shift_ms",
      "passerelle.convention.v1.Settings.decision_due_days",
      "passerelle.convention.v1.Settings.decision_file_years",
      "passerelle.convention.v1.Settings.deed_delay_ms",  // in a test log
      "passerelle.convention.v1.Settings.evidence_lag_minutes",
      "passerelle.convention.v1.Settings.holidays",
      "passerelle.convention.v1.Settings.opinion_due_days",
      "passerelle.convention.v1.Settings.reader_opening_days",
      "passerelle.convention.v1.Settings.recipient_classes",
      "passerelle.convention.v1.Settings.request_lapse_days",
      "passerelle.convention.v1.Settings.time_stamp_authorities",
      "passerelle.convention.v1.Settings.time_stamp_tolerance_ms",  // without authorities
      "passerelle.convention.v1.Settings.tls_trust_anchors",
      "passerelle.convention.v1.Settings.witness_quorum",
      "passerelle.convention.v1.Settings.witnesses",
      "passerelle.convention.v1.Tag.label",
      "passerelle.convention.v1.Unit.label_en",
      "passerelle.convention.v1.Unit.label_fr",
      "passerelle.statement.v1.Conditions.dropped_fields",
      "passerelle.statement.v1.Conditions.release",
      "passerelle.statement.v1.Conditions.transfer_cap",
      "passerelle.statement.v1.Conditions.until",
      "passerelle.statement.v1.DatasetDeclared.tags",
      "passerelle.statement.v1.DpoOpinionGiven.conditions",
      "passerelle.statement.v1.DpoOpinionGiven.recommendations",
      "passerelle.statement.v1.ExchangeProposed.frequency",
      "passerelle.statement.v1.ExchangeProposed.tags",
      "passerelle.statement.v1.FreezePlaced.reasons",
      "passerelle.statement.v1.MandateEnded.last_day",
      "passerelle.statement.v1.MandateGiven.until",
      "passerelle.statement.v1.ReceiptPresented.path",  // of a log of one entry
      "passerelle.statement.v1.Recommendation.conditions",
      "passerelle.statement.v1.TransferRuled.recipient",  // all of them
      "passerelle.statement.v1.TransferSubmitted.destroy_after_ms",
  };
  return kOptional;
}

bool MayBeAbsent(const FieldDescriptor& field) {
  return OptionalFields().count(field.full_name()) != 0;
}

// Whether a finding is at the field, below it, or at what holds it.
bool IsAbout(std::string_view finding, std::string_view path) {
  const auto holds = [](std::string_view outer, std::string_view inner) {
    return inner.substr(0, outer.size()) == outer &&
           (inner.size() == outer.size() || inner[outer.size()] == '.' ||
            inner[outer.size()] == '[');
  };
  return holds(path, finding) || (!finding.empty() && holds(finding, path));
}

class BadFields : public BadInput {
 protected:
  // Calls `spoil` with a copy of each set field's message to change and puts it back.
  void WithEach(
      const std::function<void(Message&, const FieldDescriptor&, const std::string&)>& spoil) {
    ForEachField(act_, "",
                 [&](Message& message, const FieldDescriptor& field, const std::string& path) {
                   const std::unique_ptr<Message> saved(message.New());
                   saved->CopyFrom(message);
                   spoil(message, field, path);
                   message.CopyFrom(*saved);
                 });
  }
};

// The code of a missing field ends in `missing`, save where an older one says what is wanted.
std::string CodeOfMissing(const FieldDescriptor& field) {
  static const std::map<std::string, std::string> kOtherwise = {
      {"passerelle.convention.v1.Holiday.month_day", "holiday"},
      {"passerelle.convention.v1.Party.kind", "party-kind"},
      {"passerelle.convention.v1.Settings.least_threshold", "threshold"},
      {"passerelle.convention.v1.TimeStampAuthority.trust_anchors", "authority"},
      {"passerelle.convention.v1.TimeStampAuthority.url", "authority"},
      {"passerelle.convention.v1.Witness.url", "witness"},
      {"passerelle.convention.v1.Witness.vkey", "witness"},
      {"passerelle.statement.v1.ConventionEnacted.founding_keys", "gateway-key"},
      {"passerelle.statement.v1.DatasetDeclared.geography_year", "geography-year"},
      {"passerelle.statement.v1.DatasetDeclared.threshold", "threshold"},
      {"passerelle.statement.v1.FoundingKey.role", "holder"},
      {"passerelle.statement.v1.MandateGiven.datasets", "service-datasets"},
      {"passerelle.statement.v1.ReceiptPresented.index", "not-lost"},
      {"passerelle.statement.v1.ShardOpened.checkpoint_vkey", "key"},
      {"passerelle.statement.v1.ShardOpened.closed_size", "closed-size"},
      {"passerelle.statement.v1.ShardOpened.origin", "origin"},
  };
  const auto code = kOtherwise.find(field.full_name());
  return code == kOtherwise.end() ? "missing" : code->second;
}

TEST_P(BadFields, AreRefusedWhenMissing) {
  int visited = 0;
  WithEach([&](Message& message, const FieldDescriptor& field, const std::string& path) {
    if (!absl::StartsWith(path, body() + ".") || MayBeAbsent(field)) return;
    // Of several that exclude one another, the first is asked for.
    std::string at = path;
    if (const auto* choice = field.real_containing_oneof())
      at = path.substr(0, path.rfind('.') + 1) + choice->field(0)->name();
    message.GetReflection()->ClearField(&message, &field);
    const Entry entry = Try(world_, act_, GetParam().signers);
    EXPECT_TRUE(entry.has_refused()) << path;
    bool found = false;
    for (const auto& finding : entry.refused().findings())
      found = found ||
              (IsAbout(finding.path(), at) && absl::EndsWith(finding.code(), CodeOfMissing(field)));
    EXPECT_TRUE(found) << path << "\n" << FindingsOf(entry);
    ++visited;
  });
  EXPECT_GT(visited, 0);
}

// A reference of which another rule than the references' own says that it names the wrong thing.
TEST_P(BadFields, AreRefusedWhenTheyReferToNothing) {
  const std::map<std::string, std::string> otherwise = JudgedByAnotherRule();
  ForEachPart<ActRef>(act_, [&](ActRef& ref, const std::string& path) {
    const ActRef saved = ref;
    ref.set_statement("short");
    ExpectRefused("wire.field/malformed", path);
    ref.set_statement(Commitment("nothing of this name"));
    const auto rule = otherwise.find(path);
    ExpectRefused(rule == otherwise.end() ? "wire.reference/unknown" : rule->second, path);
    ref = Earlier(3);
    ExpectRefused("wire.reference/forward", path);
    ref = saved;
  });
}

TEST_P(BadFields, AreRefusedWhenTheyAreNoDays) {
  ForEachPart<Date>(act_, [&](Date& date, const std::string& path) {
    const Date saved = date;
    date.set_month(2);
    date.set_day(30);
    ExpectRefused("wire.field/malformed", path);
    date.set_year(4000000000u);
    ExpectRefused("wire.field/malformed", path);
    date = saved;
  });
}

// Bytes of others' making, of no one length: whether they are what they should be is observed.
bool IsFreelyLong(const FieldDescriptor& field) {
  static const std::set<std::string> kFree = {
      "passerelle.statement.v1.ReceiptPresented.checkpoint",
      "passerelle.statement.v1.ReceiptPresented.entry",
      "passerelle.statement.v1.ReceiptPresented.path",
      "passerelle.statement.v1.ShardOpened.closing",
      "passerelle.statement.v1.ShardOpened.succession",
  };
  return kFree.count(field.full_name()) != 0;
}

TEST_P(BadFields, AreRefusedWhenCommitmentsAndAgentsAreShort) {
  WithEach([&](Message& message, const FieldDescriptor& field, const std::string& path) {
    if (field.type() != FieldDescriptor::TYPE_BYTES || field.is_repeated() ||
        field.name() == "raw" || field.name() == "statement" || IsFreelyLong(field))
      return;
    message.GetReflection()->SetString(&message, &field, "short");
    ExpectRefused("wire.field/malformed", path);
  });
}

INSTANTIATE_TEST_SUITE_P(Acts, BadFields, testing::ValuesIn(GoodActs()),
                         [](const auto& info) { return info.param.name; });

// Every field that a body can hold, by full name.
void CollectFields(const Descriptor& type, std::set<std::string>& names) {
  if (&type == Date::descriptor() || &type == ActRef::descriptor()) return;  // whole values
  for (int i = 0; i < type.field_count(); ++i) {
    names.insert(type.field(i)->full_name());
    if (type.field(i)->message_type() != nullptr)
      CollectFields(*type.field(i)->message_type(), names);
  }
}

// A field that no good act sets, and of which nobody says that it may be absent, is untested.
TEST(GoodActs, SetEveryFieldThatMayNotBeAbsent) {
  std::set<std::string> set, held;
  for (const Good& good : GoodActs()) {
    World world(good.stage, good.options);
    Act act = good.make(world);
    ForEachField(act, "", [&](Message&, const FieldDescriptor& field, const std::string&) {
      set.insert(field.full_name());
    });
  }
  CollectFields(*Act::descriptor(), held);
  for (const char* frame : {"party", "under_deed", "effective_on"})
    held.erase(absl::StrCat("passerelle.statement.v1.Act.", frame));  // bad_frame_test
  for (const std::string& name : held)
    EXPECT_TRUE(set.count(name) != 0 || OptionalFields().count(name) != 0) << name;
  for (const std::string& name : OptionalFields()) EXPECT_EQ(held.count(name), 1u) << name;
}

}  // namespace
}  // namespace passerelle::tests
