// Errors as they leave the gateway: every code, with reason, field and request; nothing from
// inside.
#include "gateway/rpc/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "gateway/base/status.h"
#include "passerelle/gateway/v1/error.pb.h"

namespace passerelle::gateway::rpc {
namespace {

using passerelle::gateway::v1::ErrorInfo;
using passerelle::gateway::v1::ErrorStatus;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kRequest[] = "0123456789abcdef";
constexpr char kCause[] = "disk /srv/secret at sector 7";

// The ErrorInfo of a status, whose details have to be a google.rpc.Status that says the same.
ErrorInfo InfoOf(const grpc::Status& status) {
  ErrorStatus details;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(details.code(), static_cast<int>(status.error_code()));
  EXPECT_EQ(details.message(), status.error_message());
  ErrorInfo info;
  if (details.details_size() != 1) {
    ADD_FAILURE() << "not exactly one detail";
    return info;
  }
  EXPECT_EQ(details.details(0).type_url(), "type.googleapis.com/google.rpc.ErrorInfo");
  EXPECT_TRUE(info.ParseFromString(details.details(0).value()));
  return info;
}

std::map<std::string, std::string> MetadataOf(const ErrorInfo& info) {
  return {info.metadata().begin(), info.metadata().end()};
}

bool IsInside(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown ||
         code == absl::StatusCode::kDataLoss;
}

TEST(ErrorsTest, LeavesSuccessAsItIs) {
  const grpc::Status status = ToGrpc(absl::OkStatus(), kRequest);
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(status.error_details(), "");
}

// One for each canonical code but OK.
class EveryCodeTest : public ::testing::TestWithParam<int> {};

TEST_P(EveryCodeTest, KeepsTheCodeAndNamesReasonFieldAndRequest) {
  const auto code = static_cast<absl::StatusCode>(GetParam());
  const grpc::Status status =
      ToGrpc(base::Error(code, "SOME_REASON", "envelope.payload", kCause), kRequest);
  EXPECT_EQ(static_cast<int>(status.error_code()), GetParam());
  const ErrorInfo info = InfoOf(status);
  EXPECT_EQ(info.reason(), "SOME_REASON");
  EXPECT_EQ(info.domain(), "passerelle");
  std::map<std::string, std::string> expected = {{"request", kRequest},
                                                 {"field", "envelope.payload"}};
  if (code == absl::StatusCode::kResourceExhausted) expected["retry_after_ms"] = "1000";
  EXPECT_EQ(MetadataOf(info), expected);
}

TEST_P(EveryCodeTest, SaysTheCauseOnlyWhereTheCallerCanMendIt) {
  const auto code = static_cast<absl::StatusCode>(GetParam());
  const grpc::Status status = ToGrpc(base::Error(code, "SOME_REASON", "", kCause), kRequest);
  if (!IsInside(code)) {
    EXPECT_EQ(status.error_message(), kCause);
    return;
  }
  EXPECT_THAT(status.error_message(), HasSubstr(kRequest));
  EXPECT_THAT(status.error_message(), Not(HasSubstr("secret")));
  EXPECT_THAT(status.error_details(), Not(HasSubstr("secret")));
}

TEST_P(EveryCodeTest, NamesTheCodeWhereAnErrorHasNoReasonOfItsOwn) {
  const auto code = static_cast<absl::StatusCode>(GetParam());
  const ErrorInfo info = InfoOf(ToGrpc(absl::Status(code, "somewhere below"), kRequest));
  EXPECT_EQ(info.reason(), absl::StatusCodeToString(code));
  EXPECT_EQ(info.metadata().count("field"), 0u);
}

INSTANTIATE_TEST_SUITE_P(Codes, EveryCodeTest, ::testing::Range(1, 17));

}  // namespace
}  // namespace passerelle::gateway::rpc
