// How many different texts series of texts hold, in bounded memory.
#ifndef PASSERELLE_POLICY_CONTENT_DISTINCT_H_
#define PASSERELLE_POLICY_CONTENT_DISTINCT_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace passerelle::policy::content {

// Counts the different texts of several series (the columns of a payload). All are kept, as hashes,
// until the series together hold more than the limit; then the largest series keeps those of the
// lower half of the hashes only, and so on. What is kept of a series is so a fair sample of its
// different texts, each with all its occurrences: where every text of a series is another, so is
// every one of the sample, and the share of repeated ones is about the same. A text that occurs
// twice in millions may go unseen. The sample depends on the texts and their order alone.
// Thread-compatible.
class DistinctTexts {
 public:
  // 20 to 40 bytes each: 5 MB at most, half as much again while a series grows.
  static constexpr size_t kMaxKept = size_t{1} << 17;

  // What is kept of a series.
  struct Sample {
    // Different texts.
    uint64_t distinct = 0;
    // How often they occurred together.
    uint64_t occurrences = 0;
  };

  explicit DistinctTexts(size_t limit = kMaxKept) : limit_(limit) {}

  // Counts a text. Whether it is new, as far as is known.
  bool Add(size_t series, std::string_view text);

  // Forgets a series that nobody asks for any more.
  void Drop(size_t series);

  Sample SampleOf(size_t series) const;

 private:
  struct Series {
    // How often each hash occurred.
    absl::flat_hash_map<uint64_t, uint64_t> counts;
    uint64_t occurrences = 0;
    // Greater hashes are not kept.
    uint64_t greatest = std::numeric_limits<uint64_t>::max();
  };

  void HalveLargest();

  const size_t limit_;
  size_t kept_ = 0;
  std::vector<Series> series_;
};

}  // namespace passerelle::policy::content

#endif  // PASSERELLE_POLICY_CONTENT_DISTINCT_H_
