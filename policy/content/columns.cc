#include "policy/content/columns.h"

#include <algorithm>
#include <tuple>

#include "gateway/base/limits.h"
#include "gateway/base/strings.h"
#include "policy/content/headings.h"
#include "policy/content/signs.h"
#include "policy/content/values.h"

namespace passerelle::policy::content {
namespace {

using record::v1::ColumnHit;

// A column of fewer counts says nothing about the shape of its rows.
constexpr uint64_t kLeastCounts = 5;
// A key of fewer rows is no key.
constexpr uint64_t kLeastKeys = 10;
// Shorter codes name kinds of things.
constexpr size_t kLeastKeySize = 6;
constexpr uint64_t kLeastDays = 2;
// Far more than any sum that is near a number of cells.
constexpr uint64_t kMaxSum = uint64_t{1} << 56;

// At least four fifths.
bool IsMost(uint64_t part, uint64_t whole) { return whole > 0 && part * 5 >= whole * 4; }

bool HasDigitAndLetter(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return std::any_of(text.begin(), text.end(), is_digit) &&
         std::any_of(text.begin(), text.end(), is_letter);
}

}  // namespace

ColumnScan::ColumnScan(uint32_t ordinal, std::string_view heading,
                       const statement::v1::Field* field, DistinctTexts& texts)
    : ordinal_(ordinal),
      type_(field == nullptr ? statement::v1::FIELD_TYPE_UNSPECIFIED : field->type()),
      texts_(&texts),
      key_series_(size_t{2} * ordinal),
      day_series_(key_series_ + 1),
      place_or_period_(IsPlaceOrPeriod(heading)),
      says_siren_(HasWord(WordsOf(heading), "siren")),
      key_(field == nullptr || type_ == statement::v1::FIELD_TYPE_QUANTITY) {
  // A heading is no cell: it marks the line and leaves the number of cells at 0.
  const auto announce = [this](std::string_view detector, bool block) {
    Tally& tally = sure_[std::string(detector)];
    tally.first_line = 1;
    tally.block = tally.block || block;
  };
  if (const std::string_view detector = AnnouncedBy(heading); !detector.empty())
    announce(detector, true);
  const Signs signs = FindSigns(heading);
  if (signs.nir) announce("nir", true);
  if (signs.nir13 && !signs.nir) announce("nir13", true);
  if (signs.iban) announce("iban", true);
  if (signs.email) announce("email", true);
  if (signs.role_email) announce("email", false);
  if (signs.phone) announce("phone", true);
  if (signs.siret) announce("siret", false);
}

void ColumnScan::Hit(std::string_view detector, uint64_t line, bool block) {
  Tally& tally = sure_[std::string(detector)];
  if (tally.first_line == 0) tally.first_line = line;
  ++tally.cells;
  tally.block = tally.block || block;
}

void ColumnScan::Add(uint64_t line, std::string_view cell, uint64_t count) {
  if (cell.empty() || cell == kWithheld) return;
  filled_.Count(line);
  WatchShape(line, cell, count);
  if (cell.size() < kLeastSignBytes) return;
  const Signs signs = FindSigns(cell);
  if (signs.nir) Hit("nir", line, true);
  if (signs.iban) Hit("iban", line, true);
  if (signs.email || signs.role_email) Hit("email", line, signs.email);
  if (signs.phone) Hit("phone", line, true);
  if (signs.siret) Hit("siret", line, false);
  // Seven digits are a recipient's number under a heading that says so, and it has hit already.
  if (signs.matricule && sure_.find("allocataire") != sure_.end()) Hit("allocataire", line, true);
  if (signs.nir13 && !signs.nir) nir13_.Count(line);
  if (signs.spi > 0) spi_.Count(line);
  if (signs.siren) siren_.Count(line);
  if (signs.day) {
    days_.Count(line);
    texts_->Add(day_series_, cell);
  }
}

void ColumnScan::WatchShape(uint64_t line, std::string_view cell, uint64_t count) {
  if (type_ == statement::v1::FIELD_TYPE_COUNT) {
    if (count == kNoCount || count == 0) return;
    nonzero_.Count(line);
    sum_ = std::min(sum_ + count, kMaxSum);
    return;
  }
  if (!key_ || ContinuesKey(cell, count)) return;
  key_ = false;
  texts_->Drop(key_series_);
}

bool ColumnScan::ContinuesKey(std::string_view cell, uint64_t count) {
  const bool first = filled_.cells == 1;
  if (first) key_size_ = cell.size();
  numbered_ = numbered_ && count != kNoCount && (first || count == last_number_ + 1);
  last_number_ = count;
  const bool code = type_ != statement::v1::FIELD_TYPE_QUANTITY && !HasIrisShape(cell) &&
                    !IsMonth(cell) &&
                    (HasDigitAndLetter(cell) ||
                     (IsDigits(cell) && cell.size() == key_size_ && cell.size() >= kLeastKeySize));
  return (numbered_ || code) && texts_->Add(key_series_, cell);
}

bool ColumnScan::HasDifferentDays() const {
  const DistinctTexts::Sample days = texts_->SampleOf(day_series_);
  return IsMost(days.distinct, days.occurrences);
}

uint64_t ColumnScan::RowLevelLine() const {
  if (nonzero_.cells >= kLeastCounts && sum_ * 10 <= nonzero_.cells * 11)
    return nonzero_.first_line;
  // A key that is withheld nowhere, over rows enough, and no code of a place or a period.
  if (key_ && filled_.cells >= kLeastKeys && !place_or_period_) return filled_.first_line;
  return 0;
}

void ColumnScan::AppendHits(std::vector<ColumnHit>& hits) const {
  const auto append = [&](std::string_view detector, const Tally& tally, bool block) {
    ColumnHit& hit = hits.emplace_back();
    hit.set_column(ordinal_);
    hit.set_line(tally.first_line);
    hit.set_cells(tally.cells);
    hit.set_detector(std::string(detector));
    hit.set_action(block ? record::v1::HIT_ACTION_BLOCK : record::v1::HIT_ACTION_WARN);
  };
  const auto announced = [this](std::string_view detector) {
    return sure_.find(detector) != sure_.end();
  };
  for (const auto& [detector, tally] : sure_) {
    Tally whole = tally;
    if (detector == "spi") whole.cells += spi_.cells;
    if (detector == "birth-date") whole.cells += days_.cells;
    append(detector, whole, tally.block);
  }
  if (!announced("nir13") && nir13_.cells > 0 &&
      (announced("nir") || IsMost(nir13_.cells, filled_.cells)))
    append("nir13", nir13_, true);
  if (!announced("spi") && spi_.cells >= 2) append("spi", spi_, true);
  if (says_siren_ && siren_.cells > 0) append("siren", siren_, false);
  if (!announced("birth-date") && days_.cells >= kLeastDays && IsMost(days_.cells, filled_.cells) &&
      HasDifferentDays())
    append("birth-date", days_, true);
  if (const uint64_t line = RowLevelLine(); line != 0) {
    Tally rows = nonzero_.cells > 0 ? nonzero_ : filled_;
    rows.first_line = line;
    append("row-level", rows, true);
  }
}

void TrimHits(std::vector<ColumnHit>& hits) {
  const auto by_action = [](const ColumnHit& a, const ColumnHit& b) {
    return std::tuple(a.action(), a.column()) < std::tuple(b.action(), b.column());
  };
  static_assert(record::v1::HIT_ACTION_BLOCK < record::v1::HIT_ACTION_WARN);
  std::stable_sort(hits.begin(), hits.end(), by_action);
  if (hits.size() > gateway::base::kMaxObservedHits) hits.resize(gateway::base::kMaxObservedHits);
  std::sort(hits.begin(), hits.end(), [](const ColumnHit& a, const ColumnHit& b) {
    return a.column() != b.column() ? a.column() < b.column() : a.detector() < b.detector();
  });
}

}  // namespace passerelle::policy::content
