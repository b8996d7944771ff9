#include "gateway/tiles/tiles.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "gateway/base/status.h"
#include "gateway/service/quota.h"
#include "gateway/service/service.h"

namespace passerelle::gateway::tiles {
namespace {

int CodeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return 200;
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kInvalidArgument:
      return 404;
    case absl::StatusCode::kUnauthenticated:
      return 401;
    case absl::StatusCode::kPermissionDenied:
      return 403;
    case absl::StatusCode::kResourceExhausted:
      return 429;
    case absl::StatusCode::kUnavailable:
      return 503;
    default:
      return 500;
  }
}

absl::StatusOr<service::TilesFile> Find(service::Identifier& identifier,
                                        const http::Request& request) {
  const std::string_view path = std::string_view(request.path).substr(1);
  const size_t slash = path.find('/');
  const absl::StatusOr<std::string> log = base::FromHex(path.substr(0, slash));
  if (slash == std::string_view::npos || !log.ok())
    return base::Error(absl::StatusCode::kNotFound, "LOG_UNKNOWN", "path",
                       "the path begins with the name of a log, in hexadecimal");
  ASSIGN_OR_RETURN(const service::Caller caller, identifier.Identify(*log, request.certificates_pem,
                                                                     service::Access::kEverything));
  RETURN_IF_ERROR(caller.quotas->Take(caller.payer(), service::Lane::kOrdinary));
  return service::GetTilesFile(caller, path.substr(slash + 1));
}

http::Answer AnswerOf(const absl::StatusOr<service::TilesFile>& file, const std::string& id) {
  if (file.ok() && file->checkpoint)
    return {200, "text/plain; charset=utf-8", file->bytes, "max-age=5"};
  if (file.ok())
    return {200, "application/octet-stream", file->bytes, "private, max-age=604800, immutable"};
  const int code = CodeOf(file.status());
  // Causes inside the gateway are for its own log.
  const std::string why =
      code == 500 ? std::string("an error of the gateway") : std::string(file.status().message());
  return {code, "text/plain; charset=utf-8",
          absl::StrCat(base::ReasonOf(file.status()), ": ", why, " (request ", id, ")\n"), ""};
}

}  // namespace

http::Routes MakeRoutes(service::Identifier& identifier, const base::Clock& clock,
                        base::Random& random, Report report) {
  http::Routes routes;
  routes.get = [&identifier, &clock, &random,
                report = std::move(report)](const http::Request& request) {
    const int64_t began_us = clock.MonotonicUs();
    const std::string id = base::ToHex(random.Bytes(8));
    const absl::StatusOr<service::TilesFile> file = Find(identifier, request);
    report("HttpGet", id, file.status(), clock.MonotonicUs() - began_us);
    return AnswerOf(file, id);
  };
  return routes;
}

}  // namespace passerelle::gateway::tiles
