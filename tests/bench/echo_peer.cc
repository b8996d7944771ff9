#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <utility>

#include "certs/keys/key.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/base/stream_file.h"
#include "gateway/client/profile.h"
#include "gateway/client/rpc_error.h"
#include "tests/bench/echo.grpc.pb.h"
#include "tests/bench/peer.h"

namespace passerelle::tests {
namespace {

namespace api = passerelle::bench::v1;
namespace base = gateway::base;

absl::Status FromGrpc(const grpc::Status& status) {
  return gateway::client::FromRpc(status.error_code(), status.error_message(),
                                  status.error_details());
}

class EchoPeer final : public Peer {
 public:
  EchoPeer(certs::keys::PrivateKey key, bool sign) : key_(std::move(key)), sign_(sign) {}

  void Connect(const std::string& target, const grpc::SslCredentialsOptions& tls, int channels) {
    for (int i = 0; i < channels; ++i) {
      grpc::ChannelArguments arguments;
      arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
      arguments.SetMaxReceiveMessageSize(static_cast<int>(base::kMaxMessageBytes));
      stubs_.push_back(api::EchoService::NewStub(
          grpc::CreateCustomChannel(target, grpc::SslCredentials(tls), arguments)));
    }
  }

  absl::Status Carry(int worker, const Load& load) override {
    if (load.content.empty()) return CarryOpaque(worker, load);
    api::EchoRequest request;
    request.set_payload(load.content);
    if (sign_) request.set_signature(key_.Sign(load.content));
    api::EchoResponse response;
    grpc::ClientContext context;
    RETURN_IF_ERROR(FromGrpc(StubOf(worker).Echo(&context, request, &response)));
    if (response.payload() == load.content) return absl::OkStatus();
    return base::Corrupt("ECHO", "another payload came back");
  }

  absl::Status CarryOpaque(int worker, const Load& load) override {
    ASSIGN_OR_RETURN(const base::StreamReader reader, base::StreamReader::Open(load.path));
    grpc::ClientContext context;
    api::Count count;
    const auto writer = StubOf(worker).Upload(&context, &count);
    api::Chunk chunk;
    for (uint64_t sent = 0; sent < load.length; sent += chunk.content().size()) {
      ASSIGN_OR_RETURN(
          *chunk.mutable_content(),
          reader.Read(sent, std::min<uint64_t>(base::kStreamChunkBytes, load.length - sent)));
      if (!writer->Write(chunk)) break;
    }
    writer->WritesDone();
    RETURN_IF_ERROR(FromGrpc(writer->Finish()));
    if (count.bytes() == load.length) return absl::OkStatus();
    return base::Corrupt("ECHO", "another number of bytes arrived");
  }

  absl::Status Fetch(int worker, const Load& load) override {
    grpc::ClientContext context;
    api::Count count;
    count.set_bytes(load.length);
    const auto reader = StubOf(worker).Download(&context, count);
    uint64_t received = 0;
    for (api::Chunk chunk; reader->Read(&chunk);) received += chunk.content().size();
    RETURN_IF_ERROR(FromGrpc(reader->Finish()));
    if (received == load.length) return absl::OkStatus();
    return base::Corrupt("ECHO", "another number of bytes came");
  }

  std::string last() const override { return ""; }

 private:
  api::EchoService::Stub& StubOf(int worker) {
    return *stubs_[static_cast<size_t>(worker) % stubs_.size()];
  }

  const certs::keys::PrivateKey key_;
  const bool sign_;
  std::vector<std::unique_ptr<api::EchoService::Stub>> stubs_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Peer>> MakeEchoPeer(const PeerOptions& options) {
  ASSIGN_OR_RETURN(const gateway::client::Profile profile,
                   gateway::client::ReadProfile(options.profile));
  ASSIGN_OR_RETURN(certs::keys::PrivateKey key, gateway::client::LoadKey(profile));
  grpc::SslCredentialsOptions tls;
  ASSIGN_OR_RETURN(tls.pem_root_certs, base::ReadFile(profile.ca_file, base::kMaxPemBytes));
  ASSIGN_OR_RETURN(tls.pem_cert_chain,
                   base::ReadFile(profile.certificate_file, base::kMaxPemBytes));
  tls.pem_private_key = std::string(key.ToPem().RevealSecret());
  auto peer = std::make_unique<EchoPeer>(std::move(key), options.sign);
  peer->Connect(options.target.empty() ? profile.target : options.target, tls, options.channels);
  return peer;
}

}  // namespace passerelle::tests
