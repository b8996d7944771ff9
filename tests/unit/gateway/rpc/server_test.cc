// The real server on a loopback port: who gets in, what it says of itself, how it ends.
#include "gateway/rpc/server.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "passerelle/gateway/v1/audit_service.pb.h"
#include "passerelle/gateway/v1/statement_service.pb.h"
#include "tests/support/served_gateway.h"

namespace passerelle::gateway::rpc {
namespace {

using base::PathOf;
using base::ReasonOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using tests::CallEnd;
using tests::Progress;
using tests::RawAnswer;
using tests::RawCall;
using tests::RawStream;
using tests::ServedGateway;
using tests::TestDraft;

namespace api = passerelle::gateway::v1;

constexpr char kCheckpoint[] = "/passerelle.gateway.v1.AuditService/GetCheckpoint";
constexpr char kSubmit[] = "/passerelle.gateway.v1.StatementService/Submit";
constexpr char kHealthCheck[] = "/grpc.health.v1.Health/Check";
constexpr char kHealthWatch[] = "/grpc.health.v1.Health/Watch";
constexpr char kReflection[] = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
// HealthCheckResponse{status}, and ServerReflectionRequest{list_services: "*"}.
constexpr char kServing[] = "\x08\x01";
constexpr char kNotServing[] = "\x08\x02";
constexpr char kListServices[] = "\x3a\x01*";
// Longer than any test: a drain that meets it has failed to notice that nothing is left.
constexpr int64_t kGraceMs = 60 * 1000;

const char* const kServices[] = {"StatementService",  "TransferService", "DocumentService",
                                 "ConventionService", "ExchangeService", "InboxService",
                                 "RegisterService",   "AuditService"};

// A request of the method's type that names this log and nothing else.
std::string RequestFor(const google::protobuf::MethodDescriptor& method, const std::string& log) {
  const google::protobuf::Message* prototype =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(method.input_type());
  const std::unique_ptr<google::protobuf::Message> request(prototype->New());
  // The first message of a stream to the gateway says what comes, and for which log.
  google::protobuf::Message* about = request.get();
  if (method.client_streaming())
    about = request->GetReflection()->MutableMessage(request.get(), method.input_type()->field(0));
  const auto* field = about->GetDescriptor()->FindFieldByName("log");
  EXPECT_NE(field, nullptr) << method.full_name() << " does not name its log";
  if (field == nullptr) return "";
  about->GetReflection()->SetString(about, field, log);
  return request->SerializeAsString();
}

// Calls every method of every service, and tells the answer of each.
void CallEveryMethod(const std::shared_ptr<grpc::Channel>& channel, const std::string& log,
                     const std::function<void(const RawAnswer&)>& tell) {
  for (const char* name : kServices) {
    const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
        absl::StrCat("passerelle.gateway.v1.", name));
    ASSERT_NE(service, nullptr) << name;
    for (int i = 0; i < service->method_count(); ++i) {
      // The one that tells which logs there are to name.
      if (service->method(i)->name() == "ListConventions") continue;
      SCOPED_TRACE(service->method(i)->full_name());
      tell(RawCall(channel,
                   absl::StrCat("/", service->full_name(), "/", service->method(i)->name()),
                   RequestFor(*service->method(i), log)));
    }
  }
}

std::string CheckpointRequest(ServedGateway& served) {
  api::GetCheckpointRequest request;
  request.set_log(served.gateway().convention().log_name());
  return request.SerializeAsString();
}

// A mandate that p003's representative gives: accepted once p003 has adhered.
std::string MandateRequest(ServedGateway& served, const std::string& name) {
  TestDraft draft;
  served.gateway().AddMandate(draft, "p003", name, statement::v1::ROLE_REQUESTER);
  const core::Request request = served.gateway().RequestOf(draft, {"representative-p003"});
  api::SubmitRequest submit;
  submit.set_log(served.gateway().convention().log_name());
  submit.set_envelope(request.envelope);
  for (const auto& attachment : request.attachments) *submit.add_attachments() = attachment;
  return submit.SerializeAsString();
}

// Keeps the sequencer busy until it is let go.
class BusySequencer {
 public:
  explicit BusySequencer(tests::TestGateway& gateway) {
    TestDraft draft;
    gateway.AddMandate(draft, "p003", "busy", statement::v1::ROLE_REQUESTER);
    core::Request request = gateway.RequestOf(draft, {"representative-p003"});
    request.cancelled = [this] {
      base::MutexLock lock(mutex_);
      busy_ = true;
      changed_.NotifyAll();
      while (!free_) changed_.Wait(mutex_);
      return true;
    };
    thread_ = std::thread([&gateway, request] { (void)gateway.Submit(request); });
    base::MutexLock lock(mutex_);
    while (!busy_) changed_.Wait(mutex_);
  }
  ~BusySequencer() { Release(); }

  void Release() {
    {
      base::MutexLock lock(mutex_);
      free_ = true;
      changed_.NotifyAll();
    }
    if (thread_.joinable()) thread_.join();
  }

 private:
  base::Mutex mutex_;
  base::CondVar changed_;
  bool busy_ GUARDED_BY(mutex_) = false;
  bool free_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

TEST(ServerTest, AnswersAnEnrolledCallerAndNamesTheRequest) {
  ServedGateway served(Progress::kAdhered);
  const RawAnswer answer =
      RawCall(served.ConnectAs("representative-p003"), kCheckpoint, CheckpointRequest(served));
  ASSERT_TRUE(answer.status.ok()) << answer.status.error_message();
  api::GetCheckpointResponse response;
  ASSERT_EQ(answer.messages.size(), 1u);
  ASSERT_TRUE(response.ParseFromString(answer.messages[0]));
  EXPECT_EQ(response.checkpoint(), served.gateway().convention().log().signed_head().checkpoint);
  EXPECT_THAT(answer.request_id, MatchesRegex("[0-9a-f]{16}"));
  const std::vector<CallEnd> ends = served.WaitForEnded(1);
  EXPECT_EQ(ends[0].method, "GetCheckpoint");
  EXPECT_EQ(ends[0].request_id, answer.request_id);
  EXPECT_TRUE(ends[0].status.ok());
}

TEST(ServerTest, RefusesEveryCallUnderAKeyThatIsNotEnrolled) {
  ServedGateway served(Progress::kFounded);
  CallEveryMethod(served.ConnectAs("stranger"), served.gateway().convention().log_name(),
                  [](const RawAnswer& answer) {
                    EXPECT_EQ(answer.error().code(), absl::StatusCode::kUnauthenticated);
                    EXPECT_EQ(ReasonOf(answer.error()), "KEY_NOT_ENROLLED");
                    EXPECT_TRUE(answer.messages.empty());
                    EXPECT_THAT(std::string(answer.error().message()),
                                HasSubstr(answer.request_id));
                    EXPECT_EQ(answer.request_id.size(), 16u);
                  });
}

TEST(ServerTest, RefusesEveryCallForALogItDoesNotServe) {
  ServedGateway served(Progress::kAdhered);
  for (const std::string& log : {std::string(32, 'x'), std::string(), std::string(33, '\0')})
    CallEveryMethod(served.ConnectAs("representative-p003"), log, [](const RawAnswer& answer) {
      EXPECT_EQ(answer.error().code(), absl::StatusCode::kNotFound);
      EXPECT_EQ(ReasonOf(answer.error()), "LOG_UNKNOWN");
      EXPECT_EQ(PathOf(answer.error()), "log");
    });
}

TEST(ServerTest, RefusesEveryCallUnderACertificateThatIsNotYetValid) {
  ServedGateway served(Progress::kAdhered);
  constexpr int64_t kDayMs = int64_t{24} * 3600 * 1000;
  const int64_t now = served.gateway().clock().WallMs();
  const std::string later =
      served.gateway().CertificateOf("representative-p003", now + kDayMs, now + 2900 * kDayMs);
  CallEveryMethod(served.Connect("representative-p003", later),
                  served.gateway().convention().log_name(), [](const RawAnswer& answer) {
                    EXPECT_EQ(answer.error().code(), absl::StatusCode::kUnauthenticated);
                    EXPECT_EQ(ReasonOf(answer.error()), "CERTIFICATE_NOT_YET_VALID");
                  });
  // What was refused is not remembered: the same certificate serves once its day has come.
  served.gateway().clock().Advance(2 * kDayMs);
  EXPECT_TRUE(
      RawCall(served.Connect("representative-p003", later), kCheckpoint, CheckpointRequest(served))
          .status.ok());
}

TEST(ServerTest, LetsNobodyInWithoutACertificateOrUnderAForeignRoot) {
  ServedGateway served(Progress::kAdhered);
  for (const std::string& certificate :
       {std::string(), served.gateway().ForeignCertificateOf("representative-p003")}) {
    const RawAnswer answer = RawCall(served.Connect("representative-p003", certificate),
                                     kCheckpoint, CheckpointRequest(served));
    EXPECT_EQ(answer.status.error_code(), grpc::StatusCode::UNAVAILABLE);
    EXPECT_EQ(answer.request_id, "");
  }
  // The TLS layer turned them away: no handler ran.
  const RawAnswer answer =
      RawCall(served.ConnectAs("representative-p003"), kCheckpoint, CheckpointRequest(served));
  EXPECT_TRUE(answer.status.ok());
  EXPECT_EQ(served.WaitForEnded(1).size(), 1u);
}

TEST(ServerTest, LeavesAKeyThatIsNoLongerInForceSubmitAlone) {
  ServedGateway served(Progress::kAdhered);
  // Every test key is enrolled until 2030.
  served.gateway().clock().SetWall(1893456000000 + 1);
  CallEveryMethod(served.ConnectAs("representative-p003"), served.gateway().convention().log_name(),
                  [](const RawAnswer& answer) {
                    ASSERT_FALSE(answer.status.ok());
                    if (answer.error().code() == absl::StatusCode::kPermissionDenied)
                      EXPECT_EQ(ReasonOf(answer.error()), "KEY_NOT_IN_FORCE");
                    else  // the empty envelope of Submit
                      EXPECT_EQ(PathOf(answer.error()).substr(0, 8), "envelope");
                  });
}

TEST(ServerTest, RefusesAMessageBeyondItsBound) {
  ServedGateway served(Progress::kAdhered);
  const uint64_t before = served.gateway().size();
  api::SubmitRequest request;
  request.set_log(served.gateway().convention().log_name());
  request.add_attachments()->set_content(std::string(base::kMaxMessageBytes, 'x'));
  EXPECT_EQ(RawCall(served.ConnectAs("representative-p003"), kSubmit, request.SerializeAsString())
                .status.error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(served.gateway().size(), before);
}

TEST(ServerTest, RefusesBytesThatAreNoRequest) {
  ServedGateway served(Progress::kAdhered);
  const RawAnswer answer =
      RawCall(served.ConnectAs("representative-p003"), kSubmit, std::string("\x0a\x7f", 2));
  EXPECT_FALSE(answer.status.ok());
  EXPECT_TRUE(answer.messages.empty());
}

TEST(ServerTest, ListsItsServicesByReflectionUnlessSwitchedOff) {
  {
    ServedGateway served(Progress::kFounded, /*reflection=*/true);
    const RawAnswer answer =
        RawCall(served.ConnectAs("stranger"), kReflection, std::string(kListServices));
    ASSERT_TRUE(answer.status.ok()) << answer.status.error_message();
    ASSERT_EQ(answer.messages.size(), 1u);
    for (const char* name : kServices)
      EXPECT_THAT(answer.messages[0], HasSubstr(absl::StrCat("passerelle.gateway.v1.", name)));
    EXPECT_THAT(answer.messages[0], HasSubstr("grpc.health.v1.Health"));
  }
  ServedGateway served(Progress::kFounded, /*reflection=*/false);
  EXPECT_EQ(RawCall(served.ConnectAs("stranger"), kReflection, std::string(kListServices))
                .status.error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
}

TEST(ServerTest, SaysThatItServes) {
  ServedGateway served(Progress::kFounded);
  const RawAnswer answer = RawCall(served.ConnectAs("stranger"), kHealthCheck, "");
  ASSERT_TRUE(answer.status.ok()) << answer.status.error_message();
  EXPECT_EQ(answer.messages, std::vector<std::string>{kServing});
}

TEST(ServerTest, SaysThatItStopsAndFinishesWhatItHasBegun) {
  ServedGateway served(Progress::kAdhered);
  const uint64_t before = served.gateway().size();
  BusySequencer busy(served.gateway());
  const std::string request = MandateRequest(served, "in-flight");
  RawStream call(served.ConnectAs("representative-p003"), kSubmit, request);
  served.WaitForBegun(1);

  RawStream watch(served.ConnectAs("stranger"), kHealthWatch, "");
  EXPECT_EQ(watch.Read(), kServing);
  std::thread drain([&] { served.server().Drain(kGraceMs); });
  EXPECT_EQ(watch.Read(), kNotServing);
  watch.Cancel();
  busy.Release();
  const RawAnswer answer = call.Finish();
  EXPECT_TRUE(answer.status.ok()) << answer.status.error_message();
  drain.join();
  EXPECT_EQ(served.gateway().size(), before + 1);
  EXPECT_EQ(RawCall(served.ConnectAs("representative-p003"), kCheckpoint, CheckpointRequest(served))
                .status.error_code(),
            grpc::StatusCode::UNAVAILABLE);
}

TEST(ServerTest, WithdrawsAStatementWhoseCallerGoesBeforeItIsSealed) {
  ServedGateway served(Progress::kAdhered);
  const std::shared_ptr<grpc::Channel> channel = served.ConnectAs("representative-p003");
  // A cancellation may come too late, and the statement then stands: either way what the server
  // reports and what the log holds agree. A withdrawal has to be among the first hundred.
  bool withdrawn = false;
  size_t calls = 0;
  for (int round = 0; round < 100 && !withdrawn; ++round) {
    const uint64_t before = served.gateway().size();
    BusySequencer busy(served.gateway());
    const std::string request = MandateRequest(served, absl::StrCat("round-", round));
    RawStream call(channel, kSubmit, request);
    served.WaitForBegun(++calls);
    call.Cancel();
    EXPECT_EQ(call.Finish().status.error_code(), grpc::StatusCode::CANCELLED);
    // The connection carries what follows after the cancellation.
    EXPECT_TRUE(RawCall(channel, kCheckpoint, CheckpointRequest(served)).status.ok());
    ++calls;
    busy.Release();
    for (const CallEnd& end : served.WaitForEnded(calls))
      if (end.method == "Submit") withdrawn = ReasonOf(end.status) == "CANCELLED";
    EXPECT_EQ(served.gateway().size(), withdrawn ? before : before + 1);
  }
  EXPECT_TRUE(withdrawn);
}

TEST(ServerTest, RefusesToStartWithoutAUsableKeyOrAddress) {
  ServedGateway served(Progress::kFounded);
  ServerOptions options;
  options.address = "127.0.0.1:0";
  options.certificate_pem = "no certificate";
  options.key_pem = "no key";
  const base::SystemClock clock;
  base::SystemRandom random;
  service::Quotas quotas({}, clock);
  service::Identifier identifier(served.host(), clock, quotas);
  const auto report = [](std::string_view, std::string_view, const absl::Status&, int64_t) {};
  const absl::Status status = Server::Start(options, {identifier, clock, random, report}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), "LISTEN");
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("no key")));
}

}  // namespace
}  // namespace passerelle::gateway::rpc
