#include "gateway/service/register_activity.h"

#include <algorithm>

namespace passerelle::gateway::service {

std::vector<uint64_t> Activity::EntriesOf(StepKind kind) const {
  std::vector<uint64_t> entries;
  for (const Step& step : steps)
    if (step.kind == kind && (entries.empty() || entries.back() != step.index))
      entries.push_back(step.index);
  return entries;
}

size_t Activity::Count(StepKind kind) const {
  return static_cast<size_t>(std::count_if(steps.begin(), steps.end(),
                                           [kind](const Step& step) { return step.kind == kind; }));
}

std::vector<uint64_t> Activity::AwaitingRatification() const {
  std::vector<uint64_t> entries;
  if (opinion.has_value() && !opinion->stands) entries.push_back(opinion->index);
  if (decision.has_value() && !decision->stands) entries.push_back(decision->index);
  const auto sheet = sheets.find(holder);
  if (sheet != sheets.end() && !sheet->second.stands) entries.push_back(sheet->second.index);
  return entries;
}

bool Activity::IsFrozen() const {
  return std::any_of(freezes.begin(), freezes.end(), [](const RegisteredFreeze& freeze) {
    return freeze.transfer == kNoTransfer && freeze.IsInForce();
  });
}

std::vector<const RegisteredRecommendation*> Activity::PendingRecommendations() const {
  std::vector<const RegisteredRecommendation*> pending;
  for (const RegisteredRecommendation& recommendation : recommendations)
    if (recommendation.row.answer() == statement::v1::ANSWER_ACCEPTED &&
        !recommendation.row.has_conditions())
      pending.push_back(&recommendation);
  return pending;
}

}  // namespace passerelle::gateway::service
