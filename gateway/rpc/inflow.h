// A stream to the gateway: a head, then the chunks of one content.
#ifndef PASSERELLE_GATEWAY_RPC_INFLOW_H_
#define PASSERELLE_GATEWAY_RPC_INFLOW_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/base/mutex.h"
#include "gateway/base/status.h"
#include "gateway/rpc/call.h"
#include "gateway/rpc/streams.h"

namespace passerelle::gateway::rpc {

// Reads a stream message by message: the next is asked for only once there is room for it. A read,
// a chunk being taken, or the end: one thing at a time is under way.
template <typename Request, typename Response>
class InflowReactor final : public grpc::ServerReadReactor<Request>, public OpenStreams::Stream {
 public:
  // What the first message begins, and for whom.
  struct Begun {
    service::Inflow<Response> inflow;
    std::string agent;
  };
  using Begin = std::function<absl::StatusOr<Begun>(const Call& call, const Request& first)>;

  InflowReactor(Call call, OpenStreams& streams, Response* response, Begin begin)
      : call_(std::move(call)), streams_(streams), response_(response), begin_(std::move(begin)) {
    Read();
  }

  void End(const absl::Status& why) override EXCLUDES_LOCK(mutex_) {
    {
      base::MutexLock lock(mutex_);
      if (ended_.ok()) ended_ = why;
      // Who is at work now sees it before the next read.
      if (!reading_) return;
    }
    FinishOnce(why);
  }

  void OnCancel() override EXCLUDES_LOCK(mutex_) {
    End(absl::CancelledError("the caller has gone"));
  }

  void OnReadDone(bool ok) override EXCLUDES_LOCK(mutex_) {
    {
      base::MutexLock lock(mutex_);
      reading_ = false;
      if (finished_) return;
    }
    if (ticket_ != nullptr) ticket_->Moved(ok ? request_.ByteSizeLong() : 0);
    if (!ok) return Conclude();
    if (!begun_) return First();
    if (request_.part_case() != Request::kChunk)
      return FinishOnce(
          base::Malformed("CHUNK", "part", "every message after the first is a chunk"));
    inflow_.add(std::move(*request_.mutable_chunk()), [this](const absl::Status& status) {
      if (!status.ok()) return FinishOnce(status);
      Read();
    });
  }

  void OnDone() override { delete this; }

 private:
  void Read() EXCLUDES_LOCK(mutex_) {
    absl::Status ended;
    {
      base::MutexLock lock(mutex_);
      ended = ended_;
      reading_ = ended_.ok();
    }
    if (!ended.ok()) return FinishOnce(ended);
    if (ticket_ != nullptr) ticket_->Wait();
    this->StartRead(&request_);
  }

  void First() {
    if (request_.part_case() == Request::kChunk || request_.part_case() == Request::PART_NOT_SET)
      return FinishOnce(NoHead());
    absl::StatusOr<Begun> begun = begin_(call_, request_);
    if (!begun.ok()) return FinishOnce(begun.status());
    absl::StatusOr<std::unique_ptr<OpenStreams::Ticket>> ticket =
        streams_.Open(*this, begun->agent);
    if (!ticket.ok()) return FinishOnce(ticket.status());
    ticket_ = *std::move(ticket);
    inflow_ = std::move(begun->inflow);
    begun_ = true;
    // What is answered without its bytes is answered now.
    inflow_.add ? Read() : Conclude();
  }

  void Conclude() {
    if (!begun_) return FinishOnce(NoHead());
    inflow_.finish([call = call_] { return call.Cancelled(); },
                   [this](absl::StatusOr<Response> answer) {
                     const absl::Status status = answer.status();
                     if (answer.ok()) *response_ = *std::move(answer);
                     FinishOnce(status);
                   });
  }

  static absl::Status NoHead() {
    return base::Malformed("NO_HEAD", "part", "the first message says what comes");
  }

  void FinishOnce(const absl::Status& status) EXCLUDES_LOCK(mutex_) {
    {
      base::MutexLock lock(mutex_);
      if (finished_) return;
      finished_ = true;
    }
    this->Finish(call_.End(status));
  }

  const Call call_;
  OpenStreams& streams_;
  Response* const response_;
  const Begin begin_;
  // Touched by whoever is at work only.
  std::unique_ptr<OpenStreams::Ticket> ticket_;
  service::Inflow<Response> inflow_;
  bool begun_ = false;
  Request request_;

  base::Mutex mutex_;
  // Why to end; OK as long as nothing says so.
  absl::Status ended_ GUARDED_BY(mutex_);
  bool reading_ GUARDED_BY(mutex_) = false;
  bool finished_ GUARDED_BY(mutex_) = false;
};

// Serves an upload whose first message is `head`: `handler(caller, head)`.
template <typename Request, typename Response, typename Head>
grpc::ServerReadReactor<Request>* ServeInflow(
    const Desk& desk, OpenStreams& streams, grpc::CallbackServerContext* context,
    std::string_view method, Response* response, const Head& (Request::*head)() const,
    absl::StatusOr<service::Inflow<Response>> (*handler)(const service::Caller&, const Head&)) {
  using Reactor = InflowReactor<Request, Response>;
  return new Reactor(
      Call(desk, *context, method), streams, response,
      [head, handler](const Call& call,
                      const Request& first) -> absl::StatusOr<typename Reactor::Begun> {
        ASSIGN_OR_RETURN(const service::Caller caller,
                         call.Identify((first.*head)(), service::Access::kEverything));
        ASSIGN_OR_RETURN(service::Inflow<Response> inflow, handler(caller, (first.*head)()));
        return typename Reactor::Begun{std::move(inflow), caller.agent};
      });
}

}  // namespace passerelle::gateway::rpc

#endif  // PASSERELLE_GATEWAY_RPC_INFLOW_H_
