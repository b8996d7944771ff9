#include "gateway/vault/open_contents.h"

#include <utility>
#include <vector>

#include "gateway/base/status.h"

namespace passerelle::gateway::vault {

void OpenContents::Slot::Set(Source source) {
  base::MutexLock lock(mutex_);
  if (!revoked_) source_ = std::move(source);
}

absl::StatusOr<std::string> OpenContents::Slot::Read(uint64_t offset) {
  base::MutexLock lock(mutex_);
  if (revoked_)
    return base::Error(absl::StatusCode::kNotFound, "CONTENT_ERASED", "",
                       "the content was erased while it was being read");
  return source_(offset);
}

void OpenContents::Slot::Revoke() {
  base::MutexLock lock(mutex_);
  revoked_ = true;
  source_ = nullptr;
}

std::shared_ptr<OpenContents::Slot> OpenContents::Add(int64_t place) {
  auto slot = std::make_shared<Slot>();
  base::MutexLock lock(mutex_);
  std::erase_if(slots_, [](const auto& entry) { return entry.second.expired(); });
  slots_.emplace(place, slot);
  return slot;
}

void OpenContents::Revoke(int64_t first, int64_t last) {
  std::vector<std::shared_ptr<Slot>> revoked;
  {
    base::MutexLock lock(mutex_);
    for (auto it = slots_.lower_bound(first); it != slots_.end() && it->first <= last; ++it)
      if (std::shared_ptr<Slot> slot = it->second.lock()) revoked.push_back(std::move(slot));
  }
  for (const std::shared_ptr<Slot>& slot : revoked) slot->Revoke();
}

}  // namespace passerelle::gateway::vault
