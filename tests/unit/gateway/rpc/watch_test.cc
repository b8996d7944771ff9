// Watches over the wire: told at once and when something changes, ended by a drain, a deadline or a
// key that is no longer in force.
#include "gateway/rpc/watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "gateway/base/status.h"
#include "passerelle/gateway/v1/exchange_service.pb.h"
#include "passerelle/gateway/v1/inbox_service.pb.h"
#include "tests/support/served_gateway.h"

namespace passerelle::gateway::rpc {
namespace {

using base::ReasonOf;
using tests::Progress;
using tests::RawAnswer;
using tests::RawStream;
using tests::ServedGateway;

namespace api = passerelle::gateway::v1;

constexpr char kInbox[] = "/passerelle.gateway.v1.InboxService/WatchInbox";
constexpr char kExchange[] = "/passerelle.gateway.v1.ExchangeService/WatchExchange";
constexpr int64_t kGraceMs = 60 * 1000;

class WatchTest : public ::testing::Test {
 protected:
  std::string InboxRequest() {
    api::WatchInboxRequest request;
    request.set_log(served_.gateway().convention().log_name());
    return request.SerializeAsString();
  }
  template <typename Response>
  static Response Next(RawStream& stream) {
    Response response;
    const std::optional<std::string> bytes = stream.Read();
    EXPECT_TRUE(bytes.has_value() && response.ParseFromString(*bytes));
    return response;
  }

  ServedGateway served_{Progress::kProposed};
};

TEST_F(WatchTest, TellsTheInboxAtOnceAndWhenItChanges) {
  RawStream watch(served_.ConnectAs("dpo-p001"), kInbox, InboxRequest());
  const auto first = Next<api::WatchInboxResponse>(watch);
  ASSERT_EQ(first.items_size(), 1);
  EXPECT_EQ(first.items(0).kind(), api::INBOX_ITEM_KIND_OPINION_TO_GIVE);
  served_.gateway().Must(served_.gateway().Opine(statement::v1::OPINION_FAVOURABLE), {"dpo-p001"});
  const auto second = Next<api::WatchInboxResponse>(watch);
  EXPECT_EQ(second.items_size(), 0);
  EXPECT_GT(second.size(), first.size());
}

TEST_F(WatchTest, TellsAnExchangeAsItGoesOn) {
  api::WatchExchangeRequest request;
  request.set_log(served_.gateway().convention().log_name());
  *request.mutable_exchange() = served_.gateway().exchange;
  RawStream watch(served_.ConnectAs("requester-p002"), kExchange, request.SerializeAsString());
  EXPECT_EQ(Next<api::WatchExchangeResponse>(watch).exchange().row().phase(),
            record::v1::EXCHANGE_PHASE_PROPOSED);
  served_.gateway().Must(served_.gateway().Opine(statement::v1::OPINION_FAVOURABLE), {"dpo-p001"});
  EXPECT_EQ(Next<api::WatchExchangeResponse>(watch).exchange().row().phase(),
            record::v1::EXCHANGE_PHASE_FAVOURABLE);
}

TEST_F(WatchTest, EndsWhenTheGatewayDrainsWithoutWaitingForTheGrace) {
  RawStream watch(served_.ConnectAs("dpo-p001"), kInbox, InboxRequest());
  Next<api::WatchInboxResponse>(watch);
  std::thread drain([&] { served_.server().Drain(kGraceMs); });
  const RawAnswer answer = watch.Finish();
  EXPECT_EQ(answer.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(ReasonOf(answer.error()), "DRAINING");
  drain.join();
}

TEST_F(WatchTest, EndsWhenItsKeyIsNoLongerInForce) {
  RawStream watch(served_.ConnectAs("dpo-p001"), kInbox, InboxRequest());
  Next<api::WatchInboxResponse>(watch);
  // Every test key is enrolled until 2030; the new day is told to the watchers.
  served_.gateway().clock().SetWall(1893456000000 + 1);
  served_.gateway().clock().Advance(2000);
  const RawAnswer answer = watch.Finish();
  EXPECT_EQ(answer.status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(ReasonOf(answer.error()), "KEY_NOT_IN_FORCE");
}

TEST_F(WatchTest, LeavesNothingBehindWhenItsCallerGoes) {
  const std::shared_ptr<grpc::Channel> channel = served_.ConnectAs("dpo-p001");
  // One agent may hold eight streams: if a watch outlived its caller, the ninth would be refused.
  size_t calls = 0;
  for (int i = 0; i < 20; ++i) {
    {
      RawStream watch(channel, kInbox, InboxRequest());
      Next<api::WatchInboxResponse>(watch);
    }
    served_.WaitForEnded(++calls);
  }
}

TEST_F(WatchTest, RefusesMoreStreamsOfOneAgentThanItsShare) {
  const std::shared_ptr<grpc::Channel> channel = served_.ConnectAs("dpo-p001");
  std::vector<std::unique_ptr<RawStream>> watches;
  for (int i = 0; i < 8; ++i) {
    watches.push_back(std::make_unique<RawStream>(channel, kInbox, InboxRequest()));
    Next<api::WatchInboxResponse>(*watches.back());
  }
  RawStream ninth(channel, kInbox, InboxRequest());
  EXPECT_EQ(ReasonOf(ninth.Finish().error()), "WATCHERS_FULL");
  // Another agent's share is its own.
  RawStream other(served_.ConnectAs("requester-p002"), kInbox, InboxRequest());
  Next<api::WatchInboxResponse>(other);
}

}  // namespace
}  // namespace passerelle::gateway::rpc
