// Whether a cell fits its field's type. Pure and thread-safe.
#ifndef PASSERELLE_POLICY_CONTENT_VALUES_H_
#define PASSERELLE_POLICY_CONTENT_VALUES_H_

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

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

// A count: at most 12 digits without a leading zero. kNoCount, which is greater than any, for any
// other text, the marker included. (A std::optional is slower to return than to find.)
inline constexpr uint64_t kNoCount = std::numeric_limits<uint64_t>::max();
uint64_t ParseCount(std::string_view text);

// Whether a text is an unsigned decimal number with comma or point, its thousands apart by spaces
// or not at all. `1.234` is refused, since it may be a thousand.
bool IsQuantity(std::string_view text);

// Codes of communes, to be found fast: a file asks for one in each row. Thread-safe.
class CommuneCodes {
 public:
  // What has not the shape of a commune code is left out: no cell of that text fits.
  explicit CommuneCodes(absl::Span<const std::string> codes);

  // Whether a text is one of them. REQUIRES: HasCommuneShape(code).
  bool Has(std::string_view code) const;

 private:
  // Their five bytes as numbers, in their order.
  std::vector<uint64_t> codes_;
};

// What is wrong with a cell of a field, whose text is `count` as ParseCount tells it;
// CELL_FAULT_UNSPECIFIED when it fits. Thresholds are not looked at.
record::v1::CellFault CheckValue(const statement::v1::Field& field, const CommuneCodes& communes,
                                 std::string_view text, uint64_t count);

}  // namespace passerelle::policy::content

#endif  // PASSERELLE_POLICY_CONTENT_VALUES_H_
