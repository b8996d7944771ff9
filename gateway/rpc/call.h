// What every call has in common: who calls, under which id, how it ends.
#ifndef PASSERELLE_GATEWAY_RPC_CALL_H_
#define PASSERELLE_GATEWAY_RPC_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/base/clock.h"
#include "gateway/base/random.h"
#include "gateway/rpc/errors.h"
#include "gateway/service/caller.h"
#include "gateway/service/service.h"

namespace passerelle::gateway::rpc {

// Hears how a call ended: the method's name, the request's id, the outcome and its duration in
// microseconds. Must be thread-safe and must not log what it was not given.
using CallReport = std::function<void(std::string_view method, std::string_view request_id,
                                      const absl::Status& status, int64_t duration_us)>;

// What the handlers share; all must outlive them.
struct Desk {
  service::Identifier& identifier;
  const base::Clock& clock;
  base::Random& random;
  CallReport report;
};

// One call on its way. Copyable; the gRPC context must outlive it.
class Call {
 public:
  // Draws the request's id and tells it to the caller in the trailing metadata
  // `passerelle-request`.
  Call(const Desk& desk, grpc::CallbackServerContext& context, std::string_view method);

  // Identifies the caller at the log that the request names, and takes one call of its quota.
  template <typename Request>
  absl::StatusOr<service::Caller> Identify(const Request& request, service::Access access) const {
    return Identify(request.log(), access, service::LaneOf(request));
  }

  // The same at every convention of this gateway in which its key is in force.
  absl::StatusOr<std::vector<service::Caller>> IdentifyEverywhere() const;

  // Whether the caller has gone.
  bool Cancelled() const { return context_->IsCancelled(); }

  // The status to end with; reports the end.
  grpc::Status End(const absl::Status& status) const;

 private:
  absl::StatusOr<service::Caller> Identify(const std::string& log, service::Access access,
                                           service::Lane lane) const;
  // The certificate and chain that the peer brought, PEM.
  std::string Certificates() const;

  const Desk* desk_;
  grpc::CallbackServerContext* context_;
  std::string_view method_;
  std::string id_;
  int64_t began_us_;
};

// Serves a unary call that answers at once.
template <typename Request, typename Response>
grpc::ServerUnaryReactor* Serve(const Desk& desk, grpc::CallbackServerContext* context,
                                std::string_view method, const Request* request, Response* response,
                                absl::StatusOr<Response> (*handler)(const service::Caller&,
                                                                    const Request&)) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const Call call(desk, *context, method);
  const absl::StatusOr<service::Caller> caller =
      call.Identify(*request, service::Access::kEverything);
  absl::StatusOr<Response> answer =
      caller.ok() ? handler(*caller, *request) : absl::StatusOr<Response>(caller.status());
  if (answer.ok()) *response = std::move(*answer);
  reactor->Finish(call.End(answer.status()));
  return reactor;
}

// Serves a unary call that is answered later: `start(caller, call, answer)`.
template <typename Request, typename Response, typename Start>
grpc::ServerUnaryReactor* ServeLater(const Desk& desk, grpc::CallbackServerContext* context,
                                     std::string_view method, const Request* request,
                                     Response* response, service::Access access, Start start) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const Call call(desk, *context, method);
  const absl::StatusOr<service::Caller> caller = call.Identify(*request, access);
  if (!caller.ok()) {
    reactor->Finish(call.End(caller.status()));
    return reactor;
  }
  start(*caller, call, [reactor, response, call](absl::StatusOr<Response> answer) {
    if (answer.ok()) *response = std::move(*answer);
    reactor->Finish(call.End(answer.status()));
  });
  return reactor;
}

}  // namespace passerelle::gateway::rpc

#endif  // PASSERELLE_GATEWAY_RPC_CALL_H_
