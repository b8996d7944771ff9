#include "gateway/rpc/server.h"

#include <grpc/support/time.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/rpc/services.h"

namespace passerelle::gateway::rpc {
namespace {

constexpr int kMaxConcurrentStreams = 256;
// Bytes of one stream on their way, and of one read from a connection.
constexpr int kLookaheadBytes = 1024 * 1024;
constexpr int kReadBytes = 256 * 1024;
// How long a TLS handshake may take.
constexpr int kHandshakeMs = 10 * 1000;
// How long a connection with calls may be silent before it is pinged, and how long an answer takes.
constexpr int kKeepaliveMs = 60 * 1000;
constexpr int kKeepaliveTimeoutMs = 20 * 1000;

// Switches reflection on or off for one server. Linking gRPC's reflection library has switched it
// on for every server of the process already, so that off means to take the plugin away.
class Reflection final : public grpc::ServerBuilderOption {
 public:
  explicit Reflection(bool on) : on_(on) {}
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    auto plugin = std::make_unique<grpc::reflection::ProtoServerReflectionPlugin>();
    std::erase_if(*plugins, [&](const auto& other) { return other->name() == plugin->name(); });
    if (on_) plugins->push_back(std::move(plugin));
  }

 private:
  const bool on_;
};

class RunningServer final : public Server {
 public:
  explicit RunningServer(Desk desk)
      : desk_(std::move(desk)),
        streams_(desk_.clock),
        services_(MakeServices(desk_, watches_, streams_)) {}
  ~RunningServer() override { Drain(0); }

  absl::Status Listen(const ServerOptions& options) {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::SslServerCredentialsOptions tls(
        GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    tls.pem_root_certs = options.client_roots_pem;
    tls.pem_key_cert_pairs.push_back({options.key_pem, options.certificate_pem});
    grpc::ServerBuilder builder;
    builder.SetOption(std::make_unique<Reflection>(options.reflection));
    builder.AddListeningPort(options.address, grpc::SslServerCredentials(tls), &port_);
    builder.SetMaxReceiveMessageSize(static_cast<int>(base::kMaxMessageBytes));
    builder.SetMaxSendMessageSize(static_cast<int>(base::kMaxMessageBytes));
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxConcurrentStreams);
    // What a peer sends is read no further ahead than this: gRPC would else take as much as the
    // line gives, tens of megabytes of every upload.
    builder.AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, kLookaheadBytes);
    builder.AddChannelArgument(GRPC_ARG_TCP_MAX_READ_CHUNK_SIZE, kReadBytes);
    // By default a handshake may take two minutes.
    builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeMs);
    // A peer that vanished without a word gives its watches and streams back within minutes.
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
    // Compression beside secrets leaks their size.
    builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
    builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
    for (const auto& service : services_) builder.RegisterService(service.get());
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || port_ == 0)
      return base::Malformed(
          "LISTEN", "address",
          absl::StrCat("cannot listen on ", options.address,
                       ": the port is taken, or certificate and key do not match"));
    server_->GetHealthCheckService()->SetServingStatus(true);
    return absl::OkStatus();
  }

  int port() const override { return port_; }

  void Look() override { streams_.Look(); }

  void Drain(int64_t grace_ms) override {
    if (server_ == nullptr) return;
    server_->GetHealthCheckService()->SetServingStatus(false);
    // They would wait for the whole of the grace otherwise.
    watches_.EndAll();
    server_->Shutdown(
        gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_millis(grace_ms, GPR_TIMESPAN)));
    server_->Wait();
    server_.reset();
  }

 private:
  const Desk desk_;
  OpenWatches watches_;
  OpenStreams streams_;
  const std::vector<std::unique_ptr<grpc::Service>> services_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options, Desk desk) {
  auto server = std::make_unique<RunningServer>(std::move(desk));
  RETURN_IF_ERROR(server->Listen(options));
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace passerelle::gateway::rpc
