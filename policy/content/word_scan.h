// Bytes taken eight at a time: for the loops that every byte of a payload passes. Pure and
// thread-safe.
#ifndef PASSERELLE_POLICY_CONTENT_WORD_SCAN_H_
#define PASSERELLE_POLICY_CONTENT_WORD_SCAN_H_

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace passerelle::policy::content {

// Eight bytes of a text, the first one lowest.
using Word = uint64_t;

// A word of eight times the same byte.
constexpr Word Repeated(uint8_t byte) { return Word{0x0101010101010101} * byte; }

// Marks the high bit of each byte that is 0 in `word`. Bytes above the first such may be marked
// wrongly, none below: the lowest mark is right.
constexpr Word MarkZeros(Word word) { return (word - Repeated(0x01)) & ~word & Repeated(0x80); }

// The eight bytes at `bytes`.
inline Word LoadWhole(const char* bytes) {
  Word word = 0;
  std::memcpy(&word, bytes, sizeof(word));
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

// A text of at most eight bytes, then zeros. No loop: its length is no guess of the processor's.
inline Word LoadWord(std::string_view text) {
  const size_t size = text.size();
  if (size == sizeof(Word)) return LoadWhole(text.data());
  const auto byte = [text](size_t at) { return Word{static_cast<uint8_t>(text[at])} << (8 * at); };
  if (size >= 4) {
    // The two halves, which may share bytes.
    const auto half = [text](size_t at) {
      uint32_t bytes = 0;
      std::memcpy(&bytes, text.data() + at, sizeof(bytes));
      if constexpr (std::endian::native == std::endian::big) bytes = __builtin_bswap32(bytes);
      return Word{bytes} << (8 * at);
    };
    return half(0) | half(size - 4);
  }
  return size == 0 ? 0 : byte(0) | byte(size / 2) | byte(size - 1);
}

// The first position from `at` whose byte is marked by `mark`, a function from a word to a word as
// MarkZeros gives it, or the end of the text. Beyond the end it is shown zeros.
template <typename Mark>
size_t FindMarked(std::string_view text, size_t at, Mark mark) {
  while (at < text.size()) {
    const size_t size = std::min(text.size() - at, sizeof(Word));
    const Word word =
        size == sizeof(Word) ? LoadWhole(text.data() + at) : LoadWord(text.substr(at, size));
    if (const Word marks = mark(word); marks != 0)
      return std::min(at + static_cast<size_t>(std::countr_zero(marks)) / 8, text.size());
    at += size;
  }
  return text.size();
}

}  // namespace passerelle::policy::content

#endif  // PASSERELLE_POLICY_CONTENT_WORD_SCAN_H_
