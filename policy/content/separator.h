// The separator of a CSV text, told from its first rows.
#ifndef PASSERELLE_POLICY_CONTENT_SEPARATOR_H_
#define PASSERELLE_POLICY_CONTENT_SEPARATOR_H_

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "gateway/base/limits.h"
#include "policy/content/rows.h"

namespace passerelle::policy::content {

// Data rows that are looked at.
inline constexpr size_t kPeekedRows = 10;
// What is looked at of a text: header and rows within the limits are no longer, each cell in quotes
// and every character of it a quote.
inline constexpr size_t kMaxPeekedBytes =
    (kPeekedRows + 1) * gateway::base::kMaxColumns * (2 * gateway::base::kMaxCellBytes + 3);

// Finds the separator: of `;` `,` `|` and tab, the one that cuts the header and the next
// kPeekedRows rows into the same number of cells, and the header into most; when none does, the one
// that cuts the header into most; `;` when none cuts it. Nothing depends on how the text was cut
// into pieces, and what stands beyond kMaxPeekedBytes is not asked. Thread-compatible.
class SeparatorFinder {
 public:
  // Takes the next text, which holds no CR.
  void Add(std::string_view text);

  // Says that the text has ended; it is decided then.
  void Finish();

  // Whether no further text is asked for.
  bool decided() const;

  // The separator, or nothing when two do equally well. REQUIRES: decided().
  std::optional<char> separator() const;

 private:
  // How well a separator cuts the first rows.
  struct Candidate {
    explicit Candidate(char sign) : separator(sign), reader(sign) {}

    // Looks at the next row; false when it has seen enough.
    bool Count(const Row& row);
    // The better candidate's is greater.
    std::pair<bool, size_t> rank() const { return {even && reader.fault().empty(), header}; }

    const char separator;
    RowReader reader;
    size_t rows = 0;
    size_t header = 0;  // cells of the header
    bool even = true;   // the peeked rows have as many
  };

  std::array<Candidate, 4> candidates_ = {Candidate(';'), Candidate(','), Candidate('|'),
                                          Candidate('\t')};
  size_t peeked_ = 0;
  bool ended_ = false;
};

}  // namespace passerelle::policy::content

#endif  // PASSERELLE_POLICY_CONTENT_SEPARATOR_H_
