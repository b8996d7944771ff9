// Every refusal of the table is made, changes nothing but chain heads, and the table leaves no
// declared code out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "policy/rules/catalogue.h"
#include "tests/unit/policy/rules/cases.h"

namespace passerelle::tests {
namespace {

std::vector<Case> AllCases() {
  std::vector<Case> all;
  for (auto cases : {WireCases(), PeopleCases(), EndingCases(), SettingsCases(), SuccessionCases(),
                     ExchangeCases(), TransferCases(), OrdinaryDayCases()})
    all.insert(all.end(), cases.begin(), cases.end());
  return all;
}

std::string NameOf(const testing::TestParamInfo<Case>& info) {
  std::string name = absl::StrCat(info.index, "_", info.param.rule, "_", info.param.code);
  for (char& c : name)
    if (!isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}

class Refusal : public testing::TestWithParam<Case> {};

TEST_P(Refusal, NamesRuleCodeAndPath) {
  const Case& expected = GetParam();
  World world(expected.stage, expected.options);
  const record::v1::Entry entry = expected.decide(world);
  ASSERT_TRUE(entry.has_refused());
  const auto& findings = entry.refused().findings();
  const bool found = std::any_of(findings.begin(), findings.end(), [&](const auto& finding) {
    return finding.rule() == expected.rule && finding.code() == expected.code &&
           (expected.path == "*" || finding.path() == expected.path) &&
           finding.severity() == record::v1::SEVERITY_REFUSES;
  });
  EXPECT_TRUE(found) << "wanted " << expected.rule << "/" << expected.code << " " << expected.path
                     << " among\n"
                     << FindingsOf(entry);
}

INSTANTIATE_TEST_SUITE_P(Table, Refusal, testing::ValuesIn(AllCases()), NameOf);

TEST(RefusalTable, LeavesNoDeclaredCodeOut) {
  std::set<std::string> wanted, covered;
  for (const policy::rules::Rule* rule : policy::rules::AllRules())
    for (const policy::rules::Message& message : rule->messages)
      wanted.insert(absl::StrCat(std::string(rule->id), "/", std::string(message.code)));
  for (const Case& refusal : AllCases())
    covered.insert(absl::StrCat(refusal.rule, "/", refusal.code));
  // Warnings (decide_test), and a state that contradicts itself, which no log leads to.
  covered.insert({"content.text/identifier-possible", "content.payload/identifier-possible",
                  "default.deny/inconsistent"});
  // The end of a DPO's mandate is accepted with this warning (offices_test).
  covered.insert("conflict.C5/opinion-open");
  // Reports are never refused for these, but noted (reports_test).
  covered.insert({"default.hearing/binds-nobody", "key.in-force/reports-only",
                  "key.stop/already-stopped", "key.stop/same-agent", "key.stop/other-party"});
  // Freezes, noted likewise (freezes_test), and a transfer under an older version
  // (recipients_test).
  covered.insert({"freeze.power/on-a-deed", "freeze.power/not-a-side", "freeze.power/without-power",
                  "freeze.power/nothing-to-stop", "freeze.power/not-renewed",
                  "freeze.power/already-confirmed", "transfer.manifest/superseded-version"});
  // Judged at a handover, before any statement (handover_test).
  covered.insert({"IX.5d/no-reader-mandate", "IX.5d/unit-not-authorised", "IX.5d/dataset-not-named",
                  "IX.5d/not-answered-for"});
  EXPECT_EQ(covered, wanted);
}

}  // namespace
}  // namespace passerelle::tests
