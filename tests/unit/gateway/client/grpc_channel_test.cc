// The channel against a real gRPC server on a loopback port: mutual TLS 1.3, deadlines, sizes,
// errors.
#include "gateway/client/grpc_channel.h"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "certs/ca/authority.h"
#include "certs/x509/tls_policy.h"
#include "gateway/base/clock.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/random.h"
#include "gateway/base/status.h"
#include "gateway/client/session.h"
#include "passerelle/gateway/v1/audit_service.grpc.pb.h"
#include "passerelle/gateway/v1/error.pb.h"
#include "passerelle/gateway/v1/statement_service.grpc.pb.h"
#include "tests/support/temp_folder.h"

namespace passerelle::gateway::client {
namespace {

using certs::ca::Authority;
using certs::keys::KeyType;
using certs::keys::PrivateKey;

// Answers Submit by the `log` of the request.
class Statements final : public api::StatementService::Service {
 public:
  grpc::Status Submit(grpc::ServerContext* context, const api::SubmitRequest* request,
                      api::SubmitResponse* response) override {
    if (request->log() == "refuse") {
      api::ErrorInfo info;
      info.set_reason("ENVELOPE_SIZE");
      info.set_domain("passerelle");
      (*info.mutable_metadata())["field"] = "envelope";
      api::ErrorStatus details;
      google::protobuf::Any& any = *details.add_details();
      any.set_type_url("type.googleapis.com/google.rpc.ErrorInfo");
      any.set_value(info.SerializeAsString());
      return grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "too long",
                          details.SerializeAsString());
    }
    if (request->log() == "hang") {
      while (!context->IsCancelled()) std::this_thread::yield();
      return grpc::Status::CANCELLED;
    }
    if (request->log() == "large") response->mutable_receipt()->set_tlog_proof(Large());
    const auto certificates = context->auth_context()->FindPropertyValues("x509_pem_cert");
    response->mutable_receipt()->set_refused_salt(
        certificates.empty() ? "" : std::string(certificates[0].data(), certificates[0].size()));
    return grpc::Status::OK;
  }

  static std::string Large() { return std::string(base::kMaxMessageBytes + 1, 'x'); }
};

// Streams three chunks, then an error.
class Audits final : public api::AuditService::Service {
 public:
  grpc::Status ReadEntries(grpc::ServerContext*, const api::ReadEntriesRequest*,
                           grpc::ServerWriter<api::ReadEntriesResponse>* writer) override {
    for (const char* entry : {"a", "b", "c"}) {
      api::ReadEntriesResponse response;
      response.add_entries(entry);
      writer->Write(response);
    }
    return grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "enough");
  }
};

class GrpcChannelTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(certs::x509::RequireTls13().ok()); }

  GrpcChannelTest()
      : now_ms_(clock_.WallMs()),
        authority_(*Authority::Create("essai", now_ms_ - kDayMs, now_ms_ + kDayMs, random_)) {}

  ~GrpcChannelTest() override {
    if (server_ != nullptr) server_->Shutdown();
  }

  // Serves on the loopback address under a certificate for this one.
  void Serve(const std::string& address = "127.0.0.1") {
    const PrivateKey key = *PrivateKey::Generate(KeyType::kP256);
    certs::ca::Profile profile;
    profile.common_name = "gateway";
    profile.ip_addresses = {address};
    grpc::SslServerCredentialsOptions options(
        GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    options.pem_root_certs = authority_.certificate().ToPem();
    options.pem_key_cert_pairs.push_back(
        {std::string(key.ToPem().RevealSecret()), Issue(profile, key)});
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(options), &port_);
    builder.SetMaxReceiveMessageSize(-1);
    builder.SetMaxSendMessageSize(-1);
    builder.RegisterService(&statements_);
    builder.RegisterService(&audits_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
  }

  std::string Issue(certs::ca::Profile profile, const PrivateKey& key) {
    profile.not_before_ms = now_ms_ - kDayMs / 2;
    profile.not_after_ms = now_ms_ + kDayMs / 2;
    return authority_.Issue(profile, key.public_key(), random_)->ToPem();
  }

  Connection Dial() {
    Connection connection;
    connection.target = absl::StrCat("127.0.0.1:", port_);
    connection.anchors_pem = authority_.certificate().ToPem();
    certs::ca::Profile profile;
    profile.common_name = "agent";
    profile.uri = "spiffe://essai/test/service/00";
    connection.certificate_pem = Issue(profile, agent_);
    connection.key_pem = agent_.ToPem();
    return connection;
  }

  static api::SubmitRequest To(const std::string& log) {
    api::SubmitRequest request;
    request.set_log(log);
    return request;
  }

  static constexpr int64_t kDayMs = 86'400'000;
  base::SystemClock clock_;
  base::SystemRandom random_;
  const int64_t now_ms_;
  const Authority authority_;
  const PrivateKey agent_ = *PrivateKey::Generate(KeyType::kP256);
  Statements statements_;
  Audits audits_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

TEST_F(GrpcChannelTest, ShowsItsCertificateAndChecksTheGateways) {
  Serve();
  const Connection connection = Dial();
  const absl::StatusOr<api::SubmitResponse> response =
      MakeGrpcChannel(connection)->Submit(To("any"));
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->receipt().refused_salt(), connection.certificate_pem);
}

TEST_F(GrpcChannelTest, RefusesAGatewayOfAnotherAddress) {
  Serve("192.0.2.1");
  EXPECT_EQ(base::ReasonOf(MakeGrpcChannel(Dial())->Submit(To("any")).status()),
            "GATEWAY_UNTRUSTED");
}

TEST_F(GrpcChannelTest, RefusesAGatewayOfAnotherAuthority) {
  Serve();
  Connection connection = Dial();
  connection.anchors_pem = Authority::Create("other", now_ms_ - kDayMs, now_ms_ + kDayMs, random_)
                               ->certificate()
                               .ToPem();
  EXPECT_EQ(base::ReasonOf(MakeGrpcChannel(connection)->Submit(To("any")).status()),
            "GATEWAY_UNTRUSTED");
}

TEST_F(GrpcChannelTest, ErrorsKeepReasonAndPath) {
  Serve();
  const absl::Status status = MakeGrpcChannel(Dial())->Submit(To("refuse")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(base::ReasonOf(status), "ENVELOPE_SIZE");
  EXPECT_EQ(base::PathOf(status), "envelope");
}

TEST_F(GrpcChannelTest, ASilentGatewayMeetsTheDeadline) {
  Serve();
  Connection connection = Dial();
  connection.deadline_ms = 200;
  EXPECT_EQ(MakeGrpcChannel(connection)->Submit(To("hang")).status().code(),
            absl::StatusCode::kDeadlineExceeded);
}

TEST_F(GrpcChannelTest, RefusesMessagesLargerThanTheLimitBothWays) {
  Serve();
  const std::unique_ptr<Channel> channel = MakeGrpcChannel(Dial());
  EXPECT_EQ(channel->Submit(To("large")).status().code(), absl::StatusCode::kResourceExhausted);
  api::SubmitRequest request = To("any");
  request.set_envelope(Statements::Large());
  EXPECT_EQ(channel->Submit(request).status().code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(GrpcChannelTest, StreamsInOrderAndEndsWithTheGatewaysErrorOrOurs) {
  Serve();
  const std::unique_ptr<Channel> channel = MakeGrpcChannel(Dial());
  std::string seen;
  EXPECT_EQ(channel
                ->ReadEntries({},
                              [&](api::ReadEntriesResponse response) {
                                seen += response.entries(0);
                                return absl::OkStatus();
                              })
                .code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(seen, "abc");
  EXPECT_EQ(channel
                ->ReadEntries(
                    {}, [](api::ReadEntriesResponse) { return base::Corrupt("ENTRIES", "ours"); })
                .code(),
            absl::StatusCode::kDataLoss);
}

TEST_F(GrpcChannelTest, OpenRefusesACertificateOfAnotherKey) {
  tests::TempFolder folder;
  Profile profile;
  profile.target = "localhost:1";
  profile.ca_file = folder / "ca.pem";
  profile.certificate_file = folder / "agent.pem";
  profile.key_file = folder / "agent.key";
  const Connection connection = Dial();
  ASSERT_TRUE(
      base::WriteFile(profile.ca_file, connection.anchors_pem, base::FileMode::kPublic).ok());
  ASSERT_TRUE(
      base::WriteFile(profile.certificate_file, connection.certificate_pem, base::FileMode::kPublic)
          .ok());
  ASSERT_TRUE(PrivateKey::Generate(KeyType::kP256)->Save(profile.key_file).ok());
  EXPECT_EQ(base::ReasonOf(Session::Open(profile, clock_, random_).status()), "KEY_MISMATCH");
}

}  // namespace
}  // namespace passerelle::gateway::client
