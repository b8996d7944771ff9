#include "tests/support/served_gateway.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/x509/certificate.h"
#include "certs/x509/tls_policy.h"
#include "gateway/base/status.h"
#include "gateway/client/grpc_channel.h"
#include "gateway/client/rpc_error.h"
#include "tests/support/need.h"

namespace passerelle::tests {
namespace {

using gateway::base::MutexLock;

constexpr int64_t kDayMs = int64_t{24} * 3600 * 1000;
// TLS reads the real clock, the gateway the test's: certificates are valid by both.
constexpr int64_t kValidFromMs = FakeClock::kStartMs - kDayMs / 2;
constexpr int64_t kValidUntilMs = FakeClock::kStartMs + 2900 * kDayMs;

std::string TextOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string text;
  if (!buffer.Dump(&slices).ok()) return text;
  for (const grpc::Slice& slice : slices)
    text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return text;
}

std::string AnchorsOf(const gateway::core::Convention& convention) {
  std::string pem;
  convention.Read([&](const policy::state::State& state) {
    for (const std::string& der : state.founding()->settings().tls_trust_anchors())
      pem += Need(certs::x509::Certificate::FromDer(der)).ToPem();
  });
  return pem;
}

}  // namespace

absl::Status RawAnswer::error() const {
  return gateway::client::FromRpc(status.error_code(), status.error_message(),
                                  status.error_details());
}

RawStream::RawStream(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                     const std::string& request)
    : call_(grpc::GenericStub(channel).PrepareCall(&context_, method, &queue_)) {
  call_->StartCall(nullptr);
  Done();
  const grpc::Slice slice(request);
  call_->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), nullptr);
  Done();
}

RawStream::~RawStream() {
  if (!finished_) {
    Cancel();
    Finish();
  }
  queue_.Shutdown();
  Done();
}

bool RawStream::Done() {
  void* tag = nullptr;
  bool ok = false;
  return queue_.Next(&tag, &ok) && ok;
}

std::optional<std::string> RawStream::Read() {
  grpc::ByteBuffer message;
  call_->Read(&message, nullptr);
  if (!Done()) return std::nullopt;
  return TextOf(message);
}

RawAnswer RawStream::Finish() {
  RawAnswer answer;
  while (std::optional<std::string> message = Read()) answer.messages.push_back(*message);
  call_->Finish(&answer.status, nullptr);
  Done();
  finished_ = true;
  const auto& trailing = context_.GetServerTrailingMetadata();
  const auto id = trailing.find("passerelle-request");
  if (id != trailing.end()) answer.request_id.assign(id->second.data(), id->second.size());
  return answer;
}

RawAnswer RawCall(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                  const std::string& request) {
  return RawStream(channel, method, request).Finish();
}

std::string CountingRandom::Bytes(size_t size) {
  MutexLock lock(mutex_);
  ++draws_;
  changed_.NotifyAll();
  return random_.Bytes(size);
}

void CountingRandom::WaitFor(size_t draws) {
  MutexLock lock(mutex_);
  while (draws_ < draws) changed_.Wait(mutex_);
}

void CountingRandom::Restart() {
  MutexLock lock(mutex_);
  draws_ = 0;
}

ServedGateway::ServedGateway(Progress progress, bool reflection)
    : gateway_(progress),
      host_(gateway_.Serve()),
      quotas_({}, gateway_.clock()),
      identifier_(host_, gateway_.clock(), quotas_),
      authority_(Need(certs::ca::Authority::Create("Synthetic server root", kValidFromMs,
                                                   kValidUntilMs, random_))) {
  if (!certs::x509::RequireTls13().ok()) std::abort();
  const certs::keys::PrivateKey key =
      Need(certs::keys::PrivateKey::Generate(certs::keys::KeyType::kP256));
  certs::ca::Profile profile;
  profile.common_name = "gateway";
  profile.ip_addresses = {"127.0.0.1"};
  profile.not_before_ms = kValidFromMs;
  profile.not_after_ms = kValidUntilMs;
  gateway::rpc::ServerOptions options;
  options.address = "127.0.0.1:0";
  options.certificate_pem = Need(authority_.Issue(profile, key.public_key(), random_)).ToPem();
  options.key_pem = std::string(key.ToPem().RevealSecret());
  options.client_roots_pem = AnchorsOf(gateway_.convention());
  options.reflection = reflection;
  random_.Restart();
  server_ = Need(gateway::rpc::Server::Start(
      options,
      {identifier_, gateway_.clock(), random_,
       [this](std::string_view method, std::string_view id, const absl::Status& status, int64_t) {
         MutexLock lock(mutex_);
         ends_.push_back({std::string(method), std::string(id), status});
         ended_.NotifyAll();
       }}));
}

ServedGateway::~ServedGateway() { server_->Drain(0); }

std::string ServedGateway::Target() const { return absl::StrCat("127.0.0.1:", server_->port()); }

std::shared_ptr<grpc::Channel> ServedGateway::ConnectAs(std::string_view name) {
  return Connect(name, gateway_.CertificateOf(name, kValidFromMs, kValidUntilMs));
}

std::shared_ptr<grpc::Channel> ServedGateway::Connect(std::string_view name,
                                                      const std::string& certificate_pem) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = authority_.certificate().ToPem();
  options.pem_cert_chain = certificate_pem;
  if (!certificate_pem.empty())
    options.pem_private_key = std::string(gateway_.KeyOf(name).ToPem().RevealSecret());
  return grpc::CreateChannel(Target(), grpc::SslCredentials(options));
}

std::unique_ptr<gateway::client::Channel> ServedGateway::ClientOf(std::string_view name) {
  gateway::client::Connection connection;
  connection.target = Target();
  connection.anchors_pem = authority_.certificate().ToPem();
  connection.certificate_pem = gateway_.CertificateOf(name, kValidFromMs, kValidUntilMs);
  connection.key_pem = gateway_.KeyOf(name).ToPem();
  return gateway::client::MakeGrpcChannel(connection);
}

absl::StatusOr<TestEntry> ServedGateway::Carry(std::string_view caller,
                                               const gateway::core::Request& request) {
  const std::unique_ptr<gateway::client::Channel> channel = ClientOf(caller);
  if (request.door == gateway::core::Door::kTransfers) {
    gateway::client::api::SendRequest send;
    send.set_log(gateway_.convention().log_name());
    send.set_envelope(request.envelope);
    send.set_seen_size(request.seen_size);
    for (const auto& payload : request.attachments) *send.add_payloads() = payload;
    ASSIGN_OR_RETURN(const auto response, channel->Send(send));
    return gateway_.Recorded(request.envelope, response.receipt());
  }
  gateway::client::api::SubmitRequest submit;
  submit.set_log(gateway_.convention().log_name());
  submit.set_envelope(request.envelope);
  submit.set_seen_size(request.seen_size);
  for (const auto& attachment : request.attachments) *submit.add_attachments() = attachment;
  ASSIGN_OR_RETURN(const auto response, channel->Submit(submit));
  return gateway_.Recorded(request.envelope, response.receipt());
}

std::vector<CallEnd> ServedGateway::WaitForEnded(size_t calls) {
  MutexLock lock(mutex_);
  while (ends_.size() < calls) ended_.Wait(mutex_);
  return ends_;
}

}  // namespace passerelle::tests
