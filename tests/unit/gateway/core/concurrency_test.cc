// Many callers at once: each is answered, in an order that one log proves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "audit/merkle/merkle.h"
#include "gateway/base/mutex.h"
#include "tests/support/gateway_fixture.h"

namespace passerelle::gateway::core {
namespace {

using tests::Progress;
using tests::TestDraft;
using tests::TestEntry;
using tests::TestGateway;

constexpr int kThreads = 8;
constexpr int kActs = 50;

TEST(ConcurrencyTest, AnswersEightCallersInOneConsistentLog) {
  TestGateway gateway(Progress::kAdhered);
  const uint64_t before = gateway.size();
  base::Mutex mutex;
  std::vector<TestEntry> answers;
  std::vector<std::thread> callers;
  callers.reserve(kThreads);
  for (int thread = 0; thread < kThreads; ++thread)
    callers.emplace_back([&, thread] {
      const std::string party = absl::StrCat("p00", thread % 3 + 1);
      for (int i = 0; i < kActs; ++i) {
        TestDraft draft;
        gateway.AddMandate(draft, party, absl::StrCat("mandatee-", thread, "-", i),
                           statement::v1::ROLE_REQUESTER);
        // Record verifies the receipt.
        TestEntry answer = gateway.Record(draft, {absl::StrCat("representative-", party)});
        EXPECT_TRUE(answer.accepted()) << tests::RefusalsOf(answer.entry);
        base::MutexLock lock(mutex);
        answers.push_back(std::move(answer));
      }
    });
  for (std::thread& caller : callers) caller.join();
  ASSERT_EQ(answers.size(), size_t{kThreads * kActs});
  EXPECT_EQ(gateway.size(), before + kThreads * kActs);

  std::set<uint64_t> indices;
  for (const TestEntry& answer : answers) indices.insert(answer.index);
  EXPECT_EQ(indices.size(), answers.size());
  EXPECT_EQ(*indices.begin(), before);

  // Every checkpoint that a caller got is of one history.
  std::sort(answers.begin(), answers.end(),
            [](const TestEntry& a, const TestEntry& b) { return a.size < b.size; });
  for (size_t i = 1; i < answers.size(); ++i) {
    const auto proof =
        gateway.convention().log().ConsistencyProof(answers[i - 1].size, answers[i].size);
    ASSERT_TRUE(proof.ok()) << proof.status();
    EXPECT_TRUE(audit::merkle::VerifyConsistency(answers[i - 1].size, answers[i].size, *proof,
                                                 answers[i - 1].root, answers[i].root)
                    .ok());
  }

  const std::string dump = gateway.Dump();
  gateway.Close();
  ASSERT_TRUE(gateway.Open().ok());
  EXPECT_EQ(gateway.Dump(), dump);
}

TEST(ConcurrencyTest, RecordsOnceWhatManyCallersSubmitAtOnce) {
  TestGateway gateway(Progress::kAdhered);
  const uint64_t before = gateway.size();
  TestDraft draft;
  gateway.AddMandate(draft, "p003", "mandatee", statement::v1::ROLE_REQUESTER);
  const Request request = gateway.RequestOf(draft, {"representative-p003"});
  std::vector<std::thread> callers;
  callers.reserve(kThreads);
  for (int thread = 0; thread < kThreads; ++thread)
    callers.emplace_back([&] {
      for (int i = 0; i < kActs; ++i) EXPECT_EQ(gateway.Record(request).index, before);
    });
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(gateway.size(), before + 1);
}

TEST(ConcurrencyTest, ReadsAndHandsOverWhileOthersWrite) {
  TestGateway gateway(Progress::kSent);
  const std::string payload = gateway.Payload("2023");
  std::thread writer([&] {
    for (int i = 0; i < kActs; ++i)
      gateway.Must(gateway.Declare(absl::StrCat("p001/agg-", i), "Titre synthétique"),
                   {"steward-p001"});
  });
  std::thread reader([&] {
    for (int i = 0; i < kActs; ++i) {
      const absl::StatusOr<tests::TestFetch> answer =
          gateway.Fetch("reader-p002", gateway.transfer);
      ASSERT_TRUE(answer.ok()) << answer.status();
      EXPECT_EQ(answer->payload.content(), payload);
    }
  });
  std::thread ticker([&] {
    for (int i = 0; i < kActs; ++i) gateway.convention().Tick();
  });
  writer.join();
  reader.join();
  ticker.join();
  const std::string dump = gateway.Dump();
  gateway.Close();
  ASSERT_TRUE(gateway.Open().ok());
  EXPECT_EQ(gateway.Dump(), dump);
}

}  // namespace
}  // namespace passerelle::gateway::core
