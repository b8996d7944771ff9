#include "policy/content/encoding.h"

#include <cstdint>

namespace passerelle::policy::content {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Code points of the Windows-1252 bytes 0x80 to 0x9F; 0: no character.
constexpr uint16_t kWindows1252[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

enum class Form { kUtf8, kOther, kMixed };

// What the bytes are. Ill-formed bytes beside well-formed multi-byte sequences are two files glued
// together: no single decoding is right.
Form FormOf(std::string_view bytes) {
  bool multi_byte = false;
  bool ill_formed = false;
  for (size_t i = 0; i < bytes.size();) {
    const size_t length = Utf8SequenceAt(bytes, i);
    if (length == 0) ill_formed = true;
    if (length > 1) multi_byte = true;
    i += length == 0 ? 1 : length;
  }
  if (!ill_formed) return Form::kUtf8;
  return multi_byte ? Form::kMixed : Form::kOther;
}

void AppendCodePoint(std::string& out, uint32_t point) {
  if (point < 0x80) {
    out.push_back(static_cast<char>(point));
  } else if (point < 0x800) {
    out.push_back(static_cast<char>(0xC0 | (point >> 6)));
    out.push_back(static_cast<char>(0x80 | (point & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xE0 | (point >> 12)));
    out.push_back(static_cast<char>(0x80 | ((point >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (point & 0x3F)));
  }
}

// Whether every byte is a character of Windows-1252.
bool AppendWindows1252(std::string& out, std::string_view bytes) {
  for (const char c : bytes) {
    const auto byte = static_cast<uint8_t>(c);
    const uint32_t point = byte >= 0x80 && byte < 0xA0 ? kWindows1252[byte - 0x80] : byte;
    if (point == 0) return false;
    AppendCodePoint(out, point);
  }
  return true;
}

}  // namespace

size_t Utf8SequenceAt(std::string_view bytes, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(bytes[i]); };
  const uint8_t lead = byte(at);
  if (lead < 0x80) return 1;
  const size_t length = lead >= 0xC2 && lead <= 0xDF   ? 2
                        : lead >= 0xE0 && lead <= 0xEF ? 3
                        : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                       : 0;
  if (length == 0 || bytes.size() - at < length) return 0;
  for (size_t i = 1; i < length; ++i)
    if ((byte(at + i) & 0xC0) != 0x80) return 0;
  const uint8_t second = byte(at + 1);
  if (lead == 0xE0 && second < 0xA0) return 0;  // overlong
  if (lead == 0xED && second > 0x9F) return 0;  // surrogate
  if (lead == 0xF0 && second < 0x90) return 0;  // overlong
  if (lead == 0xF4 && second > 0x8F) return 0;  // beyond U+10FFFF
  return length;
}

Decoded DecodeText(std::string_view bytes) {
  if (bytes.find('\0') != std::string_view::npos) return {"", "nul"};
  const bool marked = bytes.substr(0, kByteOrderMark.size()) == kByteOrderMark;
  if (marked) bytes.remove_prefix(kByteOrderMark.size());
  const Form form = FormOf(bytes);
  if (form == Form::kMixed || (marked && form != Form::kUtf8)) return {"", "encoding"};

  Decoded decoded;
  decoded.text.reserve(bytes.size());
  for (size_t start = 0; start < bytes.size();) {
    const size_t cr = bytes.find('\r', start);
    const size_t end = cr == std::string_view::npos ? bytes.size() : cr;
    const std::string_view piece = bytes.substr(start, end - start);
    if (form == Form::kUtf8)
      decoded.text.append(piece);
    else if (!AppendWindows1252(decoded.text, piece))
      return {"", "encoding"};
    if (cr != std::string_view::npos && (cr + 1 == bytes.size() || bytes[cr + 1] != '\n'))
      return {"", "line-ends"};
    start = end + (cr == std::string_view::npos ? 0 : 1);
  }
  return decoded;
}

}  // namespace passerelle::policy::content
