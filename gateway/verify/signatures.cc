#include "gateway/verify/signatures.h"

#include <utility>

#include "certs/keys/dsse.h"

namespace passerelle::gateway::verify {

Signatures::Signatures(size_t threads) {
  for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

Signatures::~Signatures() {
  {
    base::MutexLock lock(mutex_);
    ending_ = true;
    waiting_.clear();
  }
  added_.NotifyAll();
  for (std::thread& thread : threads_) thread.join();
}

void Signatures::Add(Signed next) {
  base::MutexLock lock(mutex_);
  waiting_.push_back(std::move(next));
  if (threads_.empty() || waiting_.size() > kMostWaiting)
    VerifyFirst();
  else
    added_.NotifyOne();
}

bool Signatures::failed() const {
  base::MutexLock lock(mutex_);
  return lowest_.has_value();
}

Check Signatures::Settle() {
  base::MutexLock lock(mutex_);
  while (!waiting_.empty()) VerifyFirst();
  while (at_work_ > 0) done_.Wait(mutex_);
  if (!lowest_.has_value()) return std::nullopt;
  return FaultOfEntry(lowest_->index, lowest_->time_ms,
                      "a signature of its statement is missing or not by the key that it names",
                      "une signature de sa déclaration manque ou n'est pas de la clé qu'elle nomme",
                      lowest_->status);
}

void Signatures::Work() {
  base::MutexLock lock(mutex_);
  while (!ending_) {
    if (waiting_.empty())
      added_.Wait(mutex_);
    else
      VerifyFirst();
  }
}

void Signatures::VerifyFirst() {
  const Signed first = std::move(waiting_.front());
  waiting_.pop_front();
  // What lies beyond the fault that will be named need not be looked at.
  if (lowest_.has_value() && lowest_->index < first.index) return;
  ++at_work_;
  mutex_.Unlock();
  const absl::Status status = certs::keys::VerifyEnvelope(first.envelope, first.keys);
  mutex_.Lock();
  if (!status.ok() && (!lowest_.has_value() || first.index < lowest_->index))
    lowest_ = {first.index, first.time_ms, status};
  if (--at_work_ == 0) done_.NotifyOne();
}

}  // namespace passerelle::gateway::verify
