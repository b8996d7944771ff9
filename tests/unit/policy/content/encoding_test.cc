#include "policy/content/encoding.h"

#include <gtest/gtest.h>

#include <string>

namespace passerelle::policy::content {
namespace {

using std::string_literals::operator""s;

TEST(Encoding, KeepsUtf8) {
  const Decoded decoded = DecodeText("é;œ;€;\U0001F600\n");
  EXPECT_EQ(decoded.fault, "");
  EXPECT_EQ(decoded.text, "é;œ;€;\U0001F600\n");
}

TEST(Encoding, DropsTheByteOrderMark) {
  EXPECT_EQ(DecodeText("\xEF\xBB\xBF"
                       "a")
                .text,
            "a");
}

TEST(Encoding, ReadsWindows1252) {
  const Decoded decoded = DecodeText(
      "cr\xE9"
      "che;\x9Cuvre;10\x80;\xC9"
      "cole");
  EXPECT_EQ(decoded.fault, "");
  EXPECT_EQ(decoded.text, "créche;œuvre;10€;École");
}

TEST(Encoding, MakesLineEndsPlain) { EXPECT_EQ(DecodeText("a\r\nb\n\r\n").text, "a\nb\n\n"); }

TEST(Encoding, RefusesNul) {
  EXPECT_EQ(DecodeText("a\0b"s).fault, "nul");
  EXPECT_EQ(DecodeText("\xFF\xFE"
                       "a\0;\0"s)
                .fault,
            "nul");  // UTF-16
}

TEST(Encoding, RefusesLoneCarriageReturns) {
  EXPECT_EQ(DecodeText("a\rb").fault, "line-ends");
  EXPECT_EQ(DecodeText("a\r").fault, "line-ends");
  EXPECT_EQ(DecodeText("a\r\r\n").fault, "line-ends");
}

TEST(Encoding, RefusesMixturesAndUndefinedBytes) {
  EXPECT_EQ(DecodeText("é;\xE9;").fault, "encoding");
  EXPECT_EQ(DecodeText("\xEF\xBB\xBF\xE9;").fault, "encoding");
  EXPECT_EQ(DecodeText("a\x81").fault, "encoding");
}

TEST(Encoding, FindsNoSequenceInIllFormedBytes) {
  for (const std::string& bytes :
       {"\x80"s, "\xC0\x80"s, "\xC1\xBF"s, "\xC3"s, "\xE0\x9F\xBF"s, "\xED\xA0\x80"s, "\xE2\x82"s,
        "\xF0\x8F\xBF\xBF"s, "\xF4\x90\x80\x80"s, "\xF5\x80\x80\x80"s, "\xFE"s})
    EXPECT_EQ(Utf8SequenceAt(bytes, 0), 0u) << testing::PrintToString(bytes);
}

// The definition of UTF-8: what encoding a scalar value gives, and nothing else.
TEST(Encoding, FindsTheSequenceOfEveryScalarValue) {
  for (uint32_t point = 0; point <= 0x10FFFF; point += point < 0x900 ? 1 : 61) {
    if (point >= 0xD800 && point <= 0xDFFF) continue;
    std::string bytes;
    if (point < 0x80) {
      bytes = {static_cast<char>(point)};
    } else if (point < 0x800) {
      bytes = {static_cast<char>(0xC0 + point / 64), static_cast<char>(0x80 + point % 64)};
    } else if (point < 0x10000) {
      bytes = {static_cast<char>(0xE0 + point / 4096), static_cast<char>(0x80 + point / 64 % 64),
               static_cast<char>(0x80 + point % 64)};
    } else {
      bytes = {static_cast<char>(0xF0 + point / 262144),
               static_cast<char>(0x80 + point / 4096 % 64),
               static_cast<char>(0x80 + point / 64 % 64), static_cast<char>(0x80 + point % 64)};
    }
    ASSERT_EQ(Utf8SequenceAt(bytes, 0), bytes.size()) << point;
  }
}

}  // namespace
}  // namespace passerelle::policy::content
