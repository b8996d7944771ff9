#include "gateway/verify/bundles.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "audit/merkle/merkle.h"
#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "gateway/verify/tree.h"

namespace passerelle::gateway::verify {
namespace {

// Level of bundles in TilePath.
constexpr int kEntriesLevel = -1;

Bundle Read(const std::string& folder, uint64_t size, uint64_t number) {
  const uint64_t begin = number * kTileWidth;
  const uint64_t end = std::min(begin + kTileWidth, size);
  Bundle bundle;
  bundle.path =
      audit::log::TilePath(kEntriesLevel, number, static_cast<int>((end - begin) % kTileWidth));
  absl::StatusOr<audit::log::ExportBundle> content =
      audit::log::ReadExportBundle(folder, size, number);
  if (absl::IsDataLoss(content.status())) {
    const bool there = base::Exists(absl::StrCat(folder, "/", bundle.path));
    bundle.fault =
        FaultOfExport(absl::StrCat("The bundle ", bundle.path, " with the entries ", begin, " to ",
                                   end - 1, there ? " is malformed." : " is missing."),
                      absl::StrCat("Le paquet ", bundle.path, " des entrées ", begin, " à ",
                                   end - 1, there ? " est mal formé." : " manque."));
    bundle.fault->index = begin;
    return bundle;
  }
  if (!content.ok()) {
    bundle.fault = Unreadable(content.status());
    return bundle;
  }
  bundle.content = *std::move(content);
  bundle.leaves.reserve(bundle.content.entries.size());
  for (const std::string_view entry : bundle.content.entries)
    bundle.leaves.push_back(audit::merkle::LeafHash(entry));
  return bundle;
}

}  // namespace

Bundles::Bundles(std::string folder, uint64_t size, size_t threads)
    : folder_(std::move(folder)), size_(size), count_((size + kTileWidth - 1) / kTileWidth) {
  for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

Bundles::~Bundles() {
  {
    base::MutexLock lock(mutex_);
    ending_ = true;
  }
  taken_changed_.NotifyAll();
  for (std::thread& thread : threads_) thread.join();
}

Bundle Bundles::Take() {
  base::MutexLock lock(mutex_);
  if (begun_ == taken_) ReadNext();
  auto next = ready_.find(taken_);
  while (next == ready_.end()) {
    ready_changed_.Wait(mutex_);
    next = ready_.find(taken_);
  }
  Bundle bundle = std::move(next->second);
  ready_.erase(next);
  ++taken_;
  taken_changed_.NotifyOne();
  return bundle;
}

void Bundles::Work() {
  base::MutexLock lock(mutex_);
  while (!ending_ && begun_ < count_) {
    if (begun_ < taken_ + kMostAhead)
      ReadNext();
    else
      taken_changed_.Wait(mutex_);
  }
}

void Bundles::ReadNext() {
  const uint64_t number = begun_++;
  mutex_.Unlock();
  Bundle bundle = Read(folder_, size_, number);
  mutex_.Lock();
  ready_.emplace(number, std::move(bundle));
  ready_changed_.NotifyOne();
}

}  // namespace passerelle::gateway::verify
