// The conventions of a process, and the lock that keeps a second process out.
#include "gateway/core/host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "gateway/base/status.h"
#include "tests/support/gateway_fixture.h"

namespace passerelle::gateway::core {
namespace {

using base::ReasonOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using tests::Progress;
using tests::TempFolder;
using tests::TestGateway;

class HostTest : public ::testing::Test {
 protected:
  HostTest() : log_name_(gateway_.convention().log_name()) { gateway_.Close(); }

  TestGateway gateway_{Progress::kFounded};
  const std::string log_name_;
};

TEST_F(HostTest, ServesTheConventionsOfItsDataDirectoryByTheirLogs) {
  const auto host = Host::Open(gateway_.paths(), gateway_.surroundings());
  ASSERT_TRUE(host.ok()) << host.status();
  ASSERT_NE((*host)->Find(log_name_), nullptr);
  EXPECT_EQ((*host)->Find(log_name_)->name(), "ctg-testville-2024-2029");
  EXPECT_EQ((*host)->Find(std::string(32, 'x')), nullptr);
  EXPECT_THAT((*host)->All(), ElementsAre((*host)->Find(log_name_)));
}

TEST_F(HostTest, KeepsASecondGatewayOutOfItsDataDirectory) {
  {
    const auto host = Host::Open(gateway_.paths(), gateway_.surroundings());
    ASSERT_TRUE(host.ok()) << host.status();
    const auto second = Host::Open(gateway_.paths(), gateway_.surroundings());
    EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(ReasonOf(second.status()), "LOCKED");
    EXPECT_EQ(ReasonOf(LockData(gateway_.paths()).status()), "LOCKED");
  }
  EXPECT_TRUE(Host::Open(gateway_.paths(), gateway_.surroundings()).ok());
}

TEST_F(HostTest, ServesTheNeighboursOfAConventionThatDoesNotOpen) {
  std::filesystem::create_directories(PathsOf(gateway_.paths(), "broken").folder);
  const auto host = Host::Open(gateway_.paths(), gateway_.surroundings());
  ASSERT_TRUE(host.ok()) << host.status();
  EXPECT_NE((*host)->Find(log_name_), nullptr);
  EXPECT_THAT(gateway_.faults(), ElementsAre(Fault::kConventionRefused));
}

TEST_F(HostTest, RefusesToStartWithoutAConvention) {
  const TempFolder folder;
  const auto host = Host::Open(TestGateway::PathsAt(folder.path()), gateway_.surroundings());
  EXPECT_EQ(ReasonOf(host.status()), "NO_CONVENTION");
}

TEST_F(HostTest, RefusesNewStatementsOnceItDrains) {
  tests::TestDraft draft;
  gateway_.AddMandate(draft, "p003", "mandatee", statement::v1::ROLE_REQUESTER);
  const Request request = gateway_.RequestOf(draft, {"secretary-1"});
  const auto host = Host::Open(gateway_.paths(), gateway_.surroundings());
  ASSERT_TRUE(host.ok()) << host.status();
  (*host)->Drain();
  std::string reason;
  (*host)->Find(log_name_)->Submit(
      request, [&](const auto& receipt) { reason = ReasonOf(receipt.status()); });
  EXPECT_EQ(reason, "DRAINING");
  EXPECT_THAT(gateway_.faults(), IsEmpty());
  EXPECT_FALSE(gateway_.ended());
}

}  // namespace
}  // namespace passerelle::gateway::core
