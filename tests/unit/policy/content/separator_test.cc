#include "policy/content/separator.h"

#include <gtest/gtest.h>

#include <string>

namespace passerelle::policy::content {
namespace {

std::optional<char> FindSeparator(std::string_view text) {
  SeparatorFinder finder;
  finder.Add(text);
  finder.Finish();
  return finder.separator();
}

TEST(Separator, IsTheOneThatCutsTheHeader) {
  EXPECT_EQ(FindSeparator("a;b\n1;2\n"), ';');
  EXPECT_EQ(FindSeparator("a,b\n1,2\n"), ',');
  EXPECT_EQ(FindSeparator("a|b\n1|2\n"), '|');
  EXPECT_EQ(FindSeparator("a\tb\n1\t2\n"), '\t');
}

TEST(Separator, IsNotADecimalComma) { EXPECT_EQ(FindSeparator("a;b;c\n1,5;2,5;3,5\n"), ';'); }

TEST(Separator, IsNotQuoted) { EXPECT_EQ(FindSeparator("\"a;b;c\",d\n1,2\n"), ','); }

TEST(Separator, CutsAllRowsAlikeBeforeItCutsMost) {
  EXPECT_EQ(FindSeparator("a, b, c;d\n1;2\n3;4\n"), ';');
}

TEST(Separator, IsFoundBesideARowThatIsTooLong) {
  EXPECT_EQ(FindSeparator("a;b;c\n1;2;3;4\n"), ';');
}

TEST(Separator, LooksAtTenRowsOnly) {
  std::string text = "a,b;c\n";
  for (int i = 0; i < 10; ++i) text += "1;2\n";
  EXPECT_EQ(FindSeparator(text + "1,2\n"), ';');
}

TEST(Separator, IsUnknownWhenTwoDoEquallyWell) {
  EXPECT_EQ(FindSeparator("a;b,c\n1;2,3\n"), std::nullopt);
}

TEST(Separator, IsTheUsualOneOfASingleColumn) { EXPECT_EQ(FindSeparator("a\n1\n"), ';'); }

TEST(Separator, IsDecidedByTheHeaderAndTenRows) {
  SeparatorFinder finder;
  finder.Add("a;b\n");
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(finder.decided()) << i;
    finder.Add("1;2\n");
  }
  EXPECT_TRUE(finder.decided());
  EXPECT_EQ(finder.separator(), ';');
}

TEST(Separator, IsDecidedByTheEndOfAShortText) {
  SeparatorFinder finder;
  finder.Add("a,b");
  EXPECT_FALSE(finder.decided());
  finder.Finish();
  EXPECT_TRUE(finder.decided());
  EXPECT_EQ(finder.separator(), ',');
}

TEST(Separator, SeesAllPeekedRowsOfATableWithinTheLimits) {
  const std::string widest = "\"" + std::string(2 * gateway::base::kMaxCellBytes, '"') + "\"";
  std::string row = widest;
  for (size_t i = 1; i < gateway::base::kMaxColumns; ++i) row += "," + widest;
  std::string text;
  for (size_t i = 0; i < kPeekedRows; ++i) text += row + "\n";
  EXPECT_EQ(FindSeparator(text + row + "\n"), ',');
  ASSERT_EQ(text.size() + row.size() + 1, kMaxPeekedBytes);
}

TEST(Separator, IsDecidedAtTheLatestByTheMostThatIsPeekedAt) {
  SeparatorFinder finder;
  finder.Add("a|b\n1|2\n");
  const std::string cells(4096, '|');
  for (size_t bytes = 0; !finder.decided(); bytes += cells.size()) {
    ASSERT_LE(bytes, kMaxPeekedBytes);
    finder.Add(cells);
  }
  EXPECT_EQ(finder.separator(), '|');
}

}  // namespace
}  // namespace passerelle::policy::content
