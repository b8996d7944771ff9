#include "gateway/http/client.h"

#include <httplib.h>
#include <openssl/ssl.h>

#include <chrono>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "gateway/base/files.h"
#include "gateway/base/memory_file.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"

namespace passerelle::gateway::http {
namespace {

struct Url {
  std::string origin;
  std::string path;
};

absl::StatusOr<Url> Split(const std::string& url) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (url.rfind(scheme, 0) != 0 || url.size() == scheme.size()) continue;
    const size_t slash = url.find('/', scheme.size());
    if (slash == std::string::npos) return Url{url, "/"};
    return Url{url.substr(0, slash), url.substr(slash)};
  }
  return base::Malformed("URL", "url", "the address begins with neither https:// nor http://");
}

absl::Status Unreachable(const Call& call, std::string_view why) {
  return base::Error(absl::StatusCode::kUnavailable, "UNREACHABLE", "",
                     absl::StrCat(call.url, ": ", base::Absl(why)));
}

std::string_view WhyOf(httplib::Error error) {
  switch (error) {
    case httplib::Error::Connection:
    case httplib::Error::ConnectionTimeout:
      return "nothing answers there";
    case httplib::Error::SSLConnection:
      return "no TLS 1.3 connection comes about";
    case httplib::Error::SSLLoadingCerts:
      return "the trust anchors cannot be read";
    case httplib::Error::SSLServerVerification:
      return "its certificate is not for that host under the trust anchors given";
    case httplib::Error::Canceled:
      return "its answer is too long, or takes too long";
    default:
      return "the connection broke before an answer came";
  }
}

}  // namespace

absl::StatusOr<Answer> Ask(const Call& call, const base::Clock& clock) {
  ASSIGN_OR_RETURN(const Url url, Split(call.url));
  httplib::Client client(url.origin);
  if (!client.is_valid()) return base::Malformed("URL", "url", "the address is not one");
  // The library reads anchors from a path, and the machine's own where it is told none.
  ASSIGN_OR_RETURN(const base::MemoryFile anchors, base::MemoryFile::Create());
  RETURN_IF_ERROR(anchors.Write(call.anchors_pem));
  client.set_ca_cert_path(anchors.path());
  client.enable_server_certificate_verification(true);
  if (SSL_CTX* context = client.ssl_context(); context != nullptr)
    SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  const auto timeout = std::chrono::milliseconds(call.timeout_ms);
  client.set_connection_timeout(timeout);
  client.set_read_timeout(timeout);
  client.set_write_timeout(timeout);
  client.set_keep_alive(false);
  client.set_tcp_nodelay(true);
  const int64_t deadline_ms = clock.MonotonicMs() + call.timeout_ms;
  std::string body;
  httplib::Request request;
  request.method = call.body.has_value() ? "POST" : "GET";
  request.path = url.path;
  if (call.body.has_value()) {
    request.body = *call.body;
    request.set_header("Content-Type", call.content_type);
  }
  request.content_receiver = [&](const char* data, size_t size, uint64_t, uint64_t) {
    if (body.size() + size > call.most_answer_bytes) return false;
    body.append(data, size);
    return clock.MonotonicMs() < deadline_ms;
  };
  const httplib::Result result = client.send(request);
  if (!result) return Unreachable(call, WhyOf(result.error()));
  return Answer{result->status, result->get_header_value("Content-Type"), std::move(body), ""};
}

}  // namespace passerelle::gateway::http
