#include "policy/content/distinct.h"

#include <gtest/gtest.h>

#include <string>

namespace passerelle::policy::content {
namespace {

std::string Text(size_t number) { return "A7" + std::to_string(number); }

TEST(DistinctTexts, CountsExactlyUpToTheLimit) {
  DistinctTexts texts(100);
  for (size_t i = 0; i < 50; ++i) {
    EXPECT_TRUE(texts.Add(0, Text(i)));
    EXPECT_TRUE(texts.Add(3, Text(i))) << "another series";
  }
  for (size_t i = 0; i < 25; ++i) EXPECT_FALSE(texts.Add(3, Text(i)));
  EXPECT_EQ(texts.SampleOf(0).distinct, 50u);
  EXPECT_EQ(texts.SampleOf(0).occurrences, 50u);
  EXPECT_EQ(texts.SampleOf(3).distinct, 50u);
  EXPECT_EQ(texts.SampleOf(3).occurrences, 75u);
  EXPECT_EQ(texts.SampleOf(9).distinct, 0u);
}

TEST(DistinctTexts, NeverKeepsMoreThanTheLimit) {
  DistinctTexts texts(64);
  for (size_t i = 0; i < 10000; ++i) {
    for (size_t series = 0; series < 7; ++series) texts.Add(series, Text(i * 7 + series));
    size_t kept = 0;
    for (size_t series = 0; series < 7; ++series) kept += texts.SampleOf(series).distinct;
    ASSERT_LE(kept, 64u);
  }
}

TEST(DistinctTexts, HalvesTheLargestSeriesAlone) {
  DistinctTexts texts(1000);
  for (size_t i = 0; i < 100; ++i) texts.Add(1, Text(i));
  for (size_t i = 0; i < 100000; ++i) texts.Add(2, Text(i));
  EXPECT_EQ(texts.SampleOf(1).distinct, 100u);
  EXPECT_GT(texts.SampleOf(2).distinct, 300u);
}

TEST(DistinctTexts, FindsNoRepetitionWhereThereIsNone) {
  DistinctTexts texts(1000);
  for (size_t i = 0; i < 100000; ++i) ASSERT_TRUE(texts.Add(0, Text(i)));
  EXPECT_EQ(texts.SampleOf(0).distinct, texts.SampleOf(0).occurrences);
}

TEST(DistinctTexts, KeepsTextsWithAllTheirOccurrences) {
  DistinctTexts texts(1000);
  for (size_t round = 0; round < 5; ++round)
    for (size_t i = 0; i < 20000; ++i) texts.Add(0, Text(i));
  EXPECT_GT(texts.SampleOf(0).distinct, 300u);
  EXPECT_EQ(texts.SampleOf(0).occurrences, 5 * texts.SampleOf(0).distinct);
}

TEST(DistinctTexts, GivesTheShareOfRepetitions) {
  DistinctTexts texts(1000);
  // Every tenth text twice.
  for (size_t i = 0; i < 50000; ++i) {
    texts.Add(0, Text(i));
    if (i % 10 == 0) texts.Add(0, Text(i));
  }
  const auto sample = texts.SampleOf(0);
  EXPECT_GT(sample.occurrences * 100, sample.distinct * 104);
  EXPECT_LT(sample.occurrences * 100, sample.distinct * 117);
}

TEST(DistinctTexts, GivesTheRoomOfADroppedSeriesToOthers) {
  DistinctTexts texts(100);
  for (size_t i = 0; i < 100; ++i) texts.Add(0, Text(i));
  texts.Drop(0);
  texts.Drop(5);
  for (size_t i = 0; i < 100; ++i) texts.Add(1, Text(i));
  EXPECT_EQ(texts.SampleOf(0).distinct, 0u);
  EXPECT_EQ(texts.SampleOf(1).distinct, 100u);
}

}  // namespace
}  // namespace passerelle::policy::content
