#include "gateway/rpc/errors.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"
#include "passerelle/gateway/v1/error.pb.h"

namespace passerelle::gateway::rpc {
namespace {

// How long a caller that met a full queue should wait.
constexpr int kRetryAfterMs = 1000;

bool IsInside(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown ||
         code == absl::StatusCode::kDataLoss;
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status, std::string_view request_id) {
  if (status.ok()) return grpc::Status::OK;
  const std::string message =
      IsInside(status.code())
          ? absl::StrCat("fault inside the gateway, request ", base::Absl(request_id))
          : std::string(status.message());
  passerelle::gateway::v1::ErrorInfo info;
  info.set_reason(base::ReasonOf(status));
  info.set_domain("passerelle");
  (*info.mutable_metadata())["request"] = std::string(request_id);
  const std::string path = base::PathOf(status);
  if (!path.empty()) (*info.mutable_metadata())["field"] = path;
  if (status.code() == absl::StatusCode::kResourceExhausted)
    (*info.mutable_metadata())["retry_after_ms"] = absl::StrCat(kRetryAfterMs);
  passerelle::gateway::v1::ErrorStatus details;
  details.set_code(static_cast<int>(status.code()));
  details.set_message(message);
  google::protobuf::Any& any = *details.add_details();
  any.set_type_url("type.googleapis.com/google.rpc.ErrorInfo");
  any.set_value(info.SerializeAsString());
  // absl and gRPC number the canonical codes alike.
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), message,
                      details.SerializeAsString());
}

}  // namespace passerelle::gateway::rpc
