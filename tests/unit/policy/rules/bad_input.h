// Bad input, act by act: one good act of every kind, which each test spoils in one place.
#ifndef PASSERELLE_TESTS_UNIT_POLICY_RULES_BAD_INPUT_H_
#define PASSERELLE_TESTS_UNIT_POLICY_RULES_BAD_INPUT_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/unit/policy/rules/cases.h"

namespace passerelle::tests {

// One good act.
struct Good {
  std::string name;
  Stage stage;
  Names signers;
  // What is found when an agent without a mandate signs it instead; empty at Stage::kEmpty, where
  // nobody is enrolled.
  std::string from_nobody;
  std::function<statement::v1::Act(World&)> make;
  World::Options options = {};
};

inline void PrintTo(const Good& good, std::ostream* out) { *out << good.name; }

// At least one good act of every kind.
std::vector<Good> GoodActs();

// Whether an act may rest on a deed, and is then carried by its transcribers.
bool MayRestOnADeed(const statement::v1::Act& act);

// References whose wrong name another rule than the references' own finds: path and finding.
std::map<std::string, std::string> JudgedByAnotherRule();

using Visit = std::function<void(google::protobuf::Message&,
                                 const google::protobuf::FieldDescriptor&, const std::string&)>;

// Calls `visit` for every set field of a message, depth first, with its path; the message may be
// changed meanwhile and is put back.
void ForEachField(google::protobuf::Message& message, const std::string& path, const Visit& visit);

// The same for every part of one type, elements of lists included.
template <typename Part>
void ForEachPart(google::protobuf::Message& message,
                 const std::function<void(Part&, const std::string&)>& visit) {
  ForEachField(message, "",
               [&](google::protobuf::Message& of, const google::protobuf::FieldDescriptor& field,
                   const std::string& path) {
                 if (field.message_type() != Part::descriptor()) return;
                 const auto* reflection = of.GetReflection();
                 if (!field.is_repeated())
                   return visit(static_cast<Part&>(*reflection->MutableMessage(&of, &field)), path);
                 for (int i = 0; i < reflection->FieldSize(of, &field); ++i)
                   visit(static_cast<Part&>(*reflection->MutableRepeatedMessage(&of, &field, i)),
                         absl::StrCat(path, "[", i, "]"));
               });
}

// One good act in its world.
class BadInput : public testing::TestWithParam<Good> {
 protected:
  void SetUp() override;

  // Expects of the act as it now stands that it is refused for `reason` (`rule/code`) at `path` and
  // leaves no trace.
  void ExpectRefused(std::string_view reason, std::string_view path);
  // Expects the same of the act signed by others; of a report, that it is noted for this reason.
  void ExpectWithoutEffect(std::string_view reason, std::string_view path, const Names& signers);

  // The path of the act's case.
  std::string body() const;
  // Whether the act is done in the name of a party.
  bool OfAParty() const;

  World world_{GetParam().stage, GetParam().options};
  statement::v1::Act act_;
};

}  // namespace passerelle::tests

#endif  // PASSERELLE_TESTS_UNIT_POLICY_RULES_BAD_INPUT_H_
