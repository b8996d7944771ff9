// Codes in words: every value that people can be shown has one in both languages.
#include "gateway/cli/words.h"

#include <gtest/gtest.h>

#include <set>

#include "passerelle/record/v1/decision.pb.h"
#include "passerelle/statement/v1/people.pb.h"

namespace passerelle::gateway::cli {
namespace {

using policy::rules::Language;

TEST(WordsTest, EveryValueHasAWordInBothLanguages) {
  for (const Words& words : AllWords()) {
    std::set<int> numbers;
    for (const Word& word : words.words) {
      EXPECT_TRUE(numbers.insert(word.number).second) << words.type()->name() << word.number;
      EXPECT_FALSE(word.fr.empty()) << words.type()->name() << word.number;
      EXPECT_FALSE(word.en.empty()) << words.type()->name() << word.number;
    }
    for (int i = 0; i < words.type()->value_count(); ++i) {
      const int number = words.type()->value(i)->number();
      if (number == 0) continue;
      EXPECT_EQ(numbers.count(number), 1u) << words.type()->value(i)->name();
    }
  }
}

TEST(WordsTest, SpeaksTheLanguage) {
  const auto& roles = *statement::v1::Role_descriptor();
  EXPECT_EQ(WordOf(roles, statement::v1::ROLE_DECIDER, Language::kFrench), "décideur");
  EXPECT_EQ(WordOf(roles, statement::v1::ROLE_DECIDER, Language::kEnglish), "decider");
}

TEST(WordsTest, FallsBackToTheCode) {
  EXPECT_EQ(WordOf(*statement::v1::Role_descriptor(), 99, Language::kFrench), "99");
  EXPECT_EQ(
      WordOf(*record::v1::Severity_descriptor(), record::v1::SEVERITY_WARNS, Language::kFrench),
      "warns");
}

}  // namespace
}  // namespace passerelle::gateway::cli
