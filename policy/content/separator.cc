#include "policy/content/separator.h"

#include <algorithm>

namespace passerelle::policy::content {

bool SeparatorFinder::Candidate::Count(const Row& row) {
  if (rows == 0)
    header = row.width;
  else if (row.width != header)
    even = false;
  return ++rows <= kPeekedRows;
}

void SeparatorFinder::Add(std::string_view text) {
  text = text.substr(0, kMaxPeekedBytes - peeked_);
  peeked_ += text.size();
  for (Candidate& candidate : candidates_)
    candidate.reader.Add(text, [&](const Row& row) { return candidate.Count(row); });
}

void SeparatorFinder::Finish() {
  ended_ = true;
  if (peeked_ == kMaxPeekedBytes) return;
  for (Candidate& candidate : candidates_)
    candidate.reader.Finish([&](const Row& row) { return candidate.Count(row); });
}

bool SeparatorFinder::decided() const {
  return ended_ || peeked_ == kMaxPeekedBytes ||
         std::all_of(candidates_.begin(), candidates_.end(),
                     [](const Candidate& candidate) { return candidate.reader.done(); });
}

std::optional<char> SeparatorFinder::separator() const {
  const Candidate* best = nullptr;
  bool tie = false;
  for (const Candidate& candidate : candidates_) {
    if (candidate.header < 2) continue;
    if (best != nullptr && candidate.rank() <= best->rank()) {
      tie = tie || candidate.rank() == best->rank();
      continue;
    }
    best = &candidate;
    tie = false;
  }
  if (tie) return std::nullopt;
  return best == nullptr ? ';' : best->separator;
}

}  // namespace passerelle::policy::content
