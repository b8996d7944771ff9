#include "policy/content/values.h"

#include <algorithm>

namespace passerelle::policy::content {
namespace {

using record::v1::CellFault;

// More digits count nobody, and hold a social security number.
constexpr size_t kMaxCountDigits = 12;
constexpr size_t kMaxQuantityDigits = 18;
// Spaces that group thousands: plain, no-break, narrow no-break.
constexpr std::string_view kGroupSpaces[] = {" ", "\xC2\xA0", "\xE2\x80\xAF"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsMember(absl::Span<const std::string> communes, std::string_view code) {
  return std::binary_search(communes.begin(), communes.end(), code);
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

std::optional<uint64_t> ParseCount(std::string_view text) {
  if (text.empty() || text.size() > kMaxCountDigits || (text[0] == '0' && text.size() > 1))
    return std::nullopt;
  uint64_t value = 0;
  for (const char c : text) {
    if (!IsDigit(c)) return std::nullopt;
    value = value * 10 + static_cast<uint64_t>(c - '0');
  }
  return value;
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

CellFault CheckValue(const statement::v1::Field& field, absl::Span<const std::string> communes,
                     std::string_view text, std::optional<uint64_t> count) {
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
      return HasCommuneShape(text) ? code(IsMember(communes, text)) : type(false);
    case statement::v1::FIELD_TYPE_IRIS:
      return HasIrisShape(text) ? code(IsMember(communes, text.substr(0, 5))) : type(false);
    case statement::v1::FIELD_TYPE_CATEGORY:
      return code(std::find(field.codes().begin(), field.codes().end(), text) !=
                  field.codes().end());
    case statement::v1::FIELD_TYPE_COUNT:
      return type(text == kWithheld || count.has_value());
    case statement::v1::FIELD_TYPE_QUANTITY:
      return type(text == kWithheld || IsQuantity(text));
    default:
      return type(false);
  }
}

}  // namespace passerelle::policy::content
