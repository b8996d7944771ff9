// The file form: what is quoted, what is neutralised.
#include "gateway/service/register_csv.h"

#include <gtest/gtest.h>

#include <vector>

namespace passerelle::gateway::service {
namespace {

std::string Line(const std::vector<std::string>& cells) {
  std::string out;
  AppendCsvLine(cells, out);
  return out;
}

TEST(RegisterCsvTest, SeparatesCellsBySemicolonsAndEndsLinesByCrLf) {
  EXPECT_EQ(Line({"un", "deux", ""}), "un;deux;\r\n");
}

TEST(RegisterCsvTest, AppendsToWhatIsThere) {
  std::string out = Line({"a"});
  AppendCsvLine({{"b"}}, out);
  EXPECT_EQ(out, "a\r\nb\r\n");
}

TEST(RegisterCsvTest, QuotesWhatWouldBreakTheLine) {
  EXPECT_EQ(Line({"a;b"}), "\"a;b\"\r\n");
  EXPECT_EQ(Line({"a\nb"}), "\"a\nb\"\r\n");
  EXPECT_EQ(Line({"a\r\nb"}), "\"a\r\nb\"\r\n");
  EXPECT_EQ(Line({"dit \"oui\""}), "\"dit \"\"oui\"\"\"\r\n");
  EXPECT_EQ(Line({"a,b c"}), "a,b c\r\n");
}

TEST(RegisterCsvTest, NeutralisesWhatASpreadsheetWouldRun) {
  for (const char* cell : {"=1+1", "+33", "-2", "@SUM(A1)", "\tx"})
    EXPECT_EQ(Line({cell}), std::string("'") + cell + "\r\n");
  EXPECT_EQ(Line({"\rx"}), "\"'\rx\"\r\n");
  EXPECT_EQ(Line({"=\"a;b\""}), "\"'=\"\"a;b\"\"\"\r\n");
  EXPECT_EQ(Line({"a", "=b"}), "a;'=b\r\n");
}

TEST(RegisterCsvTest, LeavesTheSameSignsAloneWithinACell) {
  EXPECT_EQ(Line({"1=1", "a-b", "x@y", "2+2"}), "1=1;a-b;x@y;2+2\r\n");
}

}  // namespace
}  // namespace passerelle::gateway::service
