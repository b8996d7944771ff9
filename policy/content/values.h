// Whether a cell fits its field's type. Pure and thread-safe.
#ifndef PASSERELLE_POLICY_CONTENT_VALUES_H_
#define PASSERELLE_POLICY_CONTENT_VALUES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "passerelle/record/v1/observed.pb.h"
#include "passerelle/statement/v1/data.pb.h"

namespace passerelle::policy::content {

// The one marker of a withheld count or quantity (DISCLOSURE section A).
inline constexpr std::string_view kWithheld = "s";

// Whether all characters are decimal digits; false for an empty text.
bool IsDigits(std::string_view text);

// Whether a text has the shape of an INSEE commune code. Four digits are a code that a spreadsheet
// has cut, and are no code.
bool HasCommuneShape(std::string_view text);

// Whether a text has the shape of an IRIS code.
bool HasIrisShape(std::string_view text);

// `YYYY` of 1900 to 2999, and `YYYY-MM`.
bool IsYear(std::string_view text);
bool IsMonth(std::string_view text);

// A count: at most 12 digits without a leading zero. Nothing for any other text, the marker
// included.
std::optional<uint64_t> ParseCount(std::string_view text);

// Whether a text is an unsigned decimal number with comma or point, its thousands apart by spaces
// or not at all. `1.234` is refused, since it may be a thousand.
bool IsQuantity(std::string_view text);

// What is wrong with a cell of a field, whose text is `count` as ParseCount tells it;
// CELL_FAULT_UNSPECIFIED when it fits. Thresholds are not looked at. `communes` are sorted.
record::v1::CellFault CheckValue(const statement::v1::Field& field,
                                 absl::Span<const std::string> communes, std::string_view text,
                                 std::optional<uint64_t> count);

}  // namespace passerelle::policy::content

#endif  // PASSERELLE_POLICY_CONTENT_VALUES_H_
