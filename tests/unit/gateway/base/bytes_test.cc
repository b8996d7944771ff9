#include "gateway/base/bytes.h"

#include <gtest/gtest.h>

namespace passerelle::gateway::base {
namespace {

TEST(Base64, RefusesWhatIsNotCanonical) {
  EXPECT_EQ(*FromBase64("AAEC"), std::string("\0\1\2", 3));
  for (const char* text : {"AAE", "AAEC ", "AA_C", "AA-C", "AAF", "AB==", "A"})
    EXPECT_FALSE(FromBase64(text).ok()) << text;
}

TEST(Decimal, RefusesLeadingZerosSignsAndOverflow) {
  EXPECT_EQ(*FromDecimal("0"), 0u);
  EXPECT_EQ(*FromDecimal("9223372036854775807"), 9223372036854775807u);
  for (const char* text : {"", "00", "01", "+1", "-1", " 1", "1 ", "9223372036854775808", "1a"})
    EXPECT_FALSE(FromDecimal(text).ok()) << text;
}

TEST(Hex, RoundTrips) {
  EXPECT_EQ(ToHex(std::string("\x00\xff\x10", 3)), "00ff10");
  EXPECT_EQ(*FromHex("00fF10"), std::string("\x00\xff\x10", 3));
  EXPECT_FALSE(FromHex("0").ok());
  EXPECT_FALSE(FromHex("0g").ok());
}

TEST(BigEndian, RoundTrips) {
  std::string out;
  AppendBigEndian16(out, 0x0102);
  AppendBigEndian32(out, 0x03040506);
  AppendBigEndian64(out, 0x0708090a0b0c0d0e);
  EXPECT_EQ(ToHex(out), "0102030405060708090a0b0c0d0e");
  EXPECT_EQ(ReadBigEndian16(out), 0x0102);
  EXPECT_EQ(ReadBigEndian32(out.substr(2)), 0x03040506u);
  EXPECT_EQ(ReadBigEndian64(out.substr(6)), 0x0708090a0b0c0d0eu);
}

}  // namespace
}  // namespace passerelle::gateway::base
