// The test convention behind the real server: gRPC over mutual TLS on a loopback port, and clients
// that send whatever bytes a test wants.
#ifndef PASSERELLE_TESTS_SUPPORT_SERVED_GATEWAY_H_
#define PASSERELLE_TESTS_SUPPORT_SERVED_GATEWAY_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/base/mutex.h"
#include "gateway/base/random.h"
#include "gateway/client/channel.h"
#include "gateway/rpc/server.h"
#include "gateway/service/caller.h"
#include "tests/support/gateway_fixture.h"

namespace passerelle::tests {

// How a call ended at the client, message by message.
struct RawAnswer {
  grpc::Status status;
  std::vector<std::string> messages;
  // `passerelle-request` of the trailing metadata; empty without it.
  std::string request_id;

  // The error with its reason and field path.
  absl::Status error() const;
};

// A call that sends one message, as it is, to a method (`/package.Service/Method`) and reads what
// comes back. Thread-compatible, but for Cancel, which any thread may call.
class RawStream {
 public:
  RawStream(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
            const std::string& request);
  // Ends the call.
  ~RawStream();
  RawStream(const RawStream&) = delete;
  RawStream& operator=(const RawStream&) = delete;

  // The next message; nothing after the last.
  std::optional<std::string> Read();
  void Cancel() { context_.TryCancel(); }

  // Reads what is left, and how the call ended.
  RawAnswer Finish();

 private:
  // Waits for the operation under way: there is one at a time.
  bool Done();

  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
  bool finished_ = false;
};

// The whole of such a call.
RawAnswer RawCall(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                  const std::string& request);

// How a call ended at the server.
struct CallEnd {
  std::string method;
  std::string request_id;
  absl::Status status;
};

// Draws request ids, one a call, and lets tests wait for the calls that drew them. Thread-safe.
class CountingRandom final : public gateway::base::Random {
 public:
  std::string Bytes(size_t size) override EXCLUDES_LOCK(mutex_);
  void WaitFor(size_t draws) EXCLUDES_LOCK(mutex_);
  // Counts from here.
  void Restart() EXCLUDES_LOCK(mutex_);

 private:
  SeededRandom random_{3};
  gateway::base::Mutex mutex_;
  gateway::base::CondVar changed_;
  size_t draws_ GUARDED_BY(mutex_) = 0;
};

// Thread-safe, but for what the TestGateway is not.
class ServedGateway {
 public:
  explicit ServedGateway(Progress progress, bool reflection = true);
  ~ServedGateway();

  TestGateway& gateway() { return gateway_; }
  gateway::core::Host& host() { return host_; }
  gateway::rpc::Server& server() { return *server_; }

  // A channel under a valid certificate of a name's key, which need not be enrolled.
  std::shared_ptr<grpc::Channel> ConnectAs(std::string_view name);
  // A channel under this certificate of a name's key; an empty one brings none.
  std::shared_ptr<grpc::Channel> Connect(std::string_view name, const std::string& certificate_pem);
  // The library's channel.
  std::unique_ptr<gateway::client::Channel> ClientOf(std::string_view name);

  // Sends a signed request through its door, as a caller; the receipt has to verify.
  absl::StatusOr<TestEntry> Carry(std::string_view caller, const gateway::core::Request& request);

  // Waits until so many calls began or ended since the start.
  void WaitForBegun(size_t calls) { random_.WaitFor(calls); }
  std::vector<CallEnd> WaitForEnded(size_t calls) EXCLUDES_LOCK(mutex_);

 private:
  std::string Target() const;

  TestGateway gateway_;
  CountingRandom random_;
  gateway::core::Host& host_;
  gateway::service::Quotas quotas_;
  gateway::service::Identifier identifier_;
  certs::ca::Authority authority_;

  gateway::base::Mutex mutex_;
  gateway::base::CondVar ended_;
  std::vector<CallEnd> ends_ GUARDED_BY(mutex_);

  std::unique_ptr<gateway::rpc::Server> server_;
};

}  // namespace passerelle::tests

#endif  // PASSERELLE_TESTS_SUPPORT_SERVED_GATEWAY_H_
