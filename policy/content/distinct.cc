#include "policy/content/distinct.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace passerelle::policy::content {

bool DistinctTexts::Add(size_t series, std::string_view text) {
  if (series >= series_.size()) series_.resize(series + 1);
  Series& own = series_[series];
  const uint64_t hash = std::hash<std::string_view>()(text);
  if (hash > own.greatest) return true;
  ++own.occurrences;
  if (++own.counts[hash] > 1) return false;
  ++kept_;
  while (kept_ > limit_) HalveLargest();
  return true;
}

void DistinctTexts::Drop(size_t series) {
  if (series >= series_.size()) return;
  kept_ -= series_[series].counts.size();
  series_[series] = {};
}

DistinctTexts::Sample DistinctTexts::SampleOf(size_t series) const {
  if (series >= series_.size()) return {};
  return {series_[series].counts.size(), series_[series].occurrences};
}

void DistinctTexts::HalveLargest() {
  Series& largest = *std::max_element(
      series_.begin(), series_.end(),
      [](const Series& a, const Series& b) { return a.counts.size() < b.counts.size(); });
  kept_ -= largest.counts.size();
  largest.greatest /= 2;
  // Not in place, which would not give memory back.
  absl::flat_hash_map<uint64_t, uint64_t> counts;
  largest.occurrences = 0;
  for (const auto& [hash, count] : largest.counts) {
    if (hash > largest.greatest) continue;
    counts.emplace(hash, count);
    largest.occurrences += count;
  }
  largest.counts = std::move(counts);
  kept_ += largest.counts.size();
}

}  // namespace passerelle::policy::content
