#include "policy/rules/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/support/world.h"

namespace passerelle::policy::rules {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(Catalogue, GivesEveryMessageInFrenchAndEnglish) {
  for (const Rule* rule : AllRules()) {
    EXPECT_THAT(std::string(rule->title_fr), Not(IsEmpty())) << rule->id;
    EXPECT_THAT(std::string(rule->title_en), Not(IsEmpty())) << rule->id;
    EXPECT_FALSE(rule->messages.empty()) << rule->id;
    std::set<std::string_view> codes;
    for (const Message& message : rule->messages) {
      EXPECT_TRUE(codes.insert(message.code).second) << rule->id << message.code;
      for (const std::string_view text :
           {message.fr, message.en, message.mend_fr, message.mend_en}) {
        ASSERT_FALSE(text.empty()) << rule->id << "/" << message.code;
        EXPECT_EQ(text.back(), '.') << rule->id << "/" << message.code;
      }
      EXPECT_NE(message.fr, message.en);
    }
  }
}

TEST(Catalogue, FindsEveryRuleByItsIdOnly) {
  std::set<std::string_view> ids;
  for (const Rule* rule : AllRules()) {
    EXPECT_TRUE(ids.insert(rule->id).second) << rule->id;
    EXPECT_EQ(FindRule(rule->id), rule);
  }
  EXPECT_EQ(FindRule("IX.99"), nullptr);
}

TEST(Catalogue, NamesAtLeastOneOfEachSource) {
  std::set<Source> sources;
  for (const Rule* rule : AllRules()) sources.insert(rule->source);
  EXPECT_EQ(sources.size(), 3u);
}

TEST(Describe, FillsInNumbersAndDates) {
  record::v1::Finding finding;
  finding.set_rule("IX.5c");
  finding.set_code("beyond-end");
  finding.set_limit(20271231);
  finding.set_actual(20280101);
  const std::string text = Describe(finding, Language::kEnglish);
  EXPECT_THAT(text, HasSubstr("2028-01-01"));
  EXPECT_THAT(text, HasSubstr("2027-12-31"));
  EXPECT_THAT(text, Not(HasSubstr("{")));
  EXPECT_NE(Describe(finding, Language::kFrench), text);
}

TEST(Describe, LeavesNoPlaceholderInAnyMessage) {
  for (const Rule* rule : AllRules()) {
    for (const Message& message : rule->messages) {
      record::v1::Finding finding;
      finding.set_rule(std::string(rule->id));
      finding.set_code(std::string(message.code));
      for (const Language language : {Language::kFrench, Language::kEnglish})
        EXPECT_THAT(Describe(finding, language), Not(HasSubstr("{"))) << rule->id;
    }
  }
}

TEST(Describe, ShowsWhatItDoesNotKnowAsItIs) {
  record::v1::Finding finding;
  finding.set_rule("IX.99");
  finding.set_code("novel");
  EXPECT_EQ(Describe(finding, Language::kFrench), "IX.99 novel");
}

TEST(SentenceOf, QuotesTheDeedForTheConventionsRules) {
  const convention::v1::Convention convention = tests::InventedConvention();
  EXPECT_EQ(SentenceOf(convention, *FindRule("IX.1"), Language::kEnglish),
            "Phrase inventée de l'article IX.1.");
  EXPECT_THAT(SentenceOf(convention, *FindRule("IX.2c"), Language::kFrench),
              HasSubstr("Politique de cette installation, au service de"));
  EXPECT_EQ(SentenceOf(convention, *FindRule("wire.log"), Language::kEnglish),
            "Policy of this installation");
  EXPECT_EQ(SentenceOf(convention, *FindRule("conflict.C1"), Language::kFrench),
            "RGPD, article 38(6)");
}

}  // namespace
}  // namespace passerelle::policy::rules
