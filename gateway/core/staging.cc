#include "gateway/core/staging.h"

#include <algorithm>
#include <utility>

#include "gateway/base/limits.h"
#include "gateway/base/status.h"

namespace passerelle::gateway::core {

absl::Status Staging::Put(const std::string& agent, vault::Sealed document, int64_t expires_ms) {
  const base::Digest commitment = document.commitment;
  base::MutexLock lock(mutex_);
  waiting_.erase(commitment);
  const auto of_agent = std::count_if(waiting_.begin(), waiting_.end(), [&](const auto& entry) {
    return entry.second.agent == agent;
  });
  if (waiting_.size() >= base::kMaxStagedDocuments ||
      static_cast<size_t>(of_agent) >= base::kMaxStagedDocumentsAnAgent)
    return base::Error(absl::StatusCode::kResourceExhausted, "STAGING_FULL", "",
                       "too many documents wait for their statements; submit those first");
  waiting_.emplace(commitment, Waiting{agent, std::move(document), expires_ms});
  return absl::OkStatus();
}

std::optional<vault::Sealed> Staging::Take(const base::Digest& commitment) {
  base::MutexLock lock(mutex_);
  const auto it = waiting_.find(commitment);
  if (it == waiting_.end()) return std::nullopt;
  vault::Sealed document = std::move(it->second.document);
  waiting_.erase(it);
  return document;
}

bool Staging::empty() const {
  base::MutexLock lock(mutex_);
  return waiting_.empty();
}

void Staging::Expire(int64_t now_ms) {
  base::MutexLock lock(mutex_);
  absl::erase_if(waiting_, [&](const auto& entry) { return entry.second.expires_ms < now_ms; });
}

}  // namespace passerelle::gateway::core
