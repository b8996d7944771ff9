// Who calls: the certificate, then its key in the log.
#include "gateway/service/caller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "certs/x509/certificate.h"
#include "gateway/base/status.h"
#include "tests/support/gateway_fixture.h"

namespace passerelle::gateway::service {
namespace {

using base::ReasonOf;
using tests::FakeClock;
using tests::Progress;
using tests::TestGateway;

constexpr int64_t kDayMs = int64_t{24} * 3600 * 1000;
constexpr int64_t kStart = FakeClock::kStartMs;

class CallerTest : public ::testing::Test {
 protected:
  CallerTest() : log_(gateway_.convention().log_name()) {
    gateway_.Close();
    host_ = *core::Host::Open(gateway_.paths(), gateway_.surroundings());
    identifier_.emplace(*host_, gateway_.clock(), quotas_);
  }

  absl::StatusOr<Caller> Identify(const std::string& pem) {
    return identifier_->Identify(log_, pem, Access::kEverything);
  }
  std::string Certificate(std::string_view name) {
    return gateway_.CertificateOf(name, kStart - kDayMs / 2, kStart + kDayMs);
  }

  TestGateway gateway_{Progress::kAdhered};
  const std::string log_;
  std::unique_ptr<core::Host> host_;
  Quotas quotas_{{}, gateway_.clock()};
  std::optional<Identifier> identifier_;
};

TEST_F(CallerTest, IsTheAgentOfTheKeyInTheLog) {
  const auto caller = Identify(Certificate("representative-p001"));
  ASSERT_TRUE(caller.ok()) << caller.status();
  EXPECT_EQ(caller->agent, TestGateway::AgentOf("representative-p001"));
  EXPECT_EQ(caller->party, "p001");
  EXPECT_EQ(caller->convention, *host_->Find(log_));
}

TEST_F(CallerTest, IsUnknownAtALogThatIsNotServed) {
  const auto caller = identifier_->Identify(
      std::string(32, 'x'), Certificate("representative-p001"), Access::kEverything);
  EXPECT_EQ(caller.status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(caller.status()), "LOG_UNKNOWN");
}

TEST_F(CallerTest, IsRefusedWithoutACertificate) {
  EXPECT_EQ(Identify("").status().code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(ReasonOf(Identify("").status()), "CERTIFICATE_MISSING");
}

TEST_F(CallerTest, IsRefusedWithACertificateThatHasExpired) {
  const auto caller = Identify(
      gateway_.CertificateOf("representative-p001", kStart - kDayMs / 2, kStart - kDayMs / 4));
  EXPECT_EQ(caller.status().code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(ReasonOf(caller.status()), "CERTIFICATE_EXPIRED");
}

TEST_F(CallerTest, IsRefusedOnceItsCertificateExpiresThoughItWasIdentifiedBefore) {
  const std::string pem = Certificate("representative-p001");
  ASSERT_TRUE(Identify(pem).ok());
  gateway_.clock().Advance(kDayMs + 1000);
  EXPECT_EQ(ReasonOf(Identify(pem).status()), "CERTIFICATE_EXPIRED");
}

TEST_F(CallerTest, IsRefusedWithACertificateThatIsNotYetValid) {
  const auto caller =
      Identify(gateway_.CertificateOf("representative-p001", kStart + kDayMs, kStart + 2 * kDayMs));
  EXPECT_EQ(ReasonOf(caller.status()), "CERTIFICATE_NOT_YET_VALID");
}

TEST_F(CallerTest, IsRefusedWithACertificateOfAForeignAuthority) {
  const auto caller = Identify(gateway_.ForeignCertificateOf("representative-p001"));
  EXPECT_EQ(caller.status().code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(ReasonOf(caller.status()), "CERTIFICATE_UNTRUSTED");
}

TEST_F(CallerTest, IsRefusedWhenTheLogDoesNotKnowItsKey) {
  const auto caller = Identify(Certificate("stranger"));
  EXPECT_EQ(caller.status().code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(ReasonOf(caller.status()), "KEY_NOT_ENROLLED");
}

TEST_F(CallerTest, MaySubmitOnlyOnceItsKeyIsNoLongerInForce) {
  const std::string pem =
      gateway_.CertificateOf("representative-p001", kStart - kDayMs / 2, kStart + 2900 * kDayMs);
  ASSERT_TRUE(Identify(pem).ok());
  // Test keys are enrolled until the end of 2029.
  gateway_.clock().Advance(2100 * kDayMs);
  const auto reading = Identify(pem);
  EXPECT_EQ(reading.status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(ReasonOf(reading.status()), "KEY_NOT_IN_FORCE");
  EXPECT_TRUE(identifier_->Identify(log_, pem, Access::kSubmit).ok());
}

// Replaces the trust anchors in force.
void EnactAnchors(TestGateway& gateway, const std::vector<std::string>& anchors) {
  tests::TestDraft draft = gateway.EnactSettings();
  auto& settings = *draft.acts[0].mutable_settings_enacted()->mutable_settings();
  settings.clear_tls_trust_anchors();
  for (const std::string& anchor : anchors) settings.add_tls_trust_anchors(anchor);
  gateway.Must(draft, tests::Transcribers());
}

TEST(CallerUnderNewAnchors, IsTrustedNoMoreThoughItWasIdentifiedBefore) {
  TestGateway gateway(Progress::kAdhered);
  const std::string log = gateway.convention().log_name();
  core::Host& host = gateway.Serve();
  Quotas quotas({}, gateway.clock());
  Identifier identifier(host, gateway.clock(), quotas);
  const std::string pem =
      gateway.CertificateOf("representative-p001", kStart - kDayMs / 2, kStart + kDayMs);
  const auto identify = [&] { return identifier.Identify(log, pem, Access::kEverything); };
  ASSERT_TRUE(identify().ok()) << identify().status();
  std::string trusted;
  gateway.convention().Read([&](const policy::state::State& state) {
    trusted = state.founding()->settings().tls_trust_anchors(0);
  });
  const auto foreign =
      certs::x509::Certificate::ListFromPem(gateway.ForeignCertificateOf("representative-p001"));
  ASSERT_TRUE(foreign.ok()) << foreign.status();
  EnactAnchors(gateway, {foreign->front().ToDer()});
  EXPECT_EQ(ReasonOf(identify().status()), "CERTIFICATE_UNTRUSTED");
  // An anchor that does not parse vouches for nobody, and shuts nobody else out.
  EnactAnchors(gateway, {std::string("\x30\x00", 2), trusted});
  EXPECT_TRUE(identify().ok()) << identify().status();
}

}  // namespace
}  // namespace passerelle::gateway::service
