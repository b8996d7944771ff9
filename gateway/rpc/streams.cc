#include "gateway/rpc/streams.h"

#include <algorithm>

#include "gateway/base/limits.h"
#include "gateway/base/status.h"

namespace passerelle::gateway::rpc {

absl::StatusOr<std::unique_ptr<OpenStreams::Ticket>> OpenStreams::Open(Stream& stream,
                                                                       const std::string& agent) {
  base::MutexLock lock(mutex_);
  const auto of_agent = std::count_if(tickets_.begin(), tickets_.end(), [&](const Ticket* ticket) {
    return ticket->agent_ == agent;
  });
  if (tickets_.size() >= base::kMaxStreams ||
      static_cast<size_t>(of_agent) >= base::kMaxStreamsAnAgent)
    return base::Error(absl::StatusCode::kResourceExhausted, "STREAMS_FULL", "",
                       "too many streams are open already; end one, or try again later");
  std::unique_ptr<Ticket> ticket(new Ticket(*this, stream, agent, clock_.MonotonicMs()));
  tickets_.insert(ticket.get());
  return ticket;
}

void OpenStreams::Remove(Ticket& ticket) {
  base::MutexLock lock(mutex_);
  tickets_.erase(&ticket);
}

void OpenStreams::Ticket::Wait() {
  const int64_t now = streams_.clock_.MonotonicMs();
  base::MutexLock lock(streams_.mutex_);
  waiting_since_ms_ = now;
}

void OpenStreams::Ticket::Moved(uint64_t bytes) {
  const int64_t now = streams_.clock_.MonotonicMs();
  base::MutexLock lock(streams_.mutex_);
  if (waiting_since_ms_ >= 0) waited_ms_ += now - waiting_since_ms_;
  waiting_since_ms_ = -1;
  bytes_ += bytes;
}

absl::Status OpenStreams::Judge(Ticket& ticket, int64_t now_ms) {
  if (now_ms - ticket.opened_ms_ > base::kMaxStreamMs)
    return base::Error(absl::StatusCode::kDeadlineExceeded, "STREAM_LONG", "",
                       "the stream took longer than a stream may; resume it");
  int64_t waited = ticket.waited_ms_;
  if (ticket.waiting_since_ms_ >= 0) waited += now_ms - ticket.waiting_since_ms_;
  if (waited < base::kStreamLookMs) return absl::OkStatus();
  if (ticket.bytes_ < base::kMinStreamBytes)
    return base::Error(
        absl::StatusCode::kDeadlineExceeded, "STREAM_SLOW", "",
        "the stream moved fewer bytes than a stream must; try again on a better line");
  ticket.waited_ms_ = 0;
  ticket.bytes_ = 0;
  if (ticket.waiting_since_ms_ >= 0) ticket.waiting_since_ms_ = now_ms;
  return absl::OkStatus();
}

void OpenStreams::Look() {
  const int64_t now = clock_.MonotonicMs();
  base::MutexLock lock(mutex_);
  for (Ticket* ticket : tickets_)
    if (absl::Status judged = Judge(*ticket, now); !judged.ok()) ticket->stream_.End(judged);
}

}  // namespace passerelle::gateway::rpc
