// What an operator's Prometheus reads.
#include "gateway/log/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <string>

#include "gateway/base/socket.h"
#include "gateway/base/status.h"

namespace passerelle::gateway::log {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(MetricsTest, CountsByLabel) {
  Metrics metrics;
  metrics.Count(Metric::kStatements, {"ctg-testville", "accepted"}, 3);
  metrics.Count(Metric::kStatements, {"ctg-testville", "accepted"});
  metrics.Count(Metric::kStatements, {"ctg-testville", "refused"});
  EXPECT_THAT(metrics.Text(), HasSubstr("passerelle_statements_total{convention=\"ctg-testville\","
                                        "effect=\"accepted\"} 4"));
  EXPECT_THAT(metrics.Text(), HasSubstr("effect=\"refused\"} 1"));
  EXPECT_THAT(metrics.Text(), HasSubstr("# TYPE passerelle_statements_total counter"));
}

TEST(MetricsTest, SetsGaugesAndForgetsWhatTheyWere) {
  Metrics metrics;
  metrics.Set(Metric::kQueueStatements, {"ctg-testville"}, 7);
  metrics.Set(Metric::kQueueStatements, {"ctg-testville"}, 2);
  metrics.Set(Metric::kConventionsActive, {}, 1);
  EXPECT_THAT(metrics.Text(),
              HasSubstr("passerelle_queue_statements{convention=\"ctg-testville\"} 2"));
  EXPECT_THAT(metrics.Text(), HasSubstr("passerelle_conventions_active 1"));
}

TEST(MetricsTest, SortsDurationsIntoBuckets) {
  Metrics metrics;
  metrics.Observe(Metric::kCommitSeconds, {"ctg-testville"}, 0.003);
  metrics.Observe(Metric::kGroupStatements, {"ctg-testville"}, 20);
  metrics.Observe(Metric::kCallSeconds, {"Submit"}, 0.003);
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("passerelle_commit_duration_seconds_bucket{convention="
                              "\"ctg-testville\",le=\"0.0025\"} 0"));
  EXPECT_THAT(text, HasSubstr("passerelle_commit_duration_seconds_bucket{convention="
                              "\"ctg-testville\",le=\"0.005\"} 1"));
  EXPECT_THAT(text, HasSubstr("passerelle_call_duration_seconds_bucket{method=\"Submit\","
                              "le=\"0.0025\"} 0"));
  EXPECT_THAT(text, HasSubstr("passerelle_call_duration_seconds_bucket{method=\"Submit\","
                              "le=\"0.005\"} 1"));
  EXPECT_THAT(text, HasSubstr("passerelle_group_statements_bucket{convention=\"ctg-testville\","
                              "le=\"16\"} 0"));
  EXPECT_THAT(text, HasSubstr("passerelle_group_statements_bucket{convention=\"ctg-testville\","
                              "le=\"32\"} 1"));
}

// What an HTTP client gets from a path.
std::string Get(int port, const std::string& path) {
  const auto socket = base::Socket::Connect("127.0.0.1", std::to_string(port), 30'000);
  if (!socket.ok()) return std::string(socket.status().message());
  const std::string request = "GET " + path + " HTTP/1.0\r\n\r\n";
  if (send(socket->descriptor(), request.data(), request.size(), MSG_NOSIGNAL) < 0) return "unsent";
  std::string answer(64 * 1024, '\0');
  size_t size = 0;
  for (ssize_t got = 1; got > 0; size += static_cast<size_t>(got))
    got = std::max<ssize_t>(
        0, recv(socket->descriptor(), answer.data() + size, answer.size() - size, 0));
  answer.resize(size);
  return answer;
}

TEST(MetricsServerTest, RefreshesAtEveryScrape) {
  Metrics metrics;
  std::atomic<int> scrapes{0};
  const auto server = MetricsServer::Start(
      "127.0.0.1:0", metrics, [&] { metrics.Set(Metric::kConventionsActive, {}, ++scrapes); });
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_THAT(Get((*server)->port(), "/metrics"), HasSubstr("passerelle_conventions_active 1\n"));
  EXPECT_THAT(Get((*server)->port(), "/metrics"), HasSubstr("passerelle_conventions_active 2\n"));
  EXPECT_THAT(Get((*server)->port(), "/else"), Not(HasSubstr("passerelle_")));
}

TEST(MetricsServerTest, ListensToThisMachineAlone) {
  Metrics metrics;
  for (const char* address :
       {"0.0.0.0:9464", "192.0.2.1:9464", "[::]:9464", "localhost:9464", "9464", "127.0.0.1",
        "127.0.0.1:9464,0.0.0.0:9465", "127.0.0.1:9464s", "+9464", ""})
    EXPECT_EQ(base::ReasonOf(MetricsServer::Start(address, metrics, [] {}).status()),
              "METRICS_ADDRESS")
        << address;
}

TEST(MetricsServerTest, SaysThatItsPortIsTaken) {
  Metrics metrics;
  const auto first = MetricsServer::Start("127.0.0.1:0", metrics, [] {});
  ASSERT_TRUE(first.ok());
  const auto second =
      MetricsServer::Start("127.0.0.1:" + std::to_string((*first)->port()), metrics, [] {});
  EXPECT_EQ(base::ReasonOf(second.status()), "LISTEN");
}

}  // namespace
}  // namespace passerelle::gateway::log
