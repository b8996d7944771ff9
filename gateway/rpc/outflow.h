// A stream from the gateway: chunks of an export or of a content.
#ifndef PASSERELLE_GATEWAY_RPC_OUTFLOW_H_
#define PASSERELLE_GATEWAY_RPC_OUTFLOW_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/base/mutex.h"
#include "gateway/rpc/call.h"
#include "gateway/rpc/streams.h"

namespace passerelle::gateway::rpc {

// Writes a stream chunk by chunk; each waits for the one before it to leave. Between Begin, the
// writes and the end one thing at a time is under way.
template <typename Response>
class OutflowReactor final : public grpc::ServerWriteReactor<Response>, public OpenStreams::Stream {
 public:
  OutflowReactor(Call call, grpc::CallbackServerContext* context)
      : call_(std::move(call)), context_(context) {}

  // Takes a place for the stream of an agent.
  absl::Status Open(OpenStreams& streams, const std::string& agent) {
    ASSIGN_OR_RETURN(ticket_, streams.Open(*this, agent));
    return absl::OkStatus();
  }

  // Begins, or ends at once with an error. Called once, from any thread.
  void Begin(absl::StatusOr<service::Source<Response>> source) {
    const absl::Status status = source.status();
    if (source.ok()) source_ = *std::move(source);
    Next(status);
  }

  void End(const absl::Status& why) override EXCLUDES_LOCK(mutex_) {
    base::MutexLock lock(mutex_);
    if (ended_.ok()) ended_ = why;
    // A write under way then fails, and the stream ends with it.
    context_->TryCancel();
  }

  void OnWriteDone(bool ok) override EXCLUDES_LOCK(mutex_) {
    ticket_->Moved(chunk_.ByteSizeLong());
    Next(ok ? absl::OkStatus() : absl::CancelledError("the caller has gone"));
  }
  void OnDone() override { delete this; }

 private:
  void Next(absl::Status status) EXCLUDES_LOCK(mutex_) {
    {
      base::MutexLock lock(mutex_);
      if (!ended_.ok()) status = ended_;
    }
    if (!status.ok()) return this->Finish(call_.End(status));
    absl::StatusOr<std::optional<Response>> chunk = source_();
    if (!chunk.ok() || !chunk->has_value()) return this->Finish(call_.End(chunk.status()));
    chunk_ = **std::move(chunk);
    ticket_->Wait();
    this->StartWrite(&chunk_);
  }

  const Call call_;
  grpc::CallbackServerContext* const context_;
  std::unique_ptr<OpenStreams::Ticket> ticket_;
  service::Source<Response> source_;
  Response chunk_;
  base::Mutex mutex_;
  // Why to end; OK as long as nothing says so.
  absl::Status ended_ GUARDED_BY(mutex_);
};

// Serves a stream whose source comes later: `start(caller, request, answer)`.
template <typename Request, typename Response, typename Start>
grpc::ServerWriteReactor<Response>* ServeStreamLater(const Desk& desk, OpenStreams& streams,
                                                     grpc::CallbackServerContext* context,
                                                     std::string_view method,
                                                     const Request* request, Start start) {
  Call call(desk, *context, method);
  const absl::StatusOr<service::Caller> caller =
      call.Identify(*request, service::Access::kEverything);
  auto* reactor = new OutflowReactor<Response>(std::move(call), context);
  absl::Status status = caller.status();
  if (status.ok()) status = reactor->Open(streams, caller->agent);
  if (status.ok())
    start(*caller, *request, [reactor](absl::StatusOr<service::Source<Response>> source) {
      reactor->Begin(std::move(source));
    });
  else
    reactor->Begin(status);
  return reactor;
}

// Serves a stream whose source is there at once.
template <typename Request, typename Response>
grpc::ServerWriteReactor<Response>* ServeStream(
    const Desk& desk, OpenStreams& streams, grpc::CallbackServerContext* context,
    std::string_view method, const Request* request,
    absl::StatusOr<service::Source<Response>> (*handler)(const service::Caller&, const Request&)) {
  return ServeStreamLater<Request, Response>(
      desk, streams, context, method, request,
      [handler](const service::Caller& caller, const Request& asked,
                service::Answer<service::Source<Response>> answer) {
        answer(handler(caller, asked));
      });
}

}  // namespace passerelle::gateway::rpc

#endif  // PASSERELLE_GATEWAY_RPC_OUTFLOW_H_
