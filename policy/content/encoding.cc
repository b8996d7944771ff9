#include "policy/content/encoding.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "policy/content/word_scan.h"

namespace passerelle::policy::content {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Code points of the Windows-1252 bytes 0x80 to 0x9F; 0: no character.
constexpr uint16_t kWindows1252[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

// Code point of a Windows-1252 byte of 0x80 or more; 0: no character.
uint32_t PointOf(char c) {
  const auto byte = static_cast<uint8_t>(c);
  return byte < 0xA0 ? kWindows1252[byte - 0x80] : byte;
}

// REQUIRES: 0x80 <= `point` <= 0xFFFF.
void AppendCodePoint(std::string& out, uint32_t point) {
  if (point < 0x800) {
    out.push_back(static_cast<char>(0xC0 | (point >> 6)));
  } else {
    out.push_back(static_cast<char>(0xE0 | (point >> 12)));
    out.push_back(static_cast<char>(0x80 | ((point >> 6) & 0x3F)));
  }
  out.push_back(static_cast<char>(0x80 | (point & 0x3F)));
}

// Length of the sequence that a byte begins; 0: none.
size_t LengthBy(uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

// Where the ASCII from `at` ends that is neither NUL nor CR.
size_t PlainEnd(std::string_view bytes, size_t at) {
  return FindMarked(bytes, at, [](Word word) {
    return (word & Repeated(0x80)) | MarkZeros(word) | MarkZeros(word ^ Repeated('\r'));
  });
}

}  // namespace

size_t Utf8SequenceAt(std::string_view bytes, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(bytes[i]); };
  const uint8_t lead = byte(at);
  const size_t length = LengthBy(lead);
  if (length < 2) return length;
  if (bytes.size() - at < length) return 0;
  for (size_t i = 1; i < length; ++i)
    if ((byte(at + i) & 0xC0) != 0x80) return 0;
  const uint8_t second = byte(at + 1);
  if (lead == 0xE0 && second < 0xA0) return 0;  // overlong
  if (lead == 0xED && second > 0x9F) return 0;  // surrogate
  if (lead == 0xF0 && second < 0x90) return 0;  // overlong
  if (lead == 0xF4 && second > 0x8F) return 0;  // beyond U+10FFFF
  return length;
}

void TextDecoder::Add(std::string_view bytes, std::string& text) {
  if (tail_.empty()) {
    Decode(bytes, false, text);
    return;
  }
  std::string joined = std::exchange(tail_, {});
  joined.append(bytes);
  Decode(joined, false, text);
}

void TextDecoder::Finish(std::string& text) {
  Decode(std::exchange(tail_, {}), true, text);
  if (after_cr_) Fail("line-ends");
}

std::string_view TextDecoder::fault() const {
  if (nul_) return "nul";
  if (form_ == Form::kMixed) return "encoding";
  return first_fault_;
}

void TextDecoder::Decode(std::string_view bytes, bool last, std::string& text) {
  for (size_t at = 0; at < bytes.size() && !nul_;) {
    if (std::exchange(after_cr_, false) && bytes[at] != '\n') Fail("line-ends");
    const size_t plain = PlainEnd(bytes, at);
    if (plain > at) {
      text.append(bytes, at, plain - at);
      started_ = true;
      at = plain;
      continue;
    }
    const char c = bytes[at];
    if (c == '\0' || c == '\r') {
      nul_ = c == '\0';
      after_cr_ = c == '\r';
      started_ = true;
      ++at;
      continue;
    }
    const size_t length = Utf8SequenceAt(bytes, at);
    if (length == 0 && !last && LengthBy(static_cast<uint8_t>(c)) > bytes.size() - at) {
      tail_ = bytes.substr(at);
      return;
    }
    DecodeSequence(bytes.substr(at), length, text);
    at += std::max<size_t>(1, length);
  }
}

void TextDecoder::DecodeSequence(std::string_view bytes, size_t length, std::string& text) {
  const Form form = length == 0 ? Form::kWindows1252 : Form::kUtf8;
  form_ = form_ == Form::kAscii || form_ == form ? form : Form::kMixed;
  // A byte order mark is no text, but says UTF-8 like any other sequence.
  if (!std::exchange(started_, true) && bytes.substr(0, length) == kByteOrderMark) return;
  if (form == Form::kUtf8)
    text.append(bytes, 0, length);
  else if (const uint32_t point = PointOf(bytes[0]); point != 0)
    AppendCodePoint(text, point);
  else
    Fail("encoding");
}

void TextDecoder::Fail(std::string_view fault) {
  if (first_fault_.empty()) first_fault_ = fault;
}

Decoded DecodeText(std::string_view bytes) {
  Decoded decoded;
  decoded.text.reserve(bytes.size());
  TextDecoder decoder;
  decoder.Add(bytes, decoded.text);
  decoder.Finish(decoded.text);
  decoded.fault = decoder.fault();
  if (!decoded.fault.empty()) decoded.text.clear();
  return decoded;
}

}  // namespace passerelle::policy::content
