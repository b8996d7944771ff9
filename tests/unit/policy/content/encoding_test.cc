#include "policy/content/encoding.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
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

// The rules once more, over the whole text.
Decoded Reference(const std::string& bytes) {
  if (bytes.find('\0') != std::string::npos) return {"", "nul"};
  const std::string mark = "\xEF\xBB\xBF";
  const bool marked = bytes.compare(0, mark.size(), mark) == 0;
  const std::string rest = marked ? bytes.substr(mark.size()) : bytes;
  bool multi_byte = marked;
  bool ill_formed = false;
  for (size_t at = 0; at < rest.size();) {
    const size_t length = Utf8SequenceAt(rest, at);
    multi_byte = multi_byte || length > 1;
    ill_formed = ill_formed || length == 0;
    at += std::max<size_t>(1, length);
  }
  if (multi_byte && ill_formed) return {"", "encoding"};
  Decoded decoded;
  for (size_t at = 0; at < rest.size(); ++at) {
    const char c = rest[at];
    if (c == '\r' && rest.substr(at + 1, 1) != "\n") return {"", "line-ends"};
    if (c == '\x81' && ill_formed) return {"", "encoding"};
    if (c == '\x80' && ill_formed)
      decoded.text += "€";
    else if (c == '\xE9' && ill_formed)
      decoded.text += "é";
    else if (c != '\r')
      decoded.text += c;
  }
  return decoded;
}

TEST(Encoding, IsTheReferencesHoweverTheBytesAreCut) {
  std::mt19937 engine(1252);
  const std::string signs[] = {"a",
                               ";",
                               "a long text of ASCII",
                               "\n",
                               "\r\n",
                               "\r\n",
                               "\r",
                               "é",
                               "\U0001F600",
                               "\xE9",
                               "\x80",
                               "\x81",
                               "\xC3\xA9",
                               std::string(1, '\0'),
                               "\xEF\xBB\xBF"};
  std::map<std::string_view, int> faults;
  for (int round = 0; round < 50000; ++round) {
    std::string bytes;
    // Few kinds of signs a text, so that half of the texts are good.
    const size_t kinds[] = {engine() % std::size(signs), engine() % std::size(signs), 0, 4};
    for (size_t count = engine() % 12; count > 0; --count) bytes += signs[kinds[engine() % 4]];
    const Decoded reference = Reference(bytes);
    ++faults[reference.fault];
    EXPECT_EQ(DecodeText(bytes).fault, reference.fault) << testing::PrintToString(bytes);
    for (const size_t size : {size_t{1}, size_t{2}, 1 + engine() % 9}) {
      TextDecoder decoder;
      std::string text;
      for (size_t at = 0; at < bytes.size(); at += size)
        decoder.Add(std::string_view(bytes).substr(at, size), text);
      decoder.Finish(text);
      ASSERT_EQ(decoder.fault(), reference.fault) << testing::PrintToString(bytes);
      ASSERT_TRUE(!reference.fault.empty() || text == reference.text)
          << testing::PrintToString(bytes);
    }
  }
  for (const std::string_view fault : {"", "nul", "encoding", "line-ends"})
    EXPECT_GT(faults[fault], 1000) << fault;
}

}  // namespace
}  // namespace passerelle::policy::content
