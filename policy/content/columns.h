// Evidence of identifiers over a whole column: what single cells show, and what only a column can.
#ifndef PASSERELLE_POLICY_CONTENT_COLUMNS_H_
#define PASSERELLE_POLICY_CONTENT_COLUMNS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "passerelle/record/v1/observed.pb.h"
#include "passerelle/statement/v1/data.pb.h"
#include "policy/content/distinct.h"

namespace passerelle::policy::content {

// Watches one column, cell by cell in file order. Its memory does not grow with the column: that a
// column is a key, or holds days most of which differ, is told from all of its texts up to some
// 100,000 different ones in the file, and beyond from a sample (DistinctTexts). Thread-compatible.
class ColumnScan {
 public:
  // `field` is the dataset's field of that heading, or null. An empty heading announces nothing.
  // `texts` are those of all columns of the payload. Both must outlive the scan.
  ColumnScan(uint32_t ordinal, std::string_view heading, const statement::v1::Field* field,
             DistinctTexts& texts);

  // Looks at the next cell, whose text is this count (ParseCount).
  void Add(uint64_t line, std::string_view cell, uint64_t count);

  // Appends the hits of the cells so far, one a detector.
  void AppendHits(std::vector<record::v1::ColumnHit>& hits) const;

 private:
  // Where and how often something was seen.
  struct Tally {
    uint64_t first_line = 0;
    uint64_t cells = 0;
    bool block = false;

    void Count(uint64_t line) {
      if (cells++ == 0) first_line = line;
    }
  };

  void Hit(std::string_view detector, uint64_t line, bool block);
  // A declared count or quantity, or a column that is not declared.
  void WatchShape(uint64_t line, std::string_view cell, uint64_t count);
  // Whether a cell may be one of a key, and no cell before was the same.
  bool ContinuesKey(std::string_view cell, uint64_t count);
  // Whether at least four fifths of the days are different ones.
  bool HasDifferentDays() const;
  // The first line of the evidence that each row is a person; 0 when there is none.
  uint64_t RowLevelLine() const;

  const uint32_t ordinal_;
  const statement::v1::FieldType type_;
  DistinctTexts* const texts_;
  // The series of the column's cells, and of its days, in `texts_`.
  const size_t key_series_, day_series_;
  const bool place_or_period_;
  const bool says_siren_;

  // Hits that are sure, by detector; first_line 1 when the heading announces them.
  std::map<std::string, Tally, std::less<>> sure_;
  // Signs that need the column.
  Tally nir13_, spi_, siren_, days_;
  // Cells that are neither empty nor withheld.
  Tally filled_;

  // Shape of a row a person. The sum stops growing once it can no longer be near the number of
  // cells.
  Tally nonzero_;
  uint64_t sum_ = 0;
  // A key: every cell another, as far as is known, and nobody's geography.
  bool key_;
  bool numbered_ = true;
  uint64_t last_number_ = 0;
  size_t key_size_ = 0;
};

// Sorts hits by column and detector, and keeps kMaxObservedHits of them, those that block first.
void TrimHits(std::vector<record::v1::ColumnHit>& hits);

}  // namespace passerelle::policy::content

#endif  // PASSERELLE_POLICY_CONTENT_COLUMNS_H_
