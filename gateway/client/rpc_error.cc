#include "gateway/client/rpc_error.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/base/status.h"
#include "passerelle/gateway/v1/error.pb.h"

namespace passerelle::gateway::client {
namespace {

using passerelle::gateway::v1::ErrorInfo;
using passerelle::gateway::v1::ErrorStatus;

constexpr std::string_view kErrorInfoUrl = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr std::string_view kDomain = "passerelle";
constexpr size_t kMaxReasonBytes = 64;
constexpr size_t kMaxPathBytes = 256;
constexpr size_t kMaxMessageBytes = 1024;
// The highest gRPC code, UNAUTHENTICATED.
constexpr int kLastCode = 16;

// At most `limit` bytes without control characters.
std::string Plain(std::string_view text, size_t limit) {
  std::string plain(text.substr(0, limit));
  std::replace_if(
      plain.begin(), plain.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return plain;
}

bool IsReason(std::string_view text) {
  return !text.empty() && text.size() <= kMaxReasonBytes &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
         });
}

// The first usable ErrorInfo of the details.
std::optional<ErrorInfo> FindInfo(std::string_view details) {
  ErrorStatus status;
  if (details.empty() || !status.ParseFromArray(details.data(), static_cast<int>(details.size())))
    return std::nullopt;
  for (const google::protobuf::Any& any : status.details()) {
    ErrorInfo info;
    if (any.type_url() == kErrorInfoUrl && info.ParseFromString(any.value()) &&
        info.domain() == kDomain && IsReason(info.reason()))
      return info;
  }
  return std::nullopt;
}

// Whether TLS failed because the peer's certificate is not vouched for, or is of another name.
// gRPC has no code of its own for it.
bool IsHandshake(absl::StatusCode code, const std::string& text) {
  return code == absl::StatusCode::kUnavailable &&
         (text.find(":CERTIFICATE_VERIFY_FAILED") != std::string::npos ||
          text.find("certificate verify failed") != std::string::npos ||
          text.find("not in peer certificate") != std::string::npos);
}

std::string ValueOf(const ErrorInfo& info, const std::string& key, size_t limit) {
  const auto it = info.metadata().find(key);
  return it == info.metadata().end() ? std::string() : Plain(it->second, limit);
}

}  // namespace

absl::Status FromRpc(int code, std::string_view message, std::string_view details) {
  if (code == 0) return absl::OkStatus();
  const auto absl_code = code > 0 && code <= kLastCode ? static_cast<absl::StatusCode>(code)
                                                       : absl::StatusCode::kUnknown;
  std::string text = Plain(message, kMaxMessageBytes);
  const std::optional<ErrorInfo> info = FindInfo(details);
  if (!info.has_value() && IsHandshake(absl_code, text))
    return base::Error(absl::StatusCode::kUnauthenticated, "GATEWAY_UNTRUSTED", "ca_file", text);
  // A peer without TLS 1.3.
  if (!info.has_value() && text.find("alert protocol version") != std::string::npos)
    return base::Error(absl::StatusCode::kUnavailable, "TLS_FAILED", "target", text);
  if (!info.has_value())
    return base::Error(absl_code,
                       absl_code == absl::StatusCode::kUnavailable
                           ? std::string("UNREACHABLE")
                           : absl::StatusCodeToString(absl_code),
                       "", text);
  const std::string request = ValueOf(*info, "request", kMaxReasonBytes);
  if (text.find(request) == std::string::npos) absl::StrAppend(&text, " (request ", request, ")");
  return base::Error(absl_code, info->reason(), ValueOf(*info, "field", kMaxPathBytes), text);
}

}  // namespace passerelle::gateway::client
