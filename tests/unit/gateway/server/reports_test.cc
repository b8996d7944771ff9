// What the operator reads of a running process.
#include "gateway/server/reports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "gateway/base/status.h"
#include "tests/support/gateway_fixture.h"

namespace passerelle::gateway::server {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class ReportsTest : public ::testing::Test {
 protected:
  tests::FakeClock clock_;
  std::vector<std::string> lines_;
  log::Logger logger_{clock_, log::Level::kInfo,
                      [this](std::string_view line) { lines_.emplace_back(line); }};
  log::Metrics metrics_;
  Reports reports_{logger_, metrics_};
};

TEST_F(ReportsTest, LogsACallUnderTheNumberThatTheCallerIsTold) {
  reports_.OnCall("Submit", "0123456789abcdef", absl::OkStatus(), 2500);
  EXPECT_THAT(lines_, ElementsAre(AllOf(HasSubstr(R"("method":"Submit")"),
                                        HasSubstr(R"("request":"0123456789abcdef")"),
                                        HasSubstr(R"("millis":2)"))));
  EXPECT_THAT(metrics_.Text(),
              AllOf(HasSubstr(R"(passerelle_calls_total{code="OK",method="Submit"} 1)"),
                    HasSubstr(R"(passerelle_call_duration_seconds_count{method="Submit"} 1)")));
}

TEST_F(ReportsTest, LogsTheReasonOfAFailedCallAndNotItsWords) {
  reports_.OnCall("Send", "0123456789abcdef",
                  base::Error(absl::StatusCode::kInvalidArgument, "SIGNATURE_INVALID",
                              "envelope.signatures[0]", "words of a caller"),
                  10);
  EXPECT_THAT(lines_,
              ElementsAre(AllOf(HasSubstr("SIGNATURE_INVALID"), HasSubstr("envelope.signatures[0]"),
                                Not(HasSubstr("words of a caller")))));
  EXPECT_THAT(metrics_.Text(),
              HasSubstr(R"(passerelle_calls_total{code="INVALID_ARGUMENT",method="Send"} 1)"));
}

TEST_F(ReportsTest, CountsWhatAGroupDid) {
  core::Carried carried;
  carried.accepted = 3;
  carried.noted = 1;
  carried.repeated = 2;
  carried.refused = {"IX.2c", "IX.2c", "wire.signers"};
  carried.log_bytes = 4000;
  carried.vault_bytes = 500;
  carried.micros = 1500;
  reports_.OnCarried("ctg-testville", carried);
  EXPECT_THAT(
      metrics_.Text(),
      AllOf(HasSubstr(R"(statements_total{convention="ctg-testville",effect="accepted"} 3)"),
            HasSubstr(R"(statements_total{convention="ctg-testville",effect="noted"} 1)"),
            HasSubstr(R"(statements_total{convention="ctg-testville",effect="refused"} 3)"),
            HasSubstr(R"(statements_total{convention="ctg-testville",effect="repeated"} 2)"),
            HasSubstr(R"(refusals_total{convention="ctg-testville",rule="IX.2c"} 2)"),
            HasSubstr(R"(refusals_total{convention="ctg-testville",rule="wire.signers"} 1)"),
            HasSubstr(R"(passerelle_log_bytes_total{convention="ctg-testville"} 4000)"),
            HasSubstr(R"(passerelle_vault_bytes_total{convention="ctg-testville"} 500)"),
            HasSubstr(R"(group_statements_sum{convention="ctg-testville"} 9)"),
            HasSubstr(R"(commit_duration_seconds_sum{convention="ctg-testville"} 0.0015)")));
}

TEST_F(ReportsTest, CountsFaultsAndLogsThem) {
  reports_.OnFault(core::Fault::kGuard,
                   base::Error(absl::StatusCode::kUnavailable, "FILE_ERROR", "", "no such disk"));
  EXPECT_THAT(lines_, ElementsAre(AllOf(HasSubstr("guard_failed"), HasSubstr("FILE_ERROR"))));
  EXPECT_THAT(metrics_.Text(), HasSubstr(R"(passerelle_faults_total{fault="guard"} 1)"));
}

TEST_F(ReportsTest, TellsHowFarBehindEachConventionIs) {
  tests::TestGateway gateway(tests::Progress::kSent);
  core::Host& host = gateway.Serve();
  const std::string& name = gateway.convention().name();
  reports_.OnScrape(host);
  const std::string labels = "{convention=\"" + name + "\"} ";
  EXPECT_THAT(metrics_.Text(),
              AllOf(HasSubstr("passerelle_conventions_active 1\n"),
                    HasSubstr("passerelle_log_entries" + labels + std::to_string(gateway.size())),
                    HasSubstr("passerelle_queue_statements" + labels + "0"),
                    HasSubstr("passerelle_payloads" + labels + "1"),
                    HasSubstr("passerelle_erasures_due" + labels + "0")));
}

}  // namespace
}  // namespace passerelle::gateway::server
