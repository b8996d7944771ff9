// What a crash leaves: every acknowledged act, and nothing that contradicts it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "gateway/base/status.h"
#include "tests/support/gateway_fixture.h"

namespace passerelle::gateway::core {
namespace {

using tests::Progress;
using tests::TempFolder;
using tests::TestDraft;
using tests::TestEntry;
using tests::TestGateway;

// Opens what a crash would leave now and holds it against what was acknowledged: the same state,
// and a receipt for every statement.
class CrashTest : public ::testing::Test {
 protected:
  void Crash(const std::vector<TestEntry>& acknowledged) {
    const std::string root = folder_ / absl::StrCat("crash-", crashes_++);
    gateway_.CopyTo(root);
    const auto reopened = gateway_.OpenAt(root);
    ASSERT_TRUE(reopened.ok()) << reopened.status();
    std::string dump;
    (*reopened)->Read([&](const policy::state::State& state) { dump = state.Dump(); });
    EXPECT_EQ(dump, gateway_.Dump());
    for (const TestEntry& one : acknowledged) {
      const auto entries = (*reopened)->log().ReadEntries(one.index, one.index + 1);
      ASSERT_TRUE(entries.ok()) << entries.status();
      const auto root_then = (*reopened)->log().RootAt(one.size);
      ASSERT_TRUE(root_then.ok()) << root_then.status();
      EXPECT_EQ(*root_then, one.root);
      // A refused statement has no receipt to ask for: its digest is not in the log.
      if (!one.accepted()) continue;
      const auto receipt = (*reopened)->GetReceipt(*base::DigestFromBytes(one.digest), one.size);
      ASSERT_TRUE(receipt.ok()) << receipt.status();
      const auto verified = gateway_.Verify(*receipt);
      ASSERT_TRUE(verified.ok()) << verified.status();
      EXPECT_EQ(verified->index, one.index);
    }
  }

  const TempFolder folder_;
  TestGateway gateway_{Progress::kRegistered};
  int crashes_ = 0;
};

TEST_F(CrashTest, LosesNothingAcknowledgedAtAnyStep) {
  std::vector<TestEntry> acknowledged;
  Crash(acknowledged);
  for (const char* year : {"2021", "2022", "2023"}) {
    acknowledged.push_back(
        gateway_.Must(gateway_.Send(year, gateway_.Payload(year), 0), {"system-p001"}));
    Crash(acknowledged);
    ASSERT_TRUE(gateway_.Fetch("reader-p002", acknowledged.back().Ref()).ok());
    Crash(acknowledged);
  }
  acknowledged.push_back(gateway_.Record(gateway_.Propose(), {"steward-p003"}));
  EXPECT_FALSE(acknowledged.back().accepted());
  Crash(acknowledged);
  acknowledged.push_back(
      gateway_.Must(gateway_.Acknowledge(acknowledged[0].Ref()), {"reader-p002"}));
  gateway_.convention().Tick();
  Crash(acknowledged);
}

// Runs a gateway that acknowledges statements until it is killed: tells `pipe` its root, then the
// digest of each statement once its receipt is there.
[[noreturn]] void AcknowledgeUntilKilled(int pipe) {
  const auto tell = [pipe](const std::string& bytes) {
    if (write(pipe, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) _exit(1);
  };
  TestGateway gateway(Progress::kAdhered);
  std::string root = gateway.root();
  root.resize(256, '\0');
  tell(root);
  for (int i = 0;; ++i) {
    TestDraft draft;
    gateway.AddMandate(draft, "p003", absl::StrCat("mandatee-", i), statement::v1::ROLE_REQUESTER);
    tell(gateway.Must(draft, {"representative-p003"}).digest);
  }
}

std::string ReadExactly(int pipe, size_t size) {
  std::string bytes(size, '\0');
  size_t done = 0;
  while (done < size) {
    const ssize_t more = read(pipe, bytes.data() + done, size - done);
    if (more <= 0) return "";
    done += static_cast<size_t>(more);
  }
  return bytes;
}

class KillTest : public ::testing::TestWithParam<int> {};

TEST_P(KillTest, KeepsWhatItAcknowledgedBeforeKill9) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) AcknowledgeUntilKilled(ends[1]);
  close(ends[1]);
  const std::string root = ReadExactly(ends[0], 256).c_str();
  std::vector<std::string> acknowledged;
  acknowledged.reserve(static_cast<size_t>(GetParam()));
  for (int i = 0; i < GetParam(); ++i) {
    acknowledged.push_back(ReadExactly(ends[0], 32));
    ASSERT_EQ(acknowledged.back().size(), 32u);
  }
  ASSERT_EQ(kill(child, SIGKILL), 0);
  // What it wrote before it died was acknowledged too.
  for (std::string more; !(more = ReadExactly(ends[0], 32)).empty();) acknowledged.push_back(more);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  close(ends[0]);

  TestGateway survivor(Progress::kFounded);
  {
    const auto reopened = survivor.OpenAt(root);
    ASSERT_TRUE(reopened.ok()) << reopened.status();
    std::string vkey;
    (*reopened)->Read(
        [&](const policy::state::State& state) { vkey = state.founding()->checkpoint_vkey(); });
    const auto verifier = *audit::checkpoint::NoteVerifier::FromVkey(vkey);
    for (const std::string& digest : acknowledged) {
      const auto receipt = (*reopened)->GetReceipt(*base::DigestFromBytes(digest), 0);
      ASSERT_TRUE(receipt.ok()) << receipt.status();
      EXPECT_TRUE(audit::checkpoint::VerifyReceipt(receipt->tlog_proof(), verifier,
                                                   (*reopened)->log().origin())
                      .ok());
    }
  }
  std::filesystem::remove_all(root);
}

INSTANTIATE_TEST_SUITE_P(AtSeveralMoments, KillTest, ::testing::Values(1, 8, 40));

}  // namespace
}  // namespace passerelle::gateway::core
