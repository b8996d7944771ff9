// Stamps of a test authority, held against `openssl ts`, and everything that is none.
#include "certs/x509/time_stamp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "certs/x509/revocation.h"
#include "gateway/base/status.h"
#include "tests/support/fakes.h"
#include "tests/support/stamp_authority.h"
#include "tests/unit/certs/command.h"

namespace passerelle::certs::x509 {
namespace {

using gateway::base::ReasonOf;
using ::testing::HasSubstr;
using tests::CommandFolder;
using tests::FakeClock;
using tests::StampAuthority;

constexpr std::string_view kMessage = "a synthetic checkpoint\n";
constexpr std::string_view kNonce = "0123456789abcdef";
constexpr int64_t kTimeMs = FakeClock::kStartMs + 123;

class TimeStampTest : public ::testing::Test {
 protected:
  std::string Respond() { return authority_.Answer(TimeStampQuery(kMessage, kNonce), kTimeMs); }
  absl::StatusOr<TimeStamp> Verify(std::string_view response) {
    return VerifyTimeStamp(response, {kMessage, kNonce}, {authority_.root()});
  }

  StampAuthority authority_;
};

TEST_F(TimeStampTest, ProvesTheTimeToTheMillisecondAndTheChain) {
  const auto stamp = Verify(Respond());
  ASSERT_TRUE(stamp.ok()) << stamp.status();
  EXPECT_EQ(stamp->time_ms, kTimeMs);
  ASSERT_EQ(stamp->chain.size(), 3u);
  EXPECT_EQ(stamp->chain[0].ToDer(), authority_.signer().ToDer());
  EXPECT_EQ(stamp->chain[1].ToDer(), authority_.intermediate().ToDer());
  EXPECT_EQ(stamp->chain[2].ToDer(), authority_.root().ToDer());
}

TEST_F(TimeStampTest, AsksAsOpensslDoes) {
  const CommandFolder folder;
  folder.Write("query.tsq", TimeStampQuery(kMessage, kNonce));
  const tests::CommandResult shown = folder.Openssl("ts -query -in query.tsq -text");
  EXPECT_EQ(shown.exit_code, 0) << shown.output;
  EXPECT_THAT(shown.output, HasSubstr("Hash Algorithm: sha256"));
  EXPECT_THAT(shown.output, HasSubstr("Certificate required: yes"));
  EXPECT_THAT(shown.output, HasSubstr("Nonce: 0x30313233343536373839616263646566"));
}

TEST_F(TimeStampTest, IsVerifiedByOpensslAlone) {
  const CommandFolder folder;
  folder.Write("message", kMessage);
  folder.Write("response.tsr", Respond());
  folder.Write("anchors.pem", authority_.root().ToPem());
  const std::string command = absl::StrCat(
      "ts -verify -data message -in response.tsr -CAfile anchors.pem -attime ", kTimeMs / 1000);
  EXPECT_EQ(folder.Openssl(command).exit_code, 0) << folder.Openssl(command).output;
  folder.Write("message", "another");
  EXPECT_NE(folder.Openssl(command).exit_code, 0);
}

TEST_F(TimeStampTest, IsRefusedOverAnotherMessage) {
  const auto stamp =
      VerifyTimeStamp(Respond(), {"another message", std::nullopt}, {authority_.root()});
  EXPECT_EQ(ReasonOf(stamp.status()), "TIME_STAMP_INVALID") << stamp.status();
}

TEST_F(TimeStampTest, IsRefusedToAnotherQuery) {
  const auto stamp =
      VerifyTimeStamp(Respond(), {kMessage, "fedcba9876543210"}, {authority_.root()});
  EXPECT_EQ(ReasonOf(stamp.status()), "TIME_STAMP_INVALID");
  EXPECT_TRUE(VerifyTimeStamp(Respond(), {kMessage, std::nullopt}, {authority_.root()}).ok());
}

TEST_F(TimeStampTest, IsRefusedUnderAnotherAnchor) {
  const StampAuthority other;
  for (const auto& anchors : {std::vector<Certificate>{other.root()}, std::vector<Certificate>{}}) {
    const auto stamp = VerifyTimeStamp(Respond(), {kMessage, kNonce}, anchors);
    EXPECT_EQ(ReasonOf(stamp.status()), "TIME_STAMP_INVALID") << stamp.status();
  }
}

TEST_F(TimeStampTest, MayEndInAnIntermediateThatIsTheAnchor) {
  const auto stamp = VerifyTimeStamp(Respond(), {kMessage, kNonce}, {authority_.intermediate()});
  ASSERT_TRUE(stamp.ok()) << stamp.status();
  EXPECT_EQ(stamp->chain.size(), 2u);
}

TEST_F(TimeStampTest, TakesFromTheCallerWhatTheResponseLeavesOut) {
  StampAuthority::Options options;
  options.leaves_out_intermediate = true;
  StampAuthority brief(options);
  const std::string response = brief.Answer(TimeStampQuery(kMessage, kNonce), kTimeMs);
  EXPECT_FALSE(VerifyTimeStamp(response, {kMessage, kNonce}, {brief.root()}).ok());
  EXPECT_TRUE(
      VerifyTimeStamp(response, {kMessage, kNonce}, {brief.root()}, {brief.intermediate()}).ok());
}

TEST_F(TimeStampTest, IsRefusedAtATimeWhenTheCertificateDidNotCount) {
  constexpr int64_t kTwentyYearsMs = int64_t{20} * 365 * 86400 * 1000;
  const std::string response =
      authority_.Answer(TimeStampQuery(kMessage, kNonce), kTimeMs + kTwentyYearsMs);
  EXPECT_EQ(ReasonOf(Verify(response).status()), "TIME_STAMP_INVALID");
}

TEST_F(TimeStampTest, QuotesTheAuthorityThatGivesNone) {
  // OpenSSL answers what is no query with a refusal.
  const auto stamp = Verify(authority_.Answer("no query", kTimeMs));
  EXPECT_EQ(stamp.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(stamp.status()), "TIME_STAMP_REFUSED") << stamp.status();
  EXPECT_THAT(std::string(stamp.status().message()), HasSubstr("Bad request"));
}

TEST_F(TimeStampTest, IsRefusedCutShortOrWithAByteMore) {
  const std::string response = Respond();
  for (size_t size = 0; size < response.size(); size += 7)
    EXPECT_FALSE(Verify(response.substr(0, size)).ok()) << size;
  EXPECT_EQ(ReasonOf(Verify(response + "\n").status()), "TIME_STAMP_FORM");
  EXPECT_EQ(ReasonOf(Verify(std::string(100'000, '0')).status()), "TIME_STAMP_FORM");
}

// A changed byte either breaks the stamp or changes nothing that it says (the certificates that
// are sent along stand outside of the signature).
TEST_F(TimeStampTest, NeverProvesAnotherTimeWhateverByteChanges) {
  const std::string response = Respond();
  int refused = 0;
  for (size_t at = 0; at < response.size(); ++at) {
    std::string changed = response;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    const auto stamp = Verify(changed);
    if (stamp.ok())
      EXPECT_EQ(stamp->time_ms, kTimeMs) << at;
    else
      ++refused;
  }
  EXPECT_GT(refused, 500);
}

}  // namespace
}  // namespace passerelle::certs::x509
