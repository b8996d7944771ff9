// The baseline's server: gRPC over mutual TLS as the gateway's, and behind it one signature check
// and an echo. It stores nothing and knows nobody.
//
//   passerelle_tests_bench_echo_server --certificate FILE --key FILE --roots FILE --signer
//   CERTIFICATE
//                                      --port-file FILE [--plain]
//
// --plain serves without TLS, for a proxy that ends it. It serves until it is killed.
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/support/server_callback.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "certs/keys/key.h"
#include "certs/x509/certificate.h"
#include "certs/x509/tls_policy.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "tests/bench/echo.grpc.pb.h"

namespace passerelle::tests {
namespace {

namespace api = passerelle::bench::v1;
namespace base = gateway::base;

struct Arguments {
  std::string certificate, key, roots, signer, port_file;
  bool plain = false;
};

class Counting final : public grpc::ServerReadReactor<api::Chunk> {
 public:
  explicit Counting(api::Count* count) : count_(count) { StartRead(&chunk_); }
  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    count_->set_bytes(count_->bytes() + chunk_.content().size());
    StartRead(&chunk_);
  }
  void OnDone() override { delete this; }

 private:
  api::Count* const count_;
  api::Chunk chunk_;
};

class Sending final : public grpc::ServerWriteReactor<api::Chunk> {
 public:
  explicit Sending(uint64_t bytes) : left_(bytes) {
    chunk_.set_content(std::string(base::kStreamChunkBytes, 'x'));
    Next();
  }
  void OnWriteDone(bool ok) override { ok ? Next() : Finish(grpc::Status::CANCELLED); }
  void OnDone() override { delete this; }

 private:
  void Next() {
    if (left_ == 0) return Finish(grpc::Status::OK);
    if (left_ < chunk_.content().size()) chunk_.mutable_content()->resize(left_);
    left_ -= chunk_.content().size();
    StartWrite(&chunk_);
  }

  uint64_t left_;
  api::Chunk chunk_;
};

class EchoService final : public api::EchoService::CallbackService {
 public:
  explicit EchoService(certs::keys::PublicKey signer) : signer_(std::move(signer)) {}

  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context,
                                 const api::EchoRequest* request,
                                 api::EchoResponse* response) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    const bool verified = request->signature().empty() ||
                          signer_.Verify(request->payload(), request->signature()).ok();
    response->set_payload(request->payload());
    reactor->Finish(verified ? grpc::Status::OK
                             : grpc::Status(grpc::StatusCode::UNAUTHENTICATED, "signature"));
    return reactor;
  }

  grpc::ServerReadReactor<api::Chunk>* Upload(grpc::CallbackServerContext*,
                                              api::Count* count) override {
    return new Counting(count);
  }

  grpc::ServerWriteReactor<api::Chunk>* Download(grpc::CallbackServerContext*,
                                                 const api::Count* count) override {
    return new Sending(count->bytes());
  }

 private:
  const certs::keys::PublicKey signer_;
};

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> CredentialsOf(const Arguments& arguments) {
  if (arguments.plain) return grpc::InsecureServerCredentials();
  grpc::SslServerCredentialsOptions tls(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  ASSIGN_OR_RETURN(tls.pem_root_certs, base::ReadFile(arguments.roots, base::kMaxPemBytes));
  grpc::SslServerCredentialsOptions::PemKeyCertPair pair;
  ASSIGN_OR_RETURN(pair.private_key, base::ReadFile(arguments.key, base::kMaxPemBytes));
  ASSIGN_OR_RETURN(pair.cert_chain, base::ReadFile(arguments.certificate, base::kMaxPemBytes));
  tls.pem_key_cert_pairs.push_back(std::move(pair));
  return grpc::SslServerCredentials(tls);
}

absl::Status Serve(const Arguments& arguments) {
  RETURN_IF_ERROR(certs::x509::RequireTls13());
  ASSIGN_OR_RETURN(const std::string pem, base::ReadFile(arguments.signer, base::kMaxPemBytes));
  ASSIGN_OR_RETURN(const certs::x509::Certificate signer, certs::x509::Certificate::FromPem(pem));
  ASSIGN_OR_RETURN(certs::keys::PublicKey key, signer.PublicKey());
  ASSIGN_OR_RETURN(const auto credentials, CredentialsOf(arguments));
  EchoService service(std::move(key));
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", credentials, &port);
  builder.SetMaxReceiveMessageSize(static_cast<int>(base::kMaxMessageBytes));
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr)
    return base::Malformed("LISTEN", "certificate", "certificate and key do not match");
  RETURN_IF_ERROR(
      base::WriteFile(arguments.port_file, absl::StrCat(port, "\n"), base::FileMode::kPublic));
  server->Wait();
  return absl::OkStatus();
}

}  // namespace
}  // namespace passerelle::tests

int main(int argc, char** argv) {
  passerelle::tests::Arguments arguments;
  CLI::App app("The baseline's server");
  app.add_option("--certificate", arguments.certificate)->required();
  app.add_option("--key", arguments.key)->required();
  app.add_option("--roots", arguments.roots)->required();
  app.add_option("--signer", arguments.signer)->required();
  app.add_option("--port-file", arguments.port_file)->required();
  app.add_flag("--plain", arguments.plain);
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = passerelle::tests::Serve(arguments);
  std::fprintf(stderr, "echo_server: %s\n", std::string(status.message()).c_str());
  return 1;
}
