#include "gateway/base/bytes.h"

#include <limits>

#include "absl/strings/escaping.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"

namespace passerelle::gateway::base {
namespace {

template <typename T>
void AppendBigEndian(std::string& out, T value) {
  for (int shift = static_cast<int>(sizeof(T) - 1) * 8; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>((value >> shift) & 0xff));
}

template <typename T>
T ReadBigEndian(std::string_view bytes) {
  T value = 0;
  for (size_t i = 0; i < sizeof(T); ++i)
    value = static_cast<T>((value << 8) | static_cast<unsigned char>(bytes[i]));
  return value;
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string ToHex(std::string_view bytes) { return absl::BytesToHexString(Absl(bytes)); }

absl::StatusOr<std::string> FromHex(std::string_view text) {
  if (text.size() % 2 != 0) return Malformed("HEX_LENGTH", "", "odd number of hexadecimal digits");
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = HexValue(text[i]);
    const int low = HexValue(text[i + 1]);
    if (high < 0 || low < 0) return Malformed("HEX_DIGIT", "", "not a hexadecimal digit");
    bytes.push_back(static_cast<char>(high * 16 + low));
  }
  return bytes;
}

std::string ToBase64(std::string_view bytes) { return absl::Base64Escape(Absl(bytes)); }

absl::StatusOr<std::string> FromBase64(std::string_view text) {
  std::string bytes;
  // absl is lenient (white space, missing padding); only the canonical text is accepted here.
  if (!absl::Base64Unescape(Absl(text), &bytes) || ToBase64(bytes) != text)
    return Malformed("BASE64", "", "not standard base64 with padding");
  return bytes;
}

void AppendBigEndian16(std::string& out, uint16_t value) { AppendBigEndian(out, value); }
void AppendBigEndian32(std::string& out, uint32_t value) { AppendBigEndian(out, value); }
void AppendBigEndian64(std::string& out, uint64_t value) { AppendBigEndian(out, value); }
uint16_t ReadBigEndian16(std::string_view bytes) { return ReadBigEndian<uint16_t>(bytes); }
uint32_t ReadBigEndian32(std::string_view bytes) { return ReadBigEndian<uint32_t>(bytes); }
uint64_t ReadBigEndian64(std::string_view bytes) { return ReadBigEndian<uint64_t>(bytes); }

absl::StatusOr<uint64_t> FromDecimal(std::string_view text) {
  constexpr uint64_t kMax = std::numeric_limits<int64_t>::max();
  if (text.empty() || (text.size() > 1 && text[0] == '0'))
    return Malformed("DECIMAL", "", "not a decimal number without leading zeros");
  uint64_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return Malformed("DECIMAL", "", "not a decimal digit");
    const auto digit = static_cast<uint64_t>(c - '0');
    if (value > (kMax - digit) / 10) return Malformed("DECIMAL_RANGE", "", "number too large");
    value = value * 10 + digit;
  }
  return value;
}

}  // namespace passerelle::gateway::base
