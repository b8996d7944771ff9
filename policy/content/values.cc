#include "policy/content/values.h"

#include <algorithm>

#include "policy/content/word_scan.h"

namespace passerelle::policy::content {
namespace {

using record::v1::CellFault;

// More digits count nobody, and hold a social security number.
constexpr size_t kMaxCountDigits = 12;
constexpr size_t kMaxQuantityDigits = 18;
// Spaces that group thousands: plain, no-break, narrow no-break.
constexpr std::string_view kGroupSpaces[] = {" ", "\xC2\xA0", "\xE2\x80\xAF"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// A text of one to eight bytes, after as many zeros as make it eight.
Word ZeroFilled(std::string_view text) {
  const size_t shift = 8 * (sizeof(Word) - text.size());
  // Twice by half, since a shift by all 64 bits is none.
  const Word zeros = Repeated('0') >> (32 - shift / 2) >> (32 - shift / 2);
  return (LoadWord(text) << shift) | zeros;
}

bool AreDigits(Word word) {
  return ((word & Repeated(0xF0)) | (((word + Repeated(0x06)) & Repeated(0xF0)) >> 4)) ==
         Repeated(0x33);
}

// The value of eight digits, the first one lowest: pairs, then fours, then all of them.
uint64_t EightDigits(Word word) {
  word = (word & Repeated(0x0F)) * ((10 << 8) + 1) >> 8;
  word = (word & 0x00FF00FF00FF00FF) * ((100 << 16) + 1) >> 16;
  return (word & 0x0000FFFF0000FFFF) * ((uint64_t{10000} << 32) + 1) >> 32;
}

// The digits of an integer part, without its group spaces; empty when it is malformed.
std::string Ungroup(std::string_view text) {
  std::string digits;
  size_t group = 0;  // digits since the last space
  bool grouped = false;
  for (size_t i = 0; i < text.size();) {
    if (IsDigit(text[i])) {
      digits.push_back(text[i++]);
      ++group;
      continue;
    }
    size_t space = 0;
    for (const std::string_view candidate : kGroupSpaces)
      if (text.substr(i, candidate.size()) == candidate) space = candidate.size();
    if (space == 0 || group == 0 || group > 3 || (grouped && group != 3)) return "";
    i += space;
    grouped = true;
    group = 0;
  }
  if (grouped && group != 3) return "";
  return digits;
}

}  // namespace

bool IsDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsDigit);
}

bool HasCommuneShape(std::string_view text) {
  if (text.size() != 5 || !IsDigits(text.substr(2))) return false;
  const char first = text[0];
  const char second = text[1];
  if (first == '2') return (second >= '1' && second <= '9') || second == 'A' || second == 'B';
  return IsDigit(first) && IsDigit(second);
}

bool HasIrisShape(std::string_view text) {
  return text.size() == 9 && HasCommuneShape(text.substr(0, 5)) && IsDigits(text.substr(5));
}

bool IsYear(std::string_view text) {
  return text.size() == 4 && IsDigits(text) && text >= "1900" && text <= "2999";
}

bool IsMonth(std::string_view text) {
  if (text.size() != 7 || text[4] != '-' || !IsYear(text.substr(0, 4))) return false;
  const std::string_view month = text.substr(5);
  return IsDigits(month) && month >= "01" && month <= "12";
}

uint64_t ParseCount(std::string_view text) {
  if (text.empty() || text.size() > kMaxCountDigits || (text[0] == '0' && text.size() > 1))
    return kNoCount;
  // The last eight digits, and what stands before them.
  const size_t before = text.size() - std::min(text.size(), sizeof(Word));
  const Word last = ZeroFilled(text.substr(before));
  if (!AreDigits(last)) return kNoCount;
  if (before == 0) return EightDigits(last);
  const Word first = ZeroFilled(text.substr(0, before));
  if (!AreDigits(first)) return kNoCount;
  return EightDigits(first) * 100000000 + EightDigits(last);
}

bool IsQuantity(std::string_view text) {
  const size_t mark = text.find_first_of(",.");
  const std::string_view whole = text.substr(0, mark);
  const std::string digits = Ungroup(whole);
  if (digits.empty() || (digits[0] == '0' && digits.size() > 1)) return false;
  if (mark == std::string_view::npos) return digits.size() <= kMaxQuantityDigits;
  const std::string_view decimals = text.substr(mark + 1);
  if (!IsDigits(decimals) || digits.size() + decimals.size() > kMaxQuantityDigits) return false;
  // The comma is the decimal mark here; one point before three digits may be a group of thousands.
  const bool ambiguous =
      text[mark] == '.' && decimals.size() == 3 && whole.size() <= 3 && digits != "0";
  return !ambiguous;
}

CommuneCodes::CommuneCodes(absl::Span<const std::string> codes) {
  codes_.reserve(codes.size());
  for (const std::string& code : codes)
    if (HasCommuneShape(code)) codes_.push_back(LoadWord(code));
  std::sort(codes_.begin(), codes_.end());
}

bool CommuneCodes::Has(std::string_view code) const {
  return std::binary_search(codes_.begin(), codes_.end(), LoadWord(code));
}

CellFault CheckValue(const statement::v1::Field& field, const CommuneCodes& communes,
                     std::string_view text, uint64_t count) {
  const auto type = [](bool fits) {
    return fits ? record::v1::CELL_FAULT_UNSPECIFIED : record::v1::CELL_FAULT_TYPE;
  };
  const auto code = [](bool fits) {
    return fits ? record::v1::CELL_FAULT_UNSPECIFIED : record::v1::CELL_FAULT_CODE;
  };
  switch (field.type()) {
    case statement::v1::FIELD_TYPE_YEAR:
      return type(IsYear(text));
    case statement::v1::FIELD_TYPE_MONTH:
      return type(IsMonth(text));
    case statement::v1::FIELD_TYPE_COMMUNE:
      return HasCommuneShape(text) ? code(communes.Has(text)) : type(false);
    case statement::v1::FIELD_TYPE_IRIS:
      return HasIrisShape(text) ? code(communes.Has(text.substr(0, 5))) : type(false);
    case statement::v1::FIELD_TYPE_CATEGORY:
      return code(std::find(field.codes().begin(), field.codes().end(), text) !=
                  field.codes().end());
    case statement::v1::FIELD_TYPE_COUNT:
      return type(text == kWithheld || count != kNoCount);
    case statement::v1::FIELD_TYPE_QUANTITY:
      return type(text == kWithheld || IsQuantity(text));
    default:
      return type(false);
  }
}

}  // namespace passerelle::policy::content
