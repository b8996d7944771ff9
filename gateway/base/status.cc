#include "gateway/base/status.h"

#include <optional>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "gateway/base/strings.h"

namespace passerelle::gateway::base {
namespace {

constexpr absl::string_view kReasonUrl = "passerelle/reason";
constexpr absl::string_view kPathUrl = "passerelle/path";

std::string PayloadOf(const absl::Status& status, absl::string_view url) {
  const absl::optional<absl::Cord> payload = status.GetPayload(url);
  return payload.has_value() ? std::string(*payload) : std::string();
}

}  // namespace

absl::Status Error(absl::StatusCode code, std::string_view reason, std::string_view path,
                   std::string_view message) {
  absl::Status status(code, Absl(message));
  status.SetPayload(kReasonUrl, absl::Cord(Absl(reason)));
  if (!path.empty()) status.SetPayload(kPathUrl, absl::Cord(Absl(path)));
  return status;
}

absl::Status Malformed(std::string_view reason, std::string_view path, std::string_view message) {
  return Error(absl::StatusCode::kInvalidArgument, reason, path, message);
}

absl::Status Corrupt(std::string_view reason, std::string_view message) {
  return Error(absl::StatusCode::kDataLoss, reason, "", message);
}

std::string ReasonOf(const absl::Status& status) {
  std::string reason = PayloadOf(status, kReasonUrl);
  return reason.empty() ? absl::StatusCodeToString(status.code()) : reason;
}

std::string PathOf(const absl::Status& status) { return PayloadOf(status, kPathUrl); }

absl::Status AtPath(const absl::Status& status, std::string_view prefix) {
  if (status.ok()) return status;
  const std::string path = PathOf(status);
  absl::Status moved = status;
  moved.SetPayload(kPathUrl, absl::Cord(path.empty() ? std::string(prefix)
                                                     : absl::StrCat(Absl(prefix), ".", path)));
  return moved;
}

absl::Status InContext(const absl::Status& status, std::string_view context) {
  if (status.ok()) return status;
  return Error(status.code(), ReasonOf(status), PathOf(status),
               absl::StrCat(Absl(context), ": ", status.message()));
}

}  // namespace passerelle::gateway::base
