#include "gateway/rpc/watch.h"

#include "gateway/base/status.h"

namespace passerelle::gateway::rpc {
namespace {

absl::Status Draining() {
  return base::Error(absl::StatusCode::kUnavailable, "DRAINING", "",
                     "the gateway is shutting down; watch again later");
}

}  // namespace

absl::Status OpenWatches::Add(Endable& watch) {
  base::MutexLock lock(mutex_);
  if (closed_) return Draining();
  watches_.insert(&watch);
  return absl::OkStatus();
}

void OpenWatches::Remove(Endable& watch) {
  base::MutexLock lock(mutex_);
  watches_.erase(&watch);
}

void OpenWatches::EndAll() {
  base::MutexLock lock(mutex_);
  closed_ = true;
  for (Endable* watch : watches_) watch->End(Draining());
}

}  // namespace passerelle::gateway::rpc
